"""What is owed at this moment and how old it is, and how what was closed lately ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, text

from bot.store.notice_counts import LONGEST_OPEN
from bot.store.notice_tables import apology_run, notice
from bot.store.tables import outbox


@dataclass(frozen=True, slots=True)
class OpenMessages:
    """Messages of one lane and way that stand alike; `oldest_at` is when they were owed."""

    lane: str
    way: str
    state: str
    count: int
    oldest_at: datetime


def open_messages(connection: Connection) -> list[OpenMessages]:
    """What is owed: replies and announcements' chat messages by lane, notices by lane and rung.

    A notice that only waits for its delivery receipt is counted under its state `sent`.
    """
    replies = connection.execute(
        select(
            outbox.c.lane,
            outbox.c.channel,
            outbox.c.state,
            func.count(),
            func.min(outbox.c.asked_at),
        )
        .where(outbox.c.due_at.is_not(None))
        .group_by(outbox.c.lane, outbox.c.channel, outbox.c.state)
    )
    way = func.coalesce(notice.c.channel, "")
    # One held back by its agency is as old as the moment at which it was first to go.
    begun = case(
        (notice.c.first_due_at > notice.c.created_at, notice.c.first_due_at),
        else_=notice.c.created_at,
    )
    notices = connection.execute(
        select(notice.c.lane, way, notice.c.state, func.count(), func.min(begun))
        .where(notice.c.due_at.is_not(None))
        .group_by(notice.c.lane, way, notice.c.state)
    )
    found = [OpenMessages(row[0], row[1], row[2], row[3], row[4]) for row in replies]
    found += [OpenMessages(f"notice.{row[0]}", *row[1:]) for row in notices]
    return sorted(found, key=lambda one: (one.lane, one.way, one.state))


def closed_states(connection: Connection, since: datetime) -> dict[str, int]:
    """How the notices that were closed since then ended, by state."""
    rows = connection.execute(
        select(notice.c.state, func.count())
        .where(notice.c.closed_at >= since, notice.c.created_at >= since - LONGEST_OPEN)
        .group_by(notice.c.state)
    )
    return {state: int(count) for state, count in rows}


def newest_apologies(connection: Connection) -> tuple[str, datetime, datetime | None] | None:
    """The newest evening's run: its day (yyyy-mm-dd), when it began, when it ended."""
    columns = apology_run.c
    row = connection.execute(
        select(columns.day, columns.started_at, columns.finished_at)
        .order_by(columns.day.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def newest_apologies_done(connection: Connection) -> datetime | None:
    """When an evening's run last ended."""
    return connection.execute(select(func.max(apology_run.c.finished_at))).scalar_one_or_none()


def database_clock(connection: Connection) -> datetime | None:
    """What the database's own machine takes the time to be; None where it has none of its own."""
    if connection.dialect.name != "postgresql":
        return None
    moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment
