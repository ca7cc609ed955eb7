"""A restored house: what may have been sent since its backup, and its release."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.apologise import apologise
from bot.core.apology import BEGINS, ENDS
from bot.core.staff import Deed
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.apologies import begin_run, finish_run
from bot.store.audit import write_deed
from bot.store.owed_at_restore import close_as_unsure, owed_until
from bot.store.restored_mark import (
    Restored,
    know_the_end,
    lift_hold,
    mark_restored,
    restored,
)

logger = log(__name__)


class NotHeld(Exception):
    """There is nothing to release."""


class ImpossibleEnd(Exception):
    """The moment given for the lost house's end cannot be."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a restored house stands; `owed` counts by kind what may have been sent since."""

    mark: Restored
    owed: Mapping[str, int]


def standing(runtime: Runtime, down_since: datetime | None = None) -> Standing | None:
    """What would be left unsent if the lost house ended then; None when it never was restored."""
    with reading(runtime.engine) as connection:
        mark = restored(connection)
        if mark is None:
            return None
        until = down_since or mark.until
        owed = owed_until(connection, until) if until > mark.as_of else {}
    return Standing(mark, owed)


def hold(runtime: Runtime, as_of: datetime) -> None:
    """Hold a house whose data were brought to an earlier moment by other means.

    Errors: ImpossibleEnd for a moment that has not come yet.
    """
    now = runtime.now()
    if as_of > now:
        raise ImpossibleEnd(f"{as_of.isoformat()} has not come yet")
    with runtime.engine.begin() as connection:
        mark_restored(connection, as_of, now, f"data of {as_of:%Y-%m-%d %H:%M} UTC, not released")
        detail: dict[str, str | int | bool | None] = {"as_of": as_of.isoformat()}
        write_deed(connection, None, now, Deed("house.held", detail=detail))


def release(runtime: Runtime, down_since: datetime) -> Standing:
    """Let a restored house send again; what it left unsent for good.

    What was owed and due between the backup and the end of the lost house is closed as unsure,
    and so is what the feed tells again of that time: never twice comes before at all events, and
    each of them can be seen. Where the house was stopped before its backup, nothing is closed.
    Shape: `down_since` is when the lost house sent its last.
    Errors: NotHeld; ImpossibleEnd for a moment that has not come yet.
    """
    now = runtime.now()
    if down_since > now:
        raise ImpossibleEnd(f"{down_since.isoformat()} has not come yet")
    found = standing(runtime, down_since)
    if found is None or not found.mark.held:
        raise NotHeld
    mark = Restored(found.mark.as_of, down_since, held=True)
    with runtime.engine.begin() as connection:
        know_the_end(connection, down_since)
        if mark.ran_on:
            close_as_unsure(connection, down_since, now)
    if mark.ran_on:
        _let_apologies_be(runtime, mark, now)
    with runtime.engine.begin() as connection:
        if not lift_hold(connection):
            raise NotHeld
        detail: dict[str, str | int | bool | None] = {
            "as_of": mark.as_of.isoformat(),
            "down_since": down_since.isoformat(),
            **found.owed,
        }
        write_deed(connection, None, now, Deed("house.released", detail=detail))
    logger.warning("house.released", **found.owed)
    return Standing(replace(mark, held=False), found.owed)


def _let_apologies_be(runtime: Runtime, mark: Restored, now: datetime) -> None:
    """The evenings that the lost house may have apologised on are not gone through again.

    While the house is held, what is owed of them is stored as unsure (bot.store.lost_days).
    """
    zone = runtime.settings.zone
    day, last = mark.as_of.astimezone(zone).date(), mark.until.astimezone(zone).date()
    while day <= last:
        begins, ends = (datetime.combine(day, hour, zone) for hour in (BEGINS, ENDS))
        if begins <= mark.until and ends > mark.as_of:
            apologise(runtime, begins)
            with runtime.engine.begin() as connection:
                begin_run(connection, day, now)
                finish_run(connection, day, now)
        day += timedelta(days=1)
