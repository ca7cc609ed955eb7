"""Which columns are sealed with FIELD_KEYS, and how they are sealed anew."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, or_, select, update

from bot.store import announcement_tables as announcements
from bot.store import book_tables as books
from bot.store import counter_tables as counter
from bot.store import document_tables as documents
from bot.store import feed_tables as feeds
from bot.store import notice_tables as notices
from bot.store import post_tables as posts
from bot.store import tables

Key = int | str


@dataclass(frozen=True)
class SealedTable:
    """A table with sealed columns, and the column that tells its rows apart."""

    table: Table
    columns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @cached_property
    def key(self) -> Column[Any]:
        """Its primary key, of one column."""
        [key] = self.table.primary_key.columns
        return key


SEALED = (
    SealedTable(tables.data_key, ("sealed",)),
    SealedTable(feeds.feed_key, ("secret",)),
    SealedTable(tables.carrier_token, ("access", "refresh", "previous_access", "previous_refresh")),
    SealedTable(tables.dossier, ("phone", "handler", "needed", "owner_name")),
    SealedTable(tables.dossier_progress, ("handler",)),
    SealedTable(documents.document, ("facts",)),
    SealedTable(tables.inbox, ("payload",)),
    SealedTable(tables.outbox, ("body",)),
    SealedTable(tables.sms_inbound, ("sender", "text", "answer")),
    SealedTable(notices.notice, ("phone", "secret")),
    SealedTable(notices.phone_link, ("phone",)),
    SealedTable(notices.phone_proof, ("phone",)),
    SealedTable(counter.staff, ("name", "second_factor")),
    SealedTable(counter.staff_session, ("provider_token",)),
    SealedTable(counter.intake, ("facts",)),
    SealedTable(counter.phone_correction, ("phone",)),
    SealedTable(counter.slip_batch, ("pdf",)),
    SealedTable(counter.handover_line, ("text",)),
    SealedTable(books.complaint, ("words", "answer")),
    SealedTable(posts.post_return, ("receiver", "told", "item_code", "reason")),
    SealedTable(posts.post_progress, ("message",)),
    SealedTable(announcements.announcement_phone, ("phone",)),
    SealedTable(announcements.invitation, ("code",)),
)
# Bytes that are no secret to be opened: keyed hashes, which do not depend on FIELD_KEYS.
HASHES: Mapping[str, tuple[str, ...]] = {
    "dossier": ("phone_index", "content", "documents_mark"),
    "dossier_change": ("content",),
    "dossier_progress": ("handler_mark",),
    "document": ("number_index", "symbol_index", "owner_index", "content"),
    "outbox": ("text_mark",),
    "echo": ("text_mark",),
    "sms_inbound": ("sender_index",),
    "attempt": ("text_mark",),
    "phone_state": ("phone_index",),
    "phone_link": ("phone_index",),
    "phone_proof": ("phone_index", "code_mark"),
    "staff_session": ("token_mark", "identity_mark"),
    "recovery_code": ("mark",),
    "staff_identity": ("mark",),
    "audit_link": ("digest",),
    "audit_seal": ("digest", "mark"),
    "audit_checkpoint": ("digest", "mark"),
    "audit_check": ("digest",),
    "dossier_name": ("mark",),
    "phone_correction": ("wrong_mark",),
    "sms_bill": ("digest",),
    "announcement": ("content_mark", "text_mark", "audience_mark", "approved_mark"),
    "announcement_picture": ("content",),  # a picture that everybody is shown
    "announcement_phone": ("phone_index",),
    "invitation": ("code_mark",),
    "erasure": ("phone_index",),
    "post_return": ("told_mark", "item_mark"),
}


@dataclass(frozen=True, slots=True, repr=False)
class SealedRow:
    """What a row holds in the sealed columns of its table, in their order; None where empty."""

    key: Key
    fields: tuple[bytes | None, ...]


def sealed_rows(
    connection: Connection, place: SealedTable, after: Key | None, most: int
) -> list[SealedRow]:
    """The next rows that hold something sealed, by key, at most `most`; `after` None begins."""
    columns = [place.table.c[name] for name in place.columns]
    chosen = (
        select(place.key, *columns)
        .where(or_(*(column != b"" for column in columns)))  # not true of NULL either
        .order_by(place.key)
        .limit(most)
    )
    if after is not None:
        chosen = chosen.where(place.key > after)
    return [SealedRow(row[0], tuple(row[1:])) for row in connection.execute(chosen)]


@dataclass(frozen=True, slots=True, repr=False)
class Resealed:
    """One field sealed anew; it replaces `old` only."""

    key: Key
    column: str
    old: bytes
    new: bytes


def free_rows(connection: Connection, place: SealedTable, keys: Collection[Key]) -> set[Key]:
    """Those of these rows that nobody else is working on, held for this transaction.

    Waiting for a row while others are held could end in a ring of waiters; what is skipped
    here is found again by a later pass.
    """
    chosen = (
        select(place.key)
        .where(place.key.in_(bindparam("keys", expanding=True)))
        .with_for_update(skip_locked=True, key_share=True)
    )
    return set(connection.scalars(chosen, {"keys": list(keys)}))


def replace_sealed(connection: Connection, place: SealedTable, fields: Sequence[Resealed]) -> None:
    """Store fields sealed anew where they still hold what was read: no newer value is lost."""
    for name in place.columns:
        column = place.table.c[name]
        rows = [
            {"row_key": one.key, "old": one.old, "new": one.new}
            for one in fields
            if one.column == name
        ]
        if rows:
            connection.execute(
                update(place.table)
                .where(place.key == bindparam("row_key"), column == bindparam("old"))
                .values({name: bindparam("new")}),
                rows,
            )
