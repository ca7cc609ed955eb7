"""A dossier's way from submitted to handed out, as a citizen sees it, and what to do now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from bot.core.dossier import Progress, Status


class Stage(StrEnum):
    """One stretch of the way, or what stands in its place."""

    SUBMITTED = "submitted"
    RECEIVED = "received"
    WORKED_ON = "worked_on"
    READY = "ready"
    HANDED_OUT = "handed_out"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Place(StrEnum):
    """Where a stage lies, seen from where the dossier stands."""

    DONE = "done"
    PRESENT = "present"
    AHEAD = "ahead"


class Advice(StrEnum):
    """What the citizen can do now."""

    WAIT = "wait"
    LATE = "late"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    RESULT = "result"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


Line = tuple[tuple[Stage, Place], ...]

BEFORE = (Stage.SUBMITTED, Stage.RECEIVED)
BEHIND = (Stage.READY, Stage.HANDED_OUT)
# With these the dossier waits for the citizen in the midst of the work.
MIDST: Mapping[int, Stage] = MappingProxyType(
    {Status.SUPPLEMENT: Stage.SUPPLEMENT, Status.PAYMENT: Stage.PAYMENT}
)
# With these the way ends before a result.
CUT: Mapping[int, Stage] = MappingProxyType(
    {
        Status.REFUSED: Stage.REFUSED,
        Status.WITHDRAWN: Stage.WITHDRAWN,
        Status.STOPPED: Stage.STOPPED,
    }
)
PRESENT: Mapping[int, Stage] = MappingProxyType(
    {
        Status.REGISTERED: Stage.SUBMITTED,
        Status.RECEIVED: Stage.RECEIVED,
        Status.RESULT: Stage.READY,
        Status.RETURNED: Stage.HANDED_OUT,
    }
)
TO_DO: Mapping[int, Advice] = MappingProxyType(
    {
        Status.PAYMENT: Advice.PAYMENT,
        Status.RETURNED: Advice.RETURNED,
        Status.REFUSED: Advice.REFUSED,
        Status.WITHDRAWN: Advice.WITHDRAWN,
        Status.STOPPED: Advice.STOPPED,
    }
)


@lru_cache(maxsize=64)
def step_line(status: int, ready: bool, received: bool) -> Line:
    """The stages in order, exactly one of them present.

    Shape:  `ready` is whether a result may be fetched (notice_rules.is_in_result); `received`
            whether a time of receipt is known: it decides what a dossier that was withdrawn or
            stopped had behind it. What ends before a result has nothing ahead.
    Source: domain-facts 3.1.
    """
    end = CUT.get(status)
    if end is not None:
        past = BEFORE if received and end is not Stage.REFUSED else BEFORE[:1]
        return (*((stage, Place.DONE) for stage in past), (end, Place.PRESENT))
    midst = MIDST.get(status, Stage.WORKED_ON)
    present = Stage.READY if ready else PRESENT.get(status, midst)
    way = (*BEFORE, midst, *BEHIND)
    at = way.index(present)
    places = [Place.DONE] * at + [Place.PRESENT] + [Place.AHEAD] * (len(way) - at - 1)
    return tuple(zip(way, places, strict=True))


def advice(status: int, ready: bool, may_come: bool, late: bool) -> Advice:
    """What to do now.

    Shape: `may_come` is whether result or papers lie at the desk. Nobody is called there before.
    Source: domain-facts 0 row 11 (the software runs ahead of the paper).
    """
    if ready:
        return Advice.RESULT if may_come else Advice.WAIT
    if status == Status.SUPPLEMENT:
        return Advice.SUPPLEMENT if may_come else Advice.WAIT
    return TO_DO.get(status, Advice.LATE if late else Advice.WAIT)


def may_be_fetched(
    progress: Progress, changed_at: datetime, hold: timedelta, now: datetime
) -> bool:
    """Whether a result has lain for as long as its agency holds it back before it is told."""
    since = progress.ended_at or changed_at
    return now - since >= hold
