"""A year's list about to change: what was read laid over what stands, and what that moves."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core.calendar import COMPUTED, CONFIRMED, Calendar, CalendarYear, DayRule
from bot.core.calendar_law import shortfalls
from bot.core.calendar_reading import Reading, Told, said

AWAY = 31  # days that a change can lie before the due dates whose evening it moves


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that is no longer what it was."""

    day: date
    was: DayRule
    will: DayRule


@dataclass(frozen=True, slots=True)
class Proposal:
    """A year's list as it would be stored, and what a person should look at before."""

    year: CalendarYear
    changes: tuple[DayChange, ...]
    warnings: tuple[str, ...]


def propose(before: CalendarYear, reading: Reading, source: str, tet: date | None) -> Proposal:
    """The list that comes of what was read.

    Shape: without a `source` the year stays unconfirmed. A notice that does not list the entire
           year keeps what it does not speak of; the days off around one that it names are its
           own, for a notice that speaks of a holiday says all of it.
    """
    odd: list[str] = []
    told = [one for one in reading.told if _counts(one, before.year, odd)]
    rules = {} if reading.whole else _untouched(before, told)
    _lay_over(rules, told, odd)
    rules = _against_the_week(rules)
    mark = CONFIRMED if source else COMPUTED
    year = CalendarYear(before.year, mark, dict(sorted(rules.items())), source, reading.note)
    warned = dict.fromkeys((*reading.remarks, *odd, *shortfalls(year, tet)))
    return Proposal(year, changes_between(before.rules, year.rules), tuple(warned))


def _lay_over(rules: dict[date, DayRule], told: Sequence[Told], odd: list[str]) -> None:
    """Put what was read over what stands; a day that stays what it was keeps its reason."""
    heard: dict[date, bool] = {}
    for one in told:
        if heard.setdefault(one.day, one.works) is not one.works:
            odd.append(f"{said(one.day)} vừa là ngày nghỉ vừa là ngày làm bù; lấy dòng sau.")
        known = rules.get(one.day)
        if known is None or known.works is not one.works or one.swapped or not known.why:
            rules[one.day] = DayRule(one.works, one.why)


def _counts(one: Told, year: int, odd: list[str]) -> bool:
    """Whether a day that was read changes the plain week of this year; else it is told of."""
    if one.day.year != year:
        if one.alone or one.day.weekday() < 5:
            odd.append(f"{said(one.day)} không thuộc năm {year}: bỏ qua, nhập vào lịch năm đó.")
        return False
    weekend = one.day.weekday() >= 5
    if one.works and not weekend:
        odd.append(f"{said(one.day)} ghi làm bù nhưng không phải ngày cuối tuần: bỏ qua.")
        return False
    if not one.works and weekend and one.alone:
        odd.append(f"{said(one.day)} là ngày cuối tuần, không cần ghi nghỉ: bỏ qua.")
    return one.works or not weekend


def _against_the_week(rules: Mapping[date, DayRule]) -> dict[date, DayRule]:
    return {day: rule for day, rule in rules.items() if rule.works is (day.weekday() >= 5)}


def _untouched(before: CalendarYear, told: Sequence[Told]) -> dict[date, DayRule]:
    """What stands now, without the stretches of days off that what was read speaks of."""
    spoken = {one.day for one in told if not one.works and not one.swapped}
    kept = dict(before.rules)
    for day in spoken:
        for step in (timedelta(days=-1), timedelta(days=1)):
            beside = day
            while _is_off(before.rules, beside):
                kept.pop(beside, None)
                beside += step
    return kept


def _is_off(rules: Mapping[date, DayRule], day: date) -> bool:
    rule = rules.get(day)
    return not rule.works if rule else day.weekday() >= 5


def changes_between(
    was: Mapping[date, DayRule], will: Mapping[date, DayRule]
) -> tuple[DayChange, ...]:
    """The days that are open in one and closed in the other, in order."""
    changed = []
    for day in sorted(was.keys() | will.keys()):
        plain = DayRule(works=day.weekday() < 5)
        one, other = was.get(day, plain), will.get(day, plain)
        if one.works != other.works:
            changed.append(DayChange(day, one, other))
    return tuple(changed)


def as_written(one: CalendarYear) -> str:
    """A year's list on one line, for the audit trail: days off, days worked, mark, source."""
    off = " ".join(f"{day:%d/%m}" for day in one.days(works=False))
    worked = " ".join(f"{day:%d/%m}" for day in one.days(works=True)) or "–"
    mark = "đã xác nhận" if one.confirmed else "chưa xác nhận"
    return f"nghỉ {off or '–'}; làm bù {worked}; {mark}; {one.source}".rstrip("; ")


def as_seen(one: CalendarYear, by_hand: Mapping[date, DayRule]) -> str:
    """What a person sees of a year, short: kept in a form to tell later what changed meanwhile."""
    days = [*_signed(one.rules, ""), *_signed(by_hand, "*")]
    return " ".join([one.mark, *days])


def _signed(rules: Mapping[date, DayRule], head: str) -> Iterator[str]:
    for day, rule in sorted(rules.items()):
        yield f"{head}{day}{'+' if rule.works else '-'}"


def changed_since(seen: str, now: str) -> list[str]:
    """What is otherwise than it was seen, in words; nothing when it is as it was."""
    if seen == now:
        return []
    was, stands = set(seen.split()), set(now.split())
    told = [_told(one, "nay là") for one in sorted(stands - was, key=_day_of)]
    gone = [one for one in was - stands if not {_other(one)} & stands]
    told += [_told(one, "không còn là") for one in sorted(gone, key=_day_of)]
    return [words for words in told if words]


def _day_of(part: str) -> str:
    return part.lstrip("*")


def _other(part: str) -> str:
    return part[:-1] + ("-" if part.endswith("+") else "+")


def _told(part: str, verb: str) -> str:
    """One part of what is seen, in words; of marks only the new one is told."""
    plain = part.lstrip("*")
    if plain in (CONFIRMED, COMPUTED):
        marked = "đã được xác nhận" if plain == CONFIRMED else "chưa được xác nhận"
        return f"lịch {marked}" if verb == "nay là" else ""
    try:
        day = date.fromisoformat(plain[:-1])
    except ValueError:
        return ""
    kind = "ngày làm việc" if plain.endswith("+") else "ngày nghỉ"
    by_hand = " nhập riêng" if part.startswith("*") else ""
    return f"{said(day)} {verb} {kind}{by_hand}"


def moved_promises(
    before: Calendar, after: Calendar, changed: Iterable[date], first: date
) -> Iterator[tuple[date, date]]:
    """Due dates from `first` on whose apology would go on another evening, as spans.

    Result: first and last day of each span. A due date is apologised for on the evening of the
            last working day before it.
    """
    days = sorted(changed)
    if not days:
        return
    begins = max(first, days[0])
    span: tuple[date, date] | None = None
    for number in range((days[-1] - begins).days + AWAY + 1):
        day = begins + timedelta(days=number)
        if before.previous_working(day) == after.previous_working(day):
            continue
        if span is not None and span[1] + timedelta(days=1) == day:
            span = (span[0], day)
        else:
            if span is not None:
                yield span
            span = (day, day)
    if span is not None:
        yield span
