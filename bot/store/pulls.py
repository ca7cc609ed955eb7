"""How far a source that is read from us has been read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.store.pull_tables import pull_cursor


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where to go on: a window (`until` None: none is open) and its next page.

    `since` None is the beginning; `succeeded_at` when a window was last read to its end.
    """

    source: str
    since: datetime | None = None
    until: datetime | None = None
    page: str = ""
    succeeded_at: datetime | None = None
    tried_at: datetime | None = None
    fault: str | None = None


def cursor_of(connection: Connection, source: str) -> Cursor | None:
    """The cursor of a source; None when it was never read."""
    row = connection.execute(
        select(pull_cursor).where(pull_cursor.c.source == source)
    ).one_or_none()
    return Cursor(**row._asdict()) if row else None


def begin_cursor(connection: Connection, cursor: Cursor) -> None:
    """Store the cursor of a source that is read for the first time."""
    connection.execute(insert(pull_cursor).values(**_values(cursor)))


def move_cursor(connection: Connection, before: Cursor, after: Cursor) -> bool:
    """Move on, unless another reader moved it meanwhile."""
    place = pull_cursor.c
    moved = connection.execute(
        update(pull_cursor)
        .where(
            place.source == before.source,
            place.since.is_not_distinct_from(before.since),
            place.until.is_not_distinct_from(before.until),
            place.page == before.page,
        )
        .values(**_values(after))
    )
    return moved.rowcount == 1


def note_try(connection: Connection, source: str, now: datetime, fault: str | None) -> None:
    """Note the last try and why it failed; the place stays."""
    connection.execute(
        update(pull_cursor)
        .where(pull_cursor.c.source == source)
        .values(tried_at=now, fault=fault[:300] if fault else None)
    )


def forget_cursor(connection: Connection, source: str) -> None:
    """Begin from the beginning next time."""
    connection.execute(delete(pull_cursor).where(pull_cursor.c.source == source))


def _values(cursor: Cursor) -> dict[str, Any]:
    return {
        "source": cursor.source,
        "since": cursor.since,
        "until": cursor.until,
        "page": cursor.page,
        "succeeded_at": cursor.succeeded_at,
        "tried_at": cursor.tried_at,
        "fault": cursor.fault,
    }
