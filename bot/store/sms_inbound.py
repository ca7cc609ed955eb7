"""SMS that citizens sent to the short code, each with its answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import sms_inbound

TURN_LOCK = 7_204_114  # apart from other advisory locks of this product


@dataclass(frozen=True, slots=True)
class Answered:
    """An SMS that was answered before; `answer` is sealed."""

    turn: int
    arrived_at: datetime
    outcome: str
    answer: bytes


_NEWEST = (
    select(
        sms_inbound.c.turn, sms_inbound.c.arrived_at, sms_inbound.c.outcome, sms_inbound.c.answer
    )
    .where(
        sms_inbound.c.aggregator == bindparam("aggregator"),
        sms_inbound.c.request_key == bindparam("request_key"),
    )
    .order_by(sms_inbound.c.turn.desc())
    .limit(1)
)


def newest_answer(connection: Connection, aggregator: str, request_key: str) -> Answered | None:
    """The last answer given under this key; None when it was never asked."""
    asked = {"aggregator": aggregator, "request_key": request_key}
    row = connection.execute(_NEWEST, asked).first()
    return None if row is None else Answered(*row)


def _once(statement: Any) -> Any:
    keys = ["aggregator", "request_key", "turn"]
    return statement.on_conflict_do_nothing(index_elements=keys).returning(sms_inbound.c.id)


_INSERTS: dict[str, Any] = {
    "sqlite": _once(sqlite.insert(sms_inbound)),
    "postgresql": _once(postgresql.insert(sms_inbound)),
}


def remember_answer(connection: Connection, values: dict[str, Any]) -> int | None:
    """Store an SMS with its answer; its id, or None when another call was first.

    The unique key decides. On PostgreSQL this waits for a transaction that holds the same key,
    so that the answer of whoever was first can be read afterwards.
    """
    number: int | None = connection.execute(
        _INSERTS[connection.dialect.name], values
    ).scalar_one_or_none()
    return number


_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock, :sender)")


def take_turn(connection: Connection, sender_index: bytes) -> None:
    """Let the SMS of one sender go one after the other until this transaction ends.

    On PostgreSQL several at once would each count the codes missed before any of them; on
    SQLite the transaction is the only writer anyway.
    """
    if connection.dialect.name == "postgresql":
        sender = int.from_bytes(sender_index[:4], "big", signed=True)
        connection.execute(_TAKE_TURN, {"lock": TURN_LOCK, "sender": sender})
