"""The worker: one process a lane under one parent; stops in order, survives what it can."""

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import connection as waiting
from multiprocessing.process import BaseProcess
from time import monotonic
from types import FrameType
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.announce import build_announcer
from bot.bell import WORKER_LANES
from bot.ceiling import Ceiling
from bot.channels.zalo import build_zalo
from bot.clock_gate import ClockGate
from bot.database import AWAY
from bot.deliver import Pump
from bot.doctor_templates import warn_of_templates
from bot.doctor_texts import text_findings
from bot.draw_batch import BatchThread, draw_due
from bot.ear import listen
from bot.hear import hear
from bot.heartbeat import Heartbeats
from bot.hold import Hold
from bot.jobs import AWAKE
from bot.keep_wordings import keep_shipped
from bot.logs import configure_logs, log
from bot.notify import build_notifier
from bot.read_photos import PhotoDesk, PhotoThreads
from bot.release_gate import ReleaseGate
from bot.renew import TokenSource
from bot.runtime import Runtime, build_runtime
from bot.settings import Settings
from bot.store.workers import sign, sign_off
from bot.traces import start_traces, stop_traces
from bot.upkeep import prepare_jobs, run_due_jobs

LOOK_SECONDS = 2.0  # how often a lane looks by itself, whatever the bell says
SIGN_SECONDS = 10.0
AWAY_SECONDS = 2.0
STOP_SECONDS = 9.3
SHORT_LIFE, REST_SECONDS = 5.0, 1.0
CHAT_THREADS = 64
BULK_THREADS = 64
PHOTO_DESKS = 2
BATCH_STOP_SECONDS = 2.0  # a slip takes hundredths, giving a batch back a moment
BURST_TRACES_SECONDS = 3.0  # nobody waits for it, and its traces are all still to be sent
PHOTO_STOP_SECONDS = 0.5  # a photo that is being fetched is left to the next worker
NICENESS = {"notice": 5, "bulk": 10}

logger = log(__name__)


class Outflow(Protocol):
    """What moves owed messages to their carriers, turn by turn."""

    def turn(self) -> bool:
        """Do what is due; False when nothing is."""

    def was_away(self) -> None:
        """The database did not answer just now."""

    def stop(self) -> None:
        """Finish what was begun and give the rest back."""


def build_pump(runtime: Runtime, lane: str, threads: int) -> Pump:
    """The pump of one lane to Zalo."""
    channel = build_zalo(runtime.settings, TokenSource(runtime), runtime.metrics)
    ceiling = Ceiling(runtime.settings)
    return Pump(runtime, lane, channel, ceiling, Hold(runtime, channel.name), threads)


def warn_at_start(runtime: Runtime) -> None:
    """Say at once what would cost money or be refused later: templates, and texts too long."""
    warn_of_templates(runtime)
    for finding in text_findings(runtime):
        if finding.level != "ok":
            logger.warning("text.check", what=finding.what, why=finding.why, do=finding.do)


def keep_words(runtime: Runtime) -> None:
    """Record the words that this version says, where they differ from the last ones."""
    keep_shipped(runtime.engine, runtime.wording.shipped, runtime.now())


def work_once(runtime: Runtime) -> None:
    """Do everything that is due, then return (`work --burst`); what is traced is sent before."""
    start_traces(runtime.settings, "worker burst", runtime.engines)
    try:
        _work_off(runtime)
    finally:
        stop_traces(BURST_TRACES_SECONDS)


def _work_off(runtime: Runtime) -> None:
    prepare_jobs(runtime)
    keep_words(runtime)
    run_due_jobs(runtime)
    pumps: list[Outflow] = [
        build_pump(runtime, "chat", CHAT_THREADS),
        build_notifier(runtime),
        build_pump(runtime, "bulk", BULK_THREADS),
        build_announcer(runtime),
    ]
    photos = PhotoDesk(runtime)
    busy = True
    while busy:
        busy = hear(runtime) > 0
        busy = photos.turn() or busy
        busy = draw_due(runtime) or busy
        for pump in pumps:
            busy = pump.turn() or busy
    photos.stop()
    for pump in pumps:
        pump.stop()


