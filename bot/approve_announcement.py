"""An announcement handed in for approval, approved by another person, or given back."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.core.announcement import REPEAT_WITHIN, State
from bot.core.announcement_faults import Faults
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.announcement_versions import authors
from bot.store.announcements import (
    StoredAnnouncement,
    announcement_by_id,
    count_in_state,
    move,
    same_before,
)
from bot.store.audit import write_deed
from bot.write_announcement import draft_faults

MOST_NOTE = 500
Detail = dict[str, str | int | bool | None]


class Refused(StrEnum):
    """Why a step is not taken."""

    UNKNOWN = "unknown"  # or of an agency that is not the actor's
    CHANGED = "changed"  # another revision stands there, or it stands elsewhere by now
    OWN = "own"  # nobody approves what they wrote themselves
    NOTE = "note"  # why it is given back has to be said
    REPEAT = "repeat"  # the same was told to the same people within 30 days: to be confirmed
    OLD = "old"  # the approval is too old, or not of what stands there
    PAST = "past"  # the time to send at is over


@dataclass(frozen=True, slots=True)
class Repeat:
    """The same words went to the same audience not long ago."""

    announcement_id: int
    at: datetime


def ask_for_approval(
    runtime: Runtime, actor: Actor, announcement_id: int, revision: int
) -> Refused | Faults | None:
    """Hand a draft in; None when it waits for its approver now.

    Result: the faults by field where something is wrong with it.
    """
    with reading(runtime.engine) as connection:
        found = announcement_by_id(connection, announcement_id)
    if found is None or found.content.agency not in actor.agencies:
        return Refused.UNKNOWN
    if found.revision != revision or found.state is not State.DRAFT:
        return Refused.CHANGED
    if faults := draft_faults(runtime, found):
        return faults
    values = {"asked_at": runtime.now(), "reason": None}
    return _moved(runtime, actor, found, State.WAITING_APPROVAL, values, "announcement.asked")


def approve(runtime: Runtime, actor: Actor, announcement_id: int, revision: int) -> Refused | None:
    """Approve exactly what stands there: content, audience and time; None when done."""
    with runtime.engine.begin() as connection:
        found = announcement_by_id(connection, announcement_id, hold=True)
        if found is None or found.content.agency not in actor.agencies:
            return Refused.UNKNOWN
        if found.revision != revision or found.state is not State.WAITING_APPROVAL:
            return Refused.CHANGED
        if actor.account.id in authors(connection, announcement_id) | {found.written_by}:
            return Refused.OWN
        now = runtime.now()
        if found.content.send_at is not None and found.content.send_at < now:
            return Refused.PAST
        values = {
            "approved_by": actor.account.id,
            "approved_at": now,
            "approved_mark": found.content.mark,
            "reason": None,
        }
        if not move(connection, found, State.APPROVED, values):
            return Refused.CHANGED
        detail: Detail = {"revision": revision, "content": found.content.mark.hex()[:16]}
        _write(connection, actor, now, found, "announcement.approved", detail)
    return None


def give_back(
    runtime: Runtime, actor: Actor, announcement_id: int, revision: int, note: str
) -> Refused | None:
    """Give what waits back to its writer with the reason; None when done."""
    note = " ".join(note.split())[:MOST_NOTE]
    if not note:
        return Refused.NOTE
    with reading(runtime.engine) as connection:
        found = announcement_by_id(connection, announcement_id)
    if found is None or found.content.agency not in actor.agencies:
        return Refused.UNKNOWN
    if found.revision != revision or found.state is not State.WAITING_APPROVAL:
        return Refused.CHANGED
    values = {"reason": note, "asked_at": None}
    return _moved(runtime, actor, found, State.DRAFT, values, "announcement.given_back")


def announcements_waiting(runtime: Runtime, actor: Actor) -> int:
    """How many announcements of the actor's agencies wait for approval."""
    with reading(runtime.engine) as connection:
        return count_in_state(connection, actor.agencies, State.WAITING_APPROVAL)


def repeat_of(runtime: Runtime, found: StoredAnnouncement) -> Repeat | None:
    """The newest other announcement of the same words to the same audience within 30 days."""
    with reading(runtime.engine) as connection:
        before = same_before(connection, found, runtime.now() - REPEAT_WITHIN)
    return Repeat(*before) if before else None


def _moved(
    runtime: Runtime,
    actor: Actor,
    found: StoredAnnouncement,
    goal: State,
    values: dict[str, Any],
    action: str,
) -> Refused | None:
    with runtime.engine.begin() as connection:
        if not move(connection, found, goal, values):
            return Refused.CHANGED
        _write(connection, actor, runtime.now(), found, action, {"revision": found.revision})
    return None


def _write(
    connection: Connection,
    actor: Actor,
    now: datetime,
    found: StoredAnnouncement,
    action: str,
    detail: Detail,
) -> None:
    deed = Deed(action, found.content.agency, "announcement", str(found.id), detail)
    write_deed(connection, actor, now, deed)
