"""Fixtures: a house of processes for each database, shared by the tests of one file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.live_house import LiveHouse
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def any_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveHouse, RedisServer]]:
    """Sandbox and web, running; workers are the test's own."""
    folder: Path = tmp_path_factory.mktemp("house")
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        name = server.unused_name()
        url = server.url(name)
    else:
        url = f"sqlite:///{folder / 'bot.db'}"
    redis = RedisServer()
    house = LiveHouse(url, redis.url, folder)
    house.open()
    yield house, redis
    house.close()
    redis.close()
    house.runtime.engine.dispose()
    if request.param == "postgresql":
        server.drop_database(name)


@pytest.fixture
def house(any_house: tuple[LiveHouse, RedisServer]) -> Iterator[LiveHouse]:
    """The house without a worker, and with a Zalo that works."""
    house, redis = any_house
    redis.flush()
    yield house
    house.stop_workers()
    house.control("fault", name="all")


@pytest.fixture
def redis(any_house: tuple[LiveHouse, RedisServer]) -> RedisServer:
    """The Redis of the house."""
    return any_house[1]
