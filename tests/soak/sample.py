"""Looks at every process of the house: memory, handles, threads; and at what they share."""

import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import psutil
from sqlalchemy import text

from tests.rig.redis_server import RedisServer
from tests.soak.house import SoakHouse

MIB = 2**20
SHARED = "shared"  # figures that belong to no process
Series = list[tuple[float, float]]
"""(seconds since the beginning, value)."""


@dataclass(slots=True)
class Samples:
    """What was seen, by (process, figure). Units: MiB, else numbers."""

    house: SoakHouse
    redis: RedisServer
    began: float = field(default_factory=time.monotonic)
    seen: dict[tuple[str, str], Series] = field(default_factory=lambda: defaultdict(list))
    pids: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def look(self) -> None:
        """One look at everything."""
        at = time.monotonic() - self.began
        for name, process in list(self.house.named_processes()):
            with suppress(psutil.NoSuchProcess):
                memory = process.memory_full_info()
                self.pids[name].add(process.pid)
                self._note(at, name, rss=memory.rss / MIB, uss=memory.uss / MIB,
                           handles=process.num_fds(), threads=process.num_threads())  # fmt: skip
        with self.redis.client() as client:
            redis_memory = client.info("memory")["used_memory"] / MIB
        self._note(at, SHARED, redis=redis_memory, files=self._files(),
                   connections=self._connections())  # fmt: skip

    def restarted(self) -> Mapping[str, int]:
        """Processes that did not live throughout, and how many there were in their place."""
        return {name: len(pids) for name, pids in self.pids.items() if len(pids) > 1}

    def _note(self, at: float, name: str, **values: float) -> None:
        for figure, value in values.items():
            self.seen[name, figure].append((at, value))

    def _files(self) -> int:
        """Files in the folders for temporary ones and for data; logs and the database are none."""
        folders = (self.house.folder / "tmp", self.house.folder / "var")
        return sum(1 for folder in folders for one in folder.rglob("*") if one.is_file())

    def _connections(self) -> int:
        if self.house.runtime.engine.dialect.name != "postgresql":
            return 0
        count = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        with self.house.runtime.engine.connect() as connection:
            return int(connection.execute(count).scalar_one())
