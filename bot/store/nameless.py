"""Rows that stay for the books and lose the person: dossiers, notices, attempts, recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)

from bot.store.announcement_tables import announcement_recipient
from bot.store.book_tables import complaint
from bot.store.counter_tables import dossier_name, intake, phone_correction
from bot.store.dossiers import Row
from bot.store.notice_tables import attempt, notice
from bot.store.tables import dossier

Which = ColumnElement[bool]


def hold_dossiers_of(connection: Connection, which: Which, most: int) -> list[Row]:
    """Some dossiers, whole and sealed as they are, held in the order of their codes."""
    chosen = select(dossier).where(which).order_by(dossier.c.code).limit(most)
    return [row._asdict() for row in connection.execute(chosen.with_for_update())]


def of_phone(index: bytes) -> Which:
    """Dossiers with this phone."""
    return dossier.c.phone_index == index


def blank_dossiers(
    connection: Connection, ids: Collection[int], columns: Sequence[str], now: datetime
) -> None:
    """Wipe these columns of dossiers; step, dates and history stay."""
    if ids:
        values: dict[str, Any] = dict.fromkeys(columns)
        connection.execute(
            update(dossier).where(dossier.c.id.in_(sorted(ids))).values(**values, updated_at=now)
        )


def set_content(connection: Connection, dossier_id: int, content: bytes) -> None:
    """What the feed's next telling of a dossier is compared with."""
    connection.execute(update(dossier).where(dossier.c.id == dossier_id).values(content=content))


def unname_dossiers(connection: Connection, ids: Collection[int]) -> None:
    """Let no name lead to these dossiers any more."""
    if ids:
        connection.execute(delete(dossier_name).where(dossier_name.c.dossier_id.in_(sorted(ids))))


def corrected_among(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of these dossiers whose number a desk has corrected."""
    chosen = select(phone_correction.c.dossier_id).where(
        phone_correction.c.dossier_id.in_(sorted(ids))
    )
    return set(connection.scalars(chosen)) if ids else set()


def blank_corrections(connection: Connection, ids: Collection[int]) -> None:
    """Wipe corrected numbers; that the feed's number is wrong stays known."""
    if ids:
        connection.execute(
            update(phone_correction)
            .where(phone_correction.c.dossier_id.in_(sorted(ids)))
            .values(phone=b"")
        )


def facts_among(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """The sealed facts of those of these dossiers that were taken in at the counter."""
    chosen = select(intake.c.dossier_id, intake.c.facts).where(intake.c.dossier_id.in_(sorted(ids)))
    return {row[0]: bytes(row[1]) for row in connection.execute(chosen)} if ids else {}


def to_recipient(recipient: str) -> Which:
    """Notices to this phone, by the hex of its blind index."""
    return notice.c.recipient == recipient


def about_dossiers(ids: Collection[int]) -> Which:
    """Complaints about these dossiers."""
    return complaint.c.dossier_id.in_(sorted(ids))


def by_chat(user_id: str, until: datetime) -> Which:
    """Complaints that this chat opened by then."""
    return and_(complaint.c.user_id == user_id, complaint.c.opened_at <= until)


def blank_complaints(connection: Connection, which: Which) -> int:
    """Wipe what was written in these complaints; the cases stay."""
    wiped = connection.execute(
        update(complaint)
        .where(which, complaint.c.words.is_not(None) | complaint.c.answer.is_not(None))
        .values(words=None, answer=None)
    )
    return wiped.rowcount


def _hex_of_id(connection: Connection, column: Any) -> ColumnElement[str]:
    """The id in 16 hex digits: it stands where a phone's mark stood, and is read like one."""
    if connection.dialect.name == "postgresql":
        return func.lpad(func.to_hex(column), 16, "0")
    return func.printf("%016x", column)


def nameless_notices(connection: Connection, which: Which, most: int) -> int:
    """Take the person out of some closed notices and their attempts; how many notices.

    What was due, when, how it went and what it cost stays: the books are reckoned from it.
    """
    chosen = select(notice.c.id).where(which, notice.c.due_at.is_(None), ~_IS_NAMELESS)
    ids = list(connection.scalars(chosen.order_by(notice.c.id).limit(most)))
    if not ids:
        return 0
    connection.execute(
        update(notice)
        .where(notice.c.id.in_(ids))
        .values(
            key=literal(NAMELESS) + cast(notice.c.id, String),
            recipient="",
            phone=None,
            secret=None,
        )
    )
    connection.execute(
        update(attempt)
        .where(attempt.c.notice_id.in_(ids))
        .values(recipient=_hex_of_id(connection, attempt.c.id), said=None)
    )
    return len(ids)


NAMELESS = "nameless:"
_IS_NAMELESS = notice.c.key.startswith(NAMELESS)


def still_going(connection: Connection, recipient: str) -> int:
    """How many notices to this recipient are not closed yet."""
    chosen = select(func.count()).where(notice.c.recipient == recipient)
    return connection.scalar(chosen) or 0


def nameless_attempts(connection: Connection, user_id: str) -> int:
    """Take a chat out of the attempts of closed notices; how many."""
    closed = select(notice.c.id).where(notice.c.due_at.is_(None))
    wiped = connection.execute(
        update(attempt)
        .where(attempt.c.recipient == user_id, attempt.c.notice_id.in_(closed))
        .values(recipient=_hex_of_id(connection, attempt.c.id), said=None)
    )
    return wiped.rowcount


def told_to(recipient: str) -> Which:
    """Announcements to this chat, or to this phone by the hex of its blind index."""
    return announcement_recipient.c.recipient == recipient


def nameless_recipients(connection: Connection, which: Which) -> int:
    """Take chats or phones out of the announcements they were told; how many."""
    told = announcement_recipient.c
    wiped = connection.execute(
        update(announcement_recipient)
        .where(which, told.due_at.is_(None))
        .values(recipient=_hex_of_id(connection, told.id))
    )
    return wiped.rowcount
