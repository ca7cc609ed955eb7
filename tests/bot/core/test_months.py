"""Months of Vietnam: where they begin and end, and which one a moment lies in."""

from datetime import UTC, datetime

from bot.core.months import Month, month_of, months_from


def test_a_month_begins_at_midnight_in_vietnam() -> None:
    last = datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)
    first = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert [str(month_of(one)) for one in (last, first)] == ["2026-11", "2026-12"]
    assert Month(2026, 11).until == Month(2026, 12).since == first


def test_months_go_on_over_the_end_of_a_year() -> None:
    assert Month(2026, 11).later(3) == Month(2027, 2)
    assert Month(2027, 1).later(-1) == Month(2026, 12)
    told = [str(one) for one in months_from(Month(2026, 11), Month(2027, 1))]
    assert told == ["2026-11", "2026-12", "2027-01"]
