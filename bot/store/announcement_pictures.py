"""The pictures of announcements."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.core.announcement import BEGUN
from bot.store.announcement_tables import announcement, announcement_picture


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A stored picture; `kind` is jpg or png."""

    id: int
    token: str
    digest: str
    content: bytes
    kind: str


_PICTURE = (
    announcement_picture.c.id,
    announcement_picture.c.token,
    announcement_picture.c.digest,
    announcement_picture.c.content,
    announcement_picture.c.kind,
)


def keep_picture(connection: Connection, values: Mapping[str, Any]) -> int:
    """Store a picture; its id."""
    made = insert(announcement_picture).values(**values).returning(announcement_picture.c.id)
    return int(connection.execute(made).scalar_one())


def picture_by_id(connection: Connection, picture_id: int) -> Picture | None:
    """One picture; None when there is none."""
    chosen = select(*_PICTURE).where(announcement_picture.c.id == picture_id)
    row = connection.execute(chosen).one_or_none()
    return Picture(*row) if row else None


def shown_picture(connection: Connection, token: str) -> Picture | None:
    """A picture that Zalo may fetch: of an announcement that has begun to go out."""
    row = connection.execute(
        select(*_PICTURE)
        .join(announcement, announcement.c.picture_id == announcement_picture.c.id)
        .where(
            announcement_picture.c.token == token,
            announcement.c.state.in_([str(state) for state in BEGUN]),
        )
        .limit(1)
    ).one_or_none()
    return Picture(*row) if row else None
