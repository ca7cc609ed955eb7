"""A document as it is kept: what tells of a person sealed, its numbers found by keyed marks."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from bot.core.document import (
    Document,
    Kind,
    Source,
    ToldDocuments,
    missing,
    normal_number,
)
from bot.store.documents import WIPED, StoredDocument
from bot.vault import Vault, blind_index

_ALL = tuple(one.name for one in fields(Document))
# What is sealed, in one JSON text.
_FACTS = (
    "name",
    "owner_identifier",
    "owner_name",
    "owner_birth_year",
    "owner_id_issued",
    "summary",
    "symbol",
    "signer",
    "scope",
    "link",
    "national_store_id",
    "digitised_by",
    "replaces",
    "source_ref",
)
# What stands in columns of its own.
_PLAIN = (
    "type_code",
    "issuer",
    "issued_on",
    "valid_from",
    "valid_until",
    "valid_forever",
    "revoked_on",
    "digitised",
    "reused",
    "from_national_store",
    "digitised_at",
    "deleted",
)


def number_mark(index: bytes, typed: str) -> bytes | None:
    """By what a number or symbol is found, however it was typed; None when it reads as none.

    Shape: `index` is the key of the blind indexes. Both share one mark, because whoever asks
    need not say which of the two is typed.
    """
    return _mark(index, "document.number", typed)


def owner_mark(index: bytes, typed: str) -> bytes | None:
    """By what the documents of an owner's identifier are found."""
    return _mark(index, "document.owner", typed)


def ref_mark(index: bytes, ref: str) -> str:
    """By what a source's own name of a document is kept: 64 hex digits.

    Names of files say who somebody is ("CCCD Nguyen Van A.pdf").
    """
    return blind_index(index, f"document.ref:{ref}").hex()


def document_record(
    vault: Vault, index: bytes, document: Document, now: datetime
) -> dict[str, Any]:
    """What is kept of a document.

    Shape: columns of its table but its key, its dossier's and the dossier's agency and procedure.
    """
    return {
        "kind": str(document.kind),
        "source": str(document.source),
        "source_ref": ref_mark(index, document.source_ref),
        **{name: getattr(document, name) for name in _PLAIN},
        "digitised": document.is_data,
        "lacks": len(missing(document)),
        **(WIPED if document.deleted else _personal(vault, index, document)),
        "content": blind_index(index, f"document:{content_text(document)}"),
        "first_seen_at": now,
        "updated_at": now,
    }


def _personal(vault: Vault, index: bytes, document: Document) -> dict[str, Any]:
    """What tells of a person, and by what it is found; of a deleted document nothing is kept."""
    facts = {name: getattr(document, name) for name in _FACTS}
    told = {name: value for name, value in facts.items() if value not in (None, "")}
    return {
        "facts": vault.seal(json.dumps(told, ensure_ascii=False, separators=(",", ":"))),
        "number_index": number_mark(index, document.number or ""),
        "symbol_index": number_mark(index, document.symbol or ""),
        "owner_index": owner_mark(index, document.owner_identifier or ""),
    }


def documents_mark(index: bytes, told: ToldDocuments) -> bytes:
    """By what a repetition of what a feed tells of a dossier's documents is known."""
    texts = [content_text(one) for one in told.documents]
    return blind_index(index, f"documents:{told.whole}:{json.dumps(texts)}")


def content_text(document: Document) -> str:
    """All that is told of a document in one form: equal documents, equal texts.

    Personal: keep only a keyed hash of it.
    """
    parts = {name: getattr(document, name) for name in _ALL}
    if document.digitised_at is not None:
        parts["digitised_at"] = document.digitised_at.astimezone(UTC)
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=str)


def plain_document(row: StoredDocument) -> Document:
    """A stored document without what is sealed: enough to say whether it is in force."""
    return Document(
        kind=Kind(row.kind),
        source=Source(row.source),
        **{name: getattr(row, name) for name in _PLAIN},
    )


def opened_document(vault: Vault, row: StoredDocument) -> Document:
    """A stored document with all that is kept of it; without facts once its person is forgotten.

    Errors: vault.Unreadable when none of FIELD_KEYS opens it.
    """
    plain = plain_document(row)
    if row.facts is None:
        return plain
    return replace(plain, **json.loads(vault.open_text(row.facts)))


def _mark(index: bytes, purpose: str, typed: str) -> bytes | None:
    normal = normal_number(typed)
    return blind_index(index, f"{purpose}:{normal}") if normal else None
