"""The packaged table against the law and the `holidays` library, and years it does not list."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from bot.calendar_file import computed_days_off, load_calendar

CALENDAR = load_calendar()
LISTED = range(2016, 2028)
LIBRARY = holidays.country_holidays("VN", years=LISTED)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def test_the_table_differs_from_the_library_exactly_where_it_is_known_to() -> None:
    """A library update that learns or forgets a day shows up here.

    The release of July 2026 (0.101) also lacked 2/5/2025, 31/8/2026, every 24/11 and all worked
    Saturdays; the pinned release has learnt them and still lacks the swap of 2/1/2026.
    """
    differing = {
        day: CALENDAR.is_working(day)
        for year in LISTED
        for day in days_of(year)
        if CALENDAR.is_working(day) != LIBRARY.is_working_day(day)
    }
    assert differing == {date(2026, 1, 2): False, date(2026, 1, 10): True}


def test_worked_saturdays_are_those_of_the_notices() -> None:
    worked = [
        day
        for year in LISTED
        for day in days_of(year)
        if day.weekday() >= 5 and CALENDAR.is_working(day)
    ]
    assert worked == [
        date(2019, 1, 5),
        date(2019, 5, 4),
        date(2024, 5, 4),
        date(2025, 4, 26),
        date(2026, 1, 10),
        date(2026, 8, 22),
    ]


@pytest.mark.parametrize(
    ("year", "weekdays_off"),
    [
        (2016, "1/1 8/2 9/2 10/2 11/2 12/2 18/4 2/5 3/5 2/9"),
        (2017, "2/1 26/1 27/1 30/1 31/1 1/2 6/4 1/5 2/5 4/9"),
        (2018, "1/1 14/2 15/2 16/2 19/2 20/2 25/4 30/4 1/5 3/9 31/12"),
        (2019, "1/1 4/2 5/2 6/2 7/2 8/2 15/4 29/4 30/4 1/5 2/9"),
        (2020, "1/1 23/1 24/1 27/1 28/1 29/1 2/4 30/4 1/5 2/9"),
        (2021, "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9"),
        (2022, "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9"),
        (2023, "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9"),
        (2024, "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9"),
        (2025, "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9"),
        (2026, "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11"),
        (2027, "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11"),
    ],
)
def test_weekdays_off_are_those_of_the_year(year: int, weekdays_off: str) -> None:
    closed = [d for d in days_of(year) if d.weekday() < 5 and not CALENDAR.is_working(d)]
    assert " ".join(f"{day.day}/{day.month}" for day in closed) == weekdays_off


def test_only_years_with_a_published_notice_are_confirmed() -> None:
    assert [year for year in range(2010, 2040) if CALENDAR.confirmed(year)] == [*range(2016, 2027)]


def test_the_year_2027_is_what_the_law_computes() -> None:
    listed = {d for d in days_of(2027) if d.weekday() < 5 and not CALENDAR.is_working(d)}
    assert listed == computed_days_off(2027)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2030, 2, 1), False, id="eve of Tết 2030, a day before the Chinese one"),
        pytest.param(date(2030, 2, 7), True, id="the first working day after it"),
        pytest.param(date(2028, 11, 24), False, id="Culture Day on a Friday"),
        pytest.param(date(2029, 11, 26), True, id="Culture Day on a Saturday is not made up"),
        pytest.param(date(2028, 1, 3), False, id="New Year on a Saturday is made up"),
        pytest.param(date(2015, 11, 24), True, id="no Culture Day before 2026"),
        pytest.param(date(2015, 9, 2), False, id="National Day before the table"),
        pytest.param(date(2150, 9, 2), True, id="beyond the lunar tables: the plain week"),
    ],
)
def test_years_outside_the_table_are_computed(day: date, working: bool) -> None:
    assert CALENDAR.is_working(day) is working


def test_another_file_replaces_the_packaged_one(tmp_path: Path) -> None:
    own = tmp_path / "calendar.toml"
    own.write_text(
        '[2028]\nmark = "confirmed"\noff = [2028-07-03]\nworked = []\n'
        'source = "tờ trình của tỉnh"\nnotes = ""\n',
        encoding="utf-8",
    )
    calendar = load_calendar(own)
    assert not calendar.is_working(date(2028, 7, 3))
    assert calendar.is_working(date(2028, 1, 3)), "a listed year is not mixed with computed days"
    assert calendar.confirmed(2028)
    assert not calendar.is_working(date(2026, 11, 24)), "years it leaves out are computed"
