"""A single day of the working calendar entered by hand, for the whole province; and taken back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from bot.calendar_effect import Effect, effect_of
from bot.calendar_right import NOT_YOURS, new_writing
from bot.core.calendar import DayRule
from bot.core.calendar_input import YEARS
from bot.core.calendar_reading import said
from bot.core.counter_faults import Faults, refused
from bot.core.counter_typing import one_line, read_day
from bot.core.staff import Actor, Deed
from bot.province_right import has_right
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.calendars import (
    HandDay,
    Writing,
    drop_hand_day,
    hand_days,
    hold_calendar,
    put_hand_day,
    renew_version,
)
from bot.working_calendar import working_calendar

MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class DayOrder:
    """A day as it was typed; `works` when offices are to be open on it."""

    day: str
    works: bool
    reason: str


@dataclass(frozen=True, slots=True)
class DayEntered:
    """A day that is now off, or worked."""

    day: date
    works: bool
    effect: Effect


@dataclass(frozen=True, slots=True)
class _Change:
    """What was done to the stored day: the action, and what the day was before."""

    action: str
    before: str
    why: str = ""


class _Stop(Exception):
    """What ends the transaction with nothing stored: why."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults


def enter_day(runtime: Runtime, actor: Actor | None, order: DayOrder) -> DayEntered | Faults:
    """Make one day a day off, or one that is worked, whatever the year's list says of it."""
    read, reason = read_day(order.day), one_line(order.reason)
    day = read[0] if read else None
    faults = _faults(day, order, runtime.today())
    if faults or day is None:
        return Faults(faults)

    def change(connection: Connection, writing: Writing) -> _Change:
        _check_news(runtime, connection, day, order.works)
        put_hand_day(connection, day, DayRule(order.works, reason), writing)
        return _Change("calendar.day_entered", _stands(not order.works), reason)

    return _changed(runtime, actor, day, change)


def take_day_back(
    runtime: Runtime, actor: Actor | None, day: date, entered_at: str
) -> DayEntered | Faults:
    """Take back a day that was entered by hand: what the year's list says of it holds again.

    Shape: `entered_at` is when the entry that is meant was made, as the page showed it.
    """

    def change(connection: Connection, _writing: Writing) -> _Change:
        stored = _entered(connection, day)
        if stored is None:
            raise _Stop(refused(f"{said(day)} đã được bỏ khỏi các ngày nhập riêng trước đó."))
        if stored.hand.at.isoformat() != entered_at:
            raise _Stop(refused(f"{_by_whom(runtime, stored)} Xem lại, nếu vẫn cần thì bỏ."))
        drop_hand_day(connection, day)
        return _Change("calendar.day_taken_back", _stands(stored.rule.works, stored.rule.why))

    return _changed(runtime, actor, day, change)


def _changed(
    runtime: Runtime,
    actor: Actor | None,
    day: date,
    change: Callable[[Connection, Writing], _Change],
) -> DayEntered | Faults:
    """Do it while nobody else can, with its audit entry; what it moves is told."""
    writing = new_writing(actor, runtime.now())
    try:
        with runtime.engine.begin() as connection:
            if not has_right(connection, actor):
                raise _Stop(refused(NOT_YOURS))
            hold_calendar(connection, writing)
            before = working_calendar(runtime, connection)
            done = change(connection, writing)
            renew_version(connection, writing)
            after = working_calendar(runtime, connection)
            works = after.is_working(day)
            agency = actor.account.agency_code if actor else None
            detail = {"before": done.before, "after": _stands(works, done.why)}
            deed = Deed(done.action, agency, "calendar", day.isoformat(), {**detail})
            write_deed(connection, actor, writing.at, deed)
            effect = effect_of(runtime, connection, (before, after), [day])
    except _Stop as stop:
        return stop.faults
    return DayEntered(day, works, effect)


def _faults(day: date | None, order: DayOrder, today: date) -> dict[str, str]:
    """What is wrong with what was typed, in the order of the form."""
    faults = {}
    if day is None:
        faults["day"] = f"“{order.day.strip()[:20]}” không phải ngày; ghi như 24/11/2026."
    elif day.year not in YEARS:
        faults["day"] = f"{day:%d/%m/%Y}: chỉ nhập ngày của năm {YEARS[0]} đến {YEARS[-1]}."
    elif day < today:
        faults["day"] = f"{day:%d/%m/%Y} đã qua; chỉ nhập từ hôm nay, {today:%d/%m/%Y}, trở đi."
    reason = one_line(order.reason)
    if not reason:
        faults["reason"] = "Nhập lý do, ví dụ: bão số 12, theo Công điện 05/CĐ-UBND."
    elif len(reason) > MOST_REASON:
        faults["reason"] = f"Lý do dài {len(reason)} ký tự, tối đa {MOST_REASON}; viết ngắn lại."
    return faults


def _check_news(runtime: Runtime, connection: Connection, day: date, works: bool) -> None:
    """Whether there is something to change.

    Errors: _Stop, which tells who entered the day before, and as what.
    """
    stored = _entered(connection, day)
    if stored is not None:
        words = f"{_by_whom(runtime, stored)} Muốn đổi thì bỏ ngày đó trước rồi nhập lại."
        raise _Stop(refused(words, "day"))
    if working_calendar(runtime, connection).is_working(day) is works:
        raise _Stop(refused(f"{said(day)} vốn đã là {_stands(works)}; không có gì đổi.", "day"))


def _entered(connection: Connection, day: date) -> HandDay | None:
    return next((one for one in hand_days(connection, day.year) if one.day == day), None)


def _by_whom(runtime: Runtime, stored: HandDay) -> str:
    local = stored.hand.at.astimezone(runtime.settings.zone)
    who = stored.hand.login or "lệnh tại máy chủ"
    what = _stands(stored.rule.works, stored.rule.why)
    return f"{said(stored.day)} đã được {who} nhập lúc {local:%H:%M %d/%m/%Y}: {what}."


def _stands(works: bool, why: str = "") -> str:
    return ("ngày làm việc" if works else "ngày nghỉ") + (f": {why}" if why else "")
