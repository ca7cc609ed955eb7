"""Runs one command for make so that no signal, however it is sent, leaves any of it behind.

make passes SIGTERM on to its recipe but keeps a SIGINT sent to it alone for itself, and a
SIGKILL reaches nobody else. So the command runs in a session of its own under this program,
which watches make, hands signals on once, and at the end ends whatever the command left.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOOK_EVERY = 0.25  # seconds between two looks at make
PATIENCE = 30.0  # seconds for the command to end after a signal before it is killed
LEFTOVER_PATIENCE = 3.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AWAITED = {*ENDING, signal.SIGCHLD}


def prctl(option: int, value: int) -> None:
    """Set one property of this process; a system without prctl goes without it."""
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except AttributeError:
        return


def catches_interrupt(pid: int) -> bool:
    """True while `pid` is a make that has SIGINT in hand; make lets go of it to wait and end."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    fields = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    if fields.get("Name", "").strip() not in ("make", "gmake"):
        return False
    return bool(int(fields.get("SigCgt", "0"), 16) & 1 << (signal.SIGINT - 1))


def start(command: list[str]) -> int:
    """Start the command in its own session, with the usual signals; its process number."""
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    pid = os.fork()
    if pid:
        return pid
    os.setsid()  # the terminal's Ctrl-C then comes through us alone, once
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as fault:
        print(f"{command[0]}: {fault.strerror}", file=sys.stderr)
    os._exit(127)


class Watch:
    """What is known of the command and of the make above it while we wait."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self._parent = os.getppid()
        self._under_make = catches_interrupt(self._parent)
        self._deadline: float | None = None

    def wait(self) -> int:
        """The command's exit code, after whatever signals came on the way."""
        while self.code is None:
            came = signal.sigtimedwait(AWAITED, LOOK_EVERY)
            if came is not None and came.si_signo in ENDING:
                self._end(signal.Signals(came.si_signo))
            elif self._deadline is None and self._make_is_ending():
                self._end(signal.SIGINT)
            elif self._deadline is not None and time.monotonic() > self._deadline:
                os.kill(self.pid, signal.SIGKILL)
            self._reap()
        return self.code

    def _end(self, number: signal.Signals) -> None:
        self._deadline = self._deadline or time.monotonic() + PATIENCE
        os.kill(self.pid, signal.SIGTERM if number is signal.SIGHUP else number)

    def _make_is_ending(self) -> bool:
        if os.getppid() != self._parent:
            return True
        return self._under_make and not catches_interrupt(self._parent)

    def _reap(self) -> None:
        for pid, status in ended_children():
            if pid == self.pid:
                self.code = os.waitstatus_to_exitcode(status)


def ended_children() -> Iterator[tuple[int, int]]:
    """Every child that has ended since the last call, orphans of the command included."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, status


def end_leftovers() -> None:
    """End what the command started and left: as its orphans' new parent we still know them."""
    deadline = time.monotonic() + LEFTOVER_PATIENCE
    number = signal.SIGTERM
    while left := living_children():
        for pid in left:
            os.kill(pid, number)
        time.sleep(0.05)
        list(ended_children())
        number = signal.SIGKILL if time.monotonic() > deadline else signal.SIGTERM


def living_children() -> list[int]:
    """Our children by the process table, those that only wait to be reaped left out."""
    list(ended_children())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if int(parent) == os.getpid() and state != "Z":
            found.append(int(folder.name))
    return found


def main(command: list[str]) -> int:
    """Run the command; its exit code, as a shell tells it."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    code = Watch(start(command)).wait()
    end_leftovers()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
