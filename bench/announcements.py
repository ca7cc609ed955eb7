"""Announcements: planned for a million, drained against a bare pool, at the cap, stopped."""

import json
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import psutil
from sqlalchemy import insert, text

from bench.pinned import ALL_CORES, cores_of_others, cores_of_subject
from bench.row import Row, percentile
from bench.servers import KINDS, Ground, Servers, start_carrier
from bench.whole import SAMPLES, house
from bot.core.announcement import Content, Road, State
from bot.runtime import Runtime
from bot.store.announcements import content_values, insert_announcement
from bot.store.counter_tables import staff
from bot.store.tables import agency
from tests.rig.child import wait_until

MANY, DRAINED, CROWD, ROUNDS = 1_000_000, 8_000, 100_000, 3
LATENCY_MS = 100
NIGHT = "00:00-23:59"  # a benchmark may run at any hour
CAP = "3900"
Told = dict[str, float]
FOLLOWERS = {
    "PostgreSQL": "SELECT 'f' || lpad(n::text, 8, '0'), true, :now, :now, :now "
    "FROM generate_series(1, :count) AS n",
    "SQLite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :count) "
    "SELECT 'f' || substr('0000000' || n, -8), 1, :now, :now, :now FROM c",
}


@dataclass(slots=True)
class Place:
    """One database with a writer's account; announcements are laid into it as if approved."""

    ground: Ground
    runtime: Runtime
    made: int = 0

    def follow(self, count: int) -> None:
        """So many followers, all of whom wrote just now."""
        with self.runtime.engine.begin() as connection:
            connection.execute(text("DELETE FROM follower WHERE user_id LIKE 'f%'"))
            connection.execute(
                text(
                    "INSERT INTO follower (user_id, following, first_seen_at, followed_at, "
                    f"last_interaction_at) {FOLLOWERS[self.ground.kind]}"
                ),
                {"count": count, "now": _as_stored(self.runtime.now(), self.ground.kind)},
            )
            if self.ground.kind == "PostgreSQL":
                connection.execute(text("ANALYZE follower"))

    def announce(self) -> int:
        """One that goes out now."""
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            if not self.made:
                name = {"code": "H56", "name": "UBND", "created_at": now}
                connection.execute(insert(agency).values(**name))
                connection.execute(
                    insert(staff).values(
                        id=1,
                        login="bench",
                        password_hash="-",
                        roles="announcer",
                        password_changed_at=now,
                        created_at=now,
                    )
                )
            self.made += 1
            content = Content("H56", title="Thông báo", text="x" * 200, roads=(Road.CHAT,))
            return insert_announcement(
                connection,
                {
                    **content_values(content, None),
                    "revision": 1,
                    "state": str(State.SENDING),
                    "written_by": 1,
                    "started_at": now,
                    "link_token": f"bench{self.made}",
                    "created_at": now,
                    "updated_at": now,
                },
            )

    def measured(self, mode: str, url: str, number: int, cores: set[int], **more: str) -> Told:
        """Run one sender; what it told."""
        command = [sys.executable, "-m", "bench.announcement_sender", mode, url, str(number)]
        name, more = f"{mode}-{number}", {"NOTICE_HOURS": NIGHT, **more}
        with self.ground.start(name, command, cores, **more) as child:
            if child.wait(timeout=400):
                raise RuntimeError(child.errors()[-3000:])
            told: Told = json.loads(child.output())
        return told


def _as_stored(moment: datetime, kind: str) -> datetime | str:
    if kind == "PostgreSQL":
        return moment
    return f"{moment.replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}"


def run(servers: Servers) -> list[Row]:
    """Planning and the cap on PostgreSQL, the rest on both databases."""
    rows = []
    for kind in KINDS:
        with servers.ground(kind) as ground, ExitStack() as stack:
            runtime = ground.runtime()
            stack.callback(runtime.engine.dispose)
            place = Place(ground, runtime)
            rows.append(_planning(place))
            rows += _drains(place, servers)
            if kind == "PostgreSQL":
                rows += _cap(place)
        rows.append(_beside_replies(servers, kind))
    return rows


