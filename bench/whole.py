"""The whole house as processes: from an event stored to the reply's arrival at the carrier."""

import http.client
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import requests

from bench.events import body_of, signature_of
from bench.owed import CODE, file_dossiers, owe_messages
from bench.pinned import ALL_CORES
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers, start_carrier
from bot.runtime import Runtime
from bot.up import web_command
from tests.rig.child import free_port, wait_until

SAMPLES, BULK = 250, 100_000
LATENCY_MS = 100


@dataclass(slots=True)
class House:
    """Web, worker and carrier running; what a citizen's phone sees of them."""

    port: int
    carrier: str
    runtime: Runtime
    asked: int = 0

    def reply_seconds(self, samples: int) -> list[float]:
        """From each stored event (its 200) to its reply's arrival; one question at a time."""
        found = []
        link = http.client.HTTPConnection("127.0.0.1", self.port)
        with requests.Session() as session:
            for _ in range(samples):
                self.asked += 1
                user = f"u{self.asked}"
                stored = _ask(link, user)
                told = session.get(f"{self.carrier}/arrival/{user}", timeout=15).json()
                if told is None:
                    raise RuntimeError("a reply did not come within ten seconds")
                found.append(told - stored)
                time.sleep(random.uniform(0.02, 0.13))
        link.close()
        return found

    def sent(self) -> int:
        """How many messages the carrier has got."""
        count: int = requests.get(f"{self.carrier}/count", timeout=5).json()
        return count


def _ask(link: http.client.HTTPConnection, user: str) -> float:
    body = body_of(user, f"Cho tôi hỏi hồ sơ {CODE} đến đâu rồi")
    try:
        link.request("POST", "/webhooks/zalo", body, {"X-ZEvent-Signature": signature_of(body)})
        answer = link.getresponse()
    except (http.client.HTTPException, ConnectionError):  # the server had closed the idle socket
        link.close()
        return _ask(link, user)
    at = time.monotonic()
    if answer.status != 200:
        raise RuntimeError(f"the webhook answered {answer.status}")
    answer.read()
    return at


@contextmanager
def house(ground: Ground, **settings: str) -> Iterator[House]:
    """Start the web processes, the worker and a carrier, all cores for all."""
    runtime = ground.runtime()
    file_dossiers(runtime.engine, 20_000)
    port = free_port()
    with ExitStack() as stack:
        carrier, url = start_carrier(ground, LATENCY_MS, ALL_CORES)
        stack.enter_context(carrier)
        more = {"ZALO_OPENAPI_URL": url, "PORT": str(port), **settings}
        command = web_command(ground.settings(**more))
        stack.enter_context(ground.start("web", command, ALL_CORES, **more)).wait_for_url(
            f"http://127.0.0.1:{port}/healthz"
        )
        stack.enter_context(
            ground.start("worker", [sys.executable, "-m", "bench.worker"], ALL_CORES, **more)
        )
        found = House(port, url, runtime)
        found.reply_seconds(20)  # imports, pools and caches are warm
        yield found
    runtime.engine.dispose()


def run(servers: Servers) -> list[Row]:
    """Both databases, idle and with bulk behind."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, house(ground) as running:
            rows += _rows(kind, running)
    return rows


def _rows(kind: str, running: House) -> list[Row]:
    idle = [one * 1000 for one in running.reply_seconds(SAMPLES)]
    owe_messages(running.runtime, "bulk", BULK, "bulk")
    running.runtime.bell.ring("bulk")
    before = running.sent()
    wait_until(lambda: running.sent() > before + 200, "the bulk lane's start")
    began, before = time.monotonic(), running.sent()
    busy = [one * 1000 for one in running.reply_seconds(SAMPLES)]
    rate = (running.sent() - before - SAMPLES) / (time.monotonic() - began)
    p50, p99 = percentile(idle, 0.5), percentile(idle, 0.99)
    calm, crowded = percentile(idle, 0.95), percentile(busy, 0.95)
    return [
        Row(
            f"event stored → reply at the carrier, idle, {kind}: p50 / p99",
            f"{p50:.1f} / {p99:.1f} ms",
            bar="p50 ≤ 30 ms, p99 ≤ 150 ms",
            reached=p50 <= 30 and p99 <= 150,
        ),
        Row(
            f"the same with {BULK:,} bulky messages behind, {kind}: p95",
            f"{crowded:.1f} ms (bulk at {rate:,.0f}/s)",
            f"idle {calm:.1f} ms",
            f"{crowded / calm:.2f}",
            "≤ 2 × idle",
            crowded <= 2 * calm,
        ),
    ]
