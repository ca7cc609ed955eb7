"""The digitised papers and results of one dossier, opened for its desk."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.document import LACK_WORDS, Document, Kind, Source, Validity, missing, validity
from bot.database import reading
from bot.document_record import opened_document
from bot.runtime import Runtime
from bot.store.documents import StoredDocument, document_by_id, of_dossier


@dataclass(frozen=True, slots=True, repr=False)
class ShownDocument:
    """One document as a clerk reads it.

    Shape: `lacks` in words; `kept_here` when the counter may change it; `seen` goes back with a
           change; `forgotten` when its person's facts are gone.
    """

    id: int
    document: Document
    validity: Validity
    lacks: tuple[str, ...]
    kept_here: bool
    forgotten: bool
    seen: datetime

    @property
    def is_result(self) -> bool:
        """Whether it is what the agency decided."""
        return self.document.kind is Kind.RESULT


def documents_of(runtime: Runtime, dossier_id: int) -> list[ShownDocument]:
    """The documents of a dossier that its reader has opened, papers first.

    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    with reading(runtime.engine) as connection:
        rows = of_dossier(connection, dossier_id)
    return [shown_document(runtime, row) for row in rows]


def document_to_change(runtime: Runtime, dossier_id: int, document_id: int) -> ShownDocument | None:
    """A document of this dossier that was added at the counter; None for every other."""
    with reading(runtime.engine) as connection:
        row = document_by_id(connection, document_id)
    if row is None or row.dossier_id != dossier_id or row.deleted:
        return None
    shown = shown_document(runtime, row)
    return shown if shown.kept_here else None


def shown_document(runtime: Runtime, row: StoredDocument) -> ShownDocument:
    """A stored document, opened and judged today."""
    document = opened_document(runtime.vault, row)
    forgotten = row.facts is None
    lacks = () if forgotten else missing(document)
    return ShownDocument(
        id=row.id,
        document=document,
        validity=validity(document, runtime.today()),
        lacks=tuple(LACK_WORDS[one] for one in lacks),
        kept_here=document.source is Source.COUNTER and not forgotten,
        forgotten=forgotten,
        seen=row.updated_at,
    )
