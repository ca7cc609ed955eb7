"""A Redis master with replicas and the Sentinels that put one in its place when it dies."""

import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from tests.rig.child import die_with_parent_on_any_disk, free_port, wait_until
from tests.rig.programs import redis_program

MASTER = "motcua"
SERVERS, SENTINELS, MAJORITY = 2, 3, 2
DOWN_MS, FAILOVER_MS = 700, 3_000  # much shorter than in earnest, so that a test need not wait
PROMPT: dict[str, Any] = {
    "retry": Retry(NoBackoff(), 0),
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
}


@dataclass(slots=True)
class _Program:
    """One process of the set; its port and folder stay when it is killed."""

    folder: Path
    port: int
    words: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(redis_program()), *self.words],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent_on_any_disk,
            )

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def client(self) -> redis.Redis:
        return redis.Redis(host="127.0.0.1", port=self.port, **PROMPT)


class RedisSentinels:
    """Two servers and three Sentinels on 127.0.0.1, for a test that kills the master.

    Shape: the same words as RedisServer; `restart` and `stop` mean whoever is the master.
    """

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rig-sentinels-"))
        self._servers = [self._server(place) for place in range(SERVERS)]
        first = self._servers[0].port
        for place, server in enumerate(self._servers):
            if place:
                server.words += ("--replicaof", "127.0.0.1", str(first))
            server.start()
        # A Sentinel asks a master for its replicas at once, and then only every 10 s.
        wait_until(self._has_replicas, "a master with its replicas")
        self._sentinels = [self._sentinel(place, first) for place in range(SENTINELS)]
        for sentinel in self._sentinels:
            sentinel.start()
        wait_until(self._is_whole, "a master with a replica, known to three Sentinels")

    @property
    def url(self) -> str:
        """The address as REDIS_URL takes it."""
        places = ",".join(f"127.0.0.1:{one.port}" for one in self._sentinels)
        return f"sentinel://{places}/{MASTER}/0"

    def master_port(self) -> int | None:
        """Where the Sentinels say that the master is; None while they name nobody."""
        places = [("127.0.0.1", one.port) for one in self._sentinels]
        asked: Any = Sentinel(places, **PROMPT)  # type: ignore[no-untyped-call]
        try:
            return int(asked.discover_master(MASTER)[1])
        except (MasterNotFoundError, redis.RedisError):
            return None

    @property
    def pid(self) -> int | None:
        """The master's process; None while there is none."""
        port = self.master_port()
        alive = [one for one in self._servers if one.port == port and one.process is not None]
        return alive[0].process.pid if alive and alive[0].process else None

    def client(self) -> redis.Redis:
        """A connection to the master of this moment."""
        port = self.master_port()
        return redis.Redis(host="127.0.0.1", port=port or 1, **PROMPT)

    def stop(self) -> None:
        """Kill the master; the Sentinels choose another."""
        port = self.master_port()
        for server in self._servers:
            if server.port == port:
                server.end()

    def start(self) -> None:
        """Start every server that is dead; the Sentinels make it a replica."""
        for server in self._servers:
            if server.process is None or server.process.poll() is not None:
                server.start()

    def restart(self) -> None:
        """Kill the master and start it again at once: it may still be the master, or a replica."""
        self.stop()
        self.start()

    def fail_over(self) -> None:
        """Kill the master, and return once another one is named and takes writes."""
        before = self.master_port()
        self.stop()
        wait_until(lambda: self.master_port() not in (None, before), "a new master", timeout=30)
        wait_until(self._takes_writes, "a master that takes writes")

    def flush(self) -> None:
        """Drop every key, as an operator's FLUSHALL would."""
        with self.client() as client:
            client.flushall()

    def close(self) -> None:
        """Kill all and delete their folder."""
        for one in (*self._sentinels, *self._servers):
            one.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _server(self, place: int) -> _Program:
        port, folder = free_port(), self._made(f"server-{place}")
        words = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
        words += ["--appendonly", "yes", "--save", "", "--repl-diskless-sync-delay", "0"]
        return _Program(folder, port, tuple(words))

    def _sentinel(self, place: int, master: int) -> _Program:
        port, folder = free_port(), self._made(f"sentinel-{place}")
        lines = [
            f"port {port}",
            "bind 127.0.0.1",
            f"dir {folder}",
            f"sentinel monitor {MASTER} 127.0.0.1 {master} {MAJORITY}",
            f"sentinel down-after-milliseconds {MASTER} {DOWN_MS}",
            f"sentinel failover-timeout {MASTER} {FAILOVER_MS}",
        ]
        (folder / "sentinel.conf").write_text("\n".join(lines) + "\n")
        return _Program(folder, port, (str(folder / "sentinel.conf"), "--sentinel"))

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir()
        return folder

    def _has_replicas(self) -> bool:
        with suppress(redis.RedisError), self._servers[0].client() as client:
            return int(client.info("replication")["connected_slaves"]) == SERVERS - 1
        return False

    def _is_whole(self) -> bool:
        with suppress(redis.RedisError):
            told: list[Any] = [one.client().sentinel_masters() for one in self._sentinels]
            states = [masters[MASTER] for masters in told]
            others = all(one["num-other-sentinels"] == SENTINELS - 1 for one in states)
            return others and all(one["num-slaves"] == SERVERS - 1 for one in states)
        return False

    def _takes_writes(self) -> bool:
        with suppress(redis.RedisError), self.client() as client:
            return bool(client.set("rig:takes-writes", 1, px=1))
        return False
