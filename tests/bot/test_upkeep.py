"""Timed jobs: each is run by one worker at a time, and the sweep rings for what was missed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import func, select

from bot.database import reading
from bot.runtime import Runtime
from bot.store.tables import echo
from bot.store.timed_jobs import Wish, finish_job, job_states, take_job
from bot.store.watch_tables import worker_sign
from bot.store.workers import sign
from bot.upkeep import JOBS, TimedJob, prepare_jobs, run_due_jobs, sweep
from tests.conversation import House, make_house
from tests.make import ListBell
from tests.zalo_calls import echo_event, text_event

HOURLY = timedelta(hours=1)
LEASE = timedelta(minutes=2)


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url)


@pytest.fixture
def runs(house: House, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The timed jobs are two: one that writes down its runs, and one that breaks."""
    runs: list[str] = []

    def breaks(_: Runtime) -> None:
        raise RuntimeError("a fault of ours")

    def counts(_: Runtime) -> None:
        runs.append("run")

    jobs = {"breaks": TimedJob(breaks, HOURLY, LEASE), "counts": TimedJob(counts, HOURLY, LEASE)}
    monkeypatch.setattr("bot.upkeep.JOBS", MappingProxyType(jobs))
    prepare_jobs(house.runtime)
    return runs


def rung(house: House) -> list[str]:
    bell = house.runtime.bell
    assert isinstance(bell, ListBell)
    return bell.rung


def test_four_workers_at_once_run_a_job_once(house: House, runs: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run_due_jobs, [house.runtime] * 4))
    assert runs == ["run"]


def test_a_job_is_run_again_when_its_time_has_come(house: House, runs: list[str]) -> None:
    run_due_jobs(house.runtime)
    house.clock.move(minutes=59)
    assert run_due_jobs(house.runtime) == []
    house.clock.move(minutes=1)
    assert run_due_jobs(house.runtime) == ["breaks", "counts"]
    assert len(runs) == 2


def test_nothing_long_begins_while_the_evenings_apologies_are_about_to(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    jobs = {
        "long": TimedJob(lambda _: done.append("long"), HOURLY, LEASE, long=True),
        "short": TimedJob(lambda _: done.append("short"), HOURLY, LEASE),
    }
    monkeypatch.setattr("bot.upkeep.JOBS", MappingProxyType(jobs))
    prepare_jobs(house.runtime)
    house.clock.moment = datetime(2026, 11, 25, 10, 29, tzinfo=UTC)  # 17:29 in Vietnam
    run_due_jobs(house.runtime)
    assert done == ["short"]
    house.clock.move(minutes=11)
    run_due_jobs(house.runtime)
    assert done == ["short", "long"]


def test_a_dead_workers_job_is_taken_over_when_its_lease_ends(
    house: House, runs: list[str]
) -> None:
    now = house.clock()
    with house.runtime.engine.begin() as connection:
        assert take_job(connection, Wish("counts", "a dead worker", now, HOURLY, LEASE))
    house.clock.moment += LEASE - timedelta(seconds=1)
    run_due_jobs(house.runtime)
    assert runs == []
    house.clock.move(seconds=1)
    run_due_jobs(house.runtime)
    assert runs == ["run"]


@pytest.mark.parametrize("late_by", [timedelta(milliseconds=2), timedelta(seconds=40)])
def test_two_workers_at_one_instant_do_not_both_run_a_job(
    house: House, runs: list[str], late_by: timedelta
) -> None:
    """The second looked at its clock before the first did, and came to the row after it."""
    now = house.clock()
    with house.runtime.engine.begin() as connection:
        assert take_job(connection, Wish("counts", "first", now, HOURLY, LEASE))
    with house.runtime.engine.begin() as connection:
        assert not take_job(connection, Wish("counts", "second", now - late_by, HOURLY, LEASE))
    with house.runtime.engine.begin() as connection:
        finish_job(connection, "counts", "first", now, now + HOURLY, "")
    with house.runtime.engine.begin() as connection:
        assert not take_job(connection, Wish("counts", "second", now - late_by, HOURLY, LEASE))


def test_a_job_runs_on_after_the_clock_was_set_back(house: House, runs: list[str]) -> None:
    house.clock.move(hours=26)
    run_due_jobs(house.runtime)
    house.clock.move(hours=-26)
    run_due_jobs(house.runtime)
    assert runs == ["run", "run"]


def test_a_job_that_breaks_stops_no_other_and_says_so(house: House, runs: list[str]) -> None:
    run_due_jobs(house.runtime)
    with reading(house.runtime.engine) as connection:
        faults = {job.name: job.fault for job in job_states(connection)}
    assert faults == {"breaks": "RuntimeError", "counts": None}


def test_the_houses_own_jobs_all_run(house: House) -> None:
    prepare_jobs(house.runtime)
    assert run_due_jobs(house.runtime) == list(JOBS)
    with reading(house.runtime.engine) as connection:
        assert [job.fault for job in job_states(connection)] == [None] * len(JOBS)


def test_the_sweep_rings_for_a_question_whose_ring_was_lost(house: House) -> None:
    house.store(text_event("xin chào"))
    rung(house).clear()
    assert sweep(house.runtime) == ["chat"]
    assert rung(house) == ["chat"]


def test_the_sweep_rings_for_a_reply_that_is_owed(house: House) -> None:
    house.hear(text_event("xin chào"))
    rung(house).clear()
    assert sweep(house.runtime) == ["chat"]


def test_the_sweep_rings_for_nobody_when_nothing_is_due(house: House) -> None:
    assert sweep(house.runtime) == []
    assert rung(house) == []


def test_what_mattered_for_a_while_is_dropped(house: House) -> None:
    house.hear(echo_event("xin chào", "e1"))
    with house.runtime.engine.begin() as connection:
        sign(connection, "a worker of yesterday", "chat", house.clock())
    prepare_jobs(house.runtime)
    house.clock.move(days=3)
    run_due_jobs(house.runtime)
    with reading(house.runtime.engine) as connection:
        left = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (echo, worker_sign)
        ]
    assert left == [0, 0]
