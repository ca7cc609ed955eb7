"""What a campaign stands on: a database, a Redis, a folder, and how many processes of each kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rig.postgres_pair import PostgresPair
from tests.rig.redis_sentinels import RedisSentinels
from tests.rig.redis_server import RedisServer

AnyRedis = RedisServer | RedisSentinels


@dataclass(frozen=True, slots=True)
class Ground:
    """Shape: `database_url` is what the house is told; `postgres` is None on SQLite."""

    database_url: str
    redis: AnyRedis
    folder: Path
    postgres: PostgresPair | None = None
    webs: int = 2
    workers: int = 4

    @property
    def first_url(self) -> str:
        """An address for what cannot read one of two hosts: the primary of this moment."""
        if self.postgres is None:
            return self.database_url
        name = self.database_url.partition("?")[0].rpartition("/")[2]
        return self.postgres.primary.url(name)


@contextmanager
def on_postgres(folder: Path, webs: int = 2, workers: int = 4) -> Iterator[Ground]:
    """A PostgreSQL with a standby, and a Redis with Sentinels."""
    pair, redis = PostgresPair(), RedisSentinels()
    try:
        yield Ground(pair.url(pair.create_database()), redis, folder, pair, webs, workers)
    finally:
        redis.close()
        pair.close()


@contextmanager
def on_sqlite(folder: Path, webs: int = 1, workers: int = 2) -> Iterator[Ground]:
    """One file and one Redis: what stands on one machine."""
    redis = RedisServer()
    try:
        yield Ground(f"sqlite:///{folder / 'bot.db'}", redis, folder, None, webs, workers)
    finally:
        redis.close()
