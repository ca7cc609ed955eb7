"""Wishes to be forgotten: written down, taken up again, closed without saying whose they were."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, insert, literal, select, update

from bot.store.privacy_tables import erasure


@dataclass(frozen=True, slots=True, repr=False)
class Erasure:
    """A wish that is not carried out yet: of a phone, by its blind index, or of a chat."""

    id: int
    how: str
    phone_index: bytes | None
    user_id: str | None
    asked_at: datetime
    erased: Mapping[str, int]


_COLUMNS = (
    erasure.c.id,
    erasure.c.how,
    erasure.c.phone_index,
    erasure.c.user_id,
    erasure.c.asked_at,
    erasure.c.erased,
)


def _read(row: Any) -> Erasure:
    index = bytes(row[2]) if row[2] is not None else None
    return Erasure(row[0], row[1], index, row[3], row[4], json.loads(row[5]))


def ask_erasure(connection: Connection, values: Mapping[str, Any]) -> Erasure:
    """Write a wish down; the same one that is still being carried out reaches further instead.

    An event that was late says an older moment: what was asked for since stays asked for.
    """
    asked = {"phone_index": None, "user_id": None, **values}
    of_phone = erasure.c.phone_index == asked["phone_index"]
    same = of_phone if asked["phone_index"] else erasure.c.user_id == asked["user_id"]
    at, moment = asked["asked_at"], erasure.c.asked_at
    later = case((moment < at, literal(at, moment.type)), else_=moment)
    row = connection.execute(
        update(erasure)
        .where(erasure.c.due_at.is_not(None), same)
        .values(asked_at=later, due_at=asked["due_at"])
        .returning(*_COLUMNS)
    ).first()
    if row is None:
        fresh = insert(erasure).values(erased="{}", **asked).returning(*_COLUMNS)
        row = connection.execute(fresh).one()
    return _read(row)


def wishes_of_chats(connection: Connection, user_ids: Collection[str]) -> list[Erasure]:
    """The wishes of these chats that are not carried out yet."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(erasure.c.due_at.is_not(None), erasure.c.user_id.in_(sorted(user_ids)))
        .order_by(erasure.c.id)
    )
    return [_read(row) for row in rows]


def due_erasures(connection: Connection, now: datetime, most: int) -> list[Erasure]:
    """Wishes that are due to be gone on with, the oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(erasure.c.due_at <= now)
        .order_by(erasure.c.due_at, erasure.c.id)
        .limit(most)
    )
    return [_read(row) for row in rows]


def go_on_later(
    connection: Connection, wish: Erasure, erased: Mapping[str, int], due_at: datetime
) -> None:
    """Keep what was erased so far, and when to go on: at once if it was asked for again since."""
    later = case(
        (erasure.c.asked_at == wish.asked_at, literal(due_at, erasure.c.due_at.type)),
        else_=erasure.c.due_at,
    )
    connection.execute(
        update(erasure)
        .where(erasure.c.id == wish.id, erasure.c.due_at.is_not(None))
        .values(erased=json.dumps(erased, sort_keys=True), due_at=later)
    )


def close_erasure(
    connection: Connection, wish: Erasure, erased: Mapping[str, int], now: datetime
) -> bool:
    """A wish is carried out: the row says that it was, when and how much, and no more whose.

    Result: False, and nothing closed, when it was asked for again since it was read.
    """
    closed = connection.execute(
        update(erasure)
        .where(
            erasure.c.id == wish.id,
            erasure.c.asked_at == wish.asked_at,
            erasure.c.due_at.is_not(None),
        )
        .values(
            erased=json.dumps(erased, sort_keys=True),
            phone_index=None,
            user_id=None,
            due_at=None,
            done_at=now,
        )
    )
    return closed.rowcount > 0