class Lane:
    """One lane's process: wakes at the bell or by itself, works until nothing is due."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self.stopping = threading.Event()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells us
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        self.runtime = build_runtime(settings, pool_size=4)
        start_traces(settings, f"worker {name}", self.runtime.engines)
        self.worker = f"{socket.gethostname()[:40]}:{os.getpid()}:{name}"
        self._signed = -SIGN_SECONDS
        self._gate = ReleaseGate(self.runtime, name)
        self._clock_gate = ClockGate(self.runtime, self.worker)

    def run(self) -> None:
        """Work until told to stop."""
        threading.Thread(target=self._watch_parent, daemon=True).start()
        {
            "chat": self._chat,
            "notice": self._notice,
            "bulk": self._bulk,
            "clock": self._clock,
        }[self.name]()
        with suppress(SQLAlchemyError), self.runtime.engine.begin() as connection:
            sign_off(connection, self.worker)
        stop_traces()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping.set()
        for awake in AWAKE.values():
            awake.set()

    def _watch_parent(self) -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            waiting.wait([parent.sentinel])
            os.kill(os.getpid(), signal.SIGTERM)

    def _chat(self) -> None:
        pump = build_pump(self.runtime, "chat", CHAT_THREADS)
        photos = PhotoThreads([PhotoDesk(self.runtime) for _ in range(PHOTO_DESKS)])
        photos.start()

        def heard() -> bool:
            photos.wake()
            return hear(self.runtime) > 0

        self._pump(pump, heard)
        photos.stop(PHOTO_STOP_SECONDS)
        pump.stop()

    def _bulk(self) -> None:
        pump = build_pump(self.runtime, "bulk", BULK_THREADS)
        announcer = build_announcer(self.runtime)
        batches = BatchThread(self.runtime)
        batches.start()

        def heard() -> bool:
            batches.wake()
            return announcer.turn()

        self._pump(pump, heard)
        batches.stop(BATCH_STOP_SECONDS)
        announcer.stop()
        pump.stop()

    def _notice(self) -> None:
        notifier = build_notifier(self.runtime)
        self._pump(notifier, lambda: False)
        notifier.stop()

    def _pump(self, pump: Outflow, before: Callable[[], bool]) -> None:
        if self.runtime.settings.redis_url:
            listen(self.runtime.settings.redis_url, self.name)

        def busy() -> bool:
            try:
                heard = before()
            except AWAY:
                pump.was_away()
                raise
            return pump.turn() or heard

        self._loop(AWAKE[self.name], busy)

    def _clock(self) -> None:
        heartbeats = Heartbeats()

        def busy() -> bool:
            run_due_jobs(self.runtime, heartbeats)
            return False

        self._patiently(lambda: prepare_jobs(self.runtime))
        self._patiently(lambda: keep_words(self.runtime))
        self._patiently(lambda: warn_at_start(self.runtime))
        self._loop(threading.Event(), busy, look=1.0)

    def _loop(
        self, awake: threading.Event, busy: Callable[[], bool], look: float = LOOK_SECONDS
    ) -> None:
        while not self.stopping.is_set():
            awake.clear()  # before looking: what is rung for meanwhile wakes us again
            self._patiently(self._sign)
            while not self.stopping.is_set() and self._patiently(lambda: self._let(busy)):
                self._patiently(self._sign)
            if self._clock_gate.differs and self._clock_gate.has_worked:
                return  # what was begun is recorded; the lane that follows waits for its clock
            if not self.stopping.is_set():
                awake.wait(look)

    def _let(self, busy: Callable[[], bool]) -> bool:
        return self._clock_gate.agrees() and self._gate.lets(busy)

    def _patiently(self, step: Callable[[], object]) -> bool:
        """One step; a database that is away is waited for, everything else is a fault of ours."""
        try:
            return bool(step())
        except SQLAlchemyError as fault:
            logger.error("database.away", lane=self.name, fault=type(fault).__name__)
            self.stopping.wait(AWAY_SECONDS)
            return False

    def _sign(self) -> None:
        if monotonic() - self._signed >= SIGN_SECONDS:
            self._signed = monotonic()
            with self.runtime.engine.begin() as connection:
                sign(connection, self.worker, self.name, self.runtime.now())


def _run_lane(settings: Settings, name: str) -> None:
    configure_logs()
    # Where the processor is short, chat replies go first, then notices.
    os.nice(NICENESS.get(name, 0))
    Lane(settings, name).run()


class Worker:
    """The parent: starts one process a lane, restarts what dies, stops all within 10 s."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context = multiprocessing.get_context("fork")
        self._children: dict[str, BaseProcess] = {}
        self._started: dict[str, float] = {}
        self._died: dict[str, float] = {}
        self._stopping = False

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; the exit code is 0 when all ended in order."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        while not self._stopping:
            for lane in WORKER_LANES:
                self._keep(lane)
            alive = [child for child in self._children.values() if child.is_alive()]
            waiting.wait([child.sentinel for child in alive], timeout=0.5)
        return self._end()

    def _keep(self, lane: str) -> None:
        child = self._children.get(lane)
        if child is not None and child.is_alive():
            return
        if child is not None and not self._may_restart(lane, child):
            return
        self._started[lane] = monotonic()
        child = self._context.Process(target=_run_lane, args=(self._settings, lane), name=lane)
        # A stop must not reach the child while it still has the parent's handlers.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        child.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        self._children[lane] = child
        self._died.pop(lane, None)

    def _may_restart(self, lane: str, child: BaseProcess) -> bool:
        """At once, but one that dies at once must not eat the machine."""
        if lane not in self._died:
            self._died[lane] = monotonic()
            logger.error("worker.lane_died", lane=lane, exit_code=child.exitcode)
        lived = self._died[lane] - self._started[lane]
        return lived > SHORT_LIFE or monotonic() - self._died[lane] > REST_SECONDS

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> int:
        until = monotonic() + STOP_SECONDS
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            child.join(max(0.0, until - monotonic()))
            if child.is_alive():
                logger.error("worker.lane_killed", lane=child.name)
                child.kill()
                child.join()
        sys.stderr.flush()
        return 0
