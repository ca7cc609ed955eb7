"""Signs of life of the workers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.clocks import WorkerClock
from bot.store.watch_tables import worker_sign

BESIDE = timedelta(seconds=15)  # a lane signs every ten seconds while it lives


def sign(connection: Connection, worker: str, lane: str, now: datetime) -> None:
    """This worker's lane is alive."""
    signed = {"seen_at": now, "clock_at": clock_of_database(connection)}
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(worker_sign)
        .values(worker=worker, lane=lane, **signed)
        .on_conflict_do_update(index_elements=["worker"], set_=signed)
    )


def clock_of_database(connection: Connection) -> datetime:
    """What the database's clock says; SQLite has that of the machine we are on."""
    if connection.dialect.name != "postgresql":
        return datetime.now(UTC)
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told


def clocks_beside(connection: Connection, worker: str, now: datetime) -> list[WorkerClock]:
    """The clocks of the other lanes that live; `now` by the database's clock."""
    chosen = select(worker_sign.c.worker, worker_sign.c.seen_at, worker_sign.c.clock_at).where(
        worker_sign.c.worker != worker, worker_sign.c.clock_at > now - BESIDE
    )
    return [WorkerClock(row[0], row[1] - row[2]) for row in connection.execute(chosen)]


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
