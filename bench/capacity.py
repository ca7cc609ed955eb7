"""What one question and one change cost each part of the house, and whether that adds up.

Costs are taken at one size, each kind of load alone; then both together are let come at two other
sizes, and what the costs foretell stands beside what was measured. docs/capacity.md reckons with
these figures (`python -m scripts.capacity`).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from bench.row import Row
from bench.servers import Servers
from bench.worst_day import House, Pace, count, house, replay, wait_until_empty

SECONDS, FULL_SECONDS = 30.0, 60.0
UNIT = Pace(questions=10.0, changes=15.0)  # a second, each alone, while costs are taken
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


def run(servers: Servers, full: bool) -> list[Row]:
    """On PostgreSQL, as provinces of this size run it."""
    seconds = FULL_SECONDS if full else SECONDS
    dossiers = int((WARM + 4 * seconds) * (UNIT.changes + sum(one.changes for one in SIZES))) + 500
    with servers.ground("PostgreSQL") as ground, house(ground, dossiers) as running:
        meter, first = Meter(servers, running), 1
        taken = []
        alone = (Pace(0, 0), Pace(UNIT.questions, 0), Pace(0, UNIT.changes))
        replay(running, WARM, first, UNIT)
        first += int(WARM * UNIT.changes)
        for pace in (*alone, *SIZES):
            taken.append(_load(meter, seconds, first, pace))
            first += int(seconds * pace.changes)
    idle, asked, changed = (_per_second(one, seconds) for one in taken[:3])
    question = {part: (asked[part] - idle[part]) / UNIT.questions for part in PARTS}
    change = {part: (changed[part] - idle[part]) / UNIT.changes for part in PARTS}
    rows = [_costs("question and its reply", question), _costs("change and its notice", change)]
    rows.append(Row("the house idle, CPU a second", _said(idle)))
    for pace, used in zip(SIZES, taken[3:], strict=True):
        rows.append(_check(pace, _per_second(used, seconds), idle, question, change))
    return rows


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


def _costs(what: str, cost: Cpu) -> Row:
    return Row(f"CPU of one {what}, PostgreSQL", _said(cost), f"{1000 * sum(cost.values()):.1f} ms")


def _check(pace: Pace, used: Cpu, idle: Cpu, question: Cpu, change: Cpu) -> Row:
    foretold = sum(
        idle[part] + pace.questions * question[part] + pace.changes * change[part] for part in PARTS
    )
    measured = sum(used.values())
    ratio = foretold / measured
    return Row(
        f"{pace.questions:g} questions and {pace.changes:g} changes a second: CPU a second",
        f"{measured:.2f} s",
        f"foretold {foretold:.2f} s",
        f"{ratio:.2f}",
        f"{NEAREST} to {FARTHEST}",
        NEAREST <= ratio <= FARTHEST,
    )
