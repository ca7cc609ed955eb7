"""Timed jobs: each has one row, and whoever holds its lease runs it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.watch_tables import timed_job

# Two workers look at their clocks, wait for the row, and come to it the other way round; and no
# two machines' clocks are quite the same. Neither is a clock that was set back.
MEANWHILE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class JobState:
    """What is known of a timed job; times are aware or None."""

    name: str
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    fault: str | None
    succeeded_at: datetime | None = None


def ensure_jobs(connection: Connection, names: Iterable[str], now: datetime) -> None:
    """Give every job its row; a job never seen before is due now."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [{"name": name, "due_at": now} for name in sorted(names)]
    connection.execute(dialect.insert(timed_job).on_conflict_do_nothing(), rows)


@dataclass(frozen=True, slots=True)
class Wish:
    """A runner's wish to run a job now, as whom, with what lease; `every` is the job's rhythm."""

    name: str
    holder: str
    now: datetime
    every: timedelta
    lease: timedelta


def take_job(connection: Connection, wish: Wish) -> bool:
    """Take a due job for one runner; False when it is not due or another runs it.

    One conditional UPDATE decides, so that exactly one of many workers runs it; a lease that
    ended (its runner died) may be taken over. Times further ahead than a run could have set
    them, and MEANWHILE more, were written under a clock that has been set back since, and count
    as past.
    """
    now, job = wish.now, timed_job.c
    taken = connection.execute(
        update(timed_job)
        .where(
            job.name == wish.name,
            or_(job.due_at <= now, job.due_at > now + wish.every + MEANWHILE),
            or_(
                job.lease_until.is_(None),
                job.lease_until <= now,
                job.lease_until > now + wish.lease + MEANWHILE,
            ),
        )
        .values(lease=wish.holder, lease_until=now + wish.lease, started_at=now)
    )
    return taken.rowcount == 1


def finish_job(
    connection: Connection, name: str, holder: str, now: datetime, due_at: datetime, fault: str
) -> None:
    """A run is over; the job is due again at `due_at`."""
    values = {
        "lease": None,
        "lease_until": None,
        "finished_at": now,
        "due_at": due_at,
        "fault": fault[:300] or None,
    }
    if not fault:
        values["succeeded_at"] = now
    connection.execute(
        update(timed_job)
        .where(timed_job.c.name == name, timed_job.c.lease == holder)
        .values(**values)
    )


def job_states(connection: Connection) -> list[JobState]:
    """Every timed job as it stands."""
    rows = connection.execute(
        select(
            timed_job.c.name,
            timed_job.c.due_at,
            timed_job.c.started_at,
            timed_job.c.finished_at,
            timed_job.c.fault,
            timed_job.c.succeeded_at,
        ).order_by(timed_job.c.name)
    )
    return [JobState(*row) for row in rows]