def _planning(place: Place) -> Row:
    place.follow(MANY)
    told = place.measured("plan", "http://127.0.0.1:9", place.announce(), set(ALL_CORES))
    grown = told["last"] - told["first"]
    kind, good = place.ground.kind, told["seconds"] <= 30 and grown <= 16
    return Row(
        f"planning an announcement to {MANY:,} followers, {kind}",
        f"{told['seconds']:.1f} s, memory +{grown:.0f} MiB",
        bar="≤ 30 s, memory flat" if kind == "PostgreSQL" else "",
        reached=good if kind == "PostgreSQL" else None,
    )


def _drains(place: Place, servers: Servers) -> list[Row]:
    """Draining against a bare pool, in turns; and the stop button under load."""
    with place.runtime.engine.begin() as connection:  # the planned million is no longer sent
        connection.execute(text("UPDATE announcement SET state = 'stopped'"))
    place.follow(DRAINED)
    carrier, url = start_carrier(place.ground, LATENCY_MS, ALL_CORES)
    bare, ours = [], []
    with carrier, servers.aside():
        psutil.Process(carrier.pid).cpu_affinity(list(cores_of_others()))
        alone = cores_of_subject()
        for _ in range(ROUNDS):
            bare.append(DRAINED / _bare(place, url)["seconds"])
            ours.append(DRAINED / place.measured("drain", url, place.announce(), alone)["seconds"])
        stopped = place.measured("stop", url, place.announce(), alone)
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    kind = place.ground.kind
    return [
        Row(
            f"draining an announcement, carrier at {LATENCY_MS} ms, {kind}",
            f"{statistics.median(ours):,.0f}/s",
            f"bare pool {statistics.median(bare):,.0f}/s",
            f"{ratio:.2f}",
            "≥ 0.6 × bare",
            ratio >= 0.6,
        ),
        Row(
            f"stop under load, {kind}: last message begun after the button",
            f"{stopped['last'] * 1000:,.0f} ms, {stopped['after']:.0f} messages",
            bar="≤ 5 s, one batch",
            reached=stopped["last"] <= 5 and stopped["after"] <= 128,
        ),
    ]


def _bare(place: Place, url: str) -> Told:
    command = [sys.executable, "-m", "bench.sender", "bare", url, str(DRAINED)]
    with place.ground.start("bare", command, cores_of_subject()) as child:
        if child.wait(timeout=300):
            raise RuntimeError(child.errors()[-3000:])
        told: Told = json.loads(child.output())
    return told


def _cap(place: Place) -> list[Row]:
    """At Zalo's cap, by the setting as it is shipped."""
    place.follow(30_000)
    told = place.measured(
        "cap", "http://127.0.0.1:9", place.announce(), set(ALL_CORES), ZALO_CALLS_PER_MINUTE=CAP
    )
    return [
        Row(
            "at Zalo's cap of 4,000 a minute: used once the first minute is over",
            f"{told['rate']:,.0f} a minute",
            ratio=f"{told['used']:.3f}",
            bar="≥ 0.97",
            reached=told["used"] >= 0.97,
        ),
        Row(
            "… the most in any 60 s",
            f"{told['most']:,.0f}",
            bar="≤ 4,000",
            reached=told["most"] <= 4_000,
        ),
    ]


def _beside_replies(servers: Servers, kind: str) -> Row:
    """Chat replies of the whole house, idle and while an announcement is drained."""
    with servers.ground(kind) as ground, house(ground, NOTICE_HOURS=NIGHT) as running:
        place = Place(ground, running.runtime)
        calm = percentile([one * 1000 for one in running.reply_seconds(SAMPLES)], 0.95)
        place.follow(CROWD)
        place.announce()
        running.runtime.bell.ring("bulk")
        before = running.sent()
        wait_until(lambda: running.sent() > before + 200, "its start", timeout=60)
        began, before = time.monotonic(), running.sent()
        busy = percentile([one * 1000 for one in running.reply_seconds(SAMPLES)], 0.95)
        rate = (running.sent() - before - SAMPLES) / (time.monotonic() - began)
    return Row(
        f"chat reply beside an announcement, {kind}: p95",
        f"{busy:.1f} ms (announcement at {rate:,.0f}/s)",
        f"idle {calm:.1f} ms",
        f"{busy / calm:.2f}",
        "≤ 2 × idle",
        busy <= 2 * calm,
    )
