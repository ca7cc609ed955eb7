"""Notices per second of worker processes, their CPU and its shares, against bare pools."""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import psutil
import requests

from bench.notice_ground import notice_environ
from bench.pinned import ALL_CORES, cores_of_others, cores_of_subject
from bench.row import Row
from bench.servers import KINDS, Ground, Servers, start_carrier
from bench.told import RECEIVED, Desk, open_desk, register
from bot.runtime import Runtime

NOTICES, ROUNDS = 8_000, 3
LATENCY_MS = 100
IMPORTS = 5.0  # seconds until senders begin: their imports are over then, also two at a time
Told = dict[str, float]


@dataclass(slots=True)
class Yard:
    """One database with a carrier, and dossiers that are told of one after the other."""

    ground: Ground
    url: str
    runtime: Runtime
    desk: Desk
    told: int = 0
    bare: list[Told] = field(default_factory=list)
    ours: list[Told] = field(default_factory=list)

    def owe(self, count: int) -> None:
        """Owe so many notices, each to another phone by a template."""
        register(self.runtime, self.desk, range(self.told + 1, self.told + count + 1), RECEIVED)
        self.told += count

    def measured(self, kind: str, count: int, processes: Sequence[set[int]]) -> list[Told]:
        """Run senders, one a set of cores; what each told."""
        before = self._taken()
        at = str(time.monotonic() + IMPORTS)
        each = str(count // len(processes))
        command = [sys.executable, "-m", "bench.notice_sender", kind, self.url, each, at]
        environ = notice_environ(self.url)
        with ExitStack() as stack:
            children = [
                stack.enter_context(
                    self.ground.start(f"sender-{kind}-{number}", command, cores, **environ)
                )
                for number, cores in enumerate(processes)
            ]
            for child in children:
                if child.wait(timeout=300):
                    raise RuntimeError(child.errors()[-3000:])
            found: list[Told] = [json.loads(child.output()) for child in children]
        taken = self._taken() - before
        if taken != count:
            raise RuntimeError(f"the carrier got {taken} notices instead of {count}")
        return found

    def _taken(self) -> int:
        count: int = requests.get(f"{self.url}/count", timeout=5).json()
        return count


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, ExitStack() as stack:
            carrier, url = start_carrier(ground, LATENCY_MS, ALL_CORES, "bench.notice_carrier")
            stack.enter_context(carrier)
            runtime = ground.runtime(**notice_environ(url))
            stack.callback(runtime.engine.dispose)
            yard = Yard(ground, url, runtime, open_desk(runtime))
            with servers.aside():
                psutil.Process(carrier.pid).cpu_affinity(list(cores_of_others()))
                rows += _one(yard, servers)
            psutil.Process(carrier.pid).cpu_affinity(list(ALL_CORES))
            rows += _two(yard)
    return rows


def _one(yard: Yard, servers: Servers) -> list[Row]:
    """One process alone on a core."""
    alone = [cores_of_subject()]
    for _ in range(ROUNDS):  # in turns, so that a busy minute of the machine meets both
        yard.bare += yard.measured("bare", NOTICES, alone)
        yard.owe(NOTICES)
        yard.ours += yard.measured("ours", NOTICES, alone)
    yard.owe(NOTICES)
    server = servers.postgres_cpu()
    [shared] = yard.measured("shares", NOTICES, alone)
    server = servers.postgres_cpu() - server
    kind = yard.ground.kind
    bare, ours = (_rates([[one] for one in each], NOTICES) for each in (yard.bare, yard.ours))
    rate = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    bare_cpu, our_cpu = ([one["cpu"] / NOTICES * 1e6 for one in each]
                         for each in (yard.bare, yard.ours))  # fmt: skip
    cpu = statistics.median(a / b for a, b in zip(our_cpu, bare_cpu, strict=True))
    return [
        Row(
            f"notices of one worker process, {kind}",
            f"{statistics.median(ours):,.0f}/s",
            f"bare pool {statistics.median(bare):,.0f}/s",
            f"{rate:.2f}",
            "≥ 0.8 × bare",
            rate >= 0.8,
        ),
        Row(
            f"CPU per notice, {kind}",
            f"{statistics.median(our_cpu):,.0f} µs",
            f"bare pool {statistics.median(bare_cpu):,.0f} µs",
            f"{cpu:.2f}",
            "≤ 1.5 × bare",
            cpu <= 1.5,
        ),
        _shares(kind, shared, server),
    ]


def _shares(kind: str, told: Told, server: float) -> Row:
    """Which part of a notice's CPU goes where; `server` is what PostgreSQL took besides."""
    http, database, whole = told["http"], told["database"], told["cpu"]
    rest = whole - http - database
    parts = (("HTTP client", http), ("database", database), ("our code", rest))
    return Row(
        f"… of it HTTP client, database, our code, {kind}",
        ", ".join(f"{part / NOTICES * 1e6:,.0f}" for _, part in parts) + " µs",
        f"whole notice {whole / NOTICES * 1e6:,.0f} µs"
        + (f"; PostgreSQL besides {server / NOTICES * 1e6:,.0f} µs" if server else ""),
        ", ".join(f"{part / whole:.0%}" for _, part in parts),
    )


def _two(yard: Yard) -> list[Row]:
    """Two processes, a core each, beside one; database, carrier and load go where there is room."""
    pair = [cores_of_subject(), cores_of_others()]
    both, bare = [], []
    for _ in range(ROUNDS):
        bare.append(yard.measured("bare", 2 * NOTICES, pair))
        yard.owe(2 * NOTICES)
        both.append(yard.measured("ours", 2 * NOTICES, pair))
    one = statistics.median(_rates([[each] for each in yard.ours], NOTICES))
    two = statistics.median(_rates(both, 2 * NOTICES))
    floor_one = statistics.median(_rates([[each] for each in yard.bare], NOTICES))
    floor_two = statistics.median(_rates(bare, 2 * NOTICES))
    return [
        Row(
            f"notices of two worker processes, {yard.ground.kind}",
            f"{two:,.0f}/s",
            f"one {one:,.0f}/s; bare pools {floor_two:,.0f}/s, {floor_two / floor_one:.2f} × one",
            f"{two / one:.2f}",
            "≥ 1.6 × one",
            two / one >= 1.6,
        )
    ]


def _rates(rounds: Sequence[Sequence[Told]], count: int) -> list[float]:
    """Notices a second of each round, from the first sender's beginning to the last one's end."""
    return [
        count / (max(one["ended"] for one in each) - min(one["began"] for one in each))
        for each in rounds
    ]
