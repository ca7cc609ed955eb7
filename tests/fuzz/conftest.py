"""One web application for each database, which every made-up body is thrown at."""

from collections.abc import Iterator

import pytest

from bot.runtime import Runtime
from tests.conversation import House, make_house
from tests.make import make_runtime
from tests.rig.postgres_server import PostgresServer
from tests.webhooks.feeding import Feeder, make_feeder


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def runtime(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """A runtime whose database outlives the examples of one test."""
    if request.param == "sqlite":
        yield make_runtime(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'bot.db'}")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.unused_name()
    yield make_runtime(server.url(name))
    server.drop_database(name)


@pytest.fixture(scope="module")
def feeder(runtime: Runtime) -> Feeder:
    """A program that feeds, with a key in force."""
    return make_feeder(runtime)


@pytest.fixture(scope="module")
def one_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house that answers every made-up text of one test."""
    house = make_house(f"sqlite:///{tmp_path_factory.mktemp('texts') / 'bot.db'}")
    house.feed("H56.14-240823-0001")
    return house
