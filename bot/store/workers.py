"""Signs of life of the workers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.watch_tables import worker_sign


def sign(connection: Connection, worker: str, lane: str, now: datetime) -> None:
    """This worker's lane is alive."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(worker_sign)
        .values(worker=worker, lane=lane, seen_at=now)
        .on_conflict_do_update(index_elements=["worker"], set_={"seen_at": now})
    )


def sign_off(connection: Connection, worker: str) -> None:
    """This worker has ended in order."""
    connection.execute(delete(worker_sign).where(worker_sign.c.worker == worker))


def living(connection: Connection, since: datetime) -> dict[str, int]:
    """Per lane, how many workers gave a sign after `since`."""
    rows = connection.execute(
        select(worker_sign.c.lane, func.count())
        .where(worker_sign.c.seen_at >= since)
        .group_by(worker_sign.c.lane)
    )
    return {lane: int(count) for lane, count in rows}


def newest_sign(connection: Connection) -> datetime | None:
    """When any worker gave a sign last; None when there is none."""
    found: datetime | None = connection.scalar(select(func.max(worker_sign.c.seen_at)))
    return found


def forget_signs(connection: Connection, before: datetime) -> None:
    """Drop the signs of workers that are long gone."""
    connection.execute(delete(worker_sign).where(worker_sign.c.seen_at < before))
