"""Working days, the next working day, the operator's warning, and faults in calendar.toml."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar import Calendar, parse_calendar

YEAR = """
[2026]
mark = "confirmed"
off = [2026-01-01, 2026-01-02, 2026-08-31, 2026-09-01, 2026-09-02, 2026-11-24]
worked = [2026-01-10, 2026-08-22]
source = "a notice"
notes = ""
"""
CALENDAR = parse_calendar(YEAR)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        pytest.param(date(2026, 11, 23), True, id="a Monday, its proposed swap never decided"),
        pytest.param(date(2026, 11, 24), False, id="Culture Day"),
        pytest.param(date(2026, 8, 31), False, id="a Monday exchanged for a Saturday"),
        pytest.param(date(2026, 8, 22), True, id="the Saturday worked for it"),
        pytest.param(date(2026, 8, 29), False, id="any other Saturday"),
        pytest.param(date(2026, 8, 30), False, id="a Sunday"),
        pytest.param(date(2028, 2, 29), True, id="leap day of a year not listed"),
    ],
)
def test_offices_are_open_on_working_days_only(day: date, working: bool) -> None:
    assert CALENDAR.is_working(day) is working


@pytest.mark.parametrize(
    ("day", "following"),
    [
        pytest.param(date(2026, 11, 18), date(2026, 11, 19), id="midweek"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 23), id="Friday to Monday"),
        pytest.param(date(2026, 11, 23), date(2026, 11, 25), id="over a single day off"),
        pytest.param(date(2026, 8, 21), date(2026, 8, 22), id="Friday to a worked Saturday"),
        pytest.param(date(2026, 8, 28), date(2026, 9, 3), id="over the five days of 2/9"),
        pytest.param(date(2026, 8, 30), date(2026, 9, 3), id="from a day off"),
        pytest.param(date(2025, 12, 31), date(2026, 1, 5), id="over the turn of the year"),
    ],
)
def test_next_working_day_lies_strictly_after(day: date, following: date) -> None:
    assert CALENDAR.next_working(day) == following


@pytest.mark.parametrize(
    ("a", "b", "count"),
    [
        pytest.param(date(2026, 11, 23), date(2026, 11, 23), 0, id="same day"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 22), 0, id="Friday to Sunday"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 25), 2, id="over weekend and Culture Day"),
        pytest.param(date(2026, 8, 21), date(2026, 8, 24), 2, id="with a worked Saturday"),
        pytest.param(date(2026, 11, 25), date(2026, 11, 20), -2, id="backwards"),
    ],
)
def test_working_days_count_the_due_day_but_not_the_first(a: date, b: date, count: int) -> None:
    assert CALENDAR.working_days_between(a, b) == count


@given(DAYS, DAYS)
def test_counting_agrees_with_walking_day_by_day(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    days = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    walked = sum(CALENDAR.is_working(day) for day in days)
    assert CALENDAR.working_days_between(first, last) == walked
    assert CALENDAR.working_days_between(last, first) == -walked


@given(DAYS)
def test_exactly_one_working_day_lies_up_to_the_next(day: date) -> None:
    assert CALENDAR.working_days_between(day, CALENDAR.next_working(day)) == 1


@pytest.mark.parametrize(
    ("today", "years"),
    [
        pytest.param(date(2026, 10, 31), None, id="the day before the season"),
        pytest.param(date(2026, 11, 1), "2027", id="the first day of the season"),
        pytest.param(date(2026, 12, 31), "2027", id="the last day of the year"),
        pytest.param(date(2027, 3, 1), "2027", id="running year unconfirmed, at any time"),
        pytest.param(date(2027, 11, 5), "2027 and 2028", id="both open"),
        pytest.param(date(2025, 12, 1), "2025", id="only the past year is missing"),
    ],
)
def test_the_operator_is_warned_of_unconfirmed_years(today: date, years: str | None) -> None:
    warning = CALENDAR.warning(today)
    if years is None:
        assert warning is None
    else:
        assert warning is not None
        assert warning.startswith(f"days off of {years} are not confirmed")
        assert "/console/lich" in warning
        assert "python -m bot calendar import" in warning
        assert "\n" not in warning


def test_days_entered_by_the_operator_win_over_the_table() -> None:
    swapped = CALENDAR.with_days(
        {
            date(2026, 11, 23): False,
            date(2026, 11, 28): True,
            date(2026, 8, 22): False,
            date(2026, 11, 24): True,
        }
    )
    assert not swapped.is_working(date(2026, 11, 23))
    assert swapped.is_working(date(2026, 11, 28))
    assert not swapped.is_working(date(2026, 8, 22))
    assert swapped.is_working(date(2026, 11, 24))
    assert swapped.working_days_between(date(2026, 11, 20), date(2026, 11, 30)) == 6
    assert CALENDAR.is_working(date(2026, 11, 23)), "the calendar it came from is unchanged"


@given(st.dictionaries(DAYS, st.booleans(), max_size=12), DAYS)
def test_an_override_changes_its_own_day_and_no_other(
    overrides: dict[date, bool], day: date
) -> None:
    changed = CALENDAR.with_days(overrides)
    assert changed.is_working(day) is overrides.get(day, CALENDAR.is_working(day))
    assert not changed.off & changed.worked


def test_an_override_does_not_confirm_a_year() -> None:
    assert not CALENDAR.with_days({date(2027, 1, 1): False}).confirmed(2027)
    assert CALENDAR.confirmed(2026)


def test_a_point_in_time_is_refused_because_its_day_depends_on_the_zone() -> None:
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    for ask in (CALENDAR.is_working, CALENDAR.next_working, CALENDAR.warning):
        with pytest.raises(TypeError, match="local date"):
            ask(evening)
    with pytest.raises(TypeError, match="local date"):
        CALENDAR.working_days_between(date(2026, 11, 20), evening)
    with pytest.raises(TypeError, match="local date"):
        CALENDAR.with_days({evening: True})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param("[2026]", "[y2026]", "four-digit year", id="not a year"),
        pytest.param('"confirmed"', '"maybe"', "mark is 'maybe'", id="unknown mark"),
        pytest.param("notes =", "note =", "note, notes", id="misspelt field"),
        pytest.param("2026-11-24", "2027-11-24", "not a day of 2026", id="another year's day"),
        pytest.param("2026-11-24", '"24/11"', "not a day of 2026", id="text for a date"),
        pytest.param("2026-11-24", "2026-11-24T00:00:00", "not a day of 2026", id="a time"),
        pytest.param("2026-11-24", "2026-11-22", "changing nothing", id="a Sunday off"),
        pytest.param("2026-01-10", "2026-01-09", "changing nothing", id="a worked Friday"),
        pytest.param("2026-01-02", "2026-01-01", "twice", id="the same day twice"),
    ],
)
def test_a_slip_in_the_table_is_named_by_year_and_field(old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_calendar(YEAR.replace(old, new, 1))


def test_an_empty_table_is_the_plain_week_and_says_so() -> None:
    empty: Calendar = parse_calendar("")
    assert empty.is_working(date(2026, 1, 1))
    assert empty.warning(date(2026, 6, 1)) is not None
