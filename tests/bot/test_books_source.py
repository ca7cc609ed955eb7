"""Books are read from the replica while it is good, from the database whenever it is not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.books_source import books_until, of_books
from bot.database import make_engine
from bot.doctor_growth import growth_findings
from bot.metrics import own_metrics
from bot.replica import Replica, Standing
from bot.runtime import Runtime
from bot.watch_growth import growth_alarms
from tests.make import make_runtime
from tests.rig.child import wait_until
from tests.rig.postgres_server import PostgresServer

LONG, SHORT = timedelta(minutes=5), timedelta(milliseconds=50)


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
    """A house whose replica holds all that it has."""
    primary, standby = servers
    name = primary.unused_name()
    runtime = make_runtime(primary.url(name))
    copy = make_engine(standby.url(name))

    def is_there() -> bool:
        try:
            with copy.connect() as connection:
                asked = text("SELECT version_num FROM alembic_version")
                return connection.scalar(asked) is not None
        except OperationalError:
            return False

    wait_until(is_there, "the replica to hold the schema", timeout=60, every=0.2)
    yield replace(runtime, replica=Replica(copy, LONG))
    copy.dispose()


def fresh(house: Runtime, most: timedelta = LONG) -> Runtime:
    """The house as a new process of it, which has asked nothing yet and counted nothing."""
    assert house.replica is not None
    return replace(house, replica=Replica(house.replica.engine, most), metrics=own_metrics())


def is_old(house: Runtime) -> bool:
    """Whether its replica lags too far behind."""
    return house.replica is not None and house.replica.look().standing is Standing.OLD


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


def test_a_replica_that_lags_is_passed_over_until_it_has_caught_up(
    house: Runtime, servers: tuple[PostgresServer, PostgresServer]
) -> None:
    assert house.replica is not None
    with house.replica.engine.connect() as connection:
        connection.execute(text("SELECT pg_wal_replay_pause()"))
    try:
        with house.engine.begin() as connection:
            connection.execute(text("CREATE TABLE newer (a int)"))
        wait_until(
            lambda: (
                fresh(house, timedelta(milliseconds=50)).replica.look().standing  # type: ignore[union-attr]
                is Standing.OLD
            ),
            "the replica to lag",
        )
        late = fresh(house, timedelta(milliseconds=50))
        assert port_read(late) == servers[0].port
        assert books_until(late) is None
        assert passed_over(late) == {"old": 1}
        assert [one.name for one in growth_alarms(late)] == ["MotcuaReplicaBad"]
    finally:
        with house.replica.engine.connect() as connection:
            connection.execute(text("SELECT pg_wal_replay_resume()"))
    wait_until(lambda: port_read(fresh(house)) == servers[1].port, "it to catch up", every=0.1)


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
    mine = replace(house, replica=Replica(house.engine, LONG), metrics=own_metrics())
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
