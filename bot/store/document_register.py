"""The register of digitised papers and results: some of them by what they are asked for."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    func,
    or_,
    select,
    text,
    union,
)

from bot.core.document import Validity
from bot.core.document_filter import LACKS, DocumentFilter
from bot.store.document_tables import LACKING, REVOKED, document
from bot.store.documents import DOCUMENTS, StoredDocument, stored_documents
from bot.store.tables import receipt_code

Which = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Typed:
    """What one typed text may be: keyed marks of a number and of an owner, codes of a dossier."""

    number: bytes | None
    owner: bytes | None
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedDocuments:
    """Which documents.

    Shape: `agencies` None for all; `before` is the id the page before ended with.
    """

    today: date
    agencies: Collection[str] | None
    by: DocumentFilter
    typed: Typed | None = None
    before: int | None = None


def registered(connection: Connection, wanted: WantedDocuments, most: int) -> list[StoredDocument]:
    """The documents wanted, the newest first, at most so many.

    Their ids are looked for first: an index alone tells them, and only these rows are read whole.
    """
    ids = list(connection.scalars(_ids(wanted, most)))
    if not ids:
        return []
    return stored_documents(
        connection, DOCUMENTS.where(document.c.id.in_(ids)).order_by(document.c.id.desc())
    )


def count_registered(connection: Connection, wanted: WantedDocuments, most: int) -> int:
    """How many there are, counted no further than `most`."""
    some = select(document.c.id).where(*_conditions(wanted)).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _ids(wanted: WantedDocuments, most: int) -> Select[tuple[int]]:
    chosen = select(document.c.id).where(*_conditions(wanted))
    return chosen.order_by(document.c.id.desc()).limit(most)


def _conditions(wanted: WantedDocuments) -> list[Which]:
    by = wanted.by
    found = [document.c.deleted.is_(False), *_same(by), *_days(by)]
    if wanted.agencies is not None:
        found.append(document.c.agency_code.in_(sorted(wanted.agencies)))
    if wanted.typed is not None:
        found.append(document.c.id.in_(_typed(wanted.typed)))
    if by.issuer:
        found.append(document.c.issuer.icontains(by.issuer, autoescape=True))
    if by.state:
        found.append(_state(by.state, wanted.today))
    if wanted.before is not None:
        found.append(document.c.id < wanted.before)
    return found


def _same(by: DocumentFilter) -> Iterator[Which]:
    same = {
        document.c.type_code: by.type_code,
        document.c.procedure_code: by.procedure,
        document.c.kind: by.kind,
        document.c.source: by.source,
    }
    yield from (column == value for column, value in same.items() if value)


def _days(by: DocumentFilter) -> Iterator[Which]:
    if by.since is not None:
        yield document.c.issued_on >= by.since
    if by.until is not None:
        yield document.c.issued_on <= by.until


def _typed(typed: Typed) -> CompoundSelect[tuple[int]]:
    """The ids that a typed text leads to, each way by its own index."""
    ways: list[Select[tuple[int]]] = []
    if typed.number is not None:
        ways += [
            select(document.c.id).where(document.c.number_index == typed.number),
            select(document.c.id).where(document.c.symbol_index == typed.number),
        ]
    if typed.owner is not None:
        ways.append(select(document.c.id).where(document.c.owner_index == typed.owner))
    called = select(receipt_code.c.dossier_id).where(receipt_code.c.code.in_(typed.codes))
    ways.append(select(document.c.id).where(document.c.dossier_id.in_(called)))
    return union(*ways)


def _state(state: str, today: date) -> Which:
    """What bot.core.document.validity says, in SQL."""
    revoked = and_(text(REVOKED), document.c.revoked_on <= today)
    not_revoked = or_(document.c.revoked_on.is_(None), document.c.revoked_on > today)
    begun = or_(document.c.valid_from.is_(None), document.c.valid_from <= today)
    ends = document.c.valid_forever.is_(False)
    lasts = or_(document.c.valid_forever.is_(True), document.c.valid_until >= today)
    states: dict[str, Which] = {
        Validity.REVOKED: revoked,
        Validity.NOT_YET: and_(not_revoked, document.c.valid_from > today),
        Validity.EXPIRED: and_(not_revoked, begun, ends, document.c.valid_until < today),
        Validity.IN_FORCE: and_(not_revoked, begun, lasts),
        Validity.NO_TERM: and_(not_revoked, begun, ends, document.c.valid_until.is_(None)),
        LACKS: and_(text(LACKING), document.c.facts.is_not(None)),
    }
    return states[state]
