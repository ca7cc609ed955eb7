"""A Redis that a campaign may kill."""

from collections.abc import Iterator

import pytest

from tests.rig.redis_server import RedisServer


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """Used by nobody else."""
    server = RedisServer()
    yield server
    server.close()
