"""Soak: python -m tests.soak [--minutes N] [--database KIND] [--save].

A mixed and gentle load on two web servers and two workers; every ten seconds memory, handles,
threads, connections, Redis and temporary files are looked at. What grows over the last two thirds
of the time is told. `--save` adds the table to bench/RESULTS.md.
"""

import argparse
import platform
import random
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psutil

from tests.chaos.ground import Ground
from tests.chaos.load import DOSSIERS_A_SECOND, Load
from tests.journey.live_house import has_all_lanes, wait
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer
from tests.rig.tree import CHECKOUT
from tests.soak.house import SoakHouse
from tests.soak.judge import Judged, beside_threads, judged
from tests.soak.load import Trickle
from tests.soak.sample import SHARED, Samples

WEBS, WORKERS = 2, 2
LOOK_EVERY = 10.0  # seconds
LEAST_LOOKS = 6  # at a process that is judged
HEADS = ("process", "resident", "its own", "handles", "threads", "flat")
RESULTS = CHECKOUT / "bench" / "RESULTS.md"


def main() -> int:
    """Run; 1 when something grew or an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--save", action="store_true", help="add the table to bench/RESULTS.md")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        redis = RedisServer()
        stack.callback(redis.close)
        url = f"sqlite:///{folder / 'bot.db'}"
        if asked.database == "postgresql":
            postgres = PostgresServer()
            stack.callback(postgres.close)
            url = postgres.url(postgres.create_database())
        ground = Ground(url, redis, folder, webs=WEBS, workers=WORKERS)
        told, faults = soak(SoakHouse(ground), redis, asked.minutes * 60)
    report = f"{_heading(asked.minutes, asked.database)}\n\n{told}"
    print(report + "".join(f"\n{fault}" for fault in faults))
    if asked.save:
        with RESULTS.open("a", encoding="utf-8") as results:
            results.write(f"\n{report}\n" + "".join(f"\n- {fault}\n" for fault in faults))
    return 1 if faults else 0


def soak(house: SoakHouse, redis: RedisServer, seconds: float) -> tuple[str, list[str]]:
    """Soak for so many seconds; the table, and what is wrong."""
    try:
        house.open()
        for worker in house.workers:
            wait(lambda one=worker: has_all_lanes(one), "a whole worker", house.story, 60)  # type: ignore[misc]
        dossiers = int(seconds * DOSSIERS_A_SECOND)
        house.follow(dossiers)
        load, trickle = Load(house, random.Random(1)), Trickle(house)
        samples = Samples(house, redis)
        load.start(dossiers)
        trickle.start()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(LOOK_EVERY)
            samples.look()
        trickle.stop()
        load.stop()
        house.wait_until_settled(timeout=180)
        return _table(samples, load, trickle), _faults(samples, load, trickle)
    finally:
        house.close()
        house.runtime.engine.dispose()


def _judged(samples: Samples) -> list[Judged]:
    return beside_threads(
        [
            judged(*key, series)
            for key, series in sorted(samples.seen.items())
            if len(series) >= LEAST_LOOKS
        ]
    )


def _faults(samples: Samples, load: Load, trickle: Trickle) -> list[str]:
    grew = [
        f"{one.process}: {one.figure} grows by {one.growth:.1f}, allowed {one.allowed:.1f}"
        for one in _judged(samples)
        if not one.flat
    ]
    ended = [f"{name} was {many} processes" for name, many in samples.restarted().items()]
    refused = [f"feed: {what}" for what in load.refused if not what.startswith("200")]
    return grew + ended + refused + trickle.faults()


def _table(samples: Samples, load: Load, trickle: Trickle) -> str:
    by_process: defaultdict[str, dict[str, Judged]] = defaultdict(dict)
    for one in _judged(samples):
        by_process[one.process][one.figure] = one
    shared = by_process.pop(SHARED, {})
    lines = [f"| {' | '.join(HEADS)} |", f"|{' --- |' * len(HEADS)}"]
    lines += [f"| {name} | {_cells(figures)} |" for name, figures in sorted(by_process.items())]
    told = [f"{name} {one.first:.1f} → {one.last:.1f}" for name, one in shared.items()]
    came = ", ".join(f"{what} × {times}" for what, times in sorted(trickle.answers.items()))
    changes = sum(map(len, load.told.values()))
    lines += ["", f"Shared: {', '.join(told)}.", ""]
    lines += [f"Came in: {len(load.asked)} questions, {changes} changes, {came}."]
    return "\n".join(lines)


def _cells(figures: dict[str, Judged]) -> str:
    rss, uss = figures["rss"], figures["uss"]
    numbers = (figures["handles"], figures["threads"])
    flat = all(one.flat for one in figures.values())
    return " | ".join(
        [
            f"{rss.first:.1f} → {rss.last:.1f} ({rss.growth:+.1f}/h, allowed {rss.allowed:.1f})",
            f"{uss.last:.1f}",
            *(f"{one.first:.0f} → {one.last:.0f}, at most {one.most:.0f}" for one in numbers),
            "yes" if flat else "NO",
        ]
    )


def _heading(minutes: float, database: str) -> str:
    now = datetime.now(UTC)
    return (
        f"## Soak, {minutes:g} minutes, {database}\n\n"
        f"- command: `python -m tests.soak --minutes {minutes:g} --database {database}`\n"
        f"- date: {now:%Y-%m-%d %H:%M} UTC\n"
        f"- machine: {platform.machine()}, {psutil.cpu_count()} cores, load "
        f"{psutil.getloadavg()[2]:.1f} at the end, Python {platform.python_version()}\n\n"
        "From the second third to the last. Memory in MiB, resident and what a process has to\n"
        "itself; growth in MiB an hour: the median slope over all pairs of looks. Numbers: what\n"
        "nine looks in ten reach, and the most that was seen."
    )


if __name__ == "__main__":
    sys.exit(main())
