"""What a chat and the short code keep of one citizen, wiped: messages, events, questions."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    Connection,
    String,
    cast,
    delete,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)

from bot.store.announcement_tables import announcement_phone, announcement_recipient
from bot.store.nameless import TOLD_OVER
from bot.store.notice_tables import phone_link, phone_proof, phone_state
from bot.store.tables import inbox, lookup, outbox, sms_inbound

REPLY_TO = "zalo:"  # how the key of a reply begins; the event's id and a place follow


def messages_to(connection: Connection, user_id: str, until: datetime) -> list[int]:
    """The ids of the messages of until then that name a chat, closed or not: a whole table read."""
    chosen = select(outbox.c.id).where(outbox.c.recipient == user_id, outbox.c.created_at <= until)
    return list(connection.scalars(chosen.order_by(outbox.c.id)))


def wipe_messages(connection: Connection, ids: Sequence[int], nothing: bytes) -> int:
    """Wipe those of these messages that are closed, and the events they answered; how many.

    Shape: `nothing` replaces each body, sealed.
    """
    wiped = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.due_at.is_(None), outbox.c.recipient != "")
        .values(recipient="", body=nothing, text_mark=b"")
        .returning(outbox.c.dedupe_key)
    )
    keys = wiped.scalars().all()
    _wipe_events(connection, {event for key in keys if (event := _event_of(key)) is not None})
    return len(keys)


def _event_of(key: str) -> int | None:
    """The event that a reply answers, by the reply's key."""
    number = key.removeprefix(REPLY_TO).split(":")[0]
    return int(number) if key.startswith(REPLY_TO) and number.isdecimal() else None


def _wipe_events(connection: Connection, ids: Collection[int]) -> None:
    """Wipe what came in with these events; that they came stays, so that none is heard twice."""
    if ids:
        connection.execute(
            update(inbox)
            .where(inbox.c.id.in_(sorted(ids)), inbox.c.due_at.is_(None))
            .values(payload=b"")
        )


def wipe_asker(connection: Connection, asker: str, until: datetime) -> int:
    """Take who asked out of the lookups of until then; how many. The books count them still."""
    wiped = connection.execute(
        update(lookup).where(lookup.c.asker == asker, lookup.c.at <= until).values(asker="")
    )
    return wiped.rowcount


def lookups_left(connection: Connection, asker: str, until: datetime) -> int:
    """How many lookups of until then still name who asked: the limits count them."""
    chosen = select(func.count()).where(lookup.c.asker == asker, lookup.c.at <= until)
    return connection.scalar(chosen) or 0


def wipe_sms(connection: Connection, index: bytes, until: datetime) -> int:
    """Wipe a phone's questions to the short code, and their answers, of until then; how many.

    Their keys change with them: a call that an aggregator repeats after so long is a new one.
    """
    wiped = connection.execute(
        update(sms_inbound)
        .where(sms_inbound.c.sender_index == index, sms_inbound.c.arrived_at < until)
        .values(
            request_key=literal("wiped ") + cast(sms_inbound.c.id, String),
            sender_index=b"",
            sender=b"",
            text=b"",
            answer=b"",
        )
    )
    return wiped.rowcount


def sms_left(connection: Connection, index: bytes) -> int:
    """How many of a phone's questions to the short code are still kept."""
    chosen = select(func.count()).where(sms_inbound.c.sender_index == index)
    return connection.scalar(chosen) or 0


def drop_phone_state(connection: Connection, index: bytes) -> int:
    """Forget what was learned of a phone by sending to it."""
    return connection.execute(
        delete(phone_state).where(phone_state.c.phone_index == index)
    ).rowcount


def lists_with(connection: Connection, index: bytes) -> list[int]:
    """The ids of a phone's places on lists of announcements: a whole table read."""
    chosen = select(announcement_phone.c.id).where(announcement_phone.c.phone_index == index)
    return list(connection.scalars(chosen.order_by(announcement_phone.c.id)))


def drop_listed(connection: Connection, ids: Sequence[int], recipient: str) -> int:
    """Take a phone off these lists of announcements, but where it is being told; how many."""
    going = exists().where(
        announcement_recipient.c.announcement_id == announcement_phone.c.announcement_id,
        announcement_recipient.c.recipient == recipient,
        not_(TOLD_OVER),
    )
    gone = connection.execute(
        delete(announcement_phone).where(announcement_phone.c.id.in_(ids), ~going)
    )
    return gone.rowcount


def proofs_of_phone(connection: Connection, index: bytes) -> list[int]:
    """The codes that were asked for this phone, by whomever."""
    return list(
        connection.scalars(
            select(phone_proof.c.id)
            .where(phone_proof.c.phone_index == index)
            .order_by(phone_proof.c.id)
        )
    )


def wipe_phone_proofs(connection: Connection, index: bytes, today: datetime) -> int:
    """Wipe the number from the codes asked for it; how many.

    The keyed hash of those of today stays until the tidying: asking has a daily limit.
    """
    this = phone_proof.c.phone_index == index
    wiped = connection.execute(
        update(phone_proof)
        .where(this, or_(phone_proof.c.phone != b"", phone_proof.c.code_mark != b""))
        .values(phone=b"", code_mark=b"", state="replaced")
    )
    connection.execute(
        update(phone_proof).where(this, phone_proof.c.asked_at < today).values(phone_index=b"")
    )
    return wiped.rowcount


def wipe_phone_links(connection: Connection, index: bytes) -> int:
    """Wipe a phone from the links that have ended; the rows stay, consents name their ids."""
    wiped = connection.execute(
        update(phone_link)
        .where(phone_link.c.phone_index == index, phone_link.c.ended_at.is_not(None))
        .values(phone=b"", phone_index=b"")
    )
    return wiped.rowcount
