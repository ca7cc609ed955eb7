"""Purges as they were carried out: begun, gone on with, ended, read back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.privacy_tables import purge_line, purge_run


@dataclass(frozen=True, slots=True)
class PurgeLine:
    """What a purge did by one rule; `oldest_left` is of the rows the rule will still meet."""

    rule: str
    counted: int
    purged: int
    oldest_left: datetime | None
    finished_at: datetime | None


def begin_run(connection: Connection, how: str, dry_run: bool, now: datetime) -> int:
    """Write down that a purge begins; its id."""
    fresh = insert(purge_run).values(how=how, dry_run=dry_run, started_at=now)
    number: int = connection.execute(fresh.returning(purge_run.c.id)).scalar_one()
    return number


def open_run(connection: Connection, how: str, since: datetime) -> int | None:
    """The newest purge of this kind begun since then that has not ended."""
    number: int | None = connection.scalar(
        select(func.max(purge_run.c.id)).where(
            purge_run.c.how == how,
            purge_run.c.started_at >= since,
            purge_run.c.finished_at.is_(None),
        )
    )
    return number


def ended_since(connection: Connection, how: str, since: datetime) -> bool:
    """Whether a purge of this kind that was begun since then has ended."""
    chosen = select(func.count()).where(
        purge_run.c.how == how,
        purge_run.c.started_at >= since,
        purge_run.c.finished_at.is_not(None),
    )
    return bool(connection.scalar(chosen))


def begin_line(connection: Connection, run_id: int, rule: str, counted: int) -> None:
    """Write down how much a rule finds; a run that goes on keeps what it counted first."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(purge_line).values(run_id=run_id, rule=rule, counted=counted, purged=0)
    connection.execute(fresh.on_conflict_do_nothing())


def count_purged(connection: Connection, run_id: int, rule: str, number: int) -> None:
    """Add to what a rule has purged, in the transaction that did it."""
    connection.execute(
        update(purge_line)
        .where(purge_line.c.run_id == run_id, purge_line.c.rule == rule)
        .values(purged=purge_line.c.purged + number)
    )


def end_line(
    connection: Connection, run_id: int, rule: str, oldest: datetime | None, now: datetime
) -> None:
    """A rule has nothing more to do in this run."""
    connection.execute(
        update(purge_line)
        .where(purge_line.c.run_id == run_id, purge_line.c.rule == rule)
        .values(oldest_left=oldest, finished_at=now)
    )


def end_run(connection: Connection, run_id: int, now: datetime) -> None:
    """A purge is over."""
    connection.execute(update(purge_run).where(purge_run.c.id == run_id).values(finished_at=now))


def lines_of(connection: Connection, run_id: int) -> Mapping[str, PurgeLine]:
    """What a purge has done, by rule."""
    rows = connection.execute(
        select(
            purge_line.c.rule,
            purge_line.c.counted,
            purge_line.c.purged,
            purge_line.c.oldest_left,
            purge_line.c.finished_at,
        ).where(purge_line.c.run_id == run_id)
    )
    return {row.rule: PurgeLine(*row) for row in rows}


def newest_lines(connection: Connection) -> Mapping[str, PurgeLine]:
    """What was last done by each rule, in a purge that was carried out."""
    newest = (
        select(func.max(purge_line.c.run_id))
        .join(purge_run, purge_run.c.id == purge_line.c.run_id)
        .where(purge_run.c.dry_run.is_(False), purge_line.c.finished_at.is_not(None))
        .group_by(purge_line.c.rule)
    )
    found: dict[str, PurgeLine] = {}
    for number in sorted(connection.scalars(newest.distinct()).all()):
        found |= lines_of(connection, number)
    return found
