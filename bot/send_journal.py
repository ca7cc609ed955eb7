"""Which hand-overs a process has begun, in a file that outlives it: the others may go again.

Attempts are stored before the network is touched, many at once, so a killed process leaves more
of them than it had begun. What it had begun stands here, written by one short append before each
call. The kernel keeps that when the process is killed. A power cut may lose some of it, and so may
a full disk: then none of it counts, and the attempts are lost answers like those of a process on
another machine.
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
BOOT = Path("/proc/sys/kernel/random/boot_id")
KEPT_SECONDS = 2 * 24 * 3600  # no claim of a dead process waits for so long
LONG = 64 * 1024  # bytes from which on a journal is emptied while nothing is under way

logger = log(__name__)


@dataclass(slots=True)
class SendJournal:
    """The journal of one process; it holds a lock on its file for as long as it lives."""

    folder: Path
    claimer: str
    _file: int = -1
    _withdrawn: bool = False
    _told: bool = False

    def open(self) -> None:
        """Begin the journal, while nothing is under way that does not stand in it.

        Where its place cannot be written, lost answers stay lost.
        """
        if self._file >= 0:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(self.folder / self.claimer, flags, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self.close()
            self._tell(fault)
            return
        if self._append(_head()):
            self._told = False
        elif self._withdraw():
            self.close()
        drop_journals(self.folder)

    def mark(self, request_id: str) -> bool:
        """Write that a hand-over begins; False when it must not. Safe to call from many threads.

        A mark that a full disk refuses would make a call that was begun look as if it was not. So
        the journal is withdrawn as a whole: then lost answers stay lost, and nothing goes twice.
        Only where it cannot even be removed the call has to wait.
        """
        if self._file < 0 or self._withdrawn:
            return True
        return self._append(f"{request_id}\n") or self._withdraw()

    def rest(self) -> None:
        """Nothing is under way, and all that was is recorded: what was marked counts no more."""
        if self._file < 0:
            return
        if self._withdrawn:
            self.close()
        elif os.fstat(self._file).st_size > LONG:
            os.ftruncate(self._file, len(_head()))

    def close(self, clean: bool = False) -> None:
        """End the journal; `clean` when everything that was begun is recorded."""
        if self._file < 0:
            return
        if clean:
            with suppress(OSError):
                (self.folder / self.claimer).unlink()
        os.close(self._file)
        self._file, self._withdrawn = -1, False

    def _append(self, line: str) -> bool:
        written = line.encode()
        try:
            return os.write(self._file, written) == len(written)
        except OSError as fault:
            self._tell(fault)
            return False

    def _withdraw(self) -> bool:
        """Take the journal back; the file stays open, for threads that are about to write."""
        try:
            (self.folder / self.claimer).unlink(missing_ok=True)
        except OSError:
            return False
        self._withdrawn = True
        return True

    def _tell(self, fault: OSError) -> None:
        if not self._told:
            do = "make VAR_DIR writable, and room on its disk"
            logger.warning("sending.no_journal", why=fault.strerror, do=do)
        self._told = True


def _head() -> str:
    """The first line: of which start of the machine the marks are. A power cut may lose some."""
    try:
        return f"boot {BOOT.read_text().strip()}\n"
    except OSError:
        return "boot unknown\n"


def never_begun(folder: Path, claimer: str, request_ids: Collection[str]) -> set[str]:
    """Those of a process's hand-overs that surely never began.

    Result: none while that process lives, where its journal is not on this machine, and where it
    may lack marks: written before the machine was started anew, or cut amid a line.
    """
    if not claimer.isalnum():
        return set()
    try:
        with (folder / claimer).open("rb") as journal:
            fcntl.flock(journal, fcntl.LOCK_SH | fcntl.LOCK_NB)
            content = journal.read().decode("ascii", "replace")
    except OSError:
        return set()
    if not content.startswith(_head()) or not content.endswith("\n"):
        return set()
    return set(request_ids) - set(content.splitlines())


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
