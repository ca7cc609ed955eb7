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
    or_,
    select,
    true,
    update,
)

from bot.core.announcement import State
from bot.core.phone import Line
from bot.core.postal import BEFORE_ORDER, WITH_THE_POST, ReturnState
from bot.store.announcement_tables import announcement, announcement_recipient
from bot.store.book_tables import complaint
from bot.store.counter_tables import dossier_name, intake, phone_correction
from bot.store.dossiers import Row
from bot.store.notice_tables import attempt, notice
from bot.store.post_tables import post_progress, post_return
from bot.store.tables import dossier

Which = ColumnElement[bool]
NAMELESS = "nameless:"
_IS_NAMELESS = notice.c.key.startswith(NAMELESS)
_ALL = true()
_STOPPED = select(announcement.c.id).where(announcement.c.state == str(State.STOPPED))
# Recipients of an announcement that nobody is told any more; who waited when it was stopped waits
# for ever.
TOLD_OVER: Which = or_(
    announcement_recipient.c.due_at.is_(None),
    announcement_recipient.c.announcement_id.in_(_STOPPED),
)


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
    """Wipe these columns of dossiers, the phone among them; step, dates and history stay."""
    if ids:
        values: dict[str, Any] = {**dict.fromkeys(columns), "phone_line": str(Line.MISSING)}
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


def blank_returns(connection: Connection, ids: Collection[int], now: datetime) -> None:
    """Wipe who gets the results of these dossiers by post, and what the post said of it.

    What was not ordered is not sent any more; what may have been is cancelled at the post. A parcel
    that the post has keeps its code, by which its end is heard of.
    """
    if not ids:
        return
    of_these = post_return.c.dossier_id.in_(sorted(ids))
    with_post = post_return.c.state.in_(sorted(map(str, WITH_THE_POST)))
    person: dict[str, Any] = dict.fromkeys(("receiver", "told", "told_mark", "reason"))
    stopped = {"state": str(ReturnState.CANCELLED), "due_at": None, "claim": None}
    asked = post_return.c.asked_at.is_not(None)
    in_doubt = and_(post_return.c.state == str(ReturnState.REGISTERED), asked)
    connection.execute(
        update(post_return)
        .where(of_these, in_doubt)
        .values(cancel_at=now, due_at=func.coalesce(post_return.c.due_at, now))
    )
    connection.execute(
        update(post_return)
        .where(of_these, ~in_doubt, post_return.c.state.in_(sorted(map(str, BEFORE_ORDER))))
        .values(**stopped, cancel_at=now, closed_at=now)
    )
    connection.execute(update(post_return).where(of_these, with_post).values(**person))
    connection.execute(
        update(post_return)
        .where(of_these, ~with_post)
        .values(**person, item_code=None, item_mark=None)
    )
    connection.execute(
        update(post_progress)
        .where(post_progress.c.dossier_id.in_(sorted(ids)))
        .values(message=None)
    )


def facts_among(connection: Connection, ids: Collection[int]) -> dict[int, bytes]:
    """The sealed facts of those of these dossiers that were taken in at the counter."""
    chosen = select(intake.c.dossier_id, intake.c.facts).where(intake.c.dossier_id.in_(sorted(ids)))
    return {row[0]: bytes(row[1]) for row in connection.execute(chosen)} if ids else {}


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


def notices_to(connection: Connection, recipient: str) -> list[int]:
    """The ids of the notices that name this phone, by the hex of its blind index.

    Closed or not; a whole table read.
    """
    chosen = select(notice.c.id).where(notice.c.recipient == recipient)
    return list(connection.scalars(chosen.order_by(notice.c.id)))


def nameless_notices(connection: Connection, ids: Sequence[int], which: Which = _ALL) -> int:
    """Take the person out of those of these notices that are closed, and out of their attempts.

    What was due, when, how it went and what it cost stays: the books are reckoned from it.
    Result: how many notices.
    """
    wiped = connection.execute(
        update(notice)
        .where(notice.c.id.in_(ids), notice.c.due_at.is_(None), ~_IS_NAMELESS, which)
        .values(
            key=literal(NAMELESS) + cast(notice.c.id, String),
            recipient="",
            phone=None,
            secret=None,
        )
        .returning(notice.c.id)
    )
    done = wiped.scalars().all()
    connection.execute(
        update(attempt)
        .where(attempt.c.notice_id.in_(done))
        .values(recipient=_hex_of_id(connection, attempt.c.id), said=None)
    )
    return len(done)


def _begun(user_id: str, until: datetime) -> Which:
    """Attempts of until then: by later ones a text is known that went within a day."""
    return and_(attempt.c.recipient == user_id, attempt.c.begun_at <= until)


def nameless_attempts(connection: Connection, user_id: str, until: datetime) -> int:
    """Take a chat out of the attempts of until then, where their notices are closed; how many."""
    closed = select(notice.c.id).where(notice.c.due_at.is_(None))
    wiped = connection.execute(
        update(attempt)
        .where(_begun(user_id, until), attempt.c.notice_id.in_(closed))
        .values(recipient=_hex_of_id(connection, attempt.c.id), said=None)
    )
    return wiped.rowcount


def attempts_left(connection: Connection, user_id: str, until: datetime) -> int:
    """How many attempts of until then still name a chat: their notices are not closed yet."""
    return connection.scalar(select(func.count()).where(_begun(user_id, until))) or 0


def told_to(connection: Connection, recipient: str, until: datetime) -> list[int]:
    """The ids of announcements' recipients that name a chat, or a phone by the hex of its index.

    Of until then, closed or not; a whole table read.
    """
    told = announcement_recipient.c
    begun = func.coalesce(
        told.begun_at, told.sent_at, announcement.c.started_at, announcement.c.created_at
    )
    chosen = (
        select(told.id)
        .join(announcement, announcement.c.id == told.announcement_id)
        .where(told.recipient == recipient, begun <= until)
    )
    return list(connection.scalars(chosen.order_by(told.id)))


def nameless_recipients(connection: Connection, ids: Sequence[int], which: Which = _ALL) -> int:
    """Take chats or phones out of those of these announcements that are over; how many."""
    told = announcement_recipient.c
    wiped = connection.execute(
        update(announcement_recipient)
        .where(told.id.in_(ids), TOLD_OVER, which)
        .values(recipient=_hex_of_id(connection, told.id))
    )
    return wiped.rowcount
