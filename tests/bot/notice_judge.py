"""What no text to a citizen may be: the rules of the contract, told anew and asked of every text.

Nothing here asks the product's own rules. Source: interfaces 5 (Notices, Rungs), 2 (the clocks).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Row

from bot.core.receipt import Reported
from tests.bot.notice_facts import Dossier, holds

RUNGS = ("zalo", "uid", "zbs", "esms")  # the ways as the stage names them, cheapest first
OPENS, CLOSES = time(7), time(21)
OPEN = {"waiting", "held", "sent", "unsure"}
CLOSED = {"delivered", "sent", "unsure", "failed", "skipped"}
LEASE = timedelta(seconds=40)
DAY, FALLBACK, LOST = timedelta(hours=24), timedelta(minutes=240), timedelta(minutes=15)


@dataclass(slots=True, eq=False)
class Text:
    """One text that a carrier took."""

    at: datetime
    begun_at: datetime
    way: str
    place: str
    notice: int
    event: str
    words: str
    name: str
    request: str
    lost: bool = False  # the carrier's answer never came
    answered: bool = False  # ... and when it came, the worker wrote it down
    arrived: bool = False
    failed: bool = False
    doubtful: bool = False  # reported under a name that we may have stopped waiting for
    told: list[Reported] = field(default_factory=list)  # under a name that nobody here knows yet

    @property
    def unsure(self) -> bool:
        """Whether nobody here knows that it was taken."""
        return self.lost or not self.answered


def faults_of(
    text: Text, earlier: Sequence[Text], dossier: Dossier | None, linked: Mapping[str, str]
) -> list[str]:
    """Every rule that this text breaks.

    Shape: `earlier` are all texts taken before; `dossier` as it stands now, None for a one-time
           code; `linked` gives the phone that each user has proved.
    """
    faults = [f"{fault}: {text}" for fault in _alone(text, dossier, linked)]
    if any(_same_words(one, text) for one in earlier):
        faults.append(f"the same words to the same place within a day: {text}")
    for one in earlier:
        if one.notice == text.notice:
            faults += [f"{fault}: {one} {text}" for fault in _second(one, text)]
    return faults


def _alone(text: Text, dossier: Dossier | None, linked: Mapping[str, str]) -> Iterator[str]:
    local = (text.at + timedelta(hours=7)).time().replace(tzinfo=None)
    by_phone = text.way in ("zbs", "esms")
    if dossier is None:
        if not by_phone:
            yield "a code to somebody else than the phone"
        return
    if not OPENS <= local < CLOSES:
        yield "outside the hours"
    if dossier.phone != (text.place if by_phone else linked.get(text.place)):
        yield "to somebody who is not linked"
    if not holds(text.event, dossier):
        yield "not true now"
    if text.way == "zbs" and not dossier.zalo:
        yield "Zalo was not ticked"
    if text.way == "esms" and not (dossier.sms and text.event != "step"):
        yield "SMS was not ticked"


def _same_words(one: Text, text: Text) -> bool:
    """Whether another notice said this to the same place within a day, as far as anybody knows."""
    same = (one.place, one.words) == (text.place, text.words) and one.notice != text.notice
    within = text.begun_at - one.begun_at < DAY
    return same and within and not one.failed and text.event != "otp"


def _second(first: Text, text: Text) -> Iterator[str]:
    """A second text of one notice needs a reason."""
    if first.way == text.way:
        same_turn = first.begun_at == text.begun_at and first.place != text.place
        if not same_turn and not first.failed:
            yield "one notice twice by one way"
        return
    if RUNGS.index(text.way) < RUNGS.index(first.way) and not first.failed:
        yield "up the ladder again"
    if first.arrived:
        yield "after it had arrived"
    elif not first.failed and text.at - first.begun_at < (LOST if first.unsure else FALLBACK):
        yield "too soon after the first"


def state_faults(row: Row[Any]) -> Iterator[str]:
    """A notice is open with a time to look at it, or closed with a reason."""
    if row.due_at is not None:
        if row.state not in OPEN or row.due_at > row.expires_at + LEASE:
            yield f"open, but how: {row}"
    elif row.state not in CLOSED or row.closed_at is None or row.secret is not None:
        yield f"closed, but how: {row}"
    elif not row.reason and row.state != "delivered" and row.event != "otp":
        yield f"closed without a reason: {row}"
