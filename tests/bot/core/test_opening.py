"""The hours in which notices may go: seven sharp belongs to them, nine in the evening does not."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.core.opening import next_opening, opens_at

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
SEVEN, NINE = time(7), time(21)


def local(text: str) -> datetime:
    """A moment of the province's clocks, as the house keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param("2026-11-25T06:59:59.999999", "2026-11-25T07:00:00", id="just before seven"),
        pytest.param("2026-11-25T07:00:00", "2026-11-25T07:00:00", id="seven sharp: in"),
        pytest.param("2026-11-25T12:00:00", "2026-11-25T12:00:00", id="noon"),
        pytest.param("2026-11-25T20:59:59.999999", "2026-11-25T20:59:59.999999", id="just in"),
        pytest.param("2026-11-25T21:00:00", "2026-11-26T07:00:00", id="nine sharp: out"),
        pytest.param("2026-11-25T23:59:59", "2026-11-26T07:00:00", id="just before midnight"),
        pytest.param("2026-11-26T00:00:00", "2026-11-26T07:00:00", id="midnight"),
        pytest.param("2028-02-28T22:00:00", "2028-02-29T07:00:00", id="into the leap day"),
        pytest.param("2028-02-29T21:00:00", "2028-03-01T07:00:00", id="out of the leap day"),
        pytest.param("2027-02-28T22:00:00", "2027-03-01T07:00:00", id="a year without one"),
        pytest.param("2026-12-31T21:30:00", "2027-01-01T07:00:00", id="the year's end"),
        pytest.param("2027-02-06T12:00:00", "2027-02-06T12:00:00", id="the first day of Tết: in"),
        pytest.param("2027-02-05T21:00:00", "2027-02-06T07:00:00", id="Tết's eve: no longer"),
        pytest.param("2026-11-29T08:00:00", "2026-11-29T08:00:00", id="a Sunday is a day"),
    ],
)
def test_notices_go_from_seven_to_nine_every_day(now: str, opens: str) -> None:
    found = opens_at(local(now), SEVEN, NINE, VIETNAM)
    assert found == local(opens)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param("2026-11-25T00:00:00", "2026-11-26T07:00:00", id="from its first moment"),
        pytest.param("2026-11-25T06:00:00", "2026-11-26T07:00:00", id="not the same morning"),
        pytest.param("2026-11-25T23:59:59", "2026-11-26T07:00:00", id="from its last moment"),
        pytest.param("2028-02-28T10:00:00", "2028-02-29T07:00:00", id="the leap day"),
        pytest.param("2026-12-31T10:00:00", "2027-01-01T07:00:00", id="the year's end"),
    ],
)
def test_what_is_over_for_today_goes_at_the_next_day_s_opening(now: str, opens: str) -> None:
    assert next_opening(local(now), SEVEN, VIETNAM) == local(opens)


def test_the_day_is_the_province_s_not_the_server_s() -> None:
    evening_in_london = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # half past six in Vietnam
    assert opens_at(evening_in_london, SEVEN, NINE, VIETNAM) == local("2026-11-26T07:00:00")
    assert next_opening(evening_in_london, SEVEN, VIETNAM) == local("2026-11-27T07:00:00")


def test_hours_may_be_set_to_the_minute() -> None:
    start, end = time(7, 30), time(20, 15)
    assert opens_at(local("2026-11-25T07:29"), start, end, VIETNAM) == local("2026-11-25T07:30")
    assert opens_at(local("2026-11-25T20:14"), start, end, VIETNAM) == local("2026-11-25T20:14")
    assert opens_at(local("2026-11-25T20:15"), start, end, VIETNAM) == local("2026-11-26T07:30")
