"""Events received, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import inbox


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that has not been worked on yet; `payload` is sealed."""

    id: int
    carrier: str
    name: str
    own: bool
    event_at: datetime
    arrived_at: datetime
    payload: bytes
    attempts: int


_COLUMNS = (
    inbox.c.id,
    inbox.c.carrier,
    inbox.c.event_name,
    inbox.c.own,
    inbox.c.event_at,
    inbox.c.arrived_at,
    inbox.c.payload,
    inbox.c.attempts,
)


def _once(statement: Any) -> Any:
    # What was stored is told by the returned id: `rowcount` is not kept beside RETURNING.
    return statement.on_conflict_do_nothing(index_elements=["carrier", "event_key"]).returning(
        inbox.c.id
    )


_INSERTS: dict[str, Any] = {
    "sqlite": _once(sqlite.insert(inbox)),
    "postgresql": _once(postgresql.insert(inbox)),
}


def remember(connection: Connection, values: dict[str, Any]) -> bool:
    """Store one event; False when the carrier repeated itself.

    The unique key decides, so that two calls at the same instant cannot both be the first.
    """
    stored = connection.execute(_INSERTS[connection.dialect.name], values)
    return stored.first() is not None


_DUE = (
    select(*_COLUMNS)
    .where(inbox.c.due_at <= bindparam("now"))
    .order_by(inbox.c.due_at, inbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DONE = update(inbox).where(inbox.c.id == bindparam("event")).values(due_at=None)


def due_events(connection: Connection, now: datetime, most: int) -> list[Waiting]:
    """Take the oldest due events for the length of this transaction.

    On PostgreSQL the rows are locked and other workers skip them; on SQLite the transaction
    is the only writer.
    """
    rows = connection.execute(_DUE, {"now": now, "most": most})
    return [Waiting(*row) for row in rows]


def close_events(connection: Connection, ids: Sequence[int]) -> None:
    """These events have been worked on."""
    if ids:
        connection.execute(_DONE, [{"event": one} for one in ids])


def put_back_event(
    connection: Connection, event_id: int, due_at: datetime | None, fault: str
) -> None:
    """An event broke the code: look at it again later, or park it (due_at None)."""
    connection.execute(
        update(inbox)
        .where(inbox.c.id == event_id)
        .values(due_at=due_at, attempts=inbox.c.attempts + 1, fault=fault[:200])
    )


def waiting_events(connection: Connection) -> tuple[int, datetime | None]:
    """How many events wait, and when the oldest of them arrived."""
    row = connection.execute(
        select(func.count(), func.min(inbox.c.arrived_at)).where(inbox.c.due_at.is_not(None))
    ).one()
    return int(row[0]), row[1]


def are_waiting(connection: Connection, prefix: str, now: datetime) -> bool:
    """Whether events whose names begin like this are due and not worked on yet."""
    named = inbox.c.event_name.startswith(prefix, autoescape=True)
    return bool(connection.execute(select(exists().where(inbox.c.due_at <= now, named))).scalar())


def parked_events(connection: Connection, most: int = 10) -> list[tuple[int, str, str]]:
    """Events that broke the code for good: id, name, fault."""
    rows = connection.execute(
        select(inbox.c.id, inbox.c.event_name, inbox.c.fault)
        .where(inbox.c.due_at.is_(None), inbox.c.fault.is_not(None))
        .order_by(inbox.c.id.desc())
        .limit(most)
    )
    return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]
