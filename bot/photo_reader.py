"""Reads photos in a process of its own, so that a hostile picture kills nothing but that."""

import json
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any

from bot.logs import log
from bot.settings import CHECKOUT

_LENGTH = 4

logger = log(__name__)


class Outcome(StrEnum):
    """What came of a photo; the names count in the metrics."""

    FOUND = "found"
    OTHER = "other"  # a QR or bar code was read, and it holds no receipt code
    NOTHING = "nothing"
    TOO_LARGE = "too large"
    FORMAT = "format"
    PIXELS = "pixels"
    ANIMATED = "animated"
    BROKEN = "broken"
    READER_ENDED = "reader ended"  # it took too much memory, or crashed
    TOO_SLOW = "too slow"
    NOT_FETCHED = "not fetched"


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What is ours in one photo. `codes` canonical; `links` of a slip's form, signature included;
    `steps`: how many preparations it took."""

    outcome: Outcome
    codes: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may cost. Units: bytes of address space, seconds of the processor, seconds
    by the clock to read, and to start."""

    memory: int = 768 * 1024 * 1024  # 25 million pixels of WebP need some 600
    cpu: int = 8
    seconds: float = 12.0
    start_seconds: float = 20.0


@dataclass(slots=True)
class PhotoReader:
    """One kept-warm process; it starts with the first photo, and again after it ended.

    Shape: may be used from several threads; they take turns.
    """

    limits: Limits = field(default_factory=Limits)
    _process: "subprocess.Popen[bytes] | None" = None
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _closed: bool = False

    def read(self, content: bytes) -> PhotoReading:
        """Read one photo; whatever is in it, this process stays well.

        Source: floors.md 6, malicious images; no byte of the photo is kept.
        """
        with self._turn:
            began = monotonic()
            try:
                process = self._ready()
                told = self._ask(process, content)
            except (OSError, ValueError):
                late = monotonic() - began >= self.limits.seconds
                outcome = Outcome.TOO_SLOW if late else Outcome.READER_ENDED
                logger.warning("photo.reader_ended", outcome=str(outcome), exit_code=self._end())
                return PhotoReading(outcome)
        return PhotoReading(
            Outcome(told["outcome"]),
            tuple(told.get("codes", ())),
            tuple(told.get("links", ())),
            int(told.get("steps", 0)),
        )

    def close(self) -> None:
        """End the process, also amid a photo; this reader starts no other."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()  # whoever waits for it now hears of its end
        with self._turn:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process that reads now, if there is one."""
        return self._process.pid if self._process else None

    def _ready(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._started()
        return self._process

    def _started(self) -> "subprocess.Popen[bytes]":
        """A fresh program, not a fork: it inherits no secret, no connection and no thread."""
        if self._closed:
            raise OSError("the reader is closed")
        process = subprocess.Popen(  # noqa: S603  (our own program only)
            [sys.executable, "-m", "receipts.photo", str(self.limits.memory), str(self.limits.cpu)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=CHECKOUT,
            # One thread for arithmetic: more only wait for each other on pictures this small.
            env={"OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
        try:
            _line(process, self.limits.start_seconds)
        except (OSError, ValueError):
            _killed(process)
            logger.error(
                "photo.reader_does_not_start",
                why="the program that reads photos ended, or was not ready in time",
                do="run: python -m receipts.photo 805306368 8",
            )
            raise
        return process

    def _ask(self, process: "subprocess.Popen[bytes]", content: bytes) -> dict[str, Any]:
        if process.stdin is None:
            raise OSError("the reader has no input")
        watch = threading.Timer(self.limits.seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            process.stdin.write(len(content).to_bytes(_LENGTH, "big") + content)
            process.stdin.flush()
            return _answered(process)
        finally:
            watch.cancel()

    def _end(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        _killed(process)
        return process.returncode


def _killed(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not sent is lost with the process
                pipe.close()


def _line(process: "subprocess.Popen[bytes]", seconds: float) -> dict[str, Any]:
    watch = threading.Timer(seconds, process.kill)
    watch.daemon = True
    watch.start()
    try:
        return _answered(process)
    finally:
        watch.cancel()


def _answered(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else b""
    answer = json.loads(line)  # ValueError for the empty line of a process that ended
    if not isinstance(answer, dict):
        raise ValueError("the reader answered with no object")
    return answer
