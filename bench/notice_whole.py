"""The whole house as processes: from a change told by the feed to the request at the carrier.

The floor is what cannot be left out: one call of a bare web view that stores one row, then one
bare POST to the carrier, one after the other from one client.
"""

import random
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

import requests

from bench.events import body_of as event_of
from bench.events import signature_of
from bench.notice_carrier import TEMPLATE
from bench.notice_ground import notice_environ
from bench.pinned import ALL_CORES
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers, start_carrier
from bench.told import (
    PROCESSING,
    RESULT,
    Desk,
    body_of,
    dossier,
    open_desk,
    phone_of,
    register,
    tell,
    zalo_phone_of,
)
from bot.core.phone import Phone
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.followers import hold_followers, save_followers
from bot.store.phone_links import open_link
from bot.up import web_command
from bot.vault import blind_index
from tests.rig.child import free_port, wait_until

SAMPLES, WARM = 250, 20  # of each way
LATENCY_MS = 100
P50_MS, P99_MS = 100, 1000


@dataclass(slots=True)
class House:
    """Web, worker and carrier running; odd dossiers have a follower to chat with."""

    port: int
    bare_port: int
    carrier: str
    runtime: Runtime
    desk: Desk
    seconds: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    asked: int = 0

    def tell(self, numbers: Sequence[int]) -> None:
        """Let these results be ready, one at a time; how long each notice took."""
        with requests.Session() as session:
            for number in numbers:
                chat = _has_follower(number)
                who = _user(number) if chat else zalo_phone_of(number)
                body = body_of([dossier(number, RESULT, self.runtime.now())])
                began = time.monotonic()
                tell(session, self.port, self.desk, body)
                told = session.get(f"{self.carrier}/arrival/{who}", timeout=15).json()
                if told is None:
                    raise RuntimeError("a notice did not come within ten seconds")
                self.seconds[chat].append(told - began)
                time.sleep(random.uniform(0.15, 0.35))  # the carrier's answer is recorded

    def bare_seconds(self, samples: int) -> list[float]:
        """The floor: from the call of a bare view to the arrival of a bare POST."""
        found = []
        with requests.Session() as session:
            for _ in range(samples):
                self.asked += 1
                who = f"8490{self.asked:07d}"
                event = event_of(who, "bare")
                signed = {"X-ZEvent-Signature": signature_of(event)}
                began = time.monotonic()
                address = f"http://127.0.0.1:{self.bare_port}/webhooks/zalo"
                session.post(address, data=event, headers=signed, timeout=15).raise_for_status()
                session.post(self.carrier + TEMPLATE, json={"phone": who}, timeout=15)
                found.append(
                    session.get(f"{self.carrier}/arrival/{who}", timeout=15).json() - began
                )
                time.sleep(random.uniform(0.05, 0.15))
        return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _has_follower(number: int) -> bool:
    return number % 2 == 1


def _user(number: int) -> str:
    return f"u{number}"


def follow(runtime: Runtime, numbers: Sequence[int]) -> None:
    """Let the citizens of these dossiers have proved their phones and written just now."""
    now, key = runtime.now(), index_key(runtime)
    with runtime.engine.begin() as connection:
        known = hold_followers(connection, [_user(number) for number in numbers], now)
        save_followers(
            connection, [replace(one, last_interaction_at=now) for one in known.values()]
        )
        for number in numbers:
            phone = Phone("+84" + phone_of(number)[1:])
            values = {
                "user_id": _user(number),
                "phone_index": blind_index(key, phone.e164),
                "phone": runtime.vault.seal(phone.e164),
                "how": "sms",
                "proved_at": now,
            }
            open_link(connection, values)


@contextmanager
def house(ground: Ground) -> Iterator[House]:
    """Start the web processes, the worker and a carrier, all cores for all."""
    with ExitStack() as stack:
        carrier, url = start_carrier(ground, LATENCY_MS, ALL_CORES, "bench.notice_carrier")
        stack.enter_context(carrier)
        port = free_port()
        more = {**notice_environ(url), "PORT": str(port)}
        runtime = ground.runtime(**more)
        stack.callback(runtime.engine.dispose)
        desk = open_desk(runtime)
        numbers = range(1, 2 * (SAMPLES + WARM) + 1)
        register(runtime, desk, numbers, PROCESSING)  # first told of so: that is no news
        follow(runtime, [number for number in numbers if _has_follower(number)])
        command = web_command(ground.settings(**more))
        stack.enter_context(ground.start("web", command, ALL_CORES, **more)).wait_for_url(
            f"http://127.0.0.1:{port}/healthz"
        )
        stack.enter_context(
            ground.start("worker", [sys.executable, "-m", "bench.worker"], ALL_CORES, **more)
        )
        bare_port = free_port()
        bare = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{bare_port}", "-w", "1"]
        bare += ["--threads", "8", "--log-level", "warning", "--no-control-socket"]
        stack.enter_context(ground.start("bare", [*bare, "bench.bare_web:app"], ALL_CORES))
        wait_until(lambda: _listens(bare_port), "the bare web server")
        yield House(port, bare_port, url, runtime, desk)


def run(servers: Servers) -> list[Row]:
    """Both databases, an idle house."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, house(ground) as running:
            running.tell(range(1, 2 * WARM + 1))  # imports, pools and caches are warm
            running.seconds = {True: [], False: []}
            running.tell(range(2 * WARM + 1, 2 * (WARM + SAMPLES) + 1))
            running.bare_seconds(WARM)
            bare = running.bare_seconds(SAMPLES)
            rows += [_row(kind, "chat message", running.seconds[True], bare)]
            rows += [_row(kind, "template by phone", running.seconds[False], bare)]
    return rows


def _row(kind: str, way: str, seconds: Sequence[float], bare: Sequence[float]) -> Row:
    p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    floor, floor_p99 = (percentile(bare, share) * 1000 for share in (0.5, 0.99))
    return Row(
        f"change told → {way} at the carrier, idle, {kind}: p50 / p99",
        f"{p50:.1f} / {p99:.1f} ms",
        f"bare view and POST {floor:.1f} / {floor_p99:.1f} ms",
        f"{p50 / floor:.1f}",
        f"p50 ≤ {P50_MS} ms, p99 ≤ {P99_MS:,} ms",
        p50 <= P50_MS and p99 <= P99_MS,
    )
