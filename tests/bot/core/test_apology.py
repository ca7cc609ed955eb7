"""Which due dates an evening's apologies are about, and at what time they are begun."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.calendar_file import load_calendar
from bot.core.apology import beginning, evening_of, is_time
from bot.core.calendar import Calendar

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = load_calendar()


@pytest.mark.parametrize(
    ("evening", "first", "last"),
    [
        pytest.param("2026-11-25", "2026-11-26", "2026-11-26", id="Wednesday"),
        pytest.param("2026-11-27", "2026-11-28", "2026-11-30", id="Friday: the weekend too"),
        pytest.param("2026-11-28", "2026-11-29", "2026-11-30", id="Saturday"),
        pytest.param("2026-11-29", "2026-11-30", "2026-11-30", id="Sunday"),
        pytest.param("2026-11-23", "2026-11-24", "2026-11-25", id="eve of the Culture Day"),
        pytest.param("2026-11-24", "2026-11-25", "2026-11-25", id="the Culture Day itself"),
        pytest.param("2026-02-13", "2026-02-14", "2026-02-23", id="eve of Tết 2026"),
        pytest.param("2026-02-17", "2026-02-18", "2026-02-23", id="first day of Tết 2026"),
        pytest.param("2027-02-03", "2027-02-04", "2027-02-11", id="eve of Tết 2027"),
        pytest.param("2026-08-21", "2026-08-22", "2026-08-22", id="before a worked Saturday"),
        pytest.param("2026-08-22", "2026-08-23", "2026-08-24", id="a worked Saturday"),
        pytest.param("2026-08-28", "2026-08-29", "2026-09-03", id="before the National Day"),
        pytest.param("2026-12-31", "2027-01-01", "2027-01-04", id="New Year's Eve"),
        pytest.param("2028-02-28", "2028-02-29", "2028-02-29", id="leap day"),
        pytest.param("2028-02-29", "2028-03-01", "2028-03-01", id="the evening of the leap day"),
    ],
)
def test_it_is_about_the_days_after_this_one_up_to_the_next_working_day(
    evening: str, first: str, last: str
) -> None:
    found = evening_of(date.fromisoformat(evening), CALENDAR, VIETNAM)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_the_due_dates_are_local_days_as_moments() -> None:
    found = evening_of(date(2026, 11, 27), CALENDAR, VIETNAM)
    assert found.since == datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
    assert found.until == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def test_a_province_may_enter_its_own_days_off() -> None:
    calendar = CALENDAR.with_days({date(2026, 11, 26): False})
    assert evening_of(date(2026, 11, 25), calendar, VIETNAM).last == date(2026, 11, 27)


def test_a_year_that_no_calendar_knows_follows_the_plain_week() -> None:
    plain = Calendar(frozenset(), frozenset(), frozenset())
    assert evening_of(date(2150, 1, 2), plain, VIETNAM).last == date(2150, 1, 5)


@pytest.mark.parametrize(
    ("local", "begins"),
    [
        ("17:29:59.999999", False),
        ("17:30", True),
        ("19:00", True),
        ("20:59:59.999999", True),
        ("21:00", False),
        ("00:00", False),
    ],
)
def test_it_begins_at_half_past_five_and_is_caught_up_with_until_nine(
    local: str, begins: bool
) -> None:
    moment = datetime.combine(date(2026, 11, 25), time.fromisoformat(local), VIETNAM)
    assert is_time(moment) is begins


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_any_hour_of_a_promised_day_is_the_same_promise(hour: int) -> None:
    due = datetime(2026, 11, 26, hour, 30, tzinfo=VIETNAM)
    assert beginning(due.date(), VIETNAM) == datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert beginning((due + timedelta(days=1)).date(), VIETNAM) > due
