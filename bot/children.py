"""Child processes of `bot up`: started, restarted when they die, stopped in order."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic

from bot.logs import log
from bot.settings import CHECKOUT

STOP_SECONDS = 12.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
STEADY_SECONDS = 20.0
PR_SET_PDEATHSIG = 1

logger = log(__name__)


class ChildDied(Exception):
    """A child ended before it was ready."""


@dataclass(frozen=True, slots=True)
class Child:
    """What to run, under which name."""

    name: str
    command: list[str]
    environ: Mapping[str, str]
    quiet: bool = False  # what it prints for people is said by the parent already


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    pause: float = FIRST_PAUSE
    again_at: float | None = None


def _die_with_parent() -> None:
    """In the child, before its program: end when the parent is gone, however it went."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Children:
    """The running children, in the order of their start."""

    _running: dict[str, _Running] = field(default_factory=dict)

    def start(self, child: Child) -> None:
        """Start a child in a session of its own: Ctrl-C reaches only the parent, who decides."""
        self._running[child.name] = _Running(child, _popen(child), monotonic())

    def refuse_dead(self, name: str) -> None:
        """Raise ChildDied when a child has ended already."""
        code = self._running[name].process.poll()
        if code is not None:
            raise ChildDied(
                f"{name}: ended with code {code} before it was ready; see the lines above"
            )

    def keep(self) -> list[str]:
        """Restart what died, after a pause that grows while it keeps dying; names restarted."""
        return [name for name, running in self._running.items() if _revive(running)]

    def stop(self) -> None:
        """Stop all, the last started first; what does not listen is killed."""
        rest = [one for one in reversed(self._running.values()) if one.process.poll() is None]
        for running in rest:
            if running.child.name != "redis":  # the others may still want to ring
                running.process.terminate()
        until = monotonic() + STOP_SECONDS
        for running in sorted(rest, key=lambda one: one.child.name == "redis"):
            if running.child.name == "redis":
                running.process.terminate()
            try:
                running.process.wait(max(0.1, until - monotonic()))
            except subprocess.TimeoutExpired:
                logger.error("child.killed", child=running.child.name)
                os.killpg(running.process.pid, signal.SIGKILL)
                running.process.wait()


def _popen(child: Child) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (our own commands only)
        child.command,
        cwd=CHECKOUT,
        env=dict(child.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if child.quiet else None,
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _revive(running: _Running) -> bool:
    code = running.process.poll()
    if code is None:
        if monotonic() - running.started > STEADY_SECONDS:
            running.pause = FIRST_PAUSE
        return False
    if running.again_at is None:
        logger.error("child.died", child=running.child.name, exit_code=code)
        running.again_at = monotonic() + running.pause
        running.pause = min(running.pause * 2, LONGEST_PAUSE)
    if monotonic() < running.again_at:
        return False
    running.process = _popen(running.child)
    running.started, running.again_at = monotonic(), None
    return True
