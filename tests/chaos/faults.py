"""What goes wrong in a campaign: processes, Redis, PostgreSQL, carriers."""

import contextlib
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import psycopg

from tests.chaos.house import ChaosHouse
from tests.journey.live_house import has_all_lanes
from tests.rig.child import Child
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer

# Switch, value: how the carriers misbehave, for a moment each.
CARRIER_FAULTS: tuple[tuple[str, float | None], ...] = (
    ("duplicate", None),
    ("reorder", None),
    ("http_500_after", None),
    ("cut_after", None),
    ("timeout_before", 2),
    ("timeout_after", 2),
    ("late_echo", 3),
    ("no_echo", None),
    ("receipts_swapped", None),
    ("send_failed", None),
    ("slow", 400),
    ("quota_missing", None),
    ("zbs_no_receipt", None),
    ("sms_esms_http_500_after", None),
    ("sms_esms_cut_after", None),
    ("sms_esms_cut_before", None),
    ("sms_esms_slow", 400),
    ("sms_esms_receipt_lost", None),
    ("sms_esms_receipt_failed", None),
    ("token_revoked", None),
    ("oauth_500_after", None),
)
MOST_CONNECTIONS = 190


@dataclass(slots=True)
class Faults:
    """Strikes at random, one thing after the other; what it broke it also lets go again."""

    house: ChaosHouse
    web: Child
    redis: RedisServer
    postgres: PostgresServer | None
    dice: random.Random
    struck: Counter[str] = field(default_factory=Counter)

    def strike(self) -> None:
        """One fault."""
        ways: list[Callable[[], None]] = [
            self._kill_a_lane,
            self._kill_a_lane,
            self._kill_a_worker,
            self._end_a_worker,
            self._kill_a_web_process,
            self._freeze_a_process,
            self._empty_redis,
            self._kill_redis,
            self._stop_redis,
            *[self._upset_a_carrier] * 6,
        ]
        if self.postgres is not None:
            ways += [self._restart_postgres, self._use_up_connections]
        way = self.dice.choice(ways)
        self.struck[way.__name__.removeprefix("_")] += 1
        way()

    def calm(self) -> None:
        """Carriers behave again, and both workers run."""
        self.house.control("fault", name="all")
        for place, worker in enumerate(self.house.workers):
            if worker.returncode is not None:
                self.house.replace_worker(place)

    def _pause(self, most: float) -> None:
        time.sleep(self.dice.uniform(0.1, most))

    def _worker(self) -> int:
        place = self.dice.randrange(len(self.house.workers))
        if self.house.workers[place].returncode is not None:
            self.house.replace_worker(place)
        return place

    def _lane(self) -> psutil.Process | None:
        worker = self.house.workers[self._worker()]
        lanes = [one for one in worker.processes() if one.pid != worker.pid]
        return self.dice.choice(lanes) if lanes else None

    def _kill_a_lane(self) -> None:
        lane = self._lane()
        if lane is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                lane.kill()

    def _kill_a_worker(self) -> None:
        place = self._worker()
        self.house.workers[place].kill9()
        self._pause(1)
        self.house.replace_worker(place)

    def _end_a_worker(self) -> None:
        place = self._worker()
        worker = self.house.workers[place]
        if not has_all_lanes(worker):  # Python itself may still be starting, and knows no order
            return
        ended = worker.stop(timeout=20)
        assert ended == 0, f"a worker told to end ended with {ended}"
        self.house.replace_worker(place)

    def _kill_a_web_process(self) -> None:
        children = [one for one in self.web.processes() if one.pid != self.web.pid]
        if children:
            with contextlib.suppress(psutil.NoSuchProcess):
                self.dice.choice(children).kill()

    def _freeze_a_process(self) -> None:
        """A machine that hangs: shorter than a lease, as nobody could tell it from dead after."""
        lane = self._lane()
        if lane is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            lane.send_signal(signal.SIGSTOP)
            self._pause(3)
            lane.send_signal(signal.SIGCONT)

    def _empty_redis(self) -> None:
        with contextlib.suppress(Exception):
            self.redis.flush()

    def _kill_redis(self) -> None:
        self.redis.restart()

    def _stop_redis(self) -> None:
        self.redis.stop()
        self._pause(3)
        self.redis.start()

    def _restart_postgres(self) -> None:
        assert self.postgres is not None
        self.postgres.stop()
        self._pause(2)
        self.postgres.start()

    def _use_up_connections(self) -> None:
        assert self.postgres is not None
        plain = self.postgres.url("postgres").replace("+psycopg", "")
        with contextlib.ExitStack() as held, contextlib.suppress(psycopg.OperationalError):
            for _ in range(MOST_CONNECTIONS):
                held.enter_context(psycopg.connect(plain))
            self._pause(3)

    def _upset_a_carrier(self) -> None:
        name, value = self.dice.choice(CARRIER_FAULTS)
        self.struck[name] += 1
        self.house.control("fault", name=name, on=True, value=value)
        self._pause(3)
        self.house.control("fault", name=name, on=False)
