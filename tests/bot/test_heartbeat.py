"""The dead man's switch: told after apologies and sweeps, whatever it answers."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.database import reading
from bot.heartbeat import Heartbeats
from bot.runtime import Runtime
from bot.store.timed_jobs import job_states
from bot.upkeep import prepare_jobs, run_due_jobs
from bot.watch_gauges import watch_gauges
from tests.make import HandClock, make_runtime
from tests.rig.answering_server import AnsweringServer, Told
from tests.rig.child import free_port

EVENING = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)  # 17:30 in Vietnam


@pytest.fixture
def server() -> Iterator[AnsweringServer]:
    server = AnsweringServer()
    yield server
    server.close()


def house(url: str, clock: HandClock, place: str) -> Runtime:
    runtime = make_runtime(
        url,
        clock,
        heartbeat_url_apology=f"{place}/ping/apology",
        heartbeat_url_sweep=f"{place}/ping/sweep",
    )
    prepare_jobs(runtime)
    return runtime


def test_each_evening_is_told_once_and_sweeps_now_and_then(
    sqlite_url: str, server: AnsweringServer
) -> None:
    clock = HandClock(EVENING.replace(minute=29))
    runtime, heartbeats = house(sqlite_url, clock, server.url), Heartbeats()
    for _ in range(20):  # every ten seconds, past half past five
        run_due_jobs(runtime, heartbeats)
        clock.move(seconds=10)
    paths = [one.path for one in server.asked]
    assert paths.count("/ping/apology") == 1
    assert paths.count("/ping/sweep") == 1  # all of it took less than a minute of real time
    assert {one.method for one in server.asked} == {"GET"}


@pytest.mark.parametrize("told", [Told(status=500), Told(cut=True)], ids=["500", "cut"])
def test_a_switch_that_is_broken_stops_nothing(
    sqlite_url: str, server: AnsweringServer, told: Told
) -> None:
    server.told[0] = told
    clock = HandClock(EVENING)
    runtime = house(sqlite_url, clock, server.url)
    with capture_logs() as lines:
        run_due_jobs(runtime)
    failed = [one for one in lines if one["event"] == "heartbeat.failed"]
    assert sorted(one["job"] for one in failed) == ["apologise", "sweep"]
    assert "ping" not in str(failed)
    with reading(runtime.engine) as connection:
        faults = {one.name: one.fault for one in job_states(connection)}
    assert (faults["sweep"], faults["apologise"]) == (None, None)


def test_a_switch_that_is_not_there_stops_nothing(sqlite_url: str) -> None:
    runtime = house(sqlite_url, HandClock(EVENING), f"http://127.0.0.1:{free_port()}")
    run_due_jobs(runtime)
    counted = runtime.metrics.heartbeats.labels("sweep", "not_reached")
    assert counted._value.get() == 1


def test_the_last_success_of_each_job_is_a_metric(database_url: str) -> None:
    clock = HandClock(EVENING)
    runtime = make_runtime(database_url, clock)
    prepare_jobs(runtime)
    run_due_jobs(runtime)
    clock.move(hours=1)
    [metric] = [
        one for one in watch_gauges(runtime) if one.name == "motcua_last_success_timestamp_seconds"
    ]
    told = {one.labels["job"]: one.value for one in metric.samples}
    assert told["sweep"] == told["apologise"] == EVENING.timestamp()
    late = {
        sample.labels["job"]: sample.value
        for one in watch_gauges(runtime)
        if one.name == "motcua_job_late"
        for sample in one.samples
    }
    assert (late["sweep"], late["apologise"], late["tidy"]) == (1, 0, 0)
