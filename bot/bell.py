"""The bell: Redis tells a sleeping worker to look at the database; nothing is kept in it."""

import threading
from dataclasses import dataclass, field
from time import sleep
from typing import Protocol

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue

from bot.logs import log
from bot.redis_client import redis_client

LANES = ("chat", "notice", "bulk")
WORKER_LANES = (*LANES, "clock")  # the clock wakes by itself
COALESCE_MS = 2_000  # a ring that got lost on its way blocks the next one no longer than this
RUNG = "bell:{lane}"
BREATH_SECONDS = 0.005  # between two rings of one process: what comes meanwhile is one ring

logger = log(__name__)


class Bell(Protocol):
    """Anything that can wake the workers of a lane."""

    def ring(self, lane: str) -> None:
        """Wake a worker of the lane; never raises, never waits for the network."""


def quick_redis(url: str) -> redis.Redis:
    """A client that gives up at once: with the library's own retries a dead Redis costs 3-5 s.

    Source: floors.md, traps seen while measuring.
    """
    return redis_client(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=0.3, socket_timeout=1.0
    )


def patient_redis(url: str) -> redis.Redis:
    """A client for the worker, which may wait."""
    return redis_client(url, socket_connect_timeout=2.0)


@dataclass(slots=True)
class RqBell:
    """Rings through RQ: one job per lane at most waits; more rings fold into it."""

    client: redis.Redis
    _queues: dict[str, Queue] = field(init=False)

    def __post_init__(self) -> None:
        self._queues = {lane: Queue(lane, connection=self.client) for lane in LANES}

    def ring(self, lane: str) -> None:
        """Wake a worker of the lane; a dead Redis is logged, the sweep covers for it."""
        try:
            if self.client.set(RUNG.format(lane=lane), 1, nx=True, px=COALESCE_MS):
                self._queues[lane].enqueue(
                    "bot.jobs.wake", lane, result_ttl=0, failure_ttl=60, ttl=120, job_timeout=30
                )
        except redis.RedisError as fault:
            logger.warning("bell.silent", lane=lane, fault=type(fault).__name__)


class ThreadedBell:
    """Rings from a thread of its own, so that a web request never waits for Redis."""

    def __init__(self, inner: Bell) -> None:
        self._inner = inner
        self._wanted: set[str] = set()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, lane: str) -> None:
        """Ask for a ring; several asked for meanwhile become one."""
        with self._condition:
            self._wanted.add(lane)
            if self._thread is None:  # started late, so that it lives on this side of a fork
                self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                self._thread.start()
            self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._wanted:
                    self._condition.wait()
                lanes, self._wanted = self._wanted, set()
            for lane in lanes:
                self._inner.ring(lane)
            sleep(BREATH_SECONDS)


class SilentBell:
    """For commands that run without Redis: the workers' own look at the database suffices."""

    def ring(self, lane: str) -> None:
        """Do nothing."""
