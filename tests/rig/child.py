"""Programs a test starts: waiting for them, reading them, and leaving none of them behind."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

import psutil
import requests

MARK = "RIG_CHILD"
PORTS = range(20_000, 32_000)  # Linux gives outgoing connections 32768 and above
PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None, use_errno=True).prctl


class DidNotHappen(AssertionError):
    """What a test waited for did not come in time, or the program ended before it."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment.

    None of those that the kernel gives to outgoing connections: one of them could take it before
    the program that it is for has started.
    """
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))  # `random` is seeded by hypothesis
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(
    happened: Callable[[], bool], what: str, *, timeout: float = 30.0, every: float = 0.02
) -> None:
    """Return once `happened()`; Units: seconds. Errors: DidNotHappen naming `what`."""
    deadline = time.monotonic() + timeout
    while not happened():
        if time.monotonic() > deadline:
            raise DidNotHappen(f"{what}: not within {timeout:g} s")
        time.sleep(every)


def die_with_parent() -> None:
    """Run in a child before its program starts: it is killed should the tests be killed.

    A shell that started the tests in its background has told them to ignore SIGINT, and a
    program inherits that; here it shall listen as it does at a terminal.
    """
    _PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def die_with_parent_on_any_disk() -> None:
    """The same for a server whose disk is said to be full by RLIMIT_FSIZE: a refused write is told.

    PostgreSQL and Python ignore the signal by themselves; Redis would end at it.
    """
    die_with_parent()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


class Process(Protocol):
    """What is asked of a started process, as subprocess.Popen answers it."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, once it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code at its end."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal."""


class Child:
    """One started program with everything it starts in turn.

    Shape: `log` takes standard output, `log` + ".err" standard error. Every process of the tree
    inherits a mark in its environment, so that one which left the tree is found as well.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> None:
        self.command = [str(word) for word in command]
        self.out_path, self.err_path = log, log.with_name(log.name + ".err")
        self._mark = uuid.uuid4().hex
        surroundings = dict(os.environ if env is None else env) | {MARK: self._mark}
        with self.out_path.open("wb") as out, self.err_path.open("wb") as err:
            self._process = self._started(surroundings, cwd, out, err)

    def _started(
        self, environ: Mapping[str, str], cwd: Path | None, out: IO[bytes], err: IO[bytes]
    ) -> Process:
        return subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env=environ,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill9()

    @property
    def pid(self) -> int:
        """The process number of the started program."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def output(self) -> str:
        """What it has written to standard output so far."""
        return self.out_path.read_text(encoding="utf-8", errors="replace")

    def errors(self) -> str:
        """What it has written to standard error so far."""
        return self.err_path.read_text(encoding="utf-8", errors="replace")

    def wait_for_line(self, text: str, *, timeout: float = 30.0) -> str:
        """The first whole line of either stream that holds `text`."""
        self._wait(lambda: any(self._lines_with(text)), f"a line with {text!r}", timeout)
        return next(self._lines_with(text))

    def wait_for_url(self, url: str, *, status: int = 200, timeout: float = 30.0) -> None:
        """Return once `url` answers with `status`."""

        def answers() -> bool:
            try:
                return requests.get(url, timeout=2, allow_redirects=False).status_code == status
            except requests.RequestException:
                return False

        self._wait(answers, f"{status} from {url}", timeout)

    def wait(self, *, timeout: float = 30.0) -> int:
        """The exit code once it has ended by itself."""
        wait_until(
            lambda: self.returncode is not None, f"the end of {self.command}", timeout=timeout
        )
        return self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send one signal to the started program alone."""
        self._process.send_signal(number)

    def stop(self, *, timeout: float = 15.0) -> int:
        """Ask it to end (SIGTERM), kill what is left after `timeout` s; the exit code."""
        self.signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill9()
            raise DidNotHappen(f"{self.command} did not end within {timeout:g} s") from None
        self.kill9()
        return code

    def kill9(self) -> None:
        """SIGKILL the program and everything it started, also what left its session."""
        for _ in range(20):
            left = self.processes()
            if not left and self._process.poll() is not None:
                break
            for process in left:
                _kill(process)
            psutil.wait_procs(left, timeout=1)
        self._process.wait(5)

    def processes(self) -> list[psutil.Process]:
        """All living processes that stem from this program, itself included."""
        return [p for p in psutil.process_iter() if self._stems_from_us(p)]

    def _stems_from_us(self, process: psutil.Process) -> bool:
        return _stems_from(process, self._mark)

    def _lines_with(self, text: str) -> Iterator[str]:
        for stream in (self.output(), self.errors()):
            whole, _, _half_written = stream.rpartition("\n")
            yield from (line for line in whole.splitlines() if text in line)

    def _wait(self, happened: Callable[[], bool], what: str, timeout: float) -> None:
        def happened_or_ended() -> bool:
            ended = self.returncode is not None
            return happened() or ended

        try:
            wait_until(happened_or_ended, what, timeout=timeout)
        except DidNotHappen as late:
            raise DidNotHappen(f"{late}\n{self._story()}") from None
        if not happened():
            raise DidNotHappen(f"ended ({self.returncode}) before {what}\n{self._story()}")

    def _story(self) -> str:
        return f"{self.command}\n{self.output()[-2000:]}\n{self.errors()[-4000:]}"


def _stems_from(process: psutil.Process, mark: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return bool(process.environ().get(MARK) == mark)
    except psutil.Error:  # gone meanwhile, or of another user and so not ours
        return False


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
