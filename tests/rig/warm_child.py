"""A child program of ours that a warm Python has forked: it starts in a tenth of the time."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import psutil

from tests.rig.child import Child
from tests.rig.tree import CHECKOUT
from tests.rig.warm_python import WarmProcess, warm_python


class WarmChild(Child):
    """`python -m` one of our programs, in the checkout; for the rest a child as any other.

    Shape: its command is [sys.executable, "-m", module, …].
    """

    _process: WarmProcess

    def _started(
        self, environ: Mapping[str, str], cwd: Path | None, out: IO[bytes], err: IO[bytes]
    ) -> WarmProcess:
        assert cwd in (None, CHECKOUT), "a warm Python stands in the checkout"
        with open(os.devnull, "rb") as nothing:
            streams = [stream.fileno() for stream in (nothing, out, err)]
            return warm_python().start(self.command[2:], environ, streams)

    def _stems_from_us(self, process: psutil.Process) -> bool:
        # What was forked alone shows the environment of the warm Python, and stays in the session.
        return super()._stems_from_us(process) or self._is_in_session(process)

    def _is_in_session(self, process: psutil.Process) -> bool:
        try:
            is_there = process.status() != psutil.STATUS_ZOMBIE
            return is_there and os.getsid(process.pid) == self.pid
        except (psutil.Error, ProcessLookupError):  # gone meanwhile
            return False
