"""What we owe: claim, put back, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import echo, lookup, outbox


@dataclass(frozen=True, slots=True)
class Owed:
    """One message claimed by this worker; `body` is sealed.

    Shape: `claims` counts the claims whose outcome was never recorded, this one included;
           `unsure` the answers that were lost.
    """

    id: int
    event: str
    channel: str
    recipient: str
    body: bytes
    text_mark: bytes
    claims: int
    unsure: int
    refusals: int
    asked_at: datetime
    expires_at: datetime
    created_at: datetime
    request_id: str | None = None


_RETURNED = (
    outbox.c.id,
    outbox.c.event,
    outbox.c.channel,
    outbox.c.recipient,
    outbox.c.body,
    outbox.c.text_mark,
    outbox.c.claims,
    outbox.c.unsure,
    outbox.c.refusals,
    outbox.c.asked_at,
    outbox.c.expires_at,
    outbox.c.created_at,
    outbox.c.request_id,
)
_DUE = (
    select(outbox.c.id)
    .where(
        outbox.c.lane == bindparam("of_lane"),
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.due_at <= bindparam("now"),
    )
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(_DUE.scalar_subquery()))
    .values(
        state="sending",
        due_at=bindparam("lease_until"),
        claim=bindparam("claimer"),
        claims=outbox.c.claims + 1,
    )
    .returning(*_RETURNED)
)
_OWN = (outbox.c.id == bindparam("message"), outbox.c.claim == bindparam("claimer"))
_OPEN = (outbox.c.id == bindparam("message"), outbox.c.due_at.is_not(None))
_CLOSE = (
    update(outbox)
    .where(*_OPEN)
    .values(
        state=bindparam("to_state"),
        due_at=None,
        claim=None,
        carrier_id=bindparam("named"),
        sent_at=bindparam("at"),
        reason=bindparam("why"),
    )
)
_PUT_BACK = (
    update(outbox)
    .where(*_OWN)
    .values(
        state=bindparam("to_state"),
        due_at=bindparam("again_at"),
        claim=None,
        claims=bindparam("open_claims"),
        unsure=bindparam("lost_answers"),
        refusals=bindparam("times_refused"),
        reason=bindparam("why"),
    )
)
_ONCE = {
    "sqlite": sqlite.insert(outbox).on_conflict_do_nothing(index_elements=["dedupe_key"]),
    "postgresql": postgresql.insert(outbox).on_conflict_do_nothing(index_elements=["dedupe_key"]),
}


def owe(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store messages that are owed; one with a dedupe key known before is not owed again."""
    if rows:
        connection.execute(_ONCE[connection.dialect.name], list(rows))


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's wish: how many messages of which lane and channel, until when, as whom."""

    lane: str
    channel: str
    most: int
    claimer: str
    now: datetime
    lease_until: datetime


def claim(connection: Connection, wish: Claim) -> list[Owed]:
    """Take due messages for one worker, the longest due first.

    Taking is one UPDATE that pushes the due time to the end of the lease: it undoes itself
    when the worker dies, and means the same on SQLite and PostgreSQL.
    """
    rows = connection.execute(
        _CLAIM,
        {
            "of_lane": wish.lane,
            "of_channel": wish.channel,
            "now": wish.now,
            "most": wish.most,
            "lease_until": wish.lease_until,
            "claimer": wish.claimer,
        },
    )
    return sorted((Owed(*row) for row in rows), key=lambda owed: owed.id)


def close(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Close messages: keys message, to_state, named, at, why.

    Also one whose lease ended while the database was away: what a carrier answered is a fact,
    whoever holds the claim now.
    """
    if rows:
        connection.execute(_CLOSE, list(rows))


def put_back(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Owe claimed messages again: message, claimer, to_state, again_at, open_claims, …"""
    if rows:
        connection.execute(_PUT_BACK, list(rows))


def remember_echoes(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what a carrier reported as sent by us, each once."""
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(echo).on_conflict_do_nothing(), list(rows))


def echo_of(connection: Connection, owed: Owed) -> str | None:
    """The carrier's id of a message whose answer was lost, when the carrier echoed it.

    An echo that already belongs to another message is not counted twice. It is compared with
    the time of the question because the same web process read both off the same clock.
    """
    taken = exists().where(outbox.c.carrier_id == echo.c.carrier_id)
    return connection.execute(
        select(echo.c.carrier_id)
        .where(
            echo.c.recipient == owed.recipient,
            echo.c.text_mark == owed.text_mark,
            echo.c.at >= owed.asked_at,
            ~taken,
        )
        .order_by(echo.c.at)
        .limit(1)
    ).scalar_one_or_none()


def forget_echoes(connection: Connection, before: datetime) -> int:
    """Drop echoes that no lost answer can be waiting for any more."""
    return connection.execute(delete(echo).where(echo.c.at < before)).rowcount


def is_due(connection: Connection, lane: str, channel: str, now: datetime) -> bool:
    """Whether a lane has anything to send on a channel."""
    query = select(
        exists().where(outbox.c.lane == lane, outbox.c.channel == channel, outbox.c.due_at <= now)
    )
    return bool(connection.execute(query).scalar_one())


def owed_by_lane(connection: Connection) -> dict[str, tuple[int, datetime]]:
    """Per lane, how many messages are owed and when the oldest was asked for."""
    rows = connection.execute(
        select(outbox.c.lane, func.count(), func.min(outbox.c.asked_at))
        .where(outbox.c.due_at.is_not(None))
        .group_by(outbox.c.lane)
    )
    return {lane: (int(count), oldest) for lane, count, oldest in rows}


def messages_of_dossier(
    connection: Connection, dossier_id: int
) -> list[tuple[str, str, str, str | None, datetime]]:
    """Event, channel, state, reason and time of every message about a dossier, oldest first.

    A reply belongs to every dossier that its question looked up.
    """
    at = func.coalesce(outbox.c.sent_at, outbox.c.created_at)
    asked = select(lookup.c.outbox_key).where(lookup.c.dossier_id == dossier_id)
    rows = connection.execute(
        select(outbox.c.event, outbox.c.channel, outbox.c.state, outbox.c.reason, at)
        .where(or_(outbox.c.dossier_id == dossier_id, outbox.c.dedupe_key.in_(asked)))
        .order_by(outbox.c.id)
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]
