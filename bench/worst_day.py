"""A province's worst hour, replayed as it comes: questions, feeds, notices, all at once.

Average: 2,000,000 dossiers a year in 250 working days of 8 hours, three changes each, two
questions each. The Monday after Tết at 8:00 brings 20 times that, told by the one-stop software
in bursts as such software does.
"""

import http.client
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import requests

from bench.events import body_of as event_of
from bench.events import signature_of
from bench.notice_ground import notice_environ
from bench.owed import code_of
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
    register,
    tell,
    zalo_phone_of,
)
from bot.runtime import Runtime
from bot.up import web_command
from tests.rig.child import Child, free_port

DOSSIERS_A_YEAR, WORKING_SECONDS = 2_000_000, 250 * 8 * 3600
CHANGES, QUESTIONS = 3, 2  # of each dossier
TIMES = 20
MINUTES, FULL_MINUTES = 1, 10
BURST_SECONDS = 5  # between two calls of the feed
LATENCY_MS, SOCKETS = 100, 16
REPLY_SECONDS, EMPTY_SECONDS = 1.0, 180.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How much comes in a second."""

    questions: float
    changes: float


WORST = Pace(
    questions=TIMES * QUESTIONS * DOSSIERS_A_YEAR / WORKING_SECONDS,
    changes=TIMES * CHANGES * DOSSIERS_A_YEAR / WORKING_SECONDS,
)


@dataclass(slots=True)
class House:
    """Web, worker and carrier running as they are shipped, the ceiling of calls included."""

    port: int
    carrier: str
    runtime: Runtime
    desk: Desk
    web: Child
    worker: Child


@dataclass(slots=True)
class Told:
    """What went in, and what the carrier got of it.

    Units: seconds of the machine's monotonic clock.
    """

    stored: dict[str, float] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    late: float = 0.0  # how far behind its plan the load itself was, at worst
    ended: float = 0.0


@contextmanager
def house(ground: Ground, dossiers: int) -> Iterator[House]:
    """Start the web processes, the worker and a carrier, all cores for all."""
    with ExitStack() as stack:
        carrier, url = start_carrier(ground, LATENCY_MS, ALL_CORES, "bench.notice_carrier")
        stack.enter_context(carrier)
        port = free_port()
        more = {**notice_environ(url), "PORT": str(port)}
        runtime = ground.runtime(**more)
        stack.callback(runtime.engine.dispose)
        desk = open_desk(runtime)
        register(runtime, desk, range(1, dossiers + 1), PROCESSING)  # first told of: no news
        web = ground.start("web", web_command(ground.settings(**more)), ALL_CORES, **more)
        stack.enter_context(web).wait_for_url(f"http://127.0.0.1:{port}/healthz")
        command = [sys.executable, "-m", "bot", "work"]
        worker = stack.enter_context(ground.start("worker", command, ALL_CORES, **more))
        yield House(port, url, runtime, desk, web, worker)


def replay(running: House, seconds: float, first: int, pace: Pace = WORST) -> Told:
    """Let so many seconds of the hour pass; dossiers from `first` on become results."""
    told = Told()
    plan: queue.SimpleQueue[tuple[float, str, int] | None] = queue.SimpleQueue()
    began = time.monotonic() + 0.5
    for number in range(int(seconds * pace.questions)):
        plan.put((began + number / pace.questions, f"u{first}x{number}", first + number))
    askers = [threading.Thread(target=_ask_all, args=(running, plan, told)) for _ in range(SOCKETS)]
    for asker in askers:
        plan.put(None)
        asker.start()
    _tell_all(running, told, began, seconds, range(first, first + int(seconds * pace.changes)))
    for asker in askers:
        asker.join()
    told.ended = time.monotonic()
    return told


def _ask_all(
    running: House, plan: "queue.SimpleQueue[tuple[float, str, int] | None]", told: Told
) -> None:
    link = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    while (planned := plan.get()) is not None:
        at, user, number = planned
        threading.Event().wait(max(0.0, at - time.monotonic()))
        told.late = max(told.late, time.monotonic() - at)
        body = event_of(user, f"Hồ sơ {code_of(number)} đến đâu rồi")
        for _ in range(2):  # an idle socket may have been closed by the server
            try:
                link.request(
                    "POST", "/webhooks/zalo", body, {"X-ZEvent-Signature": signature_of(body)}
                )
                answer = link.getresponse()
                answer.read()
                break
            except (http.client.HTTPException, ConnectionError):
                link.close()
        if answer.status != 200:
            raise RuntimeError(f"the webhook answered {answer.status}")
        told.stored[user] = at
    link.close()


def _tell_all(
    running: House, told: Told, began: float, seconds: float, numbers: Sequence[int]
) -> None:
    """The feed's bursts; each dossier changes once."""
    bursts = max(1, int(seconds / BURST_SECONDS))
    each = len(numbers) // bursts
    with requests.Session() as session:
        for place in range(bursts):
            at = began + place * BURST_SECONDS
            threading.Event().wait(max(0.0, at - time.monotonic()))
            some = numbers[place * each : (place + 1) * each]
            now = running.runtime.now()
            body = body_of(dossier(number, RESULT, now) for number in some)
            tell(session, running.port, running.desk, body)
            told.changed |= dict.fromkeys(map(zalo_phone_of, some), at)


