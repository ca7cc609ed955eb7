"""What was owed when a restored house's backup was made, and may have been sent since."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, func, select, update

from bot.core.announcement import State as Announced
from bot.core.delivery import State
from bot.store.announcement_tables import announcement
from bot.store.notice_tables import notice
from bot.store.tables import inbox, outbox

WHY = "may have been sent between the backup and the loss of the house"
WHY_STOPPED = "dừng khi khôi phục từ bản sao lưu: có thể đã gửi một phần sau khi sao lưu"
_GOING_OUT = (str(Announced.SENDING), str(Announced.SCHEDULED))


def owed_until(connection: Connection, until: datetime) -> Mapping[str, int]:
    """How many of each kind were to be looked at up to this moment, and so may have been sent."""
    questions = {
        "notices": (notice, _due(notice, until)),
        "replies": (outbox, _due(outbox, until)),
        "events": (inbox, _due(inbox, until)),
        "announcements": (announcement, _going_out(until)),
    }
    return {
        name: connection.scalar(select(func.count()).select_from(table).where(where)) or 0
        for name, (table, where) in questions.items()
    }


def close_as_unsure(connection: Connection, until: datetime, now: datetime) -> None:
    """Close what may have been sent, so that nobody is told twice; what was due later stays.

    A notice whose turn was to come only after `until` cannot have gone: the lost house had no
    reason to look at it before.
    """
    closed = {"state": str(State.UNSURE), "due_at": None, "claim": None, "reason": WHY}
    connection.execute(
        update(notice).where(_due(notice, until)).values(**closed, secret=None, closed_at=now)
    )
    connection.execute(update(outbox).where(_due(outbox, until)).values(**closed))
    connection.execute(update(inbox).where(_due(inbox, until)).values(due_at=None, fault=WHY[:200]))
    connection.execute(
        update(announcement)
        .where(_going_out(until))
        .values(state=str(Announced.STOPPED), reason=WHY_STOPPED, finished_at=now, due_at=None)
    )


def _due(table: Table, until: datetime) -> ColumnElement[bool]:
    return table.c.due_at <= until


def _going_out(until: datetime) -> ColumnElement[bool]:
    begun = announcement.c.state == _GOING_OUT[0]
    return begun | ((announcement.c.state == _GOING_OUT[1]) & (announcement.c.due_at <= until))
