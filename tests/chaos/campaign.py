"""One campaign from its first blow to the last judgement."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.reconcile import reconcile
from bot.rehearsal import TEMPLATES
from bot.store.notice_tables import attempt, notice
from bot.store.tables import dossier, inbox, outbox
from receipts.clean import fold
from tests.chaos.faults import Faults
from tests.chaos.house import DOSSIERS_A_SECOND, ChaosHouse, Load, moving_code
from tests.journey.live_house import has_all_lanes, wait
from tests.rig.postgres_server import PostgresServer
from tests.rig.redis_server import RedisServer

PAUSE_SECONDS = 0.7  # between two blows, on average
PAST_UNSURE = 100  # seconds a worker's clock is set forward, once calm, to end the waiting
WORDS: Mapping[str, str] = {"received": "da duoc tiep nhan", "result": "da duoc giai quyet xong"}


@dataclass(slots=True)
class Verdict:
    """What a campaign found; `faults` is empty where the house kept its word."""

    struck: Counter[str]
    asked: int
    told: int
    answered_twice: int = 0
    told_twice: int = 0
    faults: list[str] = field(default_factory=list)


def run(
    database_url: str,
    redis: RedisServer,
    folder: Path,
    seconds: float,
    seed: int,
    postgres: PostgresServer | None = None,
) -> Verdict:
    """Strike for so many seconds, let it calm down, and judge."""
    house = ChaosHouse(database_url, redis.url, folder)
    try:
        house.open()
        dossiers = int(seconds * DOSSIERS_A_SECOND)
        house.follow(dossiers)
        return _storm(house, redis, seconds, seed, postgres)
    finally:
        house.close()
        house.runtime.engine.dispose()


def _storm(
    house: ChaosHouse,
    redis: RedisServer,
    seconds: float,
    seed: int,
    postgres: PostgresServer | None,
) -> Verdict:
    dice = random.Random(seed)
    load = Load(house, random.Random(seed + 1))
    faults = Faults(house, house.web_server, redis, postgres, dice)
    load.start(int(seconds * DOSSIERS_A_SECOND))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        faults.strike()
        house.bubbles()
        time.sleep(dice.expovariate(1 / PAUSE_SECONDS))
    faults.calm()
    load.stop()
    _settle(house)
    verdict = Verdict(faults.struck, len(load.asked), sum(map(len, load.told.values())))
    judge_replies(house, load, verdict)
    judge_notices(house, load, verdict)
    judge_books(house, verdict)
    return verdict


def _settle(house: ChaosHouse) -> None:
    """Let everything come to its end without anybody's hand: only the clocks go on."""
    for _ in range(4):  # Zalo tries again what we could not take, and late receipts come
        house.control("clock", advance_seconds=301)
        house.bubbles()
    house.wait_until_settled(timeout=120)
    for place, worker in enumerate(house.workers):
        wait(lambda one=worker: has_all_lanes(one), "a whole worker", house.story, 60)  # type: ignore[misc]
        assert worker.stop(timeout=20) == 0
        house.replace_worker(place, CLOCK_OFFSET_SECONDS=str(PAST_UNSURE))

    def nothing_is_due() -> bool:
        house.bubbles()
        return house.open_rows() == 0 and house.open_notices(PAST_UNSURE) == 0

    wait(nothing_is_due, "an end of all that is due", house.story, 120)
    house.control("clock", advance_seconds=301)  # what was taken a moment ago reaches its phone
    time.sleep(1)
    house.bubbles()


def judge_replies(house: ChaosHouse, load: Load, verdict: Verdict) -> None:
    """Each question has its answer, once; twice only where an answer of Zalo's was lost."""
    with house.runtime.engine.connect() as connection:
        unheard = connection.execute(select(inbox.c.id).where(inbox.c.due_at.is_not(None))).all()
        rows = connection.execute(select(outbox)).all()
    uids = {one["alias"]: one["user"] for one in house.bubbles()}
    unsure = Counter(row.recipient for row in rows if row.unsure)
    answers: Counter[str] = Counter()
    codes = dict(load.asked)
    for bubble in house.bubbles():
        code = codes.get(bubble["alias"])
        if bubble["from"] == "oa" and code and f"({code})" in bubble["text"]:
            answers[bubble["alias"]] += 1
    for user, code in load.asked:
        if not answers[user]:
            states = [row.state for row in rows if row.recipient == uids.get(user)]
            verdict.faults.append(f"{user} asked about {code} and got nothing: {states}")
        elif answers[user] > 1:
            verdict.answered_twice += 1
            if not unsure[uids[user]]:
                verdict.faults.append(f"{user} was answered {answers[user]} times")
    verdict.faults += [f"event {row.id} was never heard" for row in unheard]


def judge_notices(house: ChaosHouse, load: Load, verdict: Verdict) -> None:
    """Each change reached its citizen once; more often only where a carrier's answer was lost."""
    with house.runtime.engine.connect() as connection:
        codes = {row.id: row.code for row in connection.execute(select(dossier))}
        notices = connection.execute(select(notice)).all()
        attempts: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(select(attempt)):
            attempts[row.notice_id].append(row)
    owed = {(codes[row.dossier_id], row.event): row for row in notices}
    told = texts_of(house)
    for number, statuses in load.told.items():
        for event in ("received", "result")[: len(statuses)]:
            key = (moving_code(number), event)
            if key not in owed:
                verdict.faults.append(f"{key} was never owed")
            else:
                _judge_one(key, owed[key], attempts[owed[key].id], told[key], verdict)


def _judge_one(
    key: tuple[str, str], row: Any, tried: Sequence[Any], told: int, verdict: Verdict
) -> None:
    tries = [(one.rung, one.state) for one in tried]
    lost = any(state in ("unsure", "sending") for _, state in tries)
    if not told and row.state in ("sent", "delivered") and not lost:
        verdict.faults.append(f"{key} is {row.state} and on no phone: {tries}")
    if not told and row.state == "skipped":
        verdict.faults.append(f"{key} was skipped: {row.reason}")
    if told > 1:
        verdict.told_twice += 1
        if not lost and not any(state == "failed" for _, state in tries):
            verdict.faults.append(f"{key} came {told} times: {tries}")


def texts_of(house: ChaosHouse) -> Counter[tuple[str, str]]:
    """How often each dossier's event stands on a phone."""
    events = {number: event for event, (number, _) in TEMPLATES.items()}
    found: Counter[tuple[str, str]] = Counter()
    for bubble in house.bubbles():
        if bubble["from"] == "citizen":
            continue
        words = fold(f"{bubble['text']} {bubble['card']}")
        event = events.get(bubble["template_id"]) or next(
            (name for name, said in WORDS.items() if said in words), ""
        )
        start = words.find("h56.14-261101-")
        if event and start >= 0:
            found[words[start : start + 18].upper(), event] += 1
    return found


def judge_books(house: ChaosHouse, verdict: Verdict) -> None:
    """The books close for every day of the campaign."""
    today = house.runtime.today()
    for day in (today - timedelta(days=1), today):
        found = reconcile(house.runtime, day)
        if not found.closes:
            verdict.faults.append(f"the books of {day} stay open: {found}")
