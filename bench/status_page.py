"""Pages behind slips' QRs that one web process shows, against a bare template of the same size."""

import http.client
import random
import socket
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.load import saturate
from bench.owed import code_of, file_dossiers
from bench.pinned import cores_of_subject
from bench.row import Row
from bench.servers import KINDS, Ground, Servers
from bot.settings import Settings
from bot.slip_link import slip_key
from receipts.signature import slip_signature
from tests.rig.child import Child, free_port, wait_until

DOSSIERS, PAGES = 50_000, 4_000
ROUNDS, SECONDS = 7, 1.5


@dataclass(slots=True)
class Serving:
    """A web server that runs, and what it was measured at."""

    port: int
    child: Child
    rates: list[float] = field(default_factory=list)  # pages a second
    cpu: list[float] = field(default_factory=list)  # seconds a page
    refused: int = 0

    def saturate(self, paths: Sequence[str]) -> None:
        """One round as fast as it goes."""
        before = self._used()
        load = saturate(self.port, _calls(paths), SECONDS)
        self.cpu.append((self._used() - before) / len(load.taken))
        self.rates.append(load.rate)
        self.refused += load.refused

    def told(self) -> str:
        """The medians of its rounds."""
        cpu = statistics.median(self.cpu) * 1e6
        return f"{statistics.median(self.rates):,.0f}/s, {cpu:,.0f} µs CPU"

    def _used(self) -> float:
        times = [process.cpu_times() for process in self.child.processes()]
        return float(sum(each.user + each.system for each in times))


def run(servers: Servers) -> list[Row]:
    """Both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, servers.aside():
            runtime = ground.runtime()
            file_dossiers(runtime.engine, DOSSIERS)
            rows.append(_row(ground, _paths(runtime.settings)))
    return rows


def _paths(settings: Settings) -> list[str]:
    """The pages of slips that lie about, none like the one before."""
    key, chance = slip_key(settings), random.Random(20261122)
    codes = [code_of(chance.randint(1, DOSSIERS)) for _ in range(PAGES)]
    return [f"/T/{code}.{slip_signature(key, code)}" for code in codes]


def _row(ground: Ground, paths: Sequence[str]) -> Row:
    with _serving(ground, "ours", "wsgi:app") as ours:
        size = len(_fetched(ours.port, paths[0]))
        with _serving(ground, "bare", "bench.bare_page:app", PAGE_BYTES=str(size)) as bare:
            bare_size = len(_fetched(bare.port, paths[0]))
            for turn in range(ROUNDS + 1):  # in turns, so that a busy minute meets both
                for served in (bare, ours):
                    served.saturate(paths)
                    if turn == 0:  # imports, pools and caches are warm
                        served.rates.clear()
                        served.cpu.clear()
    if bare.refused or ours.refused:
        raise RuntimeError(f"{bare.refused + ours.refused} pages were not answered 200")
    ratio = statistics.median(a / b for a, b in zip(ours.rates, bare.rates, strict=True))
    return Row(
        f"status page of {size:,} bytes, {ground.kind}",
        ours.told(),
        f"bare template of {bare_size:,} bytes {bare.told()}",
        f"{ratio:.2f}",
        "≥ 0.6 × bare",
        ratio >= 0.6,
    )


def _calls(paths: Sequence[str]) -> list[bytes]:
    return [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode() for path in paths]


def _fetched(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    return body


@contextmanager
def _serving(ground: Ground, name: str, app: str, **more: str) -> Iterator[Serving]:
    """One gunicorn gthread process of 8 threads on the subject's core."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-w", "1"]
    command += ["--threads", "8", "--worker-tmp-dir", str(ground.folder), "--log-level", "warning"]
    command += ["--no-control-socket", "--keep-alive", "60", app]
    with ground.start(f"web-{name}", command, cores_of_subject(), **more) as child:
        wait_until(lambda: _listens(port), "the web server")
        yield Serving(port, child)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
