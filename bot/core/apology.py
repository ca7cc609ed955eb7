"""The evening's apology: at what time, and for which due dates.

Source: interfaces 5 (Apology); domain-facts 0 (9) and 0.2.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.core.calendar import Calendar

BEGINS, ENDS = time(17, 30), time(21)  # local; a job that was down is caught up before the end


@dataclass(frozen=True, slots=True)
class Evening:
    """One evening's apologies.

    Shape: due dates from `first` to `last`, both included; `since` and `until` are the same as
           moments in UTC, `until` excluded.
    """

    day: date
    first: date
    last: date
    since: datetime
    until: datetime


def evening_of(day: date, calendar: Calendar, zone: tzinfo) -> Evening:
    """What is apologised for on the evening of this day.

    Result: the due dates after the day, up to the next working day: on a Friday also Saturday
            and Sunday, on the eve of Tết all its days off and the first day after them.
    Errors: OverflowError at the end of year 9999.
    """
    first, last = day + timedelta(days=1), calendar.next_working(day)
    until = beginning(last + timedelta(days=1), zone)
    return Evening(day, first, last, beginning(first, zone), until)


def is_time(local: datetime) -> bool:
    """Whether the evening's apologies are to be begun or gone on with at this local moment."""
    return BEGINS <= local.time() < ENDS


def beginning(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, in UTC: what an apology is known by, whatever the hour."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
