"""A dossier, its status, what may follow what, and whether it is on time."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import IntEnum, StrEnum


class Status(IntEnum):
    """The national status list.

    Source: domain-facts 3.1 ("TrangThaiHoSo").
    """

    REGISTERED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT = 5
    PAYMENT = 6
    WITHDRAWN = 7
    STOPPED = 8
    RESULT = 9
    RETURNED = 10


# With these the agency's work is over, so the clock stops when they are first seen.
END_STATUSES = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.RESULT, Status.RETURNED})


class Timing(StrEnum):
    """The two words a citizen is told."""

    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a lookup needs of a dossier; times are aware or None."""

    code: str
    step: str
    status: int
    due_at: datetime | None
    finished_at: datetime | None
    ended_at: datetime | None


def timing(progress: Progress, now: datetime, zone: tzinfo) -> Timing:
    """Whether the dossier is on time, by comparing calendar dates in `zone`.

    Result: ON_TIME without a due date, and on the due date until midnight.
    Source: domain-facts 3.3; interfaces 5 ("On time").
    """
    if progress.due_at is None:
        return Timing.ON_TIME
    end = progress.finished_at
    if end is None and progress.status in END_STATUSES:
        end = progress.ended_at
    compared = _day(end or now, zone)
    return Timing.LATE if compared > _day(progress.due_at, zone) else Timing.ON_TIME


def ended_at(
    status: int,
    changed_at: datetime,
    earlier_status: int | None,
    earlier_ended_at: datetime | None,
) -> datetime | None:
    """When the present end status was first seen; None while the dossier is open.

    A result stays finished at the moment it was ready: the day on which the citizen collects
    it (9 to 10) does not matter. A status left and entered again counts anew.
    Source: interfaces 5 ("End = …"); domain-facts 3.3.
    """
    if status not in END_STATUSES:
        return None
    same = earlier_status == status
    collected = status == Status.RETURNED and earlier_status == Status.RESULT
    if earlier_ended_at is not None and (same or collected):
        return earlier_ended_at
    return changed_at


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()
