"""The working calendar as the database says at this moment."""

from collections import OrderedDict
from contextlib import nullcontext

from sqlalchemy import Connection

from bot.calendar_file import packaged_calendar
from bot.core.calendar import Calendar
from bot.database import reading
from bot.runtime import Runtime
from bot.store.calendars import calendar_version_now, entered_years, hand_days

_MOST_KEPT = 8
# A version is random and its content never changes, so one may be kept under it by everybody.
_kept: OrderedDict[str, Calendar] = OrderedDict()


def working_calendar(runtime: Runtime, connection: Connection | None = None) -> Calendar:
    """Which days are worked, by what is stored now: years that were entered stand in place of the
    packaged ones, and days entered by hand over all.

    Costs one query of one row as long as nothing was changed since the process last asked.
    Shape: inside a transaction of one's own its `connection` is handed in, and what it has itself
           changed counts.
    """
    with nullcontext(connection) if connection else reading(runtime.engine) as present:
        version = calendar_version_now(present)
        if version is None:
            return packaged_calendar()
        kept = _kept.get(version)
        if kept is not None:
            return kept
        calendar = _read(present)
        if calendar_version_now(present) == version:  # nobody changed it while it was read
            _keep(version, calendar)
        return calendar


def _read(connection: Connection) -> Calendar:
    by_hand = {one.day: one.rule.works for one in hand_days(connection)}
    return packaged_calendar().with_years(entered_years(connection)).with_days(by_hand)


def _keep(version: str, calendar: Calendar) -> None:
    _kept[version] = calendar
    while len(_kept) > _MOST_KEPT:
        _kept.popitem(last=False)
