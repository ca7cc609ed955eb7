"""What dossiers' documents come to, written down at each change of it: the books are told of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
)

from bot.core.book import DocumentCount
from bot.core.document import Kind
from bot.store.among import by_dialect
from bot.store.book_tables import document_count
from bot.store.document_tables import document
from bot.store.tables import Instant, dossier_change

FIGURES = ("results", "papers", "digitised", "reused")
Numbers = tuple[int, ...]
_NONE: Numbers = (0,) * len(FIGURES)


def _number(counts: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((counts, 1), else_=0), type_=Integer)


# Not of one that is listed and lies there on paper alone (`document_record`).
_IS_ELECTRONIC = and_(document.c.kind == str(Kind.RESULT), document.c.digitised)
_IS_PAPER = document.c.kind == str(Kind.PAPER)
# A paper taken from a store is there as data, whoever digitised it.
_AS_DATA = or_(document.c.digitised, document.c.reused, document.c.from_national_store)
_PRESENT = by_dialect(
    lambda among: (
        select(
            document.c.dossier_id,
            _number(_IS_ELECTRONIC),
            _number(_IS_PAPER),
            _number(and_(_IS_PAPER, _AS_DATA)),
            _number(and_(_IS_PAPER, document.c.reused)),
        )
        .where(among(document.c.dossier_id, "dossiers"), document.c.deleted.is_(False))
        .group_by(document.c.dossier_id)
    )
)
_WRITTEN = by_dialect(
    lambda among: (
        select(
            document_count.c.dossier_id,
            document_count.c.at,
            *(document_count.c[name] for name in FIGURES),
        )
        .where(among(document_count.c.dossier_id, "dossiers"))
        .order_by(document_count.c.id)
    )
)


def note_counts(connection: Connection, dossiers: Collection[int], now: datetime) -> None:
    """Write down what these dossiers' documents come to now, where it is not what stands.

    Shape: it belongs into the transaction that changes documents, after the change, while the
           dossiers are held.
    """
    if not dossiers:
        return
    asked = {"dossiers": sorted(dossiers)}
    rows = connection.execute(_PRESENT[connection.dialect.name], asked)
    present: dict[int, Numbers] = {row[0]: tuple(row[1:]) for row in rows}
    before = {row[0]: tuple(row[2:]) for row in _written(connection, asked["dossiers"])}
    fresh = [
        {"dossier_id": one, "at": now, **dict(zip(FIGURES, present.get(one, _NONE), strict=True))}
        for one in asked["dossiers"]
        if present.get(one, _NONE) != before.get(one, _NONE)
    ]
    if fresh:
        connection.execute(insert(document_count), fresh)


def counts_of(
    connection: Connection, dossiers: Collection[int]
) -> Mapping[int, Sequence[DocumentCount]]:
    """What these dossiers' documents came to and since when, oldest first."""
    found: defaultdict[int, list[DocumentCount]] = defaultdict(list)
    for row in _written(connection, sorted(dossiers)) if dossiers else ():
        found[row[0]].append(DocumentCount(*row[1:]))
    return found


_LATE = (
    select(dossier_change.c.arrived_at, func.max(document_count.c.at, type_=Instant))
    .join(document_count, document_count.c.dossier_id == dossier_change.c.dossier_id)
    .where(
        document_count.c.at >= bindparam("since", type_=Instant),
        dossier_change.c.arrived_at >= bindparam("first", type_=Instant),
        dossier_change.c.arrived_at < bindparam("last", type_=Instant),
    )
    .group_by(dossier_change.c.arrived_at)
)


def moved_before(
    connection: Connection, since: datetime, first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """Moments from `first` up to before `last` at which dossiers moved whose documents have come
    to something else since then; each with when they last did."""
    asked = {"since": since, "first": first, "last": last}
    return [(row[0], row[1]) for row in connection.execute(_LATE, asked)]


def _written(connection: Connection, dossiers: Sequence[int]) -> Sequence[Any]:
    rows = connection.execute(_WRITTEN[connection.dialect.name], {"dossiers": list(dossiers)})
    return rows.all()
