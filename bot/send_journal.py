"""Which hand-overs a process has begun, in a file that outlives it: the others may go again.

Attempts are stored before the network is touched, many at once, so a killed process leaves more
of them than it had begun. What it had begun stands here, written by one short append before each
call. The kernel keeps that when the process is killed; a power cut may lose it, and then the
attempts count as lost answers like those of a process on another machine.
"""

import fcntl
import os
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.logs import log

FOLDER = "sending"
KEPT_SECONDS = 2 * 24 * 3600  # no claim of a dead process waits for so long
LONG = 64 * 1024  # bytes from which on a journal is emptied while nothing is under way

logger = log(__name__)


@dataclass(slots=True)
class SendJournal:
    """The journal of one process; it holds a lock on its file for as long as it lives."""

    folder: Path
    claimer: str
    _file: int = -1
    _broken: bool = False

    def open(self) -> None:
        """Begin the journal; where its place cannot be written, lost answers stay lost."""
        if self._file >= 0 or self._broken:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(self.folder / self.claimer, flags, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self.close()
            self._broken = True
            logger.warning("sending.no_journal", why=fault.strerror, do="make VAR_DIR writable")
            return
        drop_journals(self.folder)

    def mark(self, request_id: str) -> None:
        """Write that a hand-over begins. Safe to call from many threads."""
        if self._file >= 0:
            os.write(self._file, f"{request_id}\n".encode())

    def rest(self) -> None:
        """Nothing is under way, and all that was is recorded: what was marked counts no more."""
        if self._file >= 0 and os.fstat(self._file).st_size > LONG:
            os.ftruncate(self._file, 0)

    def close(self, clean: bool = False) -> None:
        """End the journal; `clean` when everything that was begun is recorded."""
        if self._file < 0:
            return
        if clean:
            with suppress(OSError):
                (self.folder / self.claimer).unlink()
        os.close(self._file)
        self._file = -1


def never_begun(folder: Path, claimer: str, request_ids: Collection[str]) -> set[str]:
    """Those of a process's hand-overs that surely never began.

    Result: none while that process lives, or where its journal is not on this machine.
    """
    if not claimer.isalnum():
        return set()
    try:
        with (folder / claimer).open("rb") as journal:
            fcntl.flock(journal, fcntl.LOCK_SH | fcntl.LOCK_NB)
            begun = set(journal.read().decode("ascii", "replace").splitlines())
    except OSError:
        return set()
    return set(request_ids) - begun


def old_journals(folder: Path, seconds: float) -> list[Path]:
    """The journals that nobody has written to for so long."""
    found = []
    with suppress(OSError):
        for journal in folder.iterdir():
            with suppress(OSError):
                if time.time() - journal.stat().st_mtime > seconds:
                    found.append(journal)
    return found


def drop_journals(folder: Path, seconds: float = KEPT_SECONDS) -> int:
    """Remove journals that nobody can ask for any more; how many."""
    gone = 0
    for journal in old_journals(folder, seconds):
        with suppress(OSError):
            journal.unlink()
            gone += 1
    return gone
