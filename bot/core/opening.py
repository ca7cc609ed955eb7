"""The hours in which notices may go."""

from datetime import date, datetime, time, timedelta, tzinfo


def opens_at(now: datetime, start: time, end: time, zone: tzinfo) -> datetime:
    """From when a notice may go: `now` inside the hours, else the next opening.

    Shape: `start` belongs to the hours, `end` does not. Local days are counted in `zone`.
    Source: interfaces 2 (NOTICE_HOURS).
    """
    local = now.astimezone(zone)
    if start <= local.time().replace(tzinfo=None) < end:
        return now
    day = local.date() if local.time().replace(tzinfo=None) < start else _next(local.date())
    return datetime.combine(day, start, zone).astimezone(now.tzinfo)


def next_opening(now: datetime, start: time, zone: tzinfo) -> datetime:
    """The opening of the next day."""
    day = _next(now.astimezone(zone).date())
    return datetime.combine(day, start, zone).astimezone(now.tzinfo)


def _next(day: date) -> date:
    return day + timedelta(days=1)
