"""Events received, each once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    request_id: str | None = None


_COLUMNS = (
    inbox.c.id,
    inbox.c.carrier,
    inbox.c.event_name,
    inbox.c.own,
    inbox.c.event_at,
    inbox.c.arrived_at,
    inbox.c.payload,
    inbox.c.attempts,
    inbox.c.request_id,
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


_OLDEST = (
    select(*_COLUMNS)
    .where(inbox.c.due_at <= bindparam("now"))
    .order_by(inbox.c.due_at, inbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE = _OLDEST.where(inbox.c.event_name != bindparam("name"))
_DUE_NAMED = _OLDEST.where(inbox.c.event_name == bindparam("name"))
_DONE = update(inbox).where(inbox.c.id == bindparam("event")).values(due_at=None)


def due_events(
    connection: Connection, now: datetime, most: int, set_aside: str = ""
) -> list[Waiting]:
    """Take the oldest due events for the length of this transaction.

    On PostgreSQL the rows are locked and other workers skip them; on SQLite the transaction
    is the only writer. Events named `set_aside` are left to whoever claims them.
    """
    rows = connection.execute(_DUE, {"now": now, "most": most, "name": set_aside})
    return [Waiting(*row) for row in rows]


def claim_event(
    connection: Connection, name: str, now: datetime, lease_until: datetime
) -> Waiting | None:
    """Claim the oldest due event of this name for longer than a transaction.

    Result: the event, its `attempts` this claim included: they tell this claim from a later one.
            When nobody closes it, it is due again after its lease.
    """
    row = connection.execute(_DUE_NAMED, {"now": now, "most": 1, "name": name}).first()
    if row is None:
        return None
    found = Waiting(*row)
    claimed = replace(found, attempts=found.attempts + 1)
    connection.execute(
        update(inbox)
        .where(inbox.c.id == found.id)
        .values(due_at=lease_until, attempts=claimed.attempts)
    )
    return claimed


def close_claimed(connection: Connection, claimed: Waiting) -> bool:
    """Close a claimed event; False when another claim came after this one."""
    return _settle(connection, claimed, None, None)


def put_back_claimed(
    connection: Connection, claimed: Waiting, due_at: datetime | None, fault: str | None
) -> bool:
    """Give a claimed event back, or park it (due_at None); False as in close_claimed."""
    return _settle(connection, claimed, due_at, fault)


def _settle(
    connection: Connection, claimed: Waiting, due_at: datetime | None, fault: str | None
) -> bool:
    row = connection.execute(
        update(inbox)
        .where(
            inbox.c.id == claimed.id,
            inbox.c.attempts == claimed.attempts,
            inbox.c.due_at.is_not(None),
        )
        .values(due_at=due_at, fault=fault[:200] if fault else None)
        .returning(inbox.c.id)
    )
    return row.first() is not None


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
