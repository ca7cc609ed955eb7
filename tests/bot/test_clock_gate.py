"""A lane that waits for its clock, and what the doctor says of it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from bot.clock_gate import ClockGate
from bot.doctor_clocks import clock_findings
from bot.runtime import Runtime
from bot.store.watch_tables import worker_sign
from bot.store.workers import clock_of_database, sign, sign_off
from tests.make import HandClock, make_runtime


def ahead(runtime: Runtime, seconds: float) -> None:
    """Set the house's clock so far from the database's."""
    with runtime.engine.begin() as connection:
        theirs = clock_of_database(connection)
    assert isinstance(runtime.clock, HandClock)
    runtime.clock.moment = theirs + timedelta(seconds=seconds)


def signs(runtime: Runtime, worker: str, seconds: float) -> None:
    ahead(runtime, seconds)
    with runtime.engine.begin() as connection:
        sign(connection, worker, "chat", runtime.now())


def agrees(runtime: Runtime, seconds: float) -> bool:
    ahead(runtime, seconds)
    return ClockGate(runtime, "me:1:chat").agrees()


def test_it_waits_beside_one_that_lives_and_is_nearer(database_url: str) -> None:
    runtime = make_runtime(database_url, HandClock())
    assert agrees(runtime, 300)  # alone
    signs(runtime, "other:1:chat", 0)
    assert not agrees(runtime, 300)
    assert not agrees(runtime, -3_600)
    assert agrees(runtime, 1)
    with runtime.engine.begin() as connection:
        sign_off(connection, "other:1:chat")
    assert agrees(runtime, 300)


def test_one_that_is_long_dead_keeps_nobody_waiting(database_url: str) -> None:
    runtime = make_runtime(database_url, HandClock())
    signs(runtime, "dead:1:chat", 0)
    with runtime.engine.begin() as connection:
        long_ago = clock_of_database(connection) - timedelta(seconds=20)
        connection.execute(update(worker_sign).values(clock_at=long_ago))
    assert agrees(runtime, 300)


def test_a_process_that_was_frozen_amid_its_look_does_not_think_its_clock_wrong(
    database_url: str,
) -> None:
    runtime = make_runtime(database_url, HandClock())
    signs(runtime, "other:1:chat", 0)
    ahead(runtime, 0)
    moments = [runtime.now(), *[runtime.now() + timedelta(seconds=8)] * 5]
    frozen = replace(runtime, clock=lambda: moments.pop(0))
    assert ClockGate(frozen, "me:1:chat").agrees()


def test_the_version_before_signs_without_it(database_url: str) -> None:
    runtime = make_runtime(database_url, HandClock())
    signs(runtime, "old:1:chat", 0)
    with runtime.engine.begin() as connection:
        connection.execute(update(worker_sign).values(clock_at=None))
    assert agrees(runtime, 300)


def test_the_doctor_names_the_machine_whose_clock_is_wrong(database_url: str) -> None:
    runtime = make_runtime(database_url, HandClock())
    signs(runtime, "right:1:chat", 0)
    signs(runtime, "wrong:1:chat", 301)
    [told] = clock_findings(runtime)
    assert (told.level, told.what) == ("warn", "clock")
    assert "wrong:1:chat is +301 s" in told.why
    assert "timedatectl" in told.do
