"""Keys that belong to the data: made once, kept sealed beside it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import data_key

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def sealed_data_key(connection: Connection, name: str) -> bytes | None:
    """A key as stored; None when it was not made yet."""
    found: bytes | None = connection.scalar(
        select(data_key.c.sealed).where(data_key.c.name == name)
    )
    return found


def keep_data_key(connection: Connection, name: str, sealed: bytes, now: datetime) -> bytes:
    """Store a new key unless another was first; the sealed key that holds from now on."""
    first: Insert = (
        _INSERTS[connection.dialect.name](data_key)
        .values(name=name, sealed=sealed, created_at=now)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    connection.execute(first)
    return sealed_data_key(connection, name) or sealed
