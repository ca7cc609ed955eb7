"""The evening's apologies: who is told, once per due date, whatever happens at half past five."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row, select

from bot.agencies import set_agency
from bot.apologise import apologise, apologise_if_due
from bot.core.snapshot import FeedDossier, Procedure, Times
from bot.database import reading
from bot.index_key import index_key
from bot.register import register_dossiers
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import apology_run, notice
from bot.store.tables import dossier
from bot.upkeep import prepare_jobs, run_due_jobs
from bot.vault import blind_index
from tests.conversation import House, make_house
from tests.make import ListBell, make_runtime

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WEDNESDAY, THURSDAY, FRIDAY = "2026-11-25", "2026-11-26", "2026-11-27"
FEED_KEY = FeedKey("test", "H56.14", False)
PHONE, OTHER_PHONE = "0905123456", "0912345678"


def at(day: str, hour: str = "17:30") -> datetime:
    """A local moment."""
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=VIETNAM).astimezone(UTC)


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url, now=at(WEDNESDAY))


def code_of(number: int) -> str:
    return f"H56.14-261101-{number:04d}"


def told(house: House, number: int, due: datetime | None, **fields: Any) -> FeedDossier:
    """A dossier as the one-stop software tells of it, being worked on since this morning."""
    return FeedDossier(
        code=code_of(number),
        agency="H56.14",
        procedure=Procedure("1.003560", "Đăng ký khai sinh", fields.pop("same_day", False)),
        step=fields.pop("step", "Thẩm định hồ sơ"),
        status=fields.pop("status", 4),
        changed_at=fields.pop("changed_at", house.clock() - timedelta(hours=9)),
        times=Times(due_at=due),
        phone=fields.pop("phone", PHONE),
        **fields,
    )


def feed(house: House, *dossiers: FeedDossier) -> None:
    assert all(not one.why for one in register_dossiers(house.runtime, FEED_KEY, dossiers))


def owed(house: House) -> list[Row[Any]]:
    """Every apology ever owed, oldest first."""
    with reading(house.runtime.engine) as connection:
        return list(
            connection.execute(
                select(notice, dossier.c.code)
                .join(dossier, dossier.c.id == notice.c.dossier_id)
                .where(notice.c.event == "apology")
                .order_by(notice.c.id)
            )
        )


def owed_numbers(house: House) -> list[int]:
    return [int(row.code[-4:]) for row in owed(house)]


def bell(house: House) -> ListBell:
    assert isinstance(house.runtime.bell, ListBell)
    return house.runtime.bell


# Who


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        pytest.param({}, True, id="being worked on"),
        pytest.param({"status": 2, "step": "Tiếp nhận"}, True, id="received"),
        pytest.param({"phone": None}, True, id="without a phone: shown as having no way out"),
        pytest.param({"step": "Trả kết quả"}, False, id="at the result by its step"),
        pytest.param({"step": " TRẢ  kết quả "}, False, id="the same, typed otherwise"),
        pytest.param({"step": "Tra\u0309 ke\u0302\u0301t qua\u0309"}, False, id="decomposed"),
        pytest.param({"step": "Chờ trả kết quả"}, True, id="not yet at the result"),
        pytest.param({"status": 1}, False, id="registered online"),
        pytest.param({"status": 5, "at_desk": True}, False, id="waits for the citizen"),
        pytest.param({"status": 6}, False, id="waits for a payment"),
        pytest.param({"status": 8}, False, id="stopped"),
        pytest.param({"status": 9}, False, id="the result is ready"),
        pytest.param({"same_day": True}, False, id="a same-day procedure"),
    ],
)
def test_only_who_waits_is_told(house: House, fields: dict[str, Any], is_told: bool) -> None:
    feed(house, told(house, 1, at(THURSDAY, "17:00"), **fields))
    assert apologise_if_due(house.runtime) == int(is_told)
    assert owed_numbers(house) == [1] * is_told


def test_an_agency_may_want_notices_of_same_day_procedures(house: House) -> None:
    set_agency(house.runtime, "H56.14", same_day_notices=True)
    feed(house, told(house, 1, at(THURSDAY), same_day=True))
    apologise_if_due(house.runtime)
    assert owed_numbers(house) == [1]


@pytest.mark.parametrize(
    ("evening", "days"),
    [
        ("2026-11-25", {"2026-11-26"}),
        ("2026-11-27", {"2026-11-28", "2026-11-29", "2026-11-30"}),
        ("2026-11-23", {"2026-11-24", "2026-11-25"}),
        ("2026-08-21", {"2026-08-22"}),
        ("2026-02-13", {f"2026-02-{day}" for day in range(14, 24)}),
        ("2027-02-03", {f"2027-02-{day:02}" for day in range(4, 12)}),
        ("2028-02-28", {"2028-02-29"}),
        ("2028-02-29", {"2028-03-01"}),
    ],
)
def test_each_evening_is_about_its_days_and_no_others(
    house: House, evening: str, days: set[str]
) -> None:
    house.clock.moment = at(evening)
    dates = [at(evening, "00:00") + timedelta(days=number) for number in range(-1, 13)]
    moments = [moment for day in dates for moment in (day, day + timedelta(hours=23, minutes=59))]
    dossiers = [told(house, number, due) for number, due in enumerate(moments)]
    feed(house, told(house, 900, None), *dossiers)
    apologise_if_due(house.runtime)
    promised = [row.promised_at.astimezone(VIETNAM).date().isoformat() for row in owed(house)]
    assert sorted(promised) == sorted([*days, *days])


def test_what_is_owed_says_the_promised_day_and_goes_after_everything_else(house: House) -> None:
    feed(house, told(house, 1, at(THURSDAY, "17:00")), told(house, 2, at(THURSDAY), phone=None))
    apologise_if_due(house.runtime)
    first, second = owed(house)
    number = blind_index(index_key(house.runtime), "+84905123456").hex()
    assert (first.lane, first.state, first.due_at) == ("mass", "waiting", house.clock())
    assert (first.promised_at, first.recipient) == (at(THURSDAY, "17:00"), number)
    assert (first.agency_code, first.procedure_code) == ("H56.14", "1.003560")
    assert second.recipient == ""
    assert "notice" in bell(house).rung


# Once per due date


def test_the_same_evening_and_the_next_ones_tell_nobody_twice(house: House) -> None:
    house.clock.moment = at("2026-11-27")
    feed(house, told(house, 1, at("2026-11-30")))
    for day in ("2026-11-27", "2026-11-27", "2026-11-28", "2026-11-29"):
        house.clock.moment = at(day)
        apologise_if_due(house.runtime)
        apologise(house.runtime, house.clock())
    assert owed_numbers(house) == [1]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        pytest.param({"due": at(FRIDAY)}, 2, id="another day"),
        pytest.param({"due": at(THURSDAY, "08:00")}, 1, id="another hour"),
        pytest.param({"phone": OTHER_PHONE}, 1, id="another phone"),
        pytest.param({"step": "Trình ký"}, 1, id="another step"),
        pytest.param({"due": None}, 1, id="no date any more"),
    ],
)
def test_a_moved_day_may_earn_another_and_nothing_else_does(
    house: House, change: dict[str, Any], count: int
) -> None:
    feed(house, told(house, 1, at(THURSDAY, "17:00")))
    apologise_if_due(house.runtime)
    new = {"due": at(THURSDAY, "17:00"), "changed_at": house.clock(), **change}
    feed(house, told(house, 1, **new))
    apologise(house.runtime, at(WEDNESDAY))
    apologise(house.runtime, at(THURSDAY))
    assert len(owed(house)) == count


def test_a_day_moved_away_and_back_is_the_same_promise(house: House) -> None:
    for minutes, due in enumerate([THURSDAY, FRIDAY, THURSDAY]):
        moment = house.clock() + timedelta(minutes=minutes)
        feed(house, told(house, 1, at(due), changed_at=moment))
        apologise(house.runtime, at(WEDNESDAY))
    assert len(owed(house)) == 1


def test_the_result_still_follows(house: House) -> None:
    feed(house, told(house, 1, at(THURSDAY)))
    apologise_if_due(house.runtime)
    feed(house, told(house, 1, at(THURSDAY), status=9, changed_at=house.clock()))
    with reading(house.runtime.engine) as connection:
        events = list(connection.scalars(select(notice.c.event).order_by(notice.c.id)))
    assert events == ["apology", "result"]


# When


@pytest.mark.parametrize(
    ("hour", "count"),
    [("17:29:59", 0), ("17:30", 1), ("19:00", 1), ("20:59:59", 1), ("21:00", 0), ("21:30", 0)],
)
def test_a_job_that_was_down_is_caught_up_with_until_nine(
    house: House, hour: str, count: int
) -> None:
    feed(house, told(house, 1, at(THURSDAY)))
    house.clock.moment = at(WEDNESDAY, hour)
    apologise_if_due(house.runtime)
    assert len(owed(house)) == count


def test_the_timed_jobs_begin_it_within_a_minute(house: House) -> None:
    feed(house, told(house, 1, at(THURSDAY)))
    house.clock.moment = at(WEDNESDAY, "17:25:07")
    prepare_jobs(house.runtime)
    while not owed(house):
        assert house.clock() < at(WEDNESDAY, "17:31")
        run_due_jobs(house.runtime)
        house.clock.move(seconds=1)
    assert house.clock() > at(WEDNESDAY, "17:30")


def test_a_clock_set_back_tells_nobody_twice(house: House) -> None:
    feed(house, told(house, 1, at(THURSDAY)), told(house, 2, at(FRIDAY)))
    house.clock.moment = at(THURSDAY)
    apologise_if_due(house.runtime)
    assert owed_numbers(house) == [2]
    house.clock.moment = at(WEDNESDAY)
    for _ in range(3):
        apologise_if_due(house.runtime)
        house.clock.move(hours=-1)
        apologise_if_due(house.runtime)
        house.clock.move(hours=1)
    assert owed_numbers(house) == [2, 1]


# Many, killed, and several at once


class Killed(BaseException):
    """What ends a process ends the run."""


class LastBell(ListBell):
    """A bell whose third ring is the last thing that a process does."""

    def ring(self, lane: str) -> None:
        super().ring(lane)
        if self.rung.count("notice") == 3:
            raise Killed


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.apologise.BATCH", 4)
    monkeypatch.setattr("bot.apologise.IDS", 12)


def many(house: House, count: int = 50) -> None:
    feed(house, *(told(house, number, at(THURSDAY)) for number in range(count)))


@pytest.mark.usefixtures("small_batches")
def test_batches_leave_nobody_out(house: House) -> None:
    many(house)
    assert apologise_if_due(house.runtime) == 50
    assert owed_numbers(house) == list(range(50))


@pytest.mark.usefixtures("small_batches")
def test_killed_half_way_it_goes_on_behind_the_last_one(house: House, database_url: str) -> None:
    many(house)
    dying = make_runtime(database_url, now=house.clock, bell=LastBell())
    with pytest.raises(Killed):
        apologise_if_due(dying)
    assert owed_numbers(house) == list(range(12))
    house.clock.moment = at(WEDNESDAY, "20:30")
    assert apologise_if_due(house.runtime) == 38
    assert owed_numbers(house) == list(range(50))
    with reading(house.runtime.engine) as connection:
        run = connection.execute(select(apology_run)).one()
    assert (run.owed, run.finished_at) == (50, house.clock())


def at_once(*tasks: Callable[[], object]) -> None:
    """Run the tasks in threads that all begin at the same moment."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        barrier.wait(30)
        task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        list(pool.map(run, tasks))


@pytest.mark.usefixtures("small_batches")
def test_workers_and_commands_at_once_owe_each_once(house: House) -> None:
    many(house)
    runtime = house.runtime
    at_once(
        *[lambda: apologise_if_due(runtime)] * 3,
        *[lambda: apologise(runtime, at(WEDNESDAY))] * 2,
    )
    assert sorted(owed_numbers(house)) == list(range(50))


@pytest.mark.usefixtures("small_batches")
def test_phones_that_change_meanwhile_earn_no_second_one(house: House) -> None:
    many(house, 40)
    changed = [
        told(house, number, at(THURSDAY), phone=OTHER_PHONE, changed_at=house.clock())
        for number in range(40)
    ]
    runtime = house.runtime
    at_once(
        lambda: apologise_if_due(runtime),
        lambda: register_dossiers(runtime, FEED_KEY, changed),
        lambda: apologise(runtime, at(WEDNESDAY)),
    )
    apologise(runtime, at(WEDNESDAY))
    assert sorted(owed_numbers(house)) == list(range(40))
