"""What one question and one change cost each part of the house, and whether that adds up.

Costs are taken with each kind of load alone. A question that comes alone wakes every part for
itself, close together they share: it is measured at a low and at a high rate. Then both together
are let come at two other sizes, and what the costs foretell stands beside what was measured.
docs/capacity.md reckons with these figures (`python -m scripts.capacity`).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil
from sqlalchemy import create_engine, text

from bench.row import Row
from bench.servers import Ground, Servers
from bench.worst_day import House, Pace, count, house, replay, wait_until_empty

SECONDS, FULL_SECONDS = 30.0, 60.0
FEW, MANY = 5.0, 40.0  # questions a second, alone, while costs are taken
CHANGES = 15.0  # a second, alone
SIZES = (Pace(5.0, 8.0), Pace(25.0, 35.0))
PARTS = ("web", "worker", "PostgreSQL", "Redis")
NEAREST, FARTHEST = 0.75, 1.3  # foretold over measured
WARM = 15.0
Cpu = Mapping[str, float]


@dataclass(slots=True)
class Meter:
    """Reads how much CPU each part of the house has taken, in seconds."""

    servers: Servers
    running: House

    def read(self) -> Cpu:
        """Up to now."""
        redis = psutil.Process(int(self.servers.redis.client().info("server")["process_id"]))
        return {
            "web": _taken(self.running.web.processes()),
            "worker": _taken(self.running.worker.processes()),
            "PostgreSQL": self.servers.postgres_cpu(),
            "Redis": _taken([redis]),
        }


def _taken(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    taken: float = sum(one.user + one.system for one in times)
    return taken


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU of each part, in seconds: of the idle house a second, of one change, of one question."""

    idle: Cpu
    change: Cpu
    question_of_few: Cpu  # up to FEW a second
    question_of_many: Cpu  # each one that comes above FEW a second

    def of(self, pace: Pace) -> float:
        """What so much a second takes a second, all parts together."""
        few, above = min(pace.questions, FEW), max(0.0, pace.questions - FEW)
        return sum(
            self.idle[part]
            + pace.changes * self.change[part]
            + few * self.question_of_few[part]
            + above * self.question_of_many[part]
            for part in PARTS
        )


def run(servers: Servers, full: bool) -> list[Row]:
    """On PostgreSQL, as provinces of this size run it."""
    seconds = FULL_SECONDS if full else SECONDS
    alone = (Pace(0, 0), Pace(FEW, 0), Pace(MANY, 0), Pace(0, CHANGES))
    warm = Pace(MANY, CHANGES)
    dossiers = int(WARM * warm.changes + seconds * sum(one.changes for one in (*alone, *SIZES)))
    with servers.ground("PostgreSQL") as ground:
        empty = _bytes(ground)
        with house(ground, dossiers + 500) as running:
            of_dossier = (_bytes(ground) - empty) / (dossiers + 500)
            meter, first = Meter(servers, running), 1
            taken, sizes = [], []
            replay(running, WARM, first, warm)
            first += int(WARM * warm.changes)
            for pace in (*alone, *SIZES):
                before = _bytes(ground)
                taken.append(_per_second(_load(meter, seconds, first, pace), seconds))
                sizes.append(_bytes(ground) - before)
                first += int(seconds * pace.changes)
    costs = _costs(taken)
    return [
        _said_of(f"question and its reply, up to {FEW:g} a second", costs.question_of_few),
        _said_of(f"question and its reply, from {FEW:g} to {MANY:g}", costs.question_of_many),
        _said_of("change and its notice", costs.change),
        Row("the house idle, CPU a second", _said(costs.idle)),
        Row(
            "bytes of one dossier; question and reply; change and notice",
            f"{of_dossier:,.0f}; {sizes[2] / (seconds * MANY):,.0f}; "
            f"{sizes[3] / (seconds * CHANGES):,.0f}",
        ),
        *(_check(pace, used, costs) for pace, used in zip(SIZES, taken[4:], strict=True)),
    ]


def _bytes(ground: Ground) -> int:
    """Size of the database on disk, indexes and dead rows included."""
    engine = create_engine(ground.database_url)
    try:
        with engine.connect() as connection:
            asked = text("SELECT pg_database_size(current_database())")
            return int(connection.execute(asked).scalar_one())
    finally:
        engine.dispose()


def _costs(taken: list[Cpu]) -> Costs:
    idle, few, many, changed = taken[:4]
    return Costs(
        idle,
        {part: (changed[part] - idle[part]) / CHANGES for part in PARTS},
        {part: (few[part] - idle[part]) / FEW for part in PARTS},
        {part: (many[part] - few[part]) / (MANY - FEW) for part in PARTS},
    )


def _load(meter: Meter, seconds: float, first: int, pace: Pace) -> Cpu:
    time.sleep(2)
    before, messages = meter.read(), count(meter.running)
    began = time.monotonic()
    told = replay(meter.running, seconds, first, pace)
    wait_until_empty(meter.running, told, messages)
    time.sleep(max(0.0, began + seconds + 1 - time.monotonic()))
    after = meter.read()
    return {part: after[part] - before[part] for part in PARTS}


def _per_second(used: Cpu, seconds: float) -> Cpu:
    return {part: used[part] / seconds for part in PARTS}


def _said(cpu: Cpu) -> str:
    return ", ".join(f"{part} {1000 * cpu[part]:.2f} ms" for part in PARTS)


def _said_of(what: str, cost: Cpu) -> Row:
    return Row(f"CPU of one {what}, PostgreSQL", _said(cost), f"{1000 * sum(cost.values()):.1f} ms")


def _check(pace: Pace, used: Cpu, costs: Costs) -> Row:
    foretold, measured = costs.of(pace), sum(used.values())
    ratio = foretold / measured
    return Row(
        f"{pace.questions:g} questions and {pace.changes:g} changes a second: CPU a second",
        f"{measured:.2f} s",
        f"foretold {foretold:.2f} s",
        f"{ratio:.2f}",
        f"{NEAREST} to {FARTHEST}",
        NEAREST <= ratio <= FARTHEST,
    )
