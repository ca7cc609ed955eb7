"""Which backups are kept: the newest of each day, week and month, so many of each."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks (from Monday) and months of the calendar keep a backup."""

    days: int = 7
    weeks: int = 4
    months: int = 12


def kept(made: Collection[datetime], keep: Keep, zone: tzinfo) -> set[datetime]:
    """The backups to keep of those made at these moments.

    Periods without a backup do not count, so a house that was off for a month keeps its old
    ones. The newest backup is always kept.
    """
    newest_first = sorted(made, reverse=True)
    chosen = set(newest_first[:1])
    for period, most in ((_day, keep.days), (_week, keep.weeks), (_month, keep.months)):
        chosen |= _newest_of_each(newest_first, period, most, zone)
    return chosen


def _newest_of_each(
    newest_first: Collection[datetime],
    period: Callable[[date], tuple[int, ...]],
    most: int,
    zone: tzinfo,
) -> set[datetime]:
    found: dict[tuple[int, ...], datetime] = {}
    for moment in newest_first:
        found.setdefault(period(moment.astimezone(zone).date()), moment)
    return set(list(found.values())[:most])


def _day(day: date) -> tuple[int, ...]:
    return (day.toordinal(),)


def _week(day: date) -> tuple[int, ...]:
    return tuple(day.isocalendar())[:2]


def _month(day: date) -> tuple[int, ...]:
    return (day.year, day.month)
