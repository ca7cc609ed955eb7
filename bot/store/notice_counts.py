"""How notices stand, for those who watch: owed, overdue, held, failed and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from bot.store.notice_tables import notice

# Held for a week at most, then owed for 72 hours: what was owed earlier was closed earlier.
LONGEST_OPEN = timedelta(days=12)


@dataclass(frozen=True, slots=True)
class OwedNotices:
    """Open notices: all, those held by a fault or a hold, those whose turn has passed."""

    owed: int
    held: int
    overdue: int
    oldest_due_at: datetime | None


def owed_notices(connection: Connection, now: datetime) -> OwedNotices:
    """What is owed; a notice that only waits for its delivery receipt is not counted."""
    waiting = and_(notice.c.due_at.is_not(None), notice.c.state != "sent")
    row = connection.execute(
        select(
            func.count(),
            func.count().filter(notice.c.state == "held"),
            func.count().filter(notice.c.due_at <= now),
            func.min(notice.c.due_at).filter(notice.c.due_at <= now),
        ).where(waiting)
    ).one()
    return OwedNotices(*row)


def failed_since(connection: Connection, since: datetime, most: int) -> list[tuple[str, int]]:
    """Why notices failed since then, the most frequent reasons first: (reason, how many)."""
    count = func.count()
    rows = connection.execute(
        select(notice.c.reason, count)
        .where(
            notice.c.state == "failed",
            notice.c.closed_at >= since,
            notice.c.created_at >= since - LONGEST_OPEN,
        )
        .group_by(notice.c.reason)
        .order_by(count.desc())
        .limit(most)
    )
    return [(row[0] or "", int(row[1])) for row in rows]
