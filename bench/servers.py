"""The real servers that benchmarks run on, and the settings that lead the product to them."""

import os
import sqlite3
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from cryptography.fernet import Fernet
from sqlalchemy import text

from bench.pinned import ALL_CORES, cores_of_others, pinned
from bot.migrate import migrate
from bot.renew import link
from bot.runtime import Runtime, build_runtime
from bot.settings import CHECKOUT, Settings, load_settings
from tests.rig import postgres_server
from tests.rig.child import Child, free_port
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer

APP_ID, OA_ID, OA_SECRET = "1122334455667788990", "4018273645501928374", "bench-oa-secret"
NO_CEILING = 100_000_000  # calls a minute; every call still asks Redis
KINDS = ("SQLite", "PostgreSQL")

# The tests' cluster need not survive the machine; what is measured here commits to the disk.
postgres_server.MEMORY = None
postgres_server.FASTER = ("fsync=on", "full_page_writes=on", "max_wal_size=4GB")
postgres_server.LIMITS = (
    "max_connections=200",
    "shared_buffers=1GB",
    "unix_socket_directories=",
    "jit=off",
)


@dataclass(slots=True)
class Ground:
    """One fresh, migrated database with a Redis beside it."""

    kind: str
    database_url: str
    redis: RedisServer
    folder: Path
    field_key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    def environ(self, **more: str) -> dict[str, str]:
        """What the product's processes are started with."""
        return {
            **os.environ,
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "SECRET_KEY": "bench-secret-key-" + "0" * 32,
            "FIELD_KEYS": self.field_key,
            "ZALO_APP_ID": APP_ID,
            "ZALO_APP_SECRET": "bench-app-secret",
            "ZALO_OA_ID": OA_ID,
            "ZALO_OA_SECRET_KEY": OA_SECRET,
            **more,
        }

    def settings(self, **more: str) -> Settings:
        """The same as settings, with no ceiling on calls."""
        return without_ceiling(load_settings(self.environ(**more)))

    def runtime(self, **more: str) -> Runtime:
        """A runtime of this process, with a token pair linked."""
        runtime = build_runtime(self.settings(**more), service=False)
        link(runtime, "bench-access-token-" + "0" * 100, "bench-refresh-token", 90_000)
        return runtime

    def start(self, name: str, command: list[str], cores: Collection[int], **more: str) -> Child:
        """Start one of our programs on these cores."""
        return Child(
            pinned(cores, command),
            self.folder / f"{name}.log",
            env=self.environ(**more),
            cwd=CHECKOUT,
        )


def without_ceiling(settings: Settings) -> Settings:
    """Settings beyond the bound of Zalo's ceiling, so that it is asked and never refuses."""
    return settings.model_copy(update={"zalo_calls_per_minute": NO_CEILING})


def start_carrier(
    ground: Ground, latency_ms: int, cores: Collection[int], program: str = "bench.carrier"
) -> tuple[Child, str]:
    """Start a carrier of this latency; the child and its address."""
    port = free_port()
    command = [sys.executable, "-m", program, str(port), str(latency_ms)]
    child = ground.start(f"carrier-{port}", command, cores)
    child.wait_for_url(f"http://127.0.0.1:{port}/count")
    return child, f"http://127.0.0.1:{port}"


class Servers:
    """One Redis and one PostgreSQL for a whole run, started when first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._redis: RedisServer | None = None
        self._postgres: PostgresServer | None = None

    @property
    def redis(self) -> RedisServer:
        """The Redis, append-only."""
        if self._redis is None:
            self._redis = RedisServer()
            self._stack.callback(self._redis.close)
        return self._redis

    @property
    def postgres(self) -> PostgresServer:
        """The PostgreSQL, with fsync on."""
        if self._postgres is None:
            self._postgres = PostgresServer()
            self._stack.callback(self._postgres.close)
        return self._postgres

    @contextmanager
    def ground(self, kind: str) -> Iterator[Ground]:
        """A fresh database of this kind, dropped afterwards; Redis is empty."""
        self.redis.flush()
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            database = self.postgres.create_database() if kind == "PostgreSQL" else ""
            url = self.postgres.url(database) if database else f"sqlite:///{folder / 'bot.db'}"
            try:
                migrate(url)
                yield Ground(kind, url, self.redis, folder)
            finally:
                if database:
                    self.postgres.drop_database(database)

    def keep_to(self, cores: Collection[int]) -> None:
        """Keep this process and the servers to these cores."""
        self.redis.client().close()
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # a database's child that ended meanwhile
                process.cpu_affinity(list(cores))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave one core to the measured program alone."""
        self.keep_to(cores_of_others())
        try:
            yield
        finally:
            self.keep_to(ALL_CORES)

    def postgres_cpu(self) -> float:
        """Seconds of CPU that PostgreSQL's processes have taken, also those that have ended."""
        taken = 0.0
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if process.name() == "postgres":
                    used = process.cpu_times()
                    taken += used.user + used.system + used.children_user + used.children_system
        return taken

    def versions(self) -> str:
        """The databases and the Redis of this run."""
        told = [f"SQLite {sqlite3.sqlite_version}"]
        if self._postgres is not None:
            with self.ground("PostgreSQL") as ground:
                runtime = ground.runtime()
                with runtime.engine.connect() as connection:
                    version = connection.execute(text("SHOW server_version")).scalar_one()
                runtime.engine.dispose()
            told.append(f"PostgreSQL {version}")
        if self._redis is not None:
            with self._redis.client() as client:
                told.append(f"Redis {client.info('server')['redis_version']}")
        return ", ".join(told)
