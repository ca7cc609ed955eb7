"""The short form of the fault campaign; `make chaos` runs the long one."""

from collections.abc import Callable
from pathlib import Path

from tests.chaos.campaign import run
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer

SECONDS = 15.0


def test_a_storm_loses_nothing_and_repeats_nothing_on_sqlite(
    own_redis: RedisServer, tmp_path: Path
) -> None:
    verdict = run(f"sqlite:///{tmp_path / 'bot.db'}", own_redis, tmp_path, SECONDS, seed=11)
    assert verdict.faults == []
    assert verdict.asked > SECONDS
    assert verdict.told > SECONDS


def test_a_storm_loses_nothing_and_repeats_nothing_on_postgresql(
    own_redis: RedisServer, fresh_postgres: Callable[[], PostgresServer], tmp_path: Path
) -> None:
    server = fresh_postgres()
    url = server.url(server.create_database())
    verdict = run(url, own_redis, tmp_path, SECONDS, seed=12, postgres=server)
    assert verdict.faults == []
    assert verdict.asked > SECONDS
    assert verdict.told > SECONDS
