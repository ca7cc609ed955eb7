"""The moment a result is promised for: the desk's hours, the legal clock, the working calendar."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise

from bot.core.calendar import Calendar

USUAL_HOURS = "07:00-11:30,13:30-17:00"
# What came in later is handed over at the beginning of the next working day.
# Source: Decree 61/2018, see domain-facts 3.2.
LATEST_RECEIPT = time(15)
MOST_DAYS = 999
_SPAN = re.compile(
    r"([01]?[0-9]|2[0-3])[:hH]([0-5][0-9])\s*[-\u2013]\s*([01]?[0-9]|2[0-3])[:hH]([0-5][0-9])"
)


class DayKind(StrEnum):
    """What a procedure's days are: "ngày làm việc", or "ngày"."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The hours in which a desk works, on each working day the same.

    Shape: spans from and to, in order, apart from each other; at least one.
    """

    spans: tuple[tuple[time, time], ...]

    @property
    def opening(self) -> time:
        """When the day begins."""
        return self.spans[0][0]

    @property
    def closing(self) -> time:
        """When the day ends."""
        return self.spans[-1][1]

    def at_work(self, moment: time) -> time | None:
        """The moment itself inside the hours, else the next beginning; None after closing."""
        for start, end in self.spans:
            if moment < end:
                return max(moment, start)
        return None


@dataclass(frozen=True, slots=True)
class Term:
    """How long a procedure takes; `days` None promises nothing unless it is `same_day`."""

    days: int | None
    kind: DayKind = DayKind.WORKING
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """What a promise is reckoned by: the desk's hours, the days off, the time zone."""

    hours: WorkHours
    calendar: Calendar
    zone: tzinfo


def read_work_hours(typed: str) -> WorkHours:
    """Read "07:00-11:30,13:30-17:00".

    Errors: ValueError that says what is expected; the words are the caller's.
    """
    found = []
    for part in re.split(r"[,;]", typed):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{part.strip()!r} is no span of hours such as 07:00-11:30")
        numbers = [int(number) for number in match.groups()]
        found.append((time(numbers[0], numbers[1]), time(numbers[2], numbers[3])))
    edges = [edge for span in found for edge in span]
    if any(one >= other for one, other in pairwise(edges)):
        raise ValueError("the hours do not follow each other")
    return WorkHours(tuple(found))


def clock_starts(received: datetime, office: Office) -> datetime:
    """The local moment from which the term runs.

    What comes in before opening counts from opening, over lunch from the afternoon's beginning,
    after 15:00, after closing or on a day off from the opening of the next working day. Seconds
    are dropped, as the slip drops them: 15:00 is not after 15:00.
    Source: domain-facts 3.2, 3.3.
    """
    local = received.astimezone(office.zone)
    day, moment = local.date(), local.time().replace(second=0, microsecond=0)
    begins = office.hours.at_work(moment) if office.calendar.is_working(day) else None
    if begins is None or moment > LATEST_RECEIPT:
        return _at(office, office.calendar.next_working(day), office.hours.opening)
    return _at(office, day, begins)


def promised_at(received: datetime, term: Term, office: Office) -> datetime | None:
    """When the result is promised; None when the procedure promises no day.

    Result: aware, in the office's zone, on a working day inside the hours. Working days are spent
    hour by hour, a day of the desk's own hours each: the promise is the first moment at which
    they are spent, so that a term from opening ends at closing. Calendar days end at the same
    time of day, and on the next working day when they would end on a day off. A same-day result
    is promised for the closing of the day its clock starts.
    Source: domain-facts 3.2, 3.3.
    """
    start = clock_starts(received, office)
    if term.same_day:
        return _at(office, start.date(), office.hours.closing)
    if term.days is None:
        return None
    if term.kind is DayKind.CALENDAR:
        ends = start.date() + timedelta(days=term.days)
        return _at(office, working_from(ends, office.calendar), start.time())
    return _working_days_later(start, term.days, office)


def working_from(day: date, calendar: Calendar) -> date:
    """The day itself when offices are open, else the next on which they are."""
    return day if calendar.is_working(day) else calendar.next_working(day)


def _working_days_later(start: datetime, days: int, office: Office) -> datetime:
    """Whole days by the same time of day; what begins with a span ends with the one before."""
    day, moment = start.date(), start.time()
    spans = office.hours.spans
    place = next((at for at, (begins, _) in enumerate(spans) if begins == moment), None)
    if place is not None:
        moment = spans[place - 1][1]
        days -= place == 0  # the closing of the day before
    for _ in range(days):
        day = office.calendar.next_working(day)
    return _at(office, day, moment)


def _at(office: Office, day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, office.zone)
