"""A year's notice entered into the working calendar: looked at first, then stored in one go."""

from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import Connection

from bot.calendar_effect import Effect, effect_of
from bot.calendar_file import new_year, with_reasons
from bot.calendar_right import NOT_YOURS, new_writing
from bot.core.calendar import CalendarYear
from bot.core.calendar_change import Proposal, as_written, changed_since, propose
from bot.core.calendar_input import MOST_NUMBER, YEARS, read_issued, read_notice, source_of
from bot.core.calendar_reading import Reading
from bot.core.counter_faults import Faults, refused
from bot.core.counter_typing import one_line
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.province_right import has_right
from bot.runtime import Runtime
from bot.show_calendar import ShownYear, year_in
from bot.store.audit import write_deed
from bot.store.calendars import Hand, hold_calendar, last_hand, put_year, renew_version
from bot.working_calendar import working_calendar

NO_YEAR = f"Nhập năm từ {YEARS[0]} đến {YEARS[-1]}."
EDITED = "Nội dung đã đổi sau khi xem trước. Xem lại bản dưới đây rồi bấm ghi."


@dataclass(frozen=True, slots=True)
class Handed:
    """What somebody hands in: for which year, the notice's words or a table, and its number."""

    year: str
    text: str
    number: str = ""
    issued: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come of it.

    Shape: `looked_at` goes back with the order to store, and ties it to this very preview;
           `told` says why an order to store was not followed yet.
    """

    standing: ShownYear
    reading: Reading
    proposal: Proposal
    effect: Effect
    looked_at: str
    told: tuple[str, ...] = ()
    hand: Hand | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A year that was stored."""

    year: CalendarYear
    effect: Effect


class _Stop(Exception):
    """What ends the transaction with nothing stored: the answer to give instead."""

    def __init__(self, answer: Preview | Faults) -> None:
        super().__init__()
        self.answer = answer


def preview_notice(runtime: Runtime, actor: Actor | None, handed: Handed) -> Preview | Faults:
    """What would come of what is handed in; nothing is stored."""
    year = _year(handed.year)
    if isinstance(year, Faults):
        return year
    with reading(runtime.engine) as connection:
        if not has_right(connection, actor):
            return refused(NOT_YOURS)
        return _preview(runtime, connection, year, handed)


def enter_notice(
    runtime: Runtime, actor: Actor | None, handed: Handed, looked_at: str | None
) -> Entered | Preview | Faults:
    """Store what is handed in for its year, in one transaction, with an audit entry.

    Shape: `looked_at` is that of the preview that was shown; None for a command, which asks for
    none. When the calendar or the text is another by now, the answer is a new preview that tells
    what changed meanwhile, and nothing is stored.
    """
    year = _year(handed.year)
    if isinstance(year, Faults):
        return year
    writing = new_writing(actor, runtime.now())
    try:
        with runtime.engine.begin() as connection:
            if not has_right(connection, actor):
                raise _Stop(refused(NOT_YOURS))
            hold_calendar(connection, writing)
            preview = _preview(runtime, connection, year, handed)
            if isinstance(preview, Faults):
                raise _Stop(preview)
            _check(preview, handed, looked_at, last_hand(connection))
            put_year(connection, preview.proposal.year, writing)
            renew_version(connection, writing)
            write_deed(connection, actor, writing.at, _deed(actor, preview))
    except _Stop as stop:
        return stop.answer
    return Entered(preview.proposal.year, preview.effect)


def _year(typed: str) -> int | Faults:
    plain = one_line(typed)
    if plain.isascii() and plain.isdecimal() and len(plain) == 4 and int(plain) in YEARS:
        return int(plain)
    return refused(f"“{plain[:20]}” không phải năm nhập được. {NO_YEAR}", "year")


def _preview(
    runtime: Runtime, connection: Connection, year: int, handed: Handed
) -> Preview | Faults:
    read = read_notice(handed.text, year)
    if read.fault:
        return refused(" ".join([read.fault, *map(str, read.unread[:5])]), "text")
    issued = read_issued(handed.issued) if handed.issued.strip() else read.issued
    if handed.issued.strip() and issued is None:
        words = f"“{handed.issued.strip()[:20]}” không phải ngày; ghi như 15/10/2026."
        return refused(words, "issued")
    standing = year_in(connection, year)
    source = source_of((handed.number or read.number)[:MOST_NUMBER], issued)
    proposal = propose(standing.listed, read, source, new_year(year))
    proposal = _with_reasons(proposal)
    return Preview(
        standing=standing,
        reading=read,
        proposal=proposal,
        effect=_effect(runtime, connection, standing, proposal),
        looked_at=f"{_digest(handed, year)} {standing.seen}",
    )


def _with_reasons(proposal: Proposal) -> Proposal:
    one = proposal.year
    return replace(proposal, year=replace(one, rules=with_reasons(one.year, one.rules)))


def _effect(
    runtime: Runtime, connection: Connection, standing: ShownYear, proposal: Proposal
) -> Effect:
    """What it moves; days by hand hold over the old list and the new one."""
    by_hand = {one.day: one.rule.works for one in standing.by_hand}
    before = working_calendar(runtime, connection)
    after = before.with_years([proposal.year]).with_days(by_hand)
    changed = [one.day for one in proposal.changes if one.day not in by_hand]
    return effect_of(runtime, connection, (before, after), changed)


def _digest(handed: Handed, year: int) -> str:
    text = "\n".join(handed.text.split())
    return sha256(f"{year}\n{text}".encode("utf-8", "replace")).hexdigest()[:16]


def _check(preview: Preview, handed: Handed, looked_at: str | None, hand: Hand | None) -> None:
    """Whether what is stored is what was looked at, and confirmed by a notice.

    Errors: _Stop with the answer in its place.
    """
    if looked_at is None:
        return
    digest, _, seen = looked_at.partition(" ")
    now_digest, _, now_seen = preview.looked_at.partition(" ")
    told = changed_since(seen, now_seen)
    if seen != now_seen:
        meanwhile = tuple(told) or ("lịch của năm đã được ghi lại",)
        raise _Stop(replace(preview, told=meanwhile, hand=hand))
    if digest != now_digest:
        raise _Stop(replace(preview, told=(EDITED,)))
    faults = _notice_faults(handed, preview)
    if faults:
        raise _Stop(Faults(faults))


def _notice_faults(handed: Handed, preview: Preview) -> dict[str, str]:
    """A year is confirmed by a notice that can be found again: its number and its day."""
    faults = {}
    if not (one_line(handed.number) or preview.reading.number):
        faults["number"] = "Nhập số, ký hiệu của thông báo, ví dụ 9441/TB-BNV."
    dated = handed.issued.strip() or preview.reading.issued or preview.reading.whole
    if not dated:
        faults["issued"] = "Nhập ngày ban hành thông báo, ví dụ 15/10/2026."
    return faults


def _deed(actor: Actor | None, preview: Preview) -> Deed:
    return Deed(
        "calendar.imported",
        actor.account.agency_code if actor else None,
        "calendar",
        str(preview.proposal.year.year),
        {
            "before": as_written(preview.standing.listed),
            "after": as_written(preview.proposal.year),
        },
    )
