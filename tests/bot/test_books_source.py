"""Books are read from the replica while it is good, from the database whenever it is not."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from time import monotonic

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from bot.books_source import books_until, of_books
from bot.database import make_engine
from bot.doctor_growth import growth_findings
from bot.metrics import own_metrics
from bot.replica import Replica, Standing
from bot.runtime import Clock, Runtime
from bot.store.workers import sign
from bot.watch_growth import growth_alarms
from tests.make import HandClock, make_runtime
from tests.rig.child import wait_until
from tests.rig.postgres_server import PostgresServer

LONG = timedelta(minutes=5)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A PostgreSQL of this file's own, and one that streams from it."""
    primary = PostgresServer()
    replica = PostgresServer()
    replica.follow(primary)
    yield primary, replica
    replica.close()
    primary.close()


@pytest.fixture(scope="module")
def house(servers: tuple[PostgresServer, PostgresServer]) -> Iterator[Runtime]:
    """A house whose worker has just given a sign of life, and whose replica holds all it has."""
    primary, standby = servers
    name = primary.unused_name()
    runtime = make_runtime(primary.url(name))
    live_on(runtime)
    copy = make_engine(standby.url(name))

    def is_there() -> bool:
        try:
            with copy.connect() as connection:
                return bool(connection.scalar(text("SELECT count(*) FROM worker_sign")))
        except (OperationalError, ProgrammingError):
            return False

    wait_until(is_there, "the replica to hold all", timeout=60, every=0.2)
    yield replace(runtime, replica=replica_of(copy, runtime.clock))
    copy.dispose()


def replica_of(engine: Engine, clock: Clock) -> Replica:
    """A replica that may be five minutes old."""
    return Replica(engine, engine, LONG, clock)


def live_on(house: Runtime) -> None:
    """A worker of the house gives a sign of life."""
    with house.engine.begin() as connection:
        sign(connection, "one", "urgent", house.now())


def fresh(house: Runtime, **later: float) -> Runtime:
    """The house as a new process of it, which has asked nothing yet and counted nothing."""
    assert house.replica is not None
    clock = HandClock(house.now() + timedelta(**later))
    mine = replica_of(house.replica.engine, clock)
    return replace(house, clock=clock, replica=mine, metrics=own_metrics())


@contextmanager
def replay_paused(house: Runtime) -> Iterator[None]:
    """The replica is sent everything and takes over nothing."""
    assert house.replica is not None
    with house.replica.engine.connect() as connection:
        connection.execute(text("SELECT pg_wal_replay_pause()"))
    yield
    with house.replica.engine.connect() as connection:
        connection.execute(text("SELECT pg_wal_replay_resume()"))


@contextmanager
def sender_halted(house: Runtime) -> Iterator[None]:
    """The replica has taken over all that it was sent, and is sent nothing more."""
    with house.engine.connect() as connection:
        [sender] = connection.scalars(text("SELECT pid FROM pg_stat_replication"))
    os.kill(sender, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(sender, signal.SIGCONT)


def port_read(house: Runtime) -> int | None:
    """Which server a page of the books is read from."""

    def read(copy: Runtime) -> int | None:
        with copy.engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM book_day"))
        return copy.engine.url.port

    return of_books(house, read)


def passed_over(house: Runtime) -> dict[str, float]:
    """How often the replica was passed over, by why."""
    [metric] = house.metrics.replica_passed_over.collect()
    return {one.labels["why"]: one.value for one in metric.samples if one.name.endswith("_total")}


def test_the_books_are_read_from_the_replica_and_say_up_to_when_they_go(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    mine = fresh(house)
    assert port_read(mine) == servers[1].port
    until = books_until(mine)
    assert until is not None
    assert mine.now() - until < LONG
    assert passed_over(mine) == {}
    assert {"replica"} <= {one.what for one in growth_findings(mine) if one.level == "ok"}


@pytest.mark.parametrize("halted", [replay_paused, sender_halted])
def test_a_replica_that_lags_is_passed_over_until_it_has_caught_up(
    house: Runtime,
    servers: tuple[PostgresServer, PostgresServer],
    halted: Callable[[Runtime], AbstractContextManager[None]],
) -> None:
    with halted(house):
        late = fresh(house, minutes=10)
        live_on(late)
        assert port_read(late) == servers[0].port
        assert books_until(late) is None
        assert passed_over(late) == {"old": 1}
        assert [one.name for one in growth_alarms(late)] == ["MotcuaReplicaBad"]
    wait_until(
        lambda: port_read(fresh(house, minutes=10)) == servers[1].port, "to catch up", every=0.1
    )
    live_on(fresh(house))  # as the next test found it


def test_where_no_worker_gives_a_sign_nobody_knows_how_old_a_replica_is(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    assert port_read(fresh(house, minutes=30)) == servers[0].port


def test_a_replica_that_has_not_what_is_asked_for_is_passed_over(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    mine = fresh(house)

    def read(copy: Runtime) -> int | None:
        asked = "one" if copy.engine.url.port == servers[0].port else "a_column_of_tomorrow"
        with copy.engine.connect() as connection:
            connection.execute(text(f"SELECT {asked} FROM (SELECT 1 AS one) AS held"))
        return copy.engine.url.port

    assert of_books(mine, read) == servers[0].port
    assert passed_over(mine) == {"broke_off": 1}


def test_while_a_replica_is_slow_to_answer_nobody_else_waits_for_it(house: Runtime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        replica = replica_of(make_engine(f"postgresql+psycopg://x@127.0.0.1:{port}/x"), house.clock)
        asking = Thread(target=replica.look)
        asking.start()
        caller, _ = silent.accept()
        began = monotonic()
        assert replica.look().standing is Standing.AWAY
        assert monotonic() - began < 1
        caller.close()
        asking.join(10)


def test_a_question_that_the_replica_breaks_off_is_asked_of_the_database(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    mine = fresh(house)

    def read(copy: Runtime) -> int | None:
        if copy.engine.url.port == servers[1].port:
            with copy.engine.connect() as connection:
                connection.execute(text("SET statement_timeout = '10ms'"))
                connection.execute(text("SELECT pg_sleep(1)"))
        return copy.engine.url.port

    assert of_books(mine, read) == servers[0].port
    assert passed_over(mine) == {"broke_off": 1}
    assert port_read(mine) == servers[0].port, "it is left alone for a while"


def test_a_database_that_takes_writes_is_no_replica(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    mine = replace(house, replica=replica_of(house.engine, house.clock), metrics=own_metrics())
    assert port_read(mine) == servers[0].port
    assert passed_over(mine) == {"no_replica": 1}


def test_without_its_replica_the_house_goes_on(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    assert house.replica is not None
    servers[1].stop()
    house.replica.engine.dispose()
    mine = fresh(house)
    assert port_read(mine) == servers[0].port
    assert books_until(mine) is None
    assert passed_over(mine) == {"away": 1}
    [warned] = [one for one in growth_findings(mine) if one.what == "replica"]
    assert warned.level == "warn"
