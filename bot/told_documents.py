"""Documents that a feed tells, kept in the transaction of their dossiers."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from bot.core.document import ToldDocuments
from bot.core.snapshot import Change, Known
from bot.document_record import document_record
from bot.dossier_book import Desk
from bot.store.document_counts import note_counts
from bot.store.documents import drop_untold, move_documents, put_documents


def keep_told_documents(
    desk: Desk, connection: Connection, changes: Sequence[Change], ids: Mapping[str, int]
) -> None:
    """Keep what changes tell of documents; documents of a dossier that moved follow it.

    Shape: `ids` are those of the dossiers by code. What is the same as before is not touched, so
    that a forgotten person does not come back with a repetition.
    """
    rows: list[dict[str, Any]] = []
    whole: dict[int, set[str]] = {}  # by dossier, what its newest whole telling names
    for change in changes:
        told, dossier_id = _news_of(change), ids[change.snapshot.code]
        if told is None:
            continue
        kept = [_row(desk, dossier_id, change, told, at) for at in range(len(told.documents))]
        rows += kept
        if told.whole:
            whole[dossier_id] = {row["source_ref"] for row in kept}
    put_documents(connection, rows)
    for dossier_id, refs in whole.items():
        drop_untold(connection, dossier_id, refs, desk.now)
    note_counts(connection, {row["dossier_id"] for row in rows} | whole.keys(), desk.now)
    moved = [change for change in changes if _moves(change)]
    move_documents(connection, [(ids[one.snapshot.code], *_place(one.now)) for one in moved])


def _news_of(change: Change) -> ToldDocuments | None:
    """What is told of documents, unless it was told before."""
    same = change.earlier is not None and change.earlier.documents == change.now.documents
    return None if same else change.snapshot.told.documents


def _row(
    desk: Desk, dossier_id: int, change: Change, told: ToldDocuments, at: int
) -> dict[str, Any]:
    dossier = change.snapshot.told
    return {
        "dossier_id": dossier_id,
        "agency_code": dossier.agency,
        "procedure_code": dossier.procedure.code,
        **document_record(desk.runtime.vault, desk.index, told.documents[at], desk.now),
    }


def _moves(change: Change) -> bool:
    """Whether a known dossier went to another agency or procedure."""
    return change.earlier is not None and _place(change.earlier) != _place(change.now)


def _place(known: Known) -> tuple[str, str]:
    return known.agency_code, known.procedure_code
