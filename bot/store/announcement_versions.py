"""What was written of an announcement: when, and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.store.announcement_tables import announcement_version
from bot.store.counter_tables import staff


@dataclass(frozen=True, slots=True)
class Version:
    """What was written once: by whom, and when."""

    revision: int
    staff_id: int
    login: str
    at: datetime
    content: str


def keep_version(
    connection: Connection, announcement_id: int, revision: int, values: Mapping[str, Any]
) -> None:
    """Add a version: staff_id, at, content."""
    connection.execute(
        insert(announcement_version).values(
            announcement_id=announcement_id, revision=revision, **values
        )
    )


def renew_version(
    connection: Connection, announcement_id: int, revision: int, values: Mapping[str, Any]
) -> None:
    """Let the newest version be this one: it is of the same sitting."""
    newest = (
        select(func.max(announcement_version.c.revision))
        .where(announcement_version.c.announcement_id == announcement_id)
        .scalar_subquery()
    )
    connection.execute(
        update(announcement_version)
        .where(
            announcement_version.c.announcement_id == announcement_id,
            announcement_version.c.revision == newest,
        )
        .values(revision=revision, **values)
    )


def versions(connection: Connection, announcement_id: int) -> list[Version]:
    """What was written, newest first."""
    rows = connection.execute(
        select(
            announcement_version.c.revision,
            announcement_version.c.staff_id,
            staff.c.login,
            announcement_version.c.at,
            announcement_version.c.content,
        )
        .join(staff, staff.c.id == announcement_version.c.staff_id)
        .where(announcement_version.c.announcement_id == announcement_id)
        .order_by(announcement_version.c.revision.desc())
    )
    return [Version(*row) for row in rows]


def authors(connection: Connection, announcement_id: int) -> set[int]:
    """The accounts that wrote any part of an announcement."""
    rows = connection.scalars(
        select(announcement_version.c.staff_id)
        .where(announcement_version.c.announcement_id == announcement_id)
        .distinct()
    )
    return set(rows)
