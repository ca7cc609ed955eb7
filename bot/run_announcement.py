"""An approved announcement released, paused, resumed, stopped."""

from datetime import datetime
from typing import Any

from bot.approve_announcement import Refused
from bot.core.announcement import REPEAT_WITHIN, State, is_approval_good
from bot.core.opening import opens_at
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.announcements import (
    StoredAnnouncement,
    announcement_by_id,
    move,
    same_before,
)
from bot.store.audit import write_deed

LANE = "bulk"


def release(
    runtime: Runtime, actor: Actor, announcement_id: int, revision: int, repeat: bool = False
) -> Refused | None:
    """Let what was approved go out at its time, or as soon as notices may; None when done.

    Shape: `repeat` confirms that the same words go to the same audience again within 30 days.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = announcement_by_id(connection, announcement_id, hold=True)
        if found is None or found.content.agency not in actor.agencies:
            return Refused.UNKNOWN
        if found.revision != revision or found.state is not State.APPROVED:
            return Refused.CHANGED
        content = found.content
        if not is_approval_good(found.approved_mark, content.mark, found.approved_at, now):
            return Refused.OLD
        if content.send_at is not None and content.send_at < now:
            return Refused.PAST
        if not repeat and same_before(connection, found, now - REPEAT_WITHIN):
            return Refused.REPEAT
        values = {"due_at": begins_at(runtime, found, now), "repeat_confirmed": repeat}
        if not move(connection, found, State.SCHEDULED, values):
            return Refused.CHANGED
        deed = _deed(found, "announcement.released", {"repeat": repeat})
        write_deed(connection, actor, now, deed)
    runtime.bell.ring(LANE)
    return None


def begins_at(runtime: Runtime, found: StoredAnnouncement, now: datetime) -> datetime:
    """When it begins to go out: at its time, inside the hours in which notices may go."""
    hours = runtime.settings.notice_hours
    wished = max(now, found.content.send_at or now)
    return opens_at(wished, hours.start, hours.end, runtime.settings.zone)


def hold_back(runtime: Runtime, actor: Actor, announcement_id: int) -> Refused | None:
    """Take what is scheduled out of the schedule; its approval stays."""
    return _moved(
        runtime, actor, announcement_id, State.APPROVED, {"due_at": None}, "announcement.held_back"
    )


def pause(runtime: Runtime, actor: Actor, announcement_id: int) -> Refused | None:
    """Begin nothing more until it is resumed; None when done."""
    values = {"reason": f"{actor.account.login} tạm dừng"}
    return _moved(runtime, actor, announcement_id, State.PAUSED, values, "announcement.paused")


def resume(runtime: Runtime, actor: Actor, announcement_id: int) -> Refused | None:
    """Go on with what was paused; None when done."""
    done = _moved(
        runtime, actor, announcement_id, State.SENDING, {"reason": None}, "announcement.resumed"
    )
    runtime.bell.ring(LANE)
    return done


def stop(runtime: Runtime, actor: Actor, announcement_id: int) -> Refused | None:
    """Begin nothing more, for good; None when done. Who was not told yet never will be by it."""
    values = {
        "reason": f"{actor.account.login} dừng hẳn",
        "finished_at": runtime.now(),
        "due_at": None,
    }
    return _moved(runtime, actor, announcement_id, State.STOPPED, values, "announcement.stopped")


def _moved(
    runtime: Runtime,
    actor: Actor,
    announcement_id: int,
    goal: State,
    values: dict[str, Any],
    action: str,
) -> Refused | None:
    with reading(runtime.engine) as connection:
        found = announcement_by_id(connection, announcement_id)
    if found is None or found.content.agency not in actor.agencies:
        return Refused.UNKNOWN
    if goal is State.APPROVED and found.state is not State.SCHEDULED:
        return Refused.CHANGED
    if goal is State.SENDING and found.state is not State.PAUSED:
        return Refused.CHANGED
    with runtime.engine.begin() as connection:
        if not move(connection, found, goal, values):
            return Refused.CHANGED
        write_deed(connection, actor, runtime.now(), _deed(found, action))
    return None


def _deed(
    found: StoredAnnouncement, action: str, detail: dict[str, str | int | bool | None] | None = None
) -> Deed:
    return Deed(action, found.content.agency, "announcement", str(found.id), detail)
