"""A clerk answers a complaint: kept, told to the citizen, written into the audit trail."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from bot.answer_handover import plain_text
from bot.chat_record import ChatMessage, chat_record, echo_key
from bot.core.complaint import LONGEST_ANSWER, Verdict
from bot.core.handover import Window, window
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.complaints import (
    Complaint,
    Moved,
    close_complaint,
    complaint_of,
    complaints_of,
    open_complaints,
    trail_of,
)
from bot.store.outbox import owe

EVENT = "complaint"
MOST_SHOWN = 100


class Fault(StrEnum):
    """Why an answer is not taken."""

    UNKNOWN = "unknown"  # no such case, or another agency's
    ANSWERED = "answered"  # another clerk was faster
    EMPTY = "empty"
    TOO_LONG = "too long"
    NO_VERDICT = "no verdict"


@dataclass(frozen=True, slots=True)
class Case:
    """A case opened by a clerk: the citizen's words, the trail, and until when chat is open."""

    complaint: Complaint
    words: str
    answer: str
    trail: list[Moved] = field(default_factory=list)
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It is answered; `told` is False when Zalo's window is closed and nobody could be told."""

    told: bool


def complaints_waiting(runtime: Runtime, actor: Actor) -> int:
    """How many cases wait for this account's agencies."""
    with reading(runtime.engine) as connection:
        return open_complaints(connection, actor.agencies)


def list_complaints(runtime: Runtime, actor: Actor, is_open: bool) -> list[Complaint]:
    """The cases of this account's agencies."""
    with reading(runtime.engine) as connection:
        return complaints_of(connection, actor.agencies, is_open, MOST_SHOWN)


def show_complaint(runtime: Runtime, actor: Actor, complaint_id: int) -> Case | None:
    """One case with who moved its dossier when; None when it is not this account's."""
    with reading(runtime.engine) as connection:
        found = complaint_of(connection, actor.agencies, complaint_id)
        if found is None:
            return None
        trail = trail_of(connection, found.dossier_id, found.code)
    return Case(
        found,
        _opened(runtime, found.words),
        _opened(runtime, found.answer),
        trail,
        _window(runtime, found),
    )


def answer_complaint(
    runtime: Runtime, actor: Actor, complaint_id: int, verdict: str, typed: str
) -> Done | Fault:
    """Answer a case once; the answer is owed to the citizen while the chat is open."""
    said, now = plain_text(typed), runtime.now()
    with runtime.engine.begin() as connection:
        found = complaint_of(connection, actor.agencies, complaint_id, hold=True)
        fault = _fault(found, verdict, said)
        if fault is not None or found is None:
            return fault or Fault.UNKNOWN
        key = f"complaint:{found.id}"
        open_chat = _window(runtime, found)
        told = open_chat is not None and open_chat.is_open(now)
        values = {
            "answered_at": now,
            "answered_by": actor.account.id,
            "verdict": verdict,
            "answer": runtime.vault.seal(said),
            "outbox_key": key if told else None,
        }
        if not close_complaint(connection, found.id, values):
            return Fault.ANSWERED
        if told:
            _owe(runtime, connection, found, said, key)
        detail: dict[str, str | int | bool | None] = {
            "verdict": verdict,
            "told": told,
            "length": len(said),
        }
        write_deed(
            connection, actor, now,
            Deed("complaint.answered", found.agency_code, "complaint", str(found.id), detail),
        )  # fmt: skip
    if told:
        runtime.bell.ring("chat")
    return Done(told)


def _fault(found: Complaint | None, verdict: str, said: str) -> Fault | None:
    if found is None:
        return Fault.UNKNOWN
    if found.answered_at is not None:
        return Fault.ANSWERED
    if verdict not in set(Verdict):
        return Fault.NO_VERDICT
    if not said:
        return Fault.EMPTY
    return Fault.TOO_LONG if len(said) > LONGEST_ANSWER else None


def _owe(runtime: Runtime, connection: Connection, found: Complaint, said: str, key: str) -> None:
    now = runtime.now()
    text = runtime.texts.render(
        "complaint.answered", code=found.code, agency=found.agency_name, text=said
    )
    message = ChatMessage(EVENT, found.user_id, text, key, now)
    row = chat_record(runtime, echo_key(runtime), message, now)
    owe(connection, [{**row, "dossier_id": found.dossier_id}])


def _window(runtime: Runtime, found: Complaint) -> Window | None:
    most = timedelta(hours=runtime.settings.chat_window_hours)
    return window(found.last_interaction_at, most)


def _opened(runtime: Runtime, sealed: bytes | None) -> str:
    return runtime.vault.open_text(sealed) if sealed else ""
