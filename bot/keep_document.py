"""A digitised paper or result kept at the counter: added, changed, revoked, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.counter_faults import Faults, refused
from bot.core.counter_typing import read_day
from bot.core.document import Document, Kind, Lack, Source, missing
from bot.core.document_form import NO_DAY, changed_fields, read_form
from bot.core.snapshot import Known
from bot.core.staff import Actor, Deed
from bot.document_record import document_record, opened_document
from bot.index_key import index_key
from bot.move_dossier import NOT_FOUND
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.document_counts import note_counts
from bot.store.documents import (
    MOST_OF_DOSSIER,
    StoredDocument,
    change_document,
    document_by_id,
    of_dossier,
    put_documents,
)
from bot.store.dossiers import dossiers_called, hold_dossiers

Detail = dict[str, str | int | bool | None]
GONE = "Không còn giấy tờ này trong hồ sơ. Tải lại trang hồ sơ."
BY_FEED = "Giấy tờ này do phần mềm gửi đến: sửa ở phần mềm, ở đây tự cập nhật."
CHANGED_MEANWHILE = "Chưa lưu: giấy tờ vừa được người khác sửa. Tải lại trang rồi sửa tiếp."
FORGOTTEN = "Thông tin của giấy tờ này đã bị xóa theo thời hạn lưu; không sửa được nữa."
TOO_MANY = f"Hồ sơ đã có {MOST_OF_DOSSIER} giấy tờ, không thêm được nữa."
LATER = "Ngày thu hồi còn ở phía trước. Nhập ngày hôm nay hoặc một ngày đã qua."
TWICE = "Giấy tờ này đã thu hồi từ trước."


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept: of which dossier, and what its metadata still lack."""

    code: str
    lacks: tuple[Lack, ...] = ()


