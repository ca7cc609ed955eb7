"""Draws the batches of slips that were asked for, beside the lane that sends announcements."""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from bot.ask_batch import MOST, day_of
from bot.core.agency import Agency
from bot.database import AWAY, reading
from bot.logs import log
from bot.runtime import Runtime
from bot.slip_record import Press, filed
from bot.store.agencies import serving_agency
from bot.store.slip_batches import (
    TakenBatch,
    a_batch_waits,
    dossiers_of_day,
    fail_batch,
    finish_batch,
    give_back,
    note_progress,
    take_batch,
)
from bot.store.slip_sources import slip_sources
from receipts.slip.records import Slip
from receipts.slip.render import render_batch

LEASE = timedelta(seconds=60)
TRIES = 3  # a batch that ends its worker each time is given up
CHUNK = 50  # dossiers read at once
NOTED_EVERY = 1.0  # seconds between two words about how far it is
LOOK_SECONDS, BREATH_SECONDS = 2.0, 0.5
MOST_NAMED = 8  # codes of slips that could not be printed

logger = log(__name__)


class _Stopped(Exception):
    """The worker is to end, or another has taken the batch over: nothing is kept."""


def draw_due(runtime: Runtime, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Draw the oldest batch that is due; False when there is none.

    Nothing is held while it draws. A worker that dies leaves a lease that ends; the next one
    draws from the beginning, for half a PDF is of no use.
    """
    now = runtime.now()
    with reading(runtime.engine) as connection:
        if not a_batch_waits(connection, now):
            return False
    with runtime.engine.begin() as connection:
        taken = take_batch(connection, now, now + LEASE)
        if taken is None:
            return False
        if taken.turn > TRIES:
            fail_batch(connection, taken, "Đã thử in nhiều lần không được. Báo quản trị.", now)
            logger.error("batch.given_up", batch=taken.id, do="look for what ends the worker")
            return True
        agency = serving_agency(connection, taken.agency_code)
        ids = dossiers_of_day(connection, taken.agency_code, *day_of(runtime, taken.day))
    if agency is None:
        raise AssertionError("a batch is of an agency that exists")
    _draw(_Drawing(runtime, taken, agency, ids[:MOST], stopping))
    return True


def _draw(drawing: "_Drawing") -> None:
    runtime, taken = drawing.runtime, drawing.taken
    try:
        pdf = drawing.pdf()
    except _Stopped:
        with runtime.engine.begin() as connection:
            give_back(connection, taken)
        return
    except ValueError as fault:
        logger.warning("batch.refused", batch=taken.id, why=str(fault)[:200])
        why = drawing.fault or "Không có phiếu nào in được."
        with runtime.engine.begin() as connection:
            fail_batch(connection, taken, why, runtime.now())
        return
    sealed = runtime.vault.seal(pdf)
    with runtime.engine.begin() as connection:
        finish_batch(connection, taken, sealed, drawing.fault, runtime.now())
    logger.info("batch.drawn", batch=taken.id, slips=len(drawing.ids), bytes=len(pdf))


@dataclass(slots=True)
class _Drawing:
    """One batch on its way; what cannot be printed is left out and named in the end."""

    runtime: Runtime
    taken: TakenBatch
    agency: Agency
    ids: Sequence[int]
    stopping: Callable[[], bool]
    _codes: list[str] = field(default_factory=list)
    _bad: list[str] = field(default_factory=list)
    _noted: float = field(default_factory=monotonic)

    @property
    def fault(self) -> str | None:
        """Which slips could not be printed."""
        if not self._bad:
            return None
        named = ", ".join(self._bad[:MOST_NAMED])
        left = len(self._bad) - MOST_NAMED
        more = f" và {left} hồ sơ khác" if left > 0 else ""
        return f"Không in được: {named}{more}."[:300]

    def pdf(self) -> bytes:
        """Draw all. Errors: ValueError when nothing can be printed; _Stopped."""
        with tempfile.TemporaryFile() as file:
            render_batch(
                self._slips(),
                file,
                self.taken.paper,
                progress=self._note,
                left_out=lambda place, _why: self._bad.append(self._codes[place - 1]),
            )
            file.seek(0)
            return file.read()

    def _slips(self) -> Iterator[Slip]:
        press = Press(self.runtime)
        for start in range(0, len(self.ids), CHUNK):
            with reading(self.runtime.engine) as connection:
                sources = slip_sources(connection, self.ids[start : start + CHUNK])
            for source in sources:
                code = source.row["code"]
                try:
                    slip = press.receipt(filed(self.runtime, source, self.agency))
                except ValueError:  # a code that no link can hold
                    self._bad.append(code)
                    continue
                self._codes.append(code)
                yield slip

    def _note(self, done: int) -> None:
        """Say how far it is, once a second."""
        if self.stopping():
            raise _Stopped
        if monotonic() - self._noted < NOTED_EVERY:
            return
        self._noted = monotonic()
        until = self.runtime.now() + LEASE
        with self.runtime.engine.begin() as connection:
            if not note_progress(connection, self.taken, done, len(self.ids), until):
                raise _Stopped


class BatchThread:
    """Draws in a thread of its own, so that messages of its process need not wait for paper."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="batches")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def wake(self) -> None:
        """A batch may have been asked for."""
        self._awake.set()

    def stop(self, seconds: float) -> None:
        """End in order; what cannot end in time is drawn anew by the next worker."""
        self._stopping.set()
        self._awake.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._awake.clear()  # before looking: what is asked for meanwhile wakes us again
            if not self._patiently():
                self._awake.wait(LOOK_SECONDS)
                self._stopping.wait(BREATH_SECONDS)

    def _patiently(self) -> bool:
        try:
            return draw_due(self._runtime, self._stopping.is_set)
        except AWAY as fault:
            logger.error("database.away", lane="batches", fault=type(fault).__name__)
        except Exception:  # one batch's fault must not end the others
            logger.exception("batch.broke")
        self._stopping.wait(LOOK_SECONDS)
        return False