def run(servers: Servers, full: bool) -> list[Row]:
    """Both databases."""
    minutes = FULL_MINUTES if full else MINUTES
    rows = []
    for kind in KINDS:
        seconds = minutes * 60.0
        changes = int(seconds * WORST.changes) + 200
        with servers.ground(kind) as ground, house(ground, changes) as running:
            replay(running, BURST_SECONDS, changes - 150)  # imports, pools and caches are warm
            time.sleep(3)
            before = count(running)
            told = replay(running, seconds, 1)
            rows += _rows(kind, minutes, running, told, before)
    return rows


def count(running: House) -> int:
    """How many messages the carrier has got."""
    found: int = requests.get(f"{running.carrier}/count", timeout=10).json()
    return found


def wait_until_empty(running: House, told: Told, before: int) -> float:
    """Wait until the carrier has got what came in; how many seconds after the last of it."""
    expected = before + len(told.stored) + len(told.changed)
    while count(running) < expected and time.monotonic() < told.ended + EMPTY_SECONDS:
        time.sleep(0.1)
    return time.monotonic() - told.ended


def _rows(kind: str, minutes: int, running: House, told: Told, before: int) -> list[Row]:
    emptied = wait_until_empty(running, told, before)
    with requests.Session() as session:
        replies = _waits(session, running, told.stored)
        notices = _waits(session, running, told.changed)
    time.sleep(2)  # what would come twice
    lost = len(told.stored) + len(told.changed) - len(replies) - len(notices)
    twice = count(running) - before - len(replies) - len(notices)
    p95, p99 = percentile(replies, 0.95), percentile(replies, 0.99)
    return [
        Row(
            f"worst hour × {TIMES}, {minutes} min, {kind}: "
            f"{len(told.stored):,} questions at {WORST.questions:.1f}/s → reply, p95 / p99",
            f"{1000 * p95:.0f} / {1000 * p99:.0f} ms",
            f"the load was {1000 * told.late:.0f} ms late at worst",
            bar=f"p95 ≤ {REPLY_SECONDS:g} s",
            reached=p95 <= REPLY_SECONDS,
        ),
        Row(
            f"… {len(told.changed):,} changes at {WORST.changes:.1f}/s, told every "
            f"{BURST_SECONDS} s → notice, p50 / p95, {kind}",
            f"{percentile(notices, 0.5):.2f} / {percentile(notices, 0.95):.2f} s",
        ),
        Row(
            f"… lost, told twice; empty after the last of it, {kind}",
            f"{lost}, {twice}; {emptied:.1f} s",
            bar=f"0, 0; ≤ {EMPTY_SECONDS:.0f} s",
            reached=lost == 0 and twice == 0 and emptied <= EMPTY_SECONDS,
        ),
    ]


def _waits(session: requests.Session, running: House, began: dict[str, float]) -> Sequence[float]:
    """How long each waited, from its planned moment to the carrier; who got nothing is left out."""
    found = []
    for who, at in began.items():
        arrived = session.get(f"{running.carrier}/arrival/{who}", timeout=15).json()
        if arrived is not None:
            found.append(arrived - at)
    return found