class _Refused(Exception):
    """What ends the transaction with nothing stored."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults


def add_document(
    runtime: Runtime, actor: Actor, code: str, kind: Kind, press: str, typed: Mapping[str, str]
) -> Kept | Faults:
    """Add a document to a dossier of the actor's agencies; `press` makes a second press the same.

    Errors: SQLAlchemyError when it could not be stored.
    """
    read = read_form(typed, kind, runtime.today())
    if isinstance(read, Faults):
        return read
    now, index = runtime.now(), index_key(runtime)
    document = _digitised(replace(read, source_ref=f"counter:{press}"), now)
    try:
        with runtime.engine.begin() as connection:
            own, dossier = _dossier(connection, actor, code)
            if len(of_dossier(connection, dossier.id or 0)) >= MOST_OF_DOSSIER:
                raise _Refused(refused(TOO_MANY))
            row = {
                "dossier_id": dossier.id,
                "agency_code": dossier.agency_code,
                "procedure_code": dossier.procedure_code,
                **document_record(runtime.vault, index, document, now),
            }
            put_documents(connection, [row])
            note_counts(connection, [row["dossier_id"]], now)
            deed = Deed("document.added", dossier.agency_code, "dossier", own)
            write_deed(connection, actor, now, deed)
    except _Refused as refusal:
        return refusal.faults
    return Kept(own, missing(document))


def change_kept_document(
    runtime: Runtime,
    actor: Actor,
    place: tuple[str, int],
    seen: datetime,
    typed: Mapping[str, str],
) -> Kept | Faults:
    """Change a document that was added here.

    Shape: `place` is the dossier's code and the document's id; `seen` the moment of its last
           change that the page showed: whoever was faster wins.
    Errors: SQLAlchemyError when it could not be stored.
    """
    code, document_id = place
    now, index = runtime.now(), index_key(runtime)
    try:
        with runtime.engine.begin() as connection:
            own, dossier = _dossier(connection, actor, code)
            row = _own_document(connection, dossier, document_id)
            if row.updated_at != seen:
                raise _Refused(refused(CHANGED_MEANWHILE))
            before = opened_document(runtime.vault, row)
            read = read_form(typed, before.kind, runtime.today())
            if isinstance(read, Faults):
                raise _Refused(read)
            after = _digitised(_with_standing(read, before), now)
            fields = changed_fields(before, after)
            if fields:
                _change(connection, runtime, index, row, after)
                detail: Detail = {"document": row.id, "fields": ",".join(fields)}
                deed = Deed("document.changed", dossier.agency_code, "dossier", own, detail)
                write_deed(connection, actor, now, deed)
    except _Refused as refusal:
        return refusal.faults
    return Kept(own, missing(after))


def revoke_document(
    runtime: Runtime, actor: Actor, code: str, document_id: int, typed: str
) -> Kept | Faults:
    """Mark a document that was added here as revoked from a day on (dd/mm/yyyy; "": today).

    Errors: SQLAlchemyError when it could not be stored.
    """
    today = runtime.today()
    found = read_day(typed) if typed.strip() else (today, None)
    if found is None:
        return refused(NO_DAY.format(typed=typed.strip()[:20]), "revoked_on")
    if found[0] > today:
        return refused(LATER, "revoked_on")
    now, index = runtime.now(), index_key(runtime)
    try:
        with runtime.engine.begin() as connection:
            own, dossier = _dossier(connection, actor, code)
            row = _own_document(connection, dossier, document_id)
            if row.revoked_on is not None:
                raise _Refused(refused(TWICE, "revoked_on"))
            after = replace(opened_document(runtime.vault, row), revoked_on=found[0])
            _change(connection, runtime, index, row, after)
            detail: Detail = {"document": row.id}
            deed = Deed("document.revoked", dossier.agency_code, "dossier", own, detail)
            write_deed(connection, actor, now, deed)
    except _Refused as refusal:
        return refusal.faults
    return Kept(own)


def delete_document(runtime: Runtime, actor: Actor, code: str, document_id: int) -> Kept | Faults:
    """Delete a document that was added here by mistake; what told of a person goes at once.

    Errors: SQLAlchemyError when it could not be stored.
    """
    now, index = runtime.now(), index_key(runtime)
    try:
        with runtime.engine.begin() as connection:
            own, dossier = _dossier(connection, actor, code)
            row = _own_document(connection, dossier, document_id)
            after = replace(opened_document(runtime.vault, row), deleted=True)
            _change(connection, runtime, index, row, after)
            detail: Detail = {"document": row.id}
            deed = Deed("document.deleted", dossier.agency_code, "dossier", own, detail)
            write_deed(connection, actor, now, deed)
    except _Refused as refusal:
        return refusal.faults
    return Kept(own)


def _dossier(connection: Connection, actor: Actor, code: str) -> tuple[str, Known]:
    """The dossier by any of its codes, held; refused alike when there is none and not theirs."""
    own = dossiers_called(connection, [code]).get(code, "")
    known = hold_dossiers(connection, [own]).get(own)
    if known is None or known.id is None or known.agency_code not in actor.agencies:
        raise _Refused(refused(NOT_FOUND))
    return own, known


def _own_document(connection: Connection, dossier: Known, document_id: int) -> StoredDocument:
    """A document of this dossier that the counter may change, held."""
    row = document_by_id(connection, document_id, hold=True)
    if row is None or row.dossier_id != dossier.id or row.deleted:
        raise _Refused(refused(GONE))
    if row.source != Source.COUNTER:
        raise _Refused(refused(BY_FEED))
    if row.facts is None:
        raise _Refused(refused(FORGOTTEN))
    return row


def _digitised(document: Document, now: datetime) -> Document:
    """With the moment it was digitised, which the form does not ask for."""
    if not document.digitised:
        return replace(document, digitised_at=None)
    return replace(document, digitised_at=document.digitised_at or now)


def _with_standing(read: Document, before: Document) -> Document:
    """With what the form does not hold."""
    return replace(
        read,
        source_ref=before.source_ref,
        revoked_on=before.revoked_on,
        digitised_at=before.digitised_at,
    )


def _change(
    connection: Connection, runtime: Runtime, index: bytes, row: StoredDocument, after: Document
) -> None:
    # A change stands behind the one before, whatever the clocks say.
    now = max(runtime.now(), row.updated_at + timedelta(microseconds=1))
    values = document_record(runtime.vault, index, after, now)
    kept = ("kind", "source", "source_ref", "first_seen_at")
    change_document(
        connection, row.id, {name: one for name, one in values.items() if name not in kept}
    )
    note_counts(connection, [row.dossier_id], now)
