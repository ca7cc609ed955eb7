"""Watches a folder beside other software: each paper that comes is stamped into another one.

It looks again and again instead of being told: folders on network shares tell nobody, and a file
that has just appeared is not whole yet in any case. Nothing is kept in memory that a killed
program would need: what lies in the folder is still to be done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from receipts.stamp.files import free_path, sweep, write_whole
from receipts.stamp.folder import Say, is_paper, stamped_or_refused
from receipts.stamp.order import Order
from receipts.stamp.refusal import Refusal, StampRefused
from receipts.stamp.stamped import LinkOf, Stamped

DONE, FAILED = "done", "failed"
EVERY = 2.0  # seconds between two looks
_PATIENCE = 60.0  # seconds for a file that does not grow and yet has no end
_PAUSE = 30.0  # seconds after a folder could not be written
_MOST_TRIES = 3  # of one paper that ends the whole program
_JOURNAL = ".stamping"
_TAIL = 1024  # bytes in which a file's end must stand
# How a whole file of a kind ends; a TIFF does not say.
_ENDS = {".pdf": b"%%EOF", ".png": b"IEND", ".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9"}
_NOTE = """\
Tệp: {name}

Không đóng được dấu QR:
{why}

Sau khi sửa, chép lại tệp vào thư mục "{folder}".
"""


@dataclass(frozen=True, slots=True)
class _Glimpse:
    """A file as it was when it was looked at. Units: nanoseconds; seconds of a steady clock."""

    size: int
    changed: int
    since: float


@dataclass(slots=True)
class Watch:
    """A watched folder, where its papers go, and what is put on them. Units: seconds."""

    source: Path
    out: Path
    order: Order
    link_of: LinkOf
    say: Say
    every: float = EVERY
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, _Glimpse] = field(default_factory=dict)
    _rest_until: float = 0.0

    def run(self, stop: Event) -> None:
        """Look until told to stop. Errors: OSError when the folders are not there at the start."""
        for folder in (self.out, self.source / DONE, self.source / FAILED):
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder)
        while not stop.is_set():
            self.look(stop)
            stop.wait(self.every)

    def look(self, stop: Event) -> None:
        """Stamp what has come and is whole; a paper that is begun is finished."""
        if self.clock() < self._rest_until:
            return
        try:
            for path in self._whole_papers():
                if stop.is_set():
                    return
                self._take(path)
        except OSError as fault:  # a full disk, a share that is away: the papers wait
            self._rest_until = self.clock() + _PAUSE
            why = f"{fault.filename or self.out}: {fault.strerror or fault}"
            self.say(f"{why}; everything waits and is tried again in {_PAUSE:.0f} s")

    def _whole_papers(self) -> list[Path]:
        """Papers that have not changed since the last look and have their end, oldest first."""
        now = self.clock()
        before, self._seen = self._seen, {}
        whole: list[tuple[int, str, Path]] = []
        for path in self.source.iterdir():
            if not is_paper(path):
                continue
            try:
                facts = path.stat()
            except FileNotFoundError:
                continue
            old = before.get(path.name)
            same = old is not None and (old.size, old.changed) == (facts.st_size, facts.st_mtime_ns)
            since = old.since if old is not None and same else now
            self._seen[path.name] = _Glimpse(facts.st_size, facts.st_mtime_ns, since)
            if same and (_has_end(path) or now - since >= _PATIENCE):
                whole.append((facts.st_mtime_ns, path.name, path))
        return [path for _, _, path in sorted(whole)]

    def _take(self, path: Path) -> None:
        """Stamp one paper: first the new one whole in its place, then the old one aside."""
        try:
            data = path.read_bytes()
        except (FileNotFoundError, PermissionError):  # taken away, or held by who writes it
            return
        try:
            self._put(path, data, self._tried(path.name, data))
        finally:
            self._journal.unlink(missing_ok=True)

    def _put(self, path: Path, data: bytes, found: Stamped | StampRefused) -> None:
        if isinstance(found, Stamped):
            write_whole(free_path(self.out / path.name, found.data), found.data)
            self._aside(path, free_path(self.source / DONE / path.name, data))
            self.say(f"{path.name}: {found.told}, {found.code}")
            return
        target = free_path(self.source / FAILED / path.name, data)
        write_whole(target.with_name(f"{target.name}.txt"), self._note(path, found))
        self._aside(path, target)
        self.say(f"{path.name}: {found}")

    def _aside(self, path: Path, target: Path) -> None:
        path.replace(target)
        self._seen.pop(path.name, None)

    def _note(self, path: Path, refused: StampRefused) -> bytes:
        """What the people at the desk find beside the paper, for any editor on their machines."""
        told = _NOTE.format(name=path.name, why=refused.vietnamese, folder=self.source.name)
        return told.replace("\n", "\r\n").encode("utf-8-sig")

    # A paper that ends the whole program

    @property
    def _journal(self) -> Path:
        return self.source / _JOURNAL

    def _tried(self, name: str, data: bytes) -> Stamped | StampRefused:
        """Stamp, after writing down that it is tried; a paper that has killed us is left alone."""
        times = self._times_before(name)
        if times >= _MOST_TRIES:
            return StampRefused(Refusal.CRASH, times=times)
        write_whole(self._journal, f"{times + 1}\n{name}".encode())
        return stamped_or_refused(data, self.order, self.link_of)

    def _times_before(self, name: str) -> int:
        try:
            told = self._journal.read_text(encoding="utf-8")
        except FileNotFoundError:
            return 0
        times, _, last = told.partition("\n")
        return int(times) if last == name and times.isdecimal() else 0


def _has_end(path: Path) -> bool:
    """Whether a file ends as its kind does; True for a kind that does not say."""
    end = _ENDS.get(path.suffix.lower())
    if end is None:
        return True
    try:
        with path.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL))
            return end in file.read()
    except OSError:
        return False
