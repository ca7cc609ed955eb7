"""The promised moment: the table of awkward receipts, and what holds for any of them."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendar_file import load_calendar
from bot.core.appointment import (
    USUAL_HOURS,
    DayKind,
    Office,
    Term,
    clock_starts,
    promised_at,
    read_work_hours,
)

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALENDAR = load_calendar()
OFFICE = Office(read_work_hours(USUAL_HOURS), CALENDAR, ZONE)


def at(text: str) -> datetime:
    """A local moment from "dd/mm/yyyy HH:MM[:SS]"."""
    form = "%d/%m/%Y %H:%M:%S" if text.count(":") == 2 else "%d/%m/%Y %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("received", "starts"),
    [
        ("25/11/2026 09:10", "25/11/2026 09:10"),
        ("25/11/2026 06:00", "25/11/2026 07:00"),
        ("25/11/2026 11:30", "25/11/2026 13:30"),
        ("25/11/2026 12:15", "25/11/2026 13:30"),
        ("25/11/2026 15:00", "25/11/2026 15:00"),
        ("25/11/2026 15:00:59", "25/11/2026 15:00"),
        ("25/11/2026 15:01", "26/11/2026 07:00"),
        ("25/11/2026 18:00", "26/11/2026 07:00"),
        ("27/11/2026 16:00", "30/11/2026 07:00"),  # a Friday afternoon
        ("28/11/2026 09:00", "30/11/2026 07:00"),  # a Saturday
        ("24/11/2026 09:00", "25/11/2026 07:00"),  # the Day of Vietnamese Culture
        ("23/11/2026 15:30", "25/11/2026 07:00"),
        ("22/08/2026 09:00", "22/08/2026 09:00"),  # a Saturday that was worked
        ("13/02/2026 16:00", "23/02/2026 07:00"),  # the last working day before Tết
    ],
)
def test_from_when_the_clock_runs(received: str, starts: str) -> None:
    assert clock_starts(at(received), OFFICE) == at(starts)


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("25/11/2026 09:10", 1, "26/11/2026 09:10"),
        ("25/11/2026 09:10", 5, "02/12/2026 09:10"),
        ("27/11/2026 16:00", 5, "04/12/2026 17:00"),  # from Monday's opening to Friday's closing
        ("25/11/2026 06:30", 1, "25/11/2026 17:00"),
        ("25/11/2026 12:00", 1, "26/11/2026 11:30"),
        ("20/11/2026 10:00", 3, "26/11/2026 10:00"),  # over a weekend and 24/11
        ("13/02/2026 10:00", 2, "24/02/2026 10:00"),  # over Tết
        ("20/08/2026 10:00", 2, "22/08/2026 10:00"),  # ends on a worked Saturday
        ("28/02/2028 10:00", 1, "29/02/2028 10:00"),  # a leap day
        ("30/12/2026 10:00", 2, "04/01/2027 10:00"),  # over the year's end
        ("25/11/2026 09:10:45", 1, "26/11/2026 09:10"),
    ],
)
def test_working_days_are_spent_hour_by_hour(received: str, days: int, promised: str) -> None:
    assert promised_at(at(received), Term(days), OFFICE) == at(promised)


@pytest.mark.parametrize(
    ("received", "days", "promised"),
    [
        ("25/11/2026 09:10", 2, "27/11/2026 09:10"),
        ("25/11/2026 09:10", 3, "30/11/2026 09:10"),  # Saturday moves to Monday
        ("27/11/2026 16:00", 30, "30/12/2026 07:00"),
        ("10/02/2026 10:00", 7, "23/02/2026 10:00"),  # would end in Tết
        ("02/02/2028 10:00", 27, "29/02/2028 10:00"),
        ("17/11/2026 10:00", 7, "25/11/2026 10:00"),  # would end on 24/11
    ],
)
def test_calendar_days_never_end_on_a_day_off(received: str, days: int, promised: str) -> None:
    term = Term(days, DayKind.CALENDAR)
    assert promised_at(at(received), term, OFFICE) == at(promised)


@pytest.mark.parametrize(
    ("received", "promised"),
    [
        ("25/11/2026 06:00", "25/11/2026 17:00"),
        ("25/11/2026 14:59", "25/11/2026 17:00"),
        ("25/11/2026 15:01", "26/11/2026 17:00"),
        ("27/11/2026 15:01", "30/11/2026 17:00"),
    ],
)
def test_a_same_day_result_is_promised_for_the_closing(received: str, promised: str) -> None:
    assert promised_at(at(received), Term(None, same_day=True), OFFICE) == at(promised)


def test_a_procedure_without_days_promises_nothing() -> None:
    assert promised_at(at("25/11/2026 09:10"), Term(None), OFFICE) is None


def test_a_day_is_the_desks_own_day_however_long() -> None:
    office = Office(read_work_hours("08:00-11:00"), CALENDAR, ZONE)
    assert promised_at(at("25/11/2026 09:00"), Term(2), office) == at("27/11/2026 09:00")
    assert promised_at(at("25/11/2026 12:00"), Term(2), office) == at("27/11/2026 11:00")


def test_a_moment_in_any_zone_is_read_in_the_offices() -> None:
    received = at("25/11/2026 09:10").astimezone(ZoneInfo("UTC"))
    assert promised_at(received, Term(1), OFFICE) == at("26/11/2026 09:10")


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("07:00-11:30,13:30-17:00", [(time(7), time(11, 30)), (time(13, 30), time(17))]),
        (" 7h00 - 11h30 ; 13:30–17:00 ", [(time(7), time(11, 30)), (time(13, 30), time(17))]),
        ("08:00-16:00", [(time(8), time(16))]),
    ],
)
def test_work_hours_are_read(typed: str, spans: list[tuple[time, time]]) -> None:
    assert list(read_work_hours(typed).spans) == spans


@pytest.mark.parametrize(
    "typed",
    ["", "07:00", "7-11", "11:30-07:00", "07:00-11:30,11:00-17:00", "07:00-25:00", "07:00-11:30,"],
)
def test_hours_that_are_none_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="hours"):
        read_work_hours(typed)


BEGAN = datetime(2016, 1, 1, tzinfo=ZONE)
MOMENTS = st.integers(0, 6_000_000).map(lambda minutes: BEGAN + timedelta(minutes=minutes))
TERMS = st.builds(Term, st.integers(1, 60), st.sampled_from(DayKind))


@given(MOMENTS, TERMS)
def test_any_promise_lies_on_a_working_day_inside_the_hours_and_ahead(
    received: datetime, term: Term
) -> None:
    promised = promised_at(received, term, OFFICE)
    assert promised is not None
    assert CALENDAR.is_working(promised.date())
    moment = promised.time()
    assert any(start <= moment <= end for start, end in OFFICE.hours.spans)
    assert promised > received


@given(MOMENTS, st.integers(1, 60))
def test_working_days_are_the_calendars_own(received: datetime, days: int) -> None:
    start, promised = clock_starts(received, OFFICE), promised_at(received, Term(days), OFFICE)
    assert promised is not None
    counted = CALENDAR.working_days_between(start.date(), promised.date())
    assert counted == (days - 1 if start.time() == OFFICE.hours.opening else days)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=10)), TERMS)
def test_who_comes_later_is_never_promised_sooner(
    received: datetime, later: timedelta, term: Term
) -> None:
    first, second = (promised_at(one, term, OFFICE) for one in (received, received + later))
    assert first is not None
    assert second is not None
    assert first <= second


def test_the_calendar_of_the_tests_knows_these_days() -> None:
    assert not CALENDAR.is_working(date(2026, 11, 24))
    assert CALENDAR.is_working(date(2026, 8, 22))
