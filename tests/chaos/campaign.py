"""One campaign from its first blow to the last judgement."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.chaos.disk import prepare_postgres
from tests.chaos.faults import Faults
from tests.chaos.ground import Ground
from tests.chaos.handles import Handles
from tests.chaos.house import ALL_DAY, WEB_PROCESSES, ChaosHouse, moving_code
from tests.chaos.judge import (
    Key,
    Verdict,
    judge_books,
    judge_notices,
    judge_processes,
    judge_replies,
)
from tests.chaos.leases import judge_leases, watch_leases
from tests.chaos.load import DOSSIERS_A_SECOND, RECEIVED, Load
from tests.journey.live_house import has_all_lanes, wait

PAUSE_SECONDS = 0.7  # between two blows, on average
SETTLED_SECONDS = 180
PAST_UNSURE = 100  # seconds a worker's clock is set forward, once calm, to end the waiting


def run(ground: Ground, seconds: float, seed: int) -> Verdict:
    """Strike for so many seconds, let it calm down, and judge."""
    dossiers = int(seconds * DOSSIERS_A_SECOND)
    with opened(ground, dossiers) as house:
        dice = random.Random(seed)
        load = Load(house, random.Random(seed + 1))
        faults, handles = Faults(house, dice), Handles()
        load.start(dossiers)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            faults.strike()
            house.keep()
            house.bubbles()
            handles.look(house.processes())
            time.sleep(dice.expovariate(1 / PAUSE_SECONDS))
        faults.calm()
        load.stop()
        settle(house)
        handles.look(house.processes())
        return judged(house, load, faults, handles)


@contextmanager
def opened(
    ground: Ground, dossiers: int, hours: str = ALL_DAY, offset: int = 0
) -> Iterator[ChaosHouse]:
    """A house that is whole and known to its citizens; nothing of it is left afterwards."""
    house = ChaosHouse(ground, hours, offset)
    try:
        watch_leases(house.runtime.engine)
        if ground.postgres is not None:
            prepare_postgres(house.runtime.engine)
        house.open()
        house.follow(dossiers)
        yield house
    finally:
        house.close()
        house.runtime.engine.dispose()


def settle(house: ChaosHouse) -> None:
    """Let everything come to its end without anybody's hand: only the clocks go on."""
    for _ in range(4):  # Zalo tries again what we could not take, and late receipts come
        house.control("clock", advance_seconds=301)
        house.bubbles()
    house.wait_until_settled(timeout=SETTLED_SECONDS)
    _wait_for_all(house)
    for worker in house.workers:
        assert worker.stop(timeout=20) == 0
    for place in range(len(house.workers)):
        house.replace_worker(place, CLOCK_OFFSET_SECONDS=str(house.offset + PAST_UNSURE))

    def nothing_is_due() -> bool:
        house.bubbles()
        return house.open_rows() == 0 and house.open_notices(house.offset + PAST_UNSURE) == 0

    wait(nothing_is_due, "an end of all that is due", house.story, SETTLED_SECONDS)
    _wait_for_all(house)
    house.control("clock", advance_seconds=301)  # what was taken a moment ago reaches its phone
    time.sleep(1)
    wait(nothing_is_due, "an end of what came last", house.story, SETTLED_SECONDS)


def _wait_for_all(house: ChaosHouse) -> None:
    def all_are_whole() -> bool:
        house.keep()
        webs = all(len(one.processes()) == 1 + WEB_PROCESSES for one in house.webs)
        return webs and all(has_all_lanes(one) for one in house.workers)

    wait(all_are_whole, "all processes of all webs and workers", house.story, SETTLED_SECONDS)


def judged(house: ChaosHouse, load: Load, faults: Faults, handles: Handles) -> Verdict:
    """Everything that was promised, against everything that was put on a phone."""
    verdict = Verdict(faults.struck, len(load.asked), sum(map(len, load.told.values())))
    verdict.faults += faults.found
    judge_replies(house, load, verdict)
    judge_notices(house, owed(load), verdict)
    today = house.runtime.today()
    judge_books(house, (today - timedelta(days=1), today), verdict)
    judge_processes(house, verdict)
    leases = judge_leases(house.runtime.engine, faults.jumps)
    verdict.runs, verdict.taken_over = leases.runs.total(), leases.taken_over
    verdict.in_a_jump = leases.in_a_jump
    verdict.faults += leases.faults + handles.growing()
    verdict.most_handles, verdict.lives = handles.most, handles.seen
    verdict.restarted = house.restarted
    return verdict


def owed(load: Load) -> Iterator[Key]:
    """What each dossier's way so far owes to its citizen."""
    for number, statuses in load.told.items():
        if statuses[0] == RECEIVED[0]:  # those first told of later owe nothing for that
            for event in ("received", "result")[: len(statuses)]:
                yield moving_code(number), event
