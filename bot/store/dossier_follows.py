"""Single dossiers that citizens follow with the slip in hand, without a phone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.notice_tables import dossier_follow


@dataclass(frozen=True, slots=True)
class Follow:
    """An open follow."""

    id: int
    dossier_id: int
    since: datetime


def open_follows(connection: Connection, user_id: str) -> list[Follow]:
    """The dossiers a citizen follows, oldest first."""
    rows = connection.execute(
        select(dossier_follow.c.id, dossier_follow.c.dossier_id, dossier_follow.c.since)
        .where(dossier_follow.c.user_id == user_id, dossier_follow.c.ended_at.is_(None))
        .order_by(dossier_follow.c.id)
    )
    return [Follow(*row) for row in rows]


def _once(statement: Any) -> Any:
    return statement.on_conflict_do_nothing(
        index_elements=["user_id", "dossier_id"],
        index_where=dossier_follow.c.ended_at.is_(None),
    ).returning(dossier_follow.c.id)


_INSERTS: dict[str, Any] = {
    "sqlite": _once(sqlite.insert(dossier_follow)),
    "postgresql": _once(postgresql.insert(dossier_follow)),
}


def add_follow(connection: Connection, values: dict[str, Any]) -> int | None:
    """Let a citizen follow a dossier; its id, or None when it was followed already."""
    number: int | None = connection.execute(
        _INSERTS[connection.dialect.name], values
    ).scalar_one_or_none()
    return number


def end_follows(connection: Connection, ids: Collection[int], at: datetime, why: str) -> None:
    """End these follows."""
    if ids:
        connection.execute(
            update(dossier_follow)
            .where(dossier_follow.c.id.in_(sorted(ids)))
            .values(ended_at=at, ended_why=why)
        )
