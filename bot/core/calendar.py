"""The working calendar of the civil service: which days are days off, and how sure we are."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

CONFIRMED, COMPUTED = "confirmed", "computed"
_FIELDS = {"mark", "off", "worked", "source", "notes"}
_NOTICE_SEASON = 11  # The notice for the coming year is usually out by November.


@dataclass(frozen=True, slots=True)
class DayRule:
    """What a day is, against the plain week, and why in the words that staff read."""

    works: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """What one year's list says.

    Shape: `rules` holds weekdays off and weekend days worked, of that very year; `source` is the
           notice or the law, `note` what a successor should know, both in Vietnamese.
    """

    year: int
    mark: str
    rules: Mapping[date, DayRule]
    source: str = ""
    note: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether the days come from the published notice."""
        return self.mark == CONFIRMED

    def days(self, works: bool) -> list[date]:
        """The days off, or those worked, in order."""
        return sorted(day for day, rule in self.rules.items() if rule.works is works)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days that differ from the plain week of Monday to Friday.

    Shape:  `off` and `worked` are disjoint. Days in neither follow the plain week, so a day far
            outside the table is still answered, only less surely (see `confirmed`).
    Errors: every method refuses a datetime with TypeError: which day it is depends on the time
            zone, and the caller must have decided that already.
    Source: Labour Code 2019 Art. 111.3 and 112; yearly notices of days off and swaps.
    """

    off: frozenset[date]
    worked: frozenset[date]
    confirmed_years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Say whether offices are open on this day."""
        _plain(day)
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    def next_working(self, day: date) -> date:
        """Give the first working day strictly after `day`.

        Errors: OverflowError at the end of year 9999.
        """
        following = _plain(day) + timedelta(days=1)
        while not self.is_working(following):
            following += timedelta(days=1)
        return following

    def previous_working(self, day: date) -> date:
        """Give the last working day strictly before `day`.

        Errors: OverflowError at the beginning of year 1.
        """
        before = _plain(day) - timedelta(days=1)
        while not self.is_working(before):
            before -= timedelta(days=1)
        return before

    def working_days_between(self, a: date, b: date) -> int:
        """Count the working days from `a` to `b`.

        Units:  working days after `a`, up to and including `b`, as deadlines are counted: the day
                of receipt does not count, the due day does. Negative when `b` is before `a`.
        """
        if _plain(b) < _plain(a):
            return -self.working_days_between(b, a)
        closed = sum(a < day <= b for day in self.off if day.weekday() < 5)
        opened = sum(a < day <= b for day in self.worked if day.weekday() >= 5)
        return _weekdays_until(b) - _weekdays_until(a) - closed + opened

    def confirmed(self, year: int) -> bool:
        """Say whether the days of this year come from its published notice."""
        return year in self.confirmed_years

    def warning(self, today: date) -> str | None:
        """Tell the operator which year's notice is still to be entered, or None.

        The running year is warned of at any time, the coming one from 1 November.
        """
        years = [_plain(today).year]
        if today.month >= _NOTICE_SEASON:
            years.append(today.year + 1)
        open_years = " and ".join(str(year) for year in years if not self.confirmed(year))
        if not open_years:
            return None
        return (
            f"days off of {open_years} are not confirmed by the yearly notice: enter the notice "
            "at /console/lich, or with: python -m bot calendar import FILE --year YEAR"
        )

    def with_years(self, years: Iterable[CalendarYear]) -> "Calendar":
        """Give a calendar in which the lists of these years stand in place of its own."""
        listed = {one.year: one for one in years}
        theirs = calendar_of(listed.values())
        return Calendar(
            off=_without(self.off, listed) | theirs.off,
            worked=_without(self.worked, listed) | theirs.worked,
            confirmed_years=self.confirmed_years - listed.keys() | theirs.confirmed_years,
        )

    def with_days(self, overrides: Mapping[date, bool]) -> "Calendar":
        """Give a calendar in which these days are working (True) or off (False).

        Confirmation stays as it is: a few days entered by hand are not the yearly notice.
        """
        worked = frozenset(_plain(day) for day, works in overrides.items() if works)
        off = frozenset(_plain(day) for day, works in overrides.items() if not works)
        return replace(self, off=(self.off - worked) | off, worked=(self.worked - off) | worked)


def calendar_of(years: Iterable[CalendarYear]) -> Calendar:
    """The calendar that these years make, each with a list of its own."""
    off: set[date] = set()
    worked: set[date] = set()
    confirmed: set[int] = set()
    for one in years:
        off.update(one.days(works=False))
        worked.update(one.days(works=True))
        if one.confirmed:
            confirmed.add(one.year)
    return Calendar(frozenset(off), frozenset(worked), frozenset(confirmed))


def parse_calendar(text: str) -> Calendar:
    """Build the calendar from the text of calendar.toml.

    Errors: ValueError naming the year and the field; a slip here would move legal deadlines.
    """
    return calendar_of(parse_years(text).values())


def parse_years(text: str) -> dict[int, CalendarYear]:
    """The years of calendar.toml, each as it is written there.

    Errors: as above.
    """
    years = {}
    for name, table in tomllib.loads(text).items():
        year = _year(name, table)
        rules = {day: DayRule(works=False) for day in _days(year, table, "off")}
        rules |= {day: DayRule(works=True) for day in _days(year, table, "worked")}
        years[year] = CalendarYear(year, table["mark"], rules, table["source"], table["notes"])
    return years


def _year(name: str, table: Any) -> int:
    """Check the head and the fields of one year's table."""
    if not (name.isdecimal() and len(name) == 4 and isinstance(table, dict)):
        raise ValueError(f"calendar: [{name}] is not a table of a four-digit year")
    if set(table) != _FIELDS:
        fields = ", ".join(sorted(_FIELDS ^ set(table)))
        raise ValueError(f"calendar {name}: missing or unknown field: {fields}")
    if table["mark"] not in (CONFIRMED, COMPUTED):
        raise ValueError(f"calendar {name}: mark is {table['mark']!r}, not confirmed or computed")
    return int(name)


def _days(year: int, table: dict[str, Any], field: str) -> set[date]:
    """Read one list of days; `off` holds weekdays and `worked` weekend days of that very year."""
    days: set[date] = set()
    for day in table[field]:
        if isinstance(day, datetime) or not isinstance(day, date) or day.year != year:
            raise ValueError(f"calendar {year}: {field} holds {day}, not a day of {year}")
        if (day.weekday() < 5) != (field == "off") or day in days:
            raise ValueError(f"calendar {year}: {field} holds {day}, twice or changing nothing")
        days.add(day)
    return days


def _without(days: frozenset[date], years: Collection[int]) -> frozenset[date]:
    return frozenset(day for day in days if day.year not in years)


def _plain(day: date) -> date:
    """Refuse a datetime: it never equals a date, so every holiday would pass as a working day."""
    if isinstance(day, datetime):
        raise TypeError("a local date is needed, not a datetime")
    return day


def _weekdays_until(day: date) -> int:
    """Count Mondays to Fridays from 1/1/0001, which was a Monday, up to and including `day`."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)
