"""A Python that has our commands loaded and forks one for each that is run.

A command is a process of its own all the same, with its own environment, standard streams, exit
code and signals; it only need not load its libraries anew, which takes ten times as long as most
commands run. tests/doors/test_start.py starts commands cold.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from tests.rig.child import DidNotHappen, die_with_parent
from tests.rig.tree import CHECKOUT

LONGEST = 60.0  # seconds
STREAMS = 3  # standard input, output and error
MESSAGE = 1 << 20  # bytes


class WarmPython:
    """The process that forks; made by `warm_python`, of which there is one for a test process."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(LONGEST)
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

    def run(self, words: Sequence[str], environ: Mapping[str, str], streams: Sequence[int]) -> int:
        """Run `python -m …` to its end; the exit code, negative for a signal.

        Shape: `streams` are the descriptors of standard input, output and error.
        Errors: DidNotHappen when it has not ended in a minute.
        """
        asked = json.dumps({"words": list(words), "environ": dict(environ)}).encode()
        socket.send_fds(self._ours, [asked], streams)
        pid = int(self._told())
        try:
            return int(self._told())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            self._told()
            raise DidNotHappen(f"{list(words)} did not end within {LONGEST:g} s") from None

    def close(self) -> None:
        """End it."""
        self._ours.close()
        self._process.wait(10)

    def _told(self) -> str:
        told = self._ours.recv(MESSAGE).decode()
        if not told:
            raise DidNotHappen("the Python that starts commands has ended")
        return told


@cache
def warm_python() -> WarmPython:
    """The one of this test process, started when it is first needed."""
    started = WarmPython()
    atexit.register(started.close)
    return started


def _load() -> None:
    """What commands load: theirs is the table, so that a new one is loaded too."""
    for place in import_module("bot.cli.main").COMMANDS.values():
        import_module(place.partition(":")[0])
    gc.collect()
    gc.freeze()  # else each fork goes through all that was loaded when it ends


def _next_command(asking: socket.socket) -> dict[str, Any]:
    """Fork for each command that is asked for; returns in the forks alone."""
    while True:
        asked, streams, _, _ = socket.recv_fds(asking, MESSAGE, STREAMS)
        if not asked:
            os._exit(0)
        pid = os.fork()
        if pid == 0:
            asking.close()
            die_with_parent()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            command: dict[str, Any] = json.loads(asked)
            return command
        for stream in streams:
            os.close(stream)
        asking.send(str(pid).encode())
        asking.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _become(command: Mapping[str, Any]) -> None:
    """Run the command as `python -m` would."""
    os.environ.clear()
    os.environ.update(command["environ"])
    sys.argv = list(command["words"])
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _load()
    _become(_next_command(socket.socket(fileno=int(sys.argv[1]))))
