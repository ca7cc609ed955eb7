"""The books as pages read them: a few thousand rows added up, however many dossiers there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, false, func, select

from bot.store.book_tables import (
    LINE_FIGURES,
    TALLY_FIGURES,
    book_count,
    book_day,
    book_line,
    book_procedure,
    book_tally,
)
from bot.store.books import LATEST

Numbers = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Extract:
    """Which rows of the books: periods, agencies (None: all), one procedure (None: all together).

    Shape: periods are days and months that do not overlap.
    """

    periods: tuple[str, ...]
    agencies: frozenset[str] | None = None
    procedure: str | None = None


def lines_by(connection: Connection, extract: Extract, by: str) -> dict[str, Numbers]:
    """Figures of dossiers and messages, added up by `period`, `agency_code` or `procedure_code`."""
    column = book_line.c[by]
    added = [func.sum(book_line.c[name]).label(name) for name in LINE_FIGURES]
    each = by == "procedure_code" and extract.procedure is None
    chosen = (
        select(column, *added)
        .where(*_chosen(book_line, extract, each))
        .group_by(column)
        .order_by(column)
    )
    return {
        row[0]: {name: int(row[place]) for place, name in enumerate(LINE_FIGURES, start=1)}
        for row in connection.execute(chosen)
    }


def tallies_by(
    connection: Connection, extract: Extract, by: Sequence[str]
) -> dict[tuple[str, ...], Numbers]:
    """Messages by any of event, outcome, channel, reason and agency_code."""
    columns = [book_tally.c[name] for name in by]
    added = [func.sum(book_tally.c[name]).label(name) for name in TALLY_FIGURES]
    chosen = (
        select(*columns, *added)
        .where(*_chosen(book_tally, extract, False))
        .group_by(*columns)
        .order_by(*columns)
    )
    return {
        tuple(row[: len(columns)]): {
            name: int(row[place]) for place, name in enumerate(TALLY_FIGURES, start=len(columns))
        }
        for row in connection.execute(chosen)
    }


def _chosen(table: Table, extract: Extract, each_procedure: bool) -> list[Any]:
    found = [table.c.period.in_(extract.periods), table.c.edition == LATEST]
    if each_procedure:
        found.append(table.c.procedure_code != "")
    else:
        found.append(table.c.procedure_code == (extract.procedure or ""))
    return [*found, *_of_agencies(table, extract.agencies)]


def _of_agencies(table: Table, agencies: Collection[str] | None) -> list[Any]:
    if agencies is None:
        return []
    return [table.c.agency_code.in_(sorted(agencies))] if agencies else [false()]


def counts_by(
    connection: Connection, periods: Collection[str], agencies: Collection[str] | None, by: str
) -> dict[tuple[str, str], int]:
    """Numbers of lookups, replies and the like, by (`period` or `agency_code`, dotted word).

    Shape: a state (a word that ends in ".now") only by period: over periods it does not add up.
    """
    column = book_count.c[by]
    added_up = () if by == "period" else (book_count.c.what.not_like("%.now"),)
    chosen = (
        select(column, book_count.c.what, func.sum(book_count.c.number))
        .where(
            book_count.c.period.in_(sorted(periods)),
            *_of_agencies(book_count, agencies),
            *added_up,
        )
        .group_by(column, book_count.c.what)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(chosen)}


def procedure_names(connection: Connection) -> dict[str, str]:
    """What procedures are called, by code."""
    rows = connection.execute(select(book_procedure.c.code, book_procedure.c.name))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Kept:
    """How far the books of some days are: made when, how many differences, how many frozen."""

    reckoned_at: datetime | None
    open: int
    frozen: int


def kept_of(connection: Connection, first: Any, last: Any) -> Kept:
    """The state of the days from `first` to `last`."""
    row = connection.execute(
        select(
            func.max(book_day.c.reckoned_at),
            func.coalesce(func.sum(book_day.c.latest_open), 0),
            func.count(book_day.c.frozen_at),
        ).where(book_day.c.day >= first, book_day.c.day <= last)
    ).one()
    return Kept(row[0], int(row[1]), int(row[2]))


def open_days(connection: Connection, first: Any, last: Any) -> list[Any]:
    """Days of these that do not close."""
    return list(
        connection.scalars(
            select(book_day.c.day)
            .where(book_day.c.day >= first, book_day.c.day <= last, book_day.c.latest_open > 0)
            .order_by(book_day.c.day)
        )
    )
