"""What goes wrong in a campaign: each fault has a name, is drawn by the dice, and is taken back."""

import contextlib
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psutil
import psycopg

from tests.chaos.carriers import KINDS
from tests.chaos.cut_files import cut_backup, cut_environment, cut_journals
from tests.chaos.disk import fill_postgres, no_room_for
from tests.chaos.house import ChaosHouse
from tests.journey.live_house import has_all_lanes
from tests.rig.child import Child

JUMPS = (-3600, -300, -45, 45, 300, 3600)  # seconds
LONGEST_LEASE = timedelta(minutes=30)  # of a timed job
Way = Callable[[], None]


@dataclass(slots=True)
class Faults:
    """Strikes one thing after the other; `struck` counts by name, `found` what was wrong at once.

    Shape: `log` is what was done when, in seconds since the beginning.
    """

    house: ChaosHouse
    dice: random.Random
    struck: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    log: list[tuple[float, str]] = field(default_factory=list)
    jumps: list[tuple[datetime, datetime]] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    def strike(self) -> None:
        """One fault, and the end of it."""
        self._strike(self.dice.choice(self._ways()))

    def kill_something(self) -> None:
        """One of the faults of processes alone."""
        self._strike(self.dice.choice(self._process_ways()))

    def calm(self) -> None:
        """Carriers behave again, and whatever ended runs."""
        self.house.control("fault", name="all")
        self.house.keep()

    def _process_ways(self) -> list[tuple[str, Way]]:
        return [
            ("lane killed", self._kill_a_lane),
            ("lane killed", self._kill_a_lane),
            ("worker killed", self._kill_a_worker),
            ("worker ended", self._end_a_worker),
            ("web process killed", self._kill_a_web_process),
            ("web killed", self._kill_a_web),
            ("process frozen", self._freeze_a_process),
        ]

    def _ways(self) -> list[tuple[str, Way]]:
        """Those without a name say themselves what they chose."""
        ways: list[tuple[str, Way]] = [
            *self._process_ways(),
            ("redis emptied", self._empty_redis),
            ("redis killed", self._kill_redis),
            ("redis stopped", self._stop_redis),
            ("redis slow", self._slow_redis),
            ("disk full: product", self._fill_disk_of_the_product),
            ("disk full: redis", self._fill_disk_of_redis),
            ("", self._jump_a_clock),
            ("file cut: journal", self._cut_journals),
            ("file cut: env", self._cut_environment),
            ("file cut: backup", self._cut_backup),
            *[("", self._upset_a_carrier)] * 8,
        ]
        if self.house.ground.postgres is not None:
            ways += [
                ("postgres restarted", self._restart_postgres),
                ("postgres failed over", self._fail_postgres_over),
                ("postgres out of connections", self._use_up_connections),
                ("disk full: postgres", self._fill_disk_of_postgres),
            ]
        return ways

    def _strike(self, chosen: tuple[str, Way]) -> None:
        name, way = chosen
        if name:
            self._note(name)
        way()

    def _note(self, name: str) -> None:
        self.struck[name] += 1
        self.log.append((round(time.monotonic() - self._began, 1), name))

    def _pause(self, most: float) -> None:
        time.sleep(self.dice.uniform(0.1, most))

    # Processes

    def _worker(self) -> int:
        self.house.keep()
        return self.dice.randrange(len(self.house.workers))

    def _lane(self) -> psutil.Process | None:
        return self._child_of(self.house.workers[self._worker()])

    def _child_of(self, parent: Child) -> psutil.Process | None:
        children = [one for one in parent.processes() if one.pid != parent.pid]
        return self.dice.choice(children) if children else None

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
        if ended:
            self.found.append(f"a worker told to end ended with {ended}")
        self.house.replace_worker(place)

    def _kill_a_web_process(self) -> None:
        self.house.keep()
        process = self._child_of(self.dice.choice(self.house.webs))
        if process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _kill_a_web(self) -> None:
        place = self.dice.randrange(len(self.house.webs))
        self.house.webs[place].kill9()
        self._pause(1)
        self.house.replace_web(place)

    def _freeze_a_process(self) -> None:
        """A machine that hangs: shorter than a lease, as nobody could tell it from dead after."""
        lane = self._lane()
        if lane is None:
            return
        with _frozen(lane):
            self._pause(3)

    # Redis

    def _empty_redis(self) -> None:
        with contextlib.suppress(Exception):
            self.house.ground.redis.flush()

    def _kill_redis(self) -> None:
        self.house.ground.redis.restart()

    def _stop_redis(self) -> None:
        self.house.ground.redis.stop()
        self._pause(4)
        self.house.ground.redis.start()

    def _slow_redis(self) -> None:
        """It answers nobody for a moment, again and again."""
        pid = self.house.ground.redis.pid
        if pid is None:
            return
        server = psutil.Process(pid)
        for _ in range(6):
            with _frozen(server):
                time.sleep(0.4)
            time.sleep(0.1)

    # PostgreSQL

    def _restart_postgres(self) -> None:
        postgres = self.house.ground.postgres
        assert postgres is not None
        postgres.stop()
        self._pause(2)
        postgres.start()

    def _fail_postgres_over(self) -> None:
        postgres = self.house.ground.postgres
        assert postgres is not None
        postgres.fail_over()
        self._pause(2)
        postgres.pair_up()

    def _use_up_connections(self) -> None:
        """Hold every connection that there is, and take each that becomes free."""
        postgres = self.house.ground.postgres
        assert postgres is not None
        plain = postgres.primary.url("postgres").replace("+psycopg", "")
        until = time.monotonic() + self.dice.uniform(1, 4)
        with contextlib.ExitStack() as held:
            while time.monotonic() < until:
                try:
                    held.enter_context(psycopg.connect(plain))
                except psycopg.OperationalError:
                    time.sleep(0.05)

    # Disks, clocks, files

    def _fill_disk_of_the_product(self) -> None:
        with no_room_for(self.house.processes):
            self._pause(4)

    def _fill_disk_of_redis(self) -> None:
        pid = self.house.ground.redis.pid
        if pid is not None and psutil.pid_exists(pid):
            with no_room_for(lambda: [psutil.Process(pid)]):
                self._pause(4)

    def _fill_disk_of_postgres(self) -> None:
        fill_postgres(self.house.runtime.engine, full=True)
        try:
            self._pause(4)
        finally:
            fill_postgres(self.house.runtime.engine, full=False)

    def _jump_a_clock(self) -> None:
        """One worker's clock is wrong for a while; processes read their clock's offset once."""
        place = self._worker()
        jump = self.dice.choice(JUMPS)
        self._note(f"clock jumped {jump:+} s")
        start = datetime.now(UTC)
        self.house.workers[place].kill9()
        self.house.replace_worker(place, CLOCK_OFFSET_SECONDS=str(self.house.offset + jump))
        self._pause(8)
        self.house.workers[place].kill9()
        self.house.replace_worker(place)
        self.jumps.append((start, datetime.now(UTC) + LONGEST_LEASE))

    def _cut_journals(self) -> None:
        place = self._worker()
        self.house.workers[place].kill9()
        cut_journals(self.house.ground.folder / "var", self.dice)
        self.house.replace_worker(place)

    def _cut_environment(self) -> None:
        self.found += cut_environment(self.house.ground.folder / "rehearsal", self.dice)

    def _cut_backup(self) -> None:
        self.found += cut_backup(self.house.runtime.settings, self.house.ground.folder, self.dice)

    # Carriers

    def _upset_a_carrier(self) -> None:
        kind = self.dice.choice(sorted(KINDS))
        name, value = self.dice.choice(KINDS[kind])
        self._note(f"carrier {kind}: {name}")
        self.house.control("fault", name=name, on=True, value=value)
        self._pause(3)
        self.house.control("fault", name=name, on=False)


@contextmanager
def _frozen(process: psutil.Process) -> Iterator[None]:
    """It does nothing, and does not know."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)
