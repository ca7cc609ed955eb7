"""A real Redis with append-only on, which a test may kill, restart and empty."""

import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.rig.child import DidNotHappen, die_with_parent_on_any_disk, free_port, wait_until
from tests.rig.programs import redis_program

STARTS = 5  # another run may take the port between our looking and our listening


class RedisServer:
    """One private server on 127.0.0.1; its data outlive kill() and restart()."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rig-redis-"))
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        for _ in range(STARTS):
            self.port = free_port()
            with suppress(DidNotHappen):
                self.start()
                return
        raise DidNotHappen(f"Redis did not start\n{self.log()}")

    @property
    def url(self) -> str:
        """The address as REDIS_URL takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def appended(self) -> Path:
        """The folder of the append-only files."""
        return self._folder / "appendonlydir"

    @property
    def pid(self) -> int | None:
        """The server's process; None while it is stopped."""
        return None if self._process is None else self._process.pid

    def client(self) -> redis.Redis:
        """A connection that fails at once when the server is down."""
        retry = Retry(NoBackoff(), 0)
        return redis.Redis(
            host="127.0.0.1",
            port=self.port,
            retry=retry,
            socket_connect_timeout=1,
            socket_timeout=5,
        )

    def start(self) -> None:
        """Start on the same port and data; return once it answers."""
        command = [redis_program(), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", self._folder, "--appendonly", "yes", "--save", ""]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent_on_any_disk,
            )
        wait_until(self._answers_or_ended, "an answer of Redis")
        if self._process.poll() is not None:
            raise DidNotHappen(f"Redis ended at its start\n{self.log()}")

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it if it runs and start it again with what it had appended."""
        self.kill()
        self.start()

    def flush(self) -> None:
        """Drop every key, as an operator's FLUSHALL would."""
        with self.client() as client:
            client.flushall()

    def close(self) -> None:
        """Kill it and delete its folder."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """The last lines the server wrote."""
        path = self._folder / "log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        self._process.wait(20)
        self._process = None

    def _answers_or_ended(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return True
        with self.client() as client, suppress(redis.RedisError):
            # another server may hold the port: only our own process counts
            return bool(client.info("server")["process_id"] == self._process.pid)
        return False
