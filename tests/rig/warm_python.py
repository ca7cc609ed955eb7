"""A Python that has our programs loaded and forks one for each that is started.

A program is a process of its own all the same, with its own session, environment, standard streams,
exit code and signals; it only need not load its libraries anew, which takes ten times as long as
most commands run. tests/doors/test_start.py and test_up.py start them cold.
"""

import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import Any

from tests.rig.child import DidNotHappen, die_with_parent
from tests.rig.tree import CHECKOUT

LONGEST = 60.0  # seconds
STREAMS = 3  # standard input, output and error
MESSAGE = 1 << 20  # bytes
PROGRAMS = (
    "wsgi",
    "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "sandbox.app",
    "receipts.cli.main",
)


class WarmProcess:
    """One started program, to be asked after as one asks subprocess.Popen."""

    def __init__(self, python: "WarmPython", pid: int, words: Sequence[str]) -> None:
        self.pid, self.args = pid, list(words)
        self.returncode: int | None = None
        self._python = python

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        if self.returncode is None:
            self.returncode = self._python.ended(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code at its end. Errors: subprocess.TimeoutExpired; Units: seconds."""
        if self.poll() is None:
            ending = os.pidfd_open(self.pid)  # not asked after yet, so its number is still its own
            try:
                readable, _, _ = select.select([ending], [], [], timeout)
            finally:
                os.close(ending)
            if not readable:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to it, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


class WarmPython:
    """The process that forks; made by `warm_python`, of which there is one for a test process."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(LONGEST)
        self._one_asks = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.rig.warm_python", str(theirs.fileno())],
                cwd=CHECKOUT,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # no terminal, so that its children's is none either
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def start(
        self, words: Sequence[str], environ: Mapping[str, str], streams: Sequence[int]
    ) -> WarmProcess:
        """Start `python -m …` in the checkout, in a session of its own.

        Shape: `streams` are the descriptors of standard input, output and error.
        """
        asked = {"words": list(words), "environ": dict(environ)}
        return WarmProcess(self, self._told(asked, streams), words)

    def run(self, words: Sequence[str], environ: Mapping[str, str], streams: Sequence[int]) -> int:
        """Run `python -m …` to its end; the exit code, negative for a signal.

        Errors: DidNotHappen when it has not ended in a minute.
        """
        process = self.start(words, environ, streams)
        try:
            return process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise DidNotHappen(f"{list(words)} did not end within {LONGEST:g} s") from None

    def ended(self, pid: int) -> int | None:
        """The exit code of a program that was started here; None while it runs."""
        code: int | None = self._told({"ended": pid})
        return code

    def close(self) -> None:
        """End it, and with it what it has started."""
        self._ours.close()
        self._process.wait(10)

    def _told(self, asked: Mapping[str, Any], streams: Sequence[int] = ()) -> Any:
        with self._one_asks:
            socket.send_fds(self._ours, [json.dumps(asked).encode()], streams)
            told = self._ours.recv(MESSAGE)
        if not told:
            raise DidNotHappen("the Python that starts programs has ended")
        return json.loads(told)


@cache
def warm_python() -> WarmPython:
    """The one of this test process, started when it is first needed."""
    started = WarmPython()
    atexit.register(started.close)
    return started


def warm_run(
    words: Sequence[str], environ: Mapping[str, str], given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run `python -m …` to its end, with so much at its standard input."""
    with ExitStack() as stack:
        streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(STREAMS)]
        streams[0].write(given)
        streams[0].seek(0)
        code = warm_python().run(words, environ, [stream.fileno() for stream in streams])
        for stream in streams:
            stream.seek(0)
        return subprocess.CompletedProcess(words, code, streams[1].read(), streams[2].read())


def _load() -> None:
    """What our programs load: of the commands the table, so that a new one is loaded too."""
    for place in import_module("bot.cli.main").COMMANDS.values():
        import_module(place.partition(":")[0])
    for name in PROGRAMS:
        import_module(name)
    gc.collect()
    gc.freeze()  # else each fork goes through all that was loaded when it ends


def _next_program(asking: socket.socket) -> dict[str, Any]:
    """Fork for each program that is asked for; returns in the forks alone."""
    while True:
        asked, streams, _, _ = socket.recv_fds(asking, MESSAGE, STREAMS)
        if not asked:
            os._exit(0)
        program: dict[str, Any] = json.loads(asked)
        if "ended" in program:
            asking.send(json.dumps(_code_of(program["ended"])).encode())
            continue
        pid = os.fork()
        if pid == 0:
            asking.close()
            _part(streams)
            return program
        for stream in streams:
            os.close(stream)
        asking.send(json.dumps(pid).encode())


def _code_of(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _part(streams: Sequence[int]) -> None:
    """In the fork: be as a program that was just started."""
    os.setsid()
    die_with_parent()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)


def _become(program: Mapping[str, Any]) -> None:
    """Run the module as `python -m` would."""
    os.environ.clear()
    os.environ.update(program["environ"])
    sys.argv = list(program["words"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _load()
    _become(_next_program(socket.socket(fileno=int(sys.argv[1]))))
