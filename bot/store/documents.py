"""Digitised papers and results of dossiers: kept, changed, and found by their keyed marks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.document import Kind, Source
from bot.store.document_tables import document
from bot.store.dossiers import Row
from bot.store.tables import dossier

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
MOST_OF_DOSSIER = 500  # more than 10 records of a feed can tell
MOST_SAME_MARK = 50
_PLACE = ("dossier_id", "kind", "source_ref")
_NEVER_CHANGED = frozenset({*_PLACE, "source", "first_seen_at"})
WIPED: Mapping[str, Any] = dict.fromkeys(("facts", "number_index", "symbol_index", "owner_index"))


@dataclass(frozen=True, slots=True, repr=False)
class StoredDocument:
    """One document as it is kept; `facts` sealed, None once its person is forgotten."""

    id: int
    dossier_id: int
    dossier_code: str
    kind: str
    source: str
    agency_code: str
    procedure_code: str
    procedure_name: str
    type_code: str | None
    issuer: str | None
    issued_on: date | None
    valid_from: date | None
    valid_until: date | None
    valid_forever: bool
    revoked_on: date | None
    digitised: bool
    reused: bool
    from_national_store: bool
    digitised_at: datetime | None
    deleted: bool
    lacks: int
    facts: bytes | None
    first_seen_at: datetime
    updated_at: datetime


_COLUMNS: tuple[ColumnElement[Any], ...] = (
    document.c.id,
    document.c.dossier_id,
    dossier.c.code,
    document.c.kind,
    document.c.source,
    document.c.agency_code,
    document.c.procedure_code,
    dossier.c.procedure_name,
    document.c.type_code,
    document.c.issuer,
    document.c.issued_on,
    document.c.valid_from,
    document.c.valid_until,
    document.c.valid_forever,
    document.c.revoked_on,
    document.c.digitised,
    document.c.reused,
    document.c.from_national_store,
    document.c.digitised_at,
    document.c.deleted,
    document.c.lacks,
    document.c.facts,
    document.c.first_seen_at,
    document.c.updated_at,
)
DOCUMENTS: Select[Any] = select(*_COLUMNS).join(dossier, dossier.c.id == document.c.dossier_id)


def stored_documents(connection: Connection, chosen: Select[Any]) -> list[StoredDocument]:
    """What a question put to `DOCUMENTS` finds."""
    return [StoredDocument(*row) for row in connection.execute(chosen)]


def of_dossier(
    connection: Connection, dossier_id: int, deleted: bool = False
) -> list[StoredDocument]:
    """The documents of a dossier, papers first, as they were first seen; deleted ones by wish."""
    chosen = DOCUMENTS.where(document.c.dossier_id == dossier_id)
    if not deleted:
        chosen = chosen.where(document.c.deleted.is_(False))
    order = (document.c.kind, document.c.id)  # "paper" < "result"
    return stored_documents(connection, chosen.order_by(*order).limit(MOST_OF_DOSSIER))


def document_by_id(
    connection: Connection, document_id: int, hold: bool = False
) -> StoredDocument | None:
    """One document; with `hold` nobody else changes it meanwhile."""
    if hold:
        connection.execute(
            select(document.c.id).where(document.c.id == document_id).with_for_update()
        )
    found = stored_documents(connection, DOCUMENTS.where(document.c.id == document_id))
    return found[0] if found else None


def results_by_mark(connection: Connection, mark: bytes) -> list[StoredDocument]:
    """The results, of any dossier, whose number or symbol has this keyed mark; no deleted ones."""
    chosen = (
        DOCUMENTS.where(
            or_(document.c.number_index == mark, document.c.symbol_index == mark),
            document.c.kind == str(Kind.RESULT),
            document.c.deleted.is_(False),
        )
        .order_by(document.c.id.desc())
        .limit(MOST_SAME_MARK)
    )
    return stored_documents(connection, chosen)


def put_documents(connection: Connection, rows: Sequence[Row]) -> None:
    """Add documents, or change those that their source calls the same; equal ones stay as they are.

    Shape: rows of one set of columns, all of the table's but its key.
    """
    if not rows:
        return
    added = _INSERTS[connection.dialect.name](document)
    new = added.excluded
    changed = {name: new[name] for name in rows[0] if name not in _NEVER_CHANGED}
    differs = or_(document.c.content != new.content, document.c.deleted != new.deleted)
    connection.execute(
        added.on_conflict_do_update(index_elements=_PLACE, set_=changed, where=differs),
        list(rows),
    )


def change_document(connection: Connection, document_id: int, values: Row) -> None:
    """Overwrite a document that is held."""
    connection.execute(update(document).where(document.c.id == document_id).values(**values))


def drop_untold(
    connection: Connection, dossier_id: int, refs: Collection[str], now: datetime
) -> None:
    """Delete a dossier's documents of the feed, but those with these refs: nobody's data stays."""
    connection.execute(
        update(document)
        .where(
            document.c.dossier_id == dossier_id,
            document.c.source == str(Source.FEED),
            document.c.source_ref.not_in(sorted(refs)),
            document.c.deleted.is_(False),
        )
        .values(deleted=True, updated_at=now, **WIPED)
    )


_MOVED = (
    update(document)
    .where(document.c.dossier_id == bindparam("held_id"))
    .values(agency_code=bindparam("to_agency"), procedure_code=bindparam("to_procedure"))
)


def move_documents(connection: Connection, moved: Sequence[tuple[int, str, str]]) -> None:
    """Let documents follow their dossiers: (dossier, agency, procedure) each."""
    if moved:
        names = ("held_id", "to_agency", "to_procedure")
        connection.execute(_MOVED, [dict(zip(names, one, strict=True)) for one in moved])


def wipe_documents(connection: Connection, dossier_ids: Collection[int]) -> int:
    """Take the person out of these dossiers' documents; how many.

    What kind they were and when they counted stays, for the books; no number leads to them.
    """
    if not dossier_ids:
        return 0
    theirs = and_(document.c.dossier_id.in_(sorted(dossier_ids)), document.c.facts.is_not(None))
    return connection.execute(update(document).where(theirs).values(**WIPED)).rowcount
