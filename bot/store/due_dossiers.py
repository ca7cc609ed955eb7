"""Dossiers that are promised for now and still being worked on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from bot.store.tables import dossier

# In the very words of ix_dossier_promised: SQLite uses a partial index for no others.
_IN_WORK = dossier.c.status.in_([literal_column("2"), literal_column("4")])


@dataclass(frozen=True, slots=True)
class DueDossier:
    """One of them: nothing of a person."""

    code: str
    agency_code: str
    procedure: str
    step: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Promised from `since` on and before `until`, at these agencies."""

    agencies: Collection[str]
    since: datetime
    until: datetime


def _due(span: Span) -> ColumnElement[bool]:
    return and_(
        _IN_WORK,
        dossier.c.due_at >= span.since,
        dossier.c.due_at < span.until,
        dossier.c.agency_code.in_(sorted(span.agencies)),
    )


def due_dossiers(connection: Connection, span: Span, most: int) -> list[DueDossier]:
    """The dossiers, the earliest promise first, at most so many."""
    rows = connection.execute(
        select(
            dossier.c.code,
            dossier.c.agency_code,
            dossier.c.procedure_name,
            dossier.c.step,
            dossier.c.due_at,
        )
        .where(_due(span))
        .order_by(dossier.c.due_at, dossier.c.id)
        .limit(most)
    )
    return [DueDossier(*row) for row in rows]


def count_due(connection: Connection, span: Span, most: int) -> int:
    """How many there are, counted up to `most`."""
    some = select(dossier.c.id).where(_due(span)).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def count_promised(connection: Connection, since: datetime, until: datetime) -> int:
    """How many dossiers in work are promised from `since` on and before `until`, at any agency."""
    counted = select(func.count()).where(
        _IN_WORK, dossier.c.due_at >= since, dossier.c.due_at < until
    )
    return int(connection.execute(counted).scalar_one())
