"""Whole months of what grows by the month: what of them is past and may go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    true,
)

from bot.store.notice_tables import notice
from bot.store.partitions import MONTHLY, TABLES, is_parted, partitions_of
from bot.store.purges import OVER
from bot.store.tables import dossier, dossier_change


def _within(name: str, since: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    column = MONTHLY[name]
    ends = [] if until is None else [column < until]
    return and_(true(), *ends, *([] if since is None else [column >= since]))


def oldest_row(connection: Connection, name: str) -> datetime | None:
    """The moment by which the oldest row is placed; None for an empty table.

    Month by month where there are partitions: no index tells it of all of them.
    """
    column = MONTHLY[name]
    for part in partitions_of(connection, name):
        found: datetime | None = connection.scalar(
            select(func.min(column)).where(_within(name, part.since, part.until))
        )
        if found is not None:
            return found
    return None if is_parted(connection) else connection.scalar(select(func.min(column)))


def rows_within(connection: Connection, name: str, since: datetime | None, until: datetime) -> int:
    """How many rows a span holds; `since` None is from ever."""
    chosen = select(func.count()).select_from(TABLES[name]).where(_within(name, since, until))
    return connection.scalar(chosen) or 0


def are_notices_open(connection: Connection, since: datetime | None, until: datetime) -> bool:
    """Whether a notice that was made in this span is still owed."""
    made = notice.c.created_at < until
    made = made if since is None else and_(notice.c.created_at >= since, made)
    return bool(connection.scalar(select(exists().where(made, notice.c.due_at.is_not(None)))))


def _living(since: datetime | None, until: datetime, kept_from: datetime) -> Select[tuple[int]]:
    later = dossier_change.alias("later")
    moved_since = exists().where(
        later.c.dossier_id == dossier.c.id, later.c.arrived_at >= kept_from
    )
    moved = select(dossier_change.c.dossier_id).where(_within("dossier_change", since, until))
    return select(dossier.c.id).where(
        dossier.c.id.in_(moved), or_(dossier.c.status.not_in(OVER), moved_since)
    )


def living_dossiers(
    connection: Connection, since: datetime | None, until: datetime, kept_from: datetime
) -> Sequence[int]:
    """Of the dossiers that moved in a span, those whose history is still needed whole.

    They are not at their end, or moved again since `kept_from`: their later days in the books are
    reckoned from all that came before.
    """
    return list(connection.scalars(_living(since, until, kept_from)))


def rows_of_living(
    connection: Connection, since: datetime | None, until: datetime, kept_from: datetime
) -> int:
    """How many changes of a span are of dossiers whose history is still needed whole."""
    chosen = select(func.count()).where(
        _within("dossier_change", since, until),
        dossier_change.c.dossier_id.in_(_living(since, until, kept_from)),
    )
    return connection.scalar(chosen) or 0


def delete_attempts(
    connection: Connection, since: datetime | None, until: datetime, most: int
) -> int:
    """Delete attempts of notices made in a span, at most so many; how many."""
    return _delete(connection, "attempt", _within("attempt", since, until), most)


def delete_changes(
    connection: Connection,
    since: datetime | None,
    until: datetime,
    kept_from: datetime,
    most: int,
) -> int:
    """Delete changes of a span, at most so many, but those of living dossiers; how many."""
    living = dossier_change.c.dossier_id.in_(_living(since, until, kept_from))
    which = and_(_within("dossier_change", since, until), not_(living))
    return _delete(connection, "dossier_change", which, most)


def _delete(connection: Connection, name: str, which: ColumnElement[bool], most: int) -> int:
    table = TABLES[name]
    some = select(table.c.id).where(which).order_by(table.c.id).limit(most)
    return connection.execute(delete(table).where(table.c.id.in_(some))).rowcount
