"""Agencies that feed, and those that have gone silent by their own rhythm."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.agencies import add_agency
from bot.calendar_file import packaged_calendar
from bot.core.appointment import USUAL_HOURS, Office, read_work_hours
from bot.core.working_time import working_time
from bot.note_feeds import FeedNotes, note_fed
from bot.runtime import Runtime
from bot.watch_feeds import FedAgency, watch_feeds
from tests.make import HandClock, make_runtime

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Office(read_work_hours(USUAL_HOURS), packaged_calendar(), ZONE)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 where the province is; the 24th is a day off."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        (local(25, 8), local(25, 9), 1),
        (local(25, 11), local(25, 14), 1),  # over lunch
        (local(25, 16, 30), local(26, 7, 30), 1),  # over the night
        (local(23, 16), local(25, 8), 2),  # over a day off
        (local(20, 16), local(23, 8), 2),  # over the weekend
        (local(25, 9), local(25, 9), 0),
        (local(25, 10), local(25, 9), 0),
        (local(21, 8), local(22, 20), 0),
    ],
)
def test_only_working_hours_count(since: datetime, until: datetime, hours: float) -> None:
    assert working_time(since, until, OFFICE) == timedelta(hours=hours)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(local(9, 8))


@pytest.fixture
def runtime(database_url: str, clock: HandClock) -> Runtime:
    runtime = make_runtime(database_url, clock)
    for code in ("H32", "H32.1", "H32.2", "H32.3"):
        add_agency(runtime, code, f"Cơ quan {code}")
    return runtime


def feed(runtime: Runtime, clock: HandClock, calls: dict[str, int], days: int) -> None:
    """So many calls on each working day, each at ten in the morning, ending on the 23rd."""
    working = [day for day in range(23, 1, -1) if datetime(2026, 11, day).weekday() < 5][:days]  # noqa: DTZ001
    for day in sorted(working):
        clock.moment = local(day, 10)
        notes = FeedNotes(runtime)
        for code, number in calls.items():
            for _ in range(number):
                notes.call("", "taken", {code: 3})
        notes.write()


def found(runtime: Runtime) -> dict[str, FedAgency]:
    return {one.code: one for one in watch_feeds(runtime)}


def test_each_agency_is_judged_by_its_own_rhythm(runtime: Runtime, clock: HandClock) -> None:
    feed(runtime, clock, {"H32.1": 60, "H32.2": 12, "H32.3": 1}, 8)
    clock.moment = local(23, 14, 30)  # two and a half working hours after ten
    silent = {code: one.silent for code, one in found(runtime).items()}
    assert silent == {"H32.1": True, "H32.2": False, "H32.3": False}
    clock.moment = local(23, 16, 30)
    assert found(runtime)["H32.2"].silent
    clock.moment = local(25, 10)  # eight working hours: the 24th is a day off
    assert not found(runtime)["H32.3"].silent
    clock.moment = local(25, 14, 30)
    assert found(runtime)["H32.3"].silent
    assert found(runtime)["H32.3"].silent_hours == pytest.approx(10.5)
    assert [one.code for one in watch_feeds(runtime)] == ["H32.1", "H32.2", "H32.3"]


def test_who_feeds_rarely_is_never_missed(runtime: Runtime, clock: HandClock) -> None:
    feed(runtime, clock, {"H32.1": 60}, 4)
    clock.moment = local(27, 16)
    one = found(runtime)["H32.1"]
    assert (one.days_fed, one.limit_hours, one.silent) == (4, None, False)


def test_a_call_ends_the_silence(runtime: Runtime, clock: HandClock) -> None:
    feed(runtime, clock, {"H32.1": 12}, 8)
    clock.moment = local(26, 9)
    assert found(runtime)["H32.1"].silent
    note_fed(runtime, {"H32.1": 1})
    assert not found(runtime)["H32.1"].silent


def test_agencies_that_are_none_of_ones_own_are_not_told_of(
    runtime: Runtime, clock: HandClock
) -> None:
    feed(runtime, clock, {"H32.1": 1, "H32.2": 1, "nobody": 1}, 3)
    assert [one.code for one in watch_feeds(runtime, {"H32.2", "nobody"})] == ["H32.2"]
