"""Sessions at the console; only a hash of each token is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.log_in import EndedWhy
from bot.store.counter_tables import staff, staff_session
from bot.store.staff import COLUMNS, StoredStaff, stored

BY_PROVIDER, WITH_FACTOR = "provider", "prov-2fa"
_NOTHING_LEFT = {"provider_token": None, "identity_mark": None}  # of a session that has ended


@dataclass(frozen=True, slots=True, repr=False)
class Vouching:
    """What an identity provider gave for a session.

    Shape: `token`, sealed; `factor` tells that it asked for more than a password; `mark` is the
           identity to be linked once our own factor is proved, None when there is nothing to link.
    """

    token: bytes
    factor: bool
    mark: bytes | None = None


@dataclass(frozen=True, slots=True, repr=False)
class StoredSession:
    """A session, and whose it is.

    Shape: `factor_at` is when a second factor was proved, ours or the provider's;
           `provider_factor` tells that it was the provider's.
    """

    id: int
    created_at: datetime
    seen_at: datetime
    ended_why: EndedWhy | None
    factor_at: datetime | None
    by_provider: bool
    provider_factor: bool
    provider_token: bytes | None
    staff: StoredStaff


def insert_session(
    connection: Connection,
    mark: bytes,
    staff_id: int,
    now: datetime,
    vouching: Vouching | None = None,
) -> int:
    """Store a session that begins now; its id.

    Shape: `vouching` where the identity provider has vouched; else a password did.
    """
    values: dict[str, Any] = {"token_mark": mark, "staff_id": staff_id}
    values |= {"created_at": now, "seen_at": now}
    if vouching is not None:
        values |= {"way": WITH_FACTOR if vouching.factor else BY_PROVIDER}
        values |= {"provider_token": vouching.token, "identity_mark": vouching.mark}
        values |= {"factor_at": now if vouching.factor else None}
    made = connection.execute(insert(staff_session).values(values).returning(staff_session.c.id))
    return int(made.scalar_one())


def session_by_mark(connection: Connection, mark: bytes) -> StoredSession | None:
    """The session of a token, ended or not; None when there is none."""
    chosen = (
        select(
            staff_session.c.id.label("session_id"),
            staff_session.c.created_at.label("begun_at"),
            staff_session.c.seen_at,
            staff_session.c.ended_why,
            staff_session.c.factor_at,
            staff_session.c.way,
            staff_session.c.provider_token,
            *COLUMNS,
        )
        .join(staff, staff.c.id == staff_session.c.staff_id)
        .where(staff_session.c.token_mark == mark)
    )
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    ended = EndedWhy(row.ended_why) if row.ended_why else None
    return StoredSession(
        id=row.session_id,
        created_at=row.begun_at,
        seen_at=row.seen_at,
        ended_why=ended,
        factor_at=row.factor_at,
        by_provider=row.way in (BY_PROVIDER, WITH_FACTOR),
        provider_factor=row.way == WITH_FACTOR,
        provider_token=row.provider_token,
        staff=stored(row),
    )


def provider_token_of(connection: Connection, session_id: int) -> bytes | None:
    """What the provider vouched with for a session, sealed; None for one by password."""
    chosen = select(staff_session.c.provider_token).where(staff_session.c.id == session_id)
    found: bytes | None = connection.scalar(chosen)
    return found


def mark_to_link(connection: Connection, session_id: int) -> bytes | None:
    """Whom to link to a session's account once its second factor is proved; None: nobody."""
    chosen = select(staff_session.c.identity_mark).where(staff_session.c.id == session_id)
    found: bytes | None = connection.scalar(chosen)
    return found


def see_session(connection: Connection, session_id: int, now: datetime) -> None:
    """Write down that a session was used."""
    connection.execute(
        update(staff_session).where(staff_session.c.id == session_id).values(seen_at=now)
    )


def prove_session(connection: Connection, session_id: int, now: datetime) -> None:
    """Our second factor was proved in a session."""
    connection.execute(
        update(staff_session)
        .where(staff_session.c.id == session_id)
        .values(factor_at=now, seen_at=now, identity_mark=None)
    )


def end_session(connection: Connection, session_id: int, why: EndedWhy, now: datetime) -> bool:
    """End a session; False when it had ended already."""
    ended = connection.execute(
        update(staff_session)
        .where(staff_session.c.id == session_id, staff_session.c.ended_at.is_(None))
        .values(ended_at=now, ended_why=why, **_NOTHING_LEFT)
    )
    return ended.rowcount == 1


def end_sessions_of(
    connection: Connection, staff_id: int, why: EndedWhy, now: datetime, but: int | None = None
) -> None:
    """End every session of an account, but one when it is named."""
    chosen = update(staff_session).where(
        staff_session.c.staff_id == staff_id, staff_session.c.ended_at.is_(None)
    )
    if but is not None:
        chosen = chosen.where(staff_session.c.id != but)
    connection.execute(chosen.values(ended_at=now, ended_why=why, **_NOTHING_LEFT))


def forget_sessions(connection: Connection, before: datetime) -> None:
    """Drop what was begun before that moment; the audit trail keeps who came and went."""
    connection.execute(delete(staff_session).where(staff_session.c.created_at < before))
