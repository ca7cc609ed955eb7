"""Fixtures of the doors that machines call."""

import pytest

from tests.make import make_runtime
from tests.webhooks.feeding import Feeder, make_feeder
from tests.webhooks.national_feeding import Exchange


@pytest.fixture
def feeder(sqlite_url: str) -> Feeder:
    """A program that feeds, where it does not matter which database stands behind."""
    return make_feeder(make_runtime(sqlite_url))


@pytest.fixture
def either_feeder(database_url: str) -> Feeder:
    """A program that feeds, once on SQLite and once on PostgreSQL."""
    return make_feeder(make_runtime(database_url))


@pytest.fixture
def exchange(feeder: Feeder) -> Exchange:
    """Software of the national exchange, whichever database stands behind."""
    return Exchange(feeder)


@pytest.fixture
def either_exchange(either_feeder: Feeder) -> Exchange:
    """Software of the national exchange, once on SQLite and once on PostgreSQL."""
    return Exchange(either_feeder)
