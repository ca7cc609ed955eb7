"""The last judgement: nothing lost, nothing twice but where an answer was lost, the books close."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.reconcile import reconcile
from bot.rehearsal import TEMPLATES
from bot.store.notice_tables import attempt, notice
from bot.store.tables import dossier, inbox, outbox
from receipts.clean import fold
from tests.chaos.house import ChaosHouse
from tests.chaos.load import Load

WORDS: Mapping[str, str] = {
    "received": "da duoc tiep nhan",
    "result": "da duoc giai quyet xong",
    "apology": "xin loi",
}
Key = tuple[str, str]  # a dossier's code, and an event


@dataclass(slots=True)
class Verdict:
    """What a campaign found; `faults` is empty where the house kept its word.

    Shape: `unsure` counts notices and replies that are marked as such, `unsure_untold` those of
    them that are on no phone; `runs` counts timed jobs.
    """

    struck: Counter[str]
    asked: int = 0
    told: int = 0
    answered_twice: int = 0
    told_twice: int = 0
    unsure: int = 0
    unsure_untold: int = 0
    lost: int = 0
    restarted: int = 0
    runs: int = 0
    taken_over: int = 0
    in_a_jump: int = 0
    most_handles: int = 0
    lives: int = 0
    faults: list[str] = field(default_factory=list)


def judge_replies(house: ChaosHouse, load: Load, verdict: Verdict) -> None:
    """Each question has its answer, once; none or two only where an answer of Zalo's was lost."""
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
    verdict.unsure += len(unsure)
    for user, code in load.asked:
        if not answers[user]:
            states = [row.state for row in rows if row.recipient == uids.get(user)]
            if "unsure" in states:  # two answers were lost, and it says so
                verdict.unsure_untold += 1
                continue
            verdict.lost += 1
            verdict.faults.append(f"{user} asked about {code} and got nothing: {states}")
        elif answers[user] > 1:
            verdict.answered_twice += 1
            if not unsure[uids[user]]:
                verdict.faults.append(f"{user} was answered {answers[user]} times")
    verdict.faults += [f"event {row.id} was never heard" for row in unheard]


def judge_notices(house: ChaosHouse, owed: Iterable[Key], verdict: Verdict) -> None:
    """Each change reached its citizen once; more often only where a carrier's answer was lost."""
    with house.runtime.engine.connect() as connection:
        codes = {row.id: row.code for row in connection.execute(select(dossier))}
        notices = connection.execute(select(notice)).all()
        attempts: defaultdict[int, list[Any]] = defaultdict(list)
        for row in connection.execute(select(attempt)):
            attempts[row.notice_id].append(row)
    stands = {(codes[row.dossier_id], row.event): row for row in notices}
    if len(stands) != len(notices):
        verdict.faults.append(f"{len(notices) - len(stands)} notices are owed twice")
    told = texts_of(house)
    for key in owed:
        if key not in stands:
            verdict.lost += 1
            verdict.faults.append(f"{key} was never owed")
        else:
            _judge_one(key, stands[key], attempts[stands[key].id], told[key], verdict)


def _judge_one(key: Key, row: Any, tried: Sequence[Any], told: int, verdict: Verdict) -> None:
    tries = [(one.rung, one.state) for one in tried]
    lost = any(state in ("unsure", "sending") for _, state in tries)
    verdict.unsure += row.state == "unsure"
    verdict.unsure_untold += not told and lost
    if not told and row.state in ("sent", "delivered") and not lost:
        verdict.lost += 1
        verdict.faults.append(f"{key} is {row.state} and on no phone: {tries}")
    if not told and row.state == "skipped":
        verdict.lost += 1
        verdict.faults.append(f"{key} was skipped: {row.reason}")
    if told > 1:
        verdict.told_twice += 1
        if not lost and not any(state == "failed" for _, state in tries):
            verdict.faults.append(f"{key} came {told} times: {tries}")


def texts_of(house: ChaosHouse) -> Counter[Key]:
    """How often each dossier's event stands on a phone."""
    events = {number: event for event, (number, _) in TEMPLATES.items()}
    found: Counter[Key] = Counter()
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


def judge_books(house: ChaosHouse, days: Iterable[date], verdict: Verdict) -> None:
    """The books close for every day of the campaign."""
    for day in days:
        found = reconcile(house.runtime, day)
        if not found.closes:
            verdict.faults.append(f"the books of {day} stay open: {found}")


def judge_processes(house: ChaosHouse, verdict: Verdict) -> None:
    """Every process is there at the end: a parent and its children, of each web and worker."""
    whole = [len(one.processes()) for one in (*house.webs, *house.workers)]
    wanted = [3] * len(house.webs) + [5] * len(house.workers)
    if whole != wanted:
        verdict.faults.append(f"processes alive {whole}, expected {wanted}")
