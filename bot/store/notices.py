"""Notices: owed, cancelled, listed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.notice_tables import notice

_ONCE = {
    "sqlite": sqlite.insert(notice).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(notice).on_conflict_do_nothing(index_elements=["key"]),
}


def owe_notices(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store notices that are owed; one with a key known before is not owed again."""
    if rows:
        connection.execute(_ONCE[connection.dialect.name], list(rows))
