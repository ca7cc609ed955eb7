"""The books' rows: written for a day, added up for a month, read for a page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.book_figures import Figures
from bot.store.book_tables import (
    LINE_FIGURES,
    TALLY_FIGURES,
    book_day,
    book_line,
    book_procedure,
    book_tally,
)
from bot.store.tables import dossier, dossier_change

FROZEN, LATEST = "frozen", "latest"
TALLY_KEY = ("procedure_code", "agency_code", "event", "outcome", "channel", "reason")
LINE_KEY = ("procedure_code", "agency_code")
_BATCH = 1_000
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class BookDay:
    """One day of the books: when it was frozen, and how many differences each edition has."""

    day: date
    frozen_at: datetime | None = None
    frozen_open: int | None = None
    reckoned_at: datetime | None = None
    latest_open: int | None = None
    unsettled: int | None = None


def line_rows(figures: Figures) -> Rows:
    """Figures as rows of the book of lines, without a period."""
    return [
        {
            "procedure_code": procedure,
            "agency_code": agency,
            **{name: counts.get(name, 0) for name in LINE_FIGURES},
        }
        for (procedure, agency), counts in sorted(figures.lines.items())
    ]


def tally_rows(figures: Figures) -> Rows:
    """Figures as rows of the book of tallies, without a period."""
    return [
        {
            **dict(zip(TALLY_KEY, key, strict=True)),
            **{name: counts.get(name, 0) for name in TALLY_FIGURES},
        }
        for key, counts in sorted(figures.tallies.items())
    ]


def replace_period(
    connection: Connection, period: str, edition: str, lines: Rows, tallies: Rows
) -> None:
    """Write a period's rows in the place of those that stand."""
    for table, rows in ((book_line, lines), (book_tally, tallies)):
        connection.execute(
            delete(table).where(table.c.period == period, table.c.edition == edition)
        )
        placed = [{"period": period, "edition": edition, **row} for row in rows]
        for start in range(0, len(placed), _BATCH):
            connection.execute(insert(table), placed[start : start + _BATCH])


def stored_period(connection: Connection, period: str, edition: str) -> tuple[Rows, Rows]:
    """A period's rows as they stand: lines and tallies, in the order of their keys."""
    return (
        _stored(connection, book_line, (*LINE_KEY, *LINE_FIGURES), LINE_KEY, period, edition),
        _stored(connection, book_tally, (*TALLY_KEY, *TALLY_FIGURES), TALLY_KEY, period, edition),
    )


def _stored(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    key: Sequence[str],
    period: str,
    edition: str,
) -> Rows:
    chosen = select(*(table.c[name] for name in names)).where(
        table.c.period == period, table.c.edition == edition
    )
    rows = [dict(row._mapping) for row in connection.execute(chosen)]
    return sorted(rows, key=lambda row: tuple(row[name] for name in key))


def month_sums(connection: Connection, days: Collection[str]) -> tuple[Rows, Rows]:
    """The latest rows of these days, added up: lines and tallies."""
    return (
        _sums(connection, book_line, LINE_KEY, LINE_FIGURES, days),
        _sums(connection, book_tally, TALLY_KEY, TALLY_FIGURES, days),
    )


def _sums(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    figures: Sequence[str],
    days: Collection[str],
) -> Rows:
    by = [table.c[name] for name in key]
    added = [func.sum(table.c[name]).label(name) for name in figures]
    chosen = (
        select(*by, *added)
        .where(table.c.period.in_(sorted(days)), table.c.edition == LATEST)
        .group_by(*by)
    )
    rows = connection.execute(chosen)
    return [
        {name: int(value) if name in figures else value for name, value in row._mapping.items()}
        for row in rows
    ]


_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def write_day(connection: Connection, day: date, values: Mapping[str, Any]) -> None:
    """Write what is known of a day beside what stands."""
    added = _INSERTS[connection.dialect.name](book_day).values(day=day, **values)
    connection.execute(added.on_conflict_do_update(index_elements=["day"], set_=dict(values)))


def book_days(connection: Connection, first: date, last: date) -> dict[date, BookDay]:
    """The days that have been booked, of these, by day."""
    chosen = select(book_day).where(book_day.c.day >= first, book_day.c.day <= last)
    return {row.day: BookDay(*row) for row in connection.execute(chosen.order_by(book_day.c.day))}


def last_frozen(connection: Connection) -> date | None:
    """The newest day that was frozen; None when none was."""
    found: date | None = connection.scalar(
        select(func.max(book_day.c.day)).where(book_day.c.frozen_at.is_not(None))
    )
    return found


_STALE = (
    select(book_day.c.day)
    .where(
        book_day.c.day >= bindparam("first"),
        book_day.c.frozen_at.is_not(None),
        or_(
            book_day.c.reckoned_at < bindparam("before"),
            (book_day.c.unsettled > 0) & (book_day.c.reckoned_at < bindparam("before_unsettled")),
        ),
    )
    .order_by(book_day.c.day)
)


def stale_days(
    connection: Connection, first: date, before: datetime, before_unsettled: datetime
) -> list[date]:
    """Frozen days since `first` whose latest edition was made too long ago.

    Shape: one whose messages may still change their outcome since `before_unsettled`, any other
           since `before`.
    """
    asked = {"first": first, "before": before, "before_unsettled": before_unsettled}
    return list(connection.scalars(_STALE, asked))


def mark_for_renewal(connection: Connection, days: Mapping[date, datetime]) -> None:
    """Let frozen days be made anew, those of them that were made before the moment named."""
    for day, since in sorted(days.items()):
        connection.execute(
            update(book_day)
            .where(
                book_day.c.day == day,
                book_day.c.frozen_at.is_not(None),
                book_day.c.reckoned_at < since,
            )
            .values(reckoned_at=None)
        )


def marked_days(connection: Connection, most: int) -> list[date]:
    """Frozen days that are to be made anew, the oldest first."""
    chosen = select(book_day.c.day).where(
        book_day.c.frozen_at.is_not(None), book_day.c.reckoned_at.is_(None)
    )
    return list(connection.scalars(chosen.order_by(book_day.c.day).limit(most)))


def last_made(connection: Connection) -> datetime | None:
    """When a day was made last; None before the first one."""
    found: datetime | None = connection.scalar(select(func.max(book_day.c.reckoned_at)))
    return found


def moved_procedures(connection: Connection, since: datetime, until: datetime) -> Mapping[str, str]:
    """What the procedures of the dossiers that moved are called now."""
    moved = select(dossier_change.c.dossier_id).where(
        dossier_change.c.arrived_at >= since, dossier_change.c.arrived_at < until
    )
    rows = connection.execute(
        select(dossier.c.procedure_code, func.max(dossier.c.procedure_name))
        .where(dossier.c.id.in_(moved))
        .group_by(dossier.c.procedure_code)
    )
    return {row[0]: row[1] for row in rows}


def name_procedures(connection: Connection, names: Mapping[str, str]) -> None:
    """Keep what procedures are called."""
    if names:
        added = _INSERTS[connection.dialect.name](book_procedure)
        newer = added.on_conflict_do_update(
            index_elements=["code"], set_={"name": added.excluded.name}
        )
        rows = [{"code": code, "name": name} for code, name in sorted(names.items())]
        connection.execute(newer, rows)
