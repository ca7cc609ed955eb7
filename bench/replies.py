"""Replies per second of one worker process, its CPU and its bookkeeping, against a bare pool."""

import json
import statistics
import sys

from bench.owed import await_events, file_dossiers, owe_messages
from bench.pinned import cores_of_others, cores_of_subject
from bench.row import Row
from bench.servers import KINDS, Ground, Servers, start_carrier

MESSAGES, WAITING, ROUNDS = 3_000, 5_000, 2
LATENCY_MS = 100
Told = dict[str, float]


def measured(ground: Ground, kind: str, url: str, count: int) -> Told:
    """Run one sender on the subject's core; what it told."""
    command = [sys.executable, "-m", "bench.sender", kind, url, str(count)]
    with ground.start(f"sender-{kind}", command, cores_of_subject()) as child:
        if child.wait(timeout=300):
            raise RuntimeError(child.errors()[-3000:])
        told: Told = json.loads(child.output())
        return told


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, servers.aside():
            carrier, url = start_carrier(ground, LATENCY_MS, cores_of_others())
            with carrier:
                rows += _rows(ground, url)
    return rows


def _rows(ground: Ground, url: str) -> list[Row]:
    runtime = ground.runtime()
    bare, pump = [], []
    for number in range(ROUNDS):  # in turns, so that a busy minute of the machine meets both
        bare.append(measured(ground, "bare", url, MESSAGES))
        owe_messages(runtime, "chat", MESSAGES, f"r{number}")
        pump.append(measured(ground, "pump", url, MESSAGES))
    file_dossiers(runtime.engine, 20_000)
    await_events(runtime, WAITING)
    chat = measured(ground, "chat", url, WAITING)
    runtime.engine.dispose()
    floor = MESSAGES / statistics.median(one["seconds"] for one in bare)
    return [
        _rate(f"replies of one worker process, {ground.kind}", bare, pump),
        *_costs(ground.kind, bare, pump),
        Row(
            f"… answering {WAITING:,} waiting events as well, {ground.kind}",
            f"{WAITING / chat['seconds']:,.0f}/s, {chat['cpu'] / WAITING * 1e6:,.0f} µs",
            f"bare pool {floor:,.0f}/s",
            f"{WAITING / chat['seconds'] / floor:.2f}",
        ),
    ]


def _rate(what: str, bare: list[Told], pump: list[Told]) -> Row:
    floors, ours = ([MESSAGES / one["seconds"] for one in each] for each in (bare, pump))
    ratio = statistics.median(a / b for a, b in zip(ours, floors, strict=True))
    return Row(
        what,
        f"{statistics.median(ours):,.0f}/s",
        f"bare pool {statistics.median(floors):,.0f}/s",
        f"{ratio:.2f}",
        "≥ 0.8 × bare",
        ratio >= 0.8,
    )


def _costs(kind: str, bare: list[Told], pump: list[Told]) -> list[Row]:
    floors, ours = ([one["cpu"] / MESSAGES * 1e6 for one in each] for each in (bare, pump))
    ratio = statistics.median(a / b for a, b in zip(ours, floors, strict=True))
    books = statistics.median(one["books_cpu"] / MESSAGES * 1e6 for one in pump)
    share = statistics.median(one["books_cpu"] / one["cpu"] for one in pump)
    return [
        Row(
            f"CPU per message, {kind}",
            f"{statistics.median(ours):,.0f} µs",
            f"bare pool {statistics.median(floors):,.0f} µs",
            f"{ratio:.2f}",
            "≤ 1.5 × bare",
            ratio <= 1.5,
        ),
        Row(
            f"database bookkeeping of it, {kind}",
            f"{books:,.0f} µs",
            f"whole message {statistics.median(ours):,.0f} µs",
            f"{share:.1%}",
            "≤ 10 %",
            share <= 0.10,
        ),
    ]
