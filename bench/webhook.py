"""Webhook calls accepted by one web process, against a bare Flask view on the same server."""

import socket
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.events import calls
from bench.load import Load, saturate, steady
from bench.pinned import cores_of_subject
from bench.row import Row
from bench.servers import KINDS, Ground, Servers
from tests.rig.child import Child, free_port, wait_until

SAID = "Cho tôi hỏi hồ sơ H56.14-240823-0001 đến đâu rồi"
ROUNDS, SECONDS, MOST_CALLS = 7, 1.5, 6_000
RATE, STEADY_ROUNDS, STEADY_SECONDS = 200, 3, 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A web application under load."""

    name: str
    app: str


OURS, BARE = Subject("ours", "wsgi:app"), Subject("bare", "bench.bare_web:app")


@dataclass(slots=True)
class Serving:
    """A web server that runs, and what it was measured at."""

    port: int
    child: Child
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # seconds a request
    even: list[Load] = field(default_factory=list)
    refused: int = 0

    def saturate(self) -> None:
        """One round as fast as it goes."""
        before = self._used()
        load = saturate(self.port, calls(MOST_CALLS, SAID), SECONDS)
        self.cpu.append((self._used() - before) / len(load.taken))
        self.rates.append(load.rate)
        self.refused += load.refused

    def steady(self) -> None:
        """One round at an even rate."""
        load = steady(self.port, calls(RATE * STEADY_SECONDS, SAID), RATE)
        self.even.append(load)
        self.refused += load.refused

    def milliseconds(self, share: float) -> float:
        """The percentile of the answer times at an even rate, median of the rounds."""
        return statistics.median(load.milliseconds(share) for load in self.even)

    def _used(self) -> float:
        times = [process.cpu_times() for process in self.child.processes()]
        return float(sum(each.user + each.system for each in times))


@contextmanager
def serving(ground: Ground, subject: Subject) -> Iterator[Serving]:
    """One gunicorn gthread process of 8 threads on the subject's core."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "1"]
    command += ["--threads", "8", "--worker-tmp-dir", str(ground.folder), "--log-level", "warning"]
    command += ["--no-control-socket", "--keep-alive", "60", subject.app]
    with ground.start(f"web-{subject.name}", command, cores_of_subject()) as child:
        wait_until(lambda: _listens(port), "the web server")
        saturate(port, calls(200, SAID), 2)  # imports, pools and caches are warm
        yield Serving(port, child)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, servers.aside():
            rows += _rows(ground)
    return rows


def _rows(ground: Ground) -> list[Row]:
    with serving(ground, BARE) as bare, serving(ground, OURS) as ours:
        for _ in range(ROUNDS):  # in turns, so that a busy minute of the machine meets both
            bare.saturate()
            ours.saturate()
        for _ in range(STEADY_ROUNDS):
            bare.steady()
            ours.steady()
    if bare.refused or ours.refused:
        raise RuntimeError(f"{bare.refused + ours.refused} webhook calls were not answered 200")
    return [_rate_row(ground.kind, ours, bare), _steady_row(ground.kind, ours, bare)]


def _rate_row(kind: str, ours: Serving, bare: Serving) -> Row:
    ratio = statistics.median(a / b for a, b in zip(ours.rates, bare.rates, strict=True))
    return Row(
        f"webhook accepted, {kind}",
        _told(ours),
        f"bare view {_told(bare)}",
        f"{ratio:.2f}",
        "≥ 0.6 × bare",
        ratio >= 0.6,
    )


def _told(served: Serving) -> str:
    cpu = statistics.median(served.cpu) * 1e6
    return f"{statistics.median(served.rates):,.0f}/s, {cpu:,.0f} µs CPU"


def _steady_row(kind: str, ours: Serving, bare: Serving) -> Row:
    p99 = ours.milliseconds(0.99)
    return Row(
        f"webhook at {RATE}/s, {kind}: p50 / p99",
        f"{ours.milliseconds(0.5):.1f} / {p99:.1f} ms",
        f"bare view {bare.milliseconds(0.5):.1f} / {bare.milliseconds(0.99):.1f} ms",
        f"{p99 / bare.milliseconds(0.99):.2f}",
        "p99 ≤ 25 ms",
        p99 <= 25,
    )
