"""Whether a notice still holds when its turn comes: a citizen is never told what is past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bot.core.dossier import Status
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import is_in_result
from bot.core.postal import ReturnState

# Two changes told in one body are both told; one that had to wait is told only while it holds.
PATIENCE = timedelta(minutes=10)
# The status that each of these events is about.
STATUS_OF: Mapping[NoticeEvent, Status] = {
    NoticeEvent.SUPPLEMENT: Status.SUPPLEMENT,
    NoticeEvent.PAYMENT: Status.PAYMENT,
    NoticeEvent.REFUSED: Status.REFUSED,
    NoticeEvent.STOPPED: Status.STOPPED,
    NoticeEvent.WITHDRAWN: Status.WITHDRAWN,
    NoticeEvent.RETURNED: Status.RETURNED,
}
RESULT_TOLD = frozenset({"sent", "delivered", "unsure", "open"})
NEVER_RECEIVED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED})
# Where the return by post must stand for these to hold.
POST_OF: Mapping[NoticeEvent, frozenset[str]] = {
    NoticeEvent.POSTED: frozenset({ReturnState.COLLECTED, ReturnState.UNDER_WAY}),
    NoticeEvent.POST_BACK: frozenset({ReturnState.RETURNED}),
}
STILL_WORKED_ON = frozenset({Status.RECEIVED, Status.PROCESSING})


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says: its event, and the step and due date of its change."""

    event: NoticeEvent
    step: str | None
    promised_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Present:
    """How the dossier stands now; `result` is the state of its newest result notice.

    Shape: `post` is the state of its return by post, "" when it has none.
    """

    status: int
    step: str
    due_at: datetime | None
    result: str = ""
    post: str = ""


def why_untrue(told: Told, present: Present, now: datetime, zone: tzinfo) -> str:
    """Why a notice no longer holds; "" when it does."""
    event = told.event
    status = STATUS_OF.get(event)
    if status is not None:
        return "" if present.status == status else "the dossier has moved on"
    if event in POST_OF:
        return "" if present.post in POST_OF[event] else "the parcel has moved on"
    if event is NoticeEvent.RESULT:
        ready = is_in_result(present)
        return "" if ready else "the dossier has left the result"
    if event is NoticeEvent.STEP:
        moved = present.step != told.step and now - told.created_at > PATIENCE
        return "the dossier has moved to another step" if moved else ""
    if event is NoticeEvent.RECEIVED:
        return "the dossier has moved on" if present.status in NEVER_RECEIVED else ""
    if event is NoticeEvent.CORRECTION:
        return _why_no_correction(present)
    if event is NoticeEvent.APOLOGY:
        return _why_no_apology(told, present, zone)
    return ""


def _why_no_correction(present: Present) -> str:
    if is_in_result(present) or present.status == Status.RETURNED:
        return "the result is ready again"
    return "" if present.result in RESULT_TOLD else "the result had not been told"


def _why_no_apology(told: Told, present: Present, zone: tzinfo) -> str:
    if is_in_result(present) or present.status not in STILL_WORKED_ON:
        return "the dossier is no longer being worked on"
    if told.promised_at is None or present.due_at is None:
        return "the dossier has no due date"
    same = told.promised_at.astimezone(zone).date() == present.due_at.astimezone(zone).date()
    return "" if same else "the due date has moved"
