"""Phones that citizens proved: who is told of the dossiers of a phone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, null, select, update

from bot.core.notice import NoticeEvent, Rung
from bot.store.among import by_dialect
from bot.store.notice_tables import OF_NOTICE, attempt, dossier_follow, notice, phone_link
from bot.store.tables import follower


@dataclass(frozen=True, slots=True)
class Linked:
    """A citizen to tell: by a proved phone, or by a dossier followed with the slip."""

    user_id: str
    last_interaction_at: datetime | None
    phone_index: bytes | None
    dossier_id: int | None


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """An open link; `phone` is sealed E.164."""

    id: int
    user_id: str
    phone_index: bytes
    phone: bytes
    proved_at: datetime


_BY_PHONE = by_dialect(
    lambda among: (
        select(
            phone_link.c.user_id,
            follower.c.last_interaction_at,
            phone_link.c.phone_index,
            null(),
        )
        .join(follower, follower.c.user_id == phone_link.c.user_id)
        .where(
            among(phone_link.c.phone_index, "phones"),
            phone_link.c.ended_at.is_(None),
        )
        .order_by(phone_link.c.id)
    )
)
_BY_DOSSIER = by_dialect(
    lambda among: (
        select(
            dossier_follow.c.user_id,
            follower.c.last_interaction_at,
            null(),
            dossier_follow.c.dossier_id,
        )
        .join(follower, follower.c.user_id == dossier_follow.c.user_id)
        .where(
            among(dossier_follow.c.dossier_id, "dossiers"),
            dossier_follow.c.ended_at.is_(None),
        )
        .order_by(dossier_follow.c.id)
    )
)


def linked_followers(
    connection: Connection, phone_indexes: Collection[bytes], dossier_ids: Collection[int]
) -> list[Linked]:
    """Who has proved one of these phones or follows one of these dossiers, at this moment.

    Result: one row per open link: with `phone_index` for a phone, with `dossier_id` for a
    followed dossier; a citizen with both stands in it twice. Oldest links first.
    """
    found: list[Linked] = []
    if phone_indexes:
        rows = connection.execute(
            _BY_PHONE[connection.dialect.name], {"phones": list(phone_indexes)}
        )
        found += [Linked(*row) for row in rows]
    if dossier_ids:
        rows = connection.execute(
            _BY_DOSSIER[connection.dialect.name], {"dossiers": list(dossier_ids)}
        )
        found += [Linked(*row) for row in rows]
    return found


_LINK = (
    phone_link.c.id,
    phone_link.c.user_id,
    phone_link.c.phone_index,
    phone_link.c.phone,
    phone_link.c.proved_at,
)


def open_links(connection: Connection, user_id: str) -> list[PhoneLink]:
    """The phones that a citizen has proved, the newest first."""
    rows = connection.execute(
        select(*_LINK)
        .where(phone_link.c.user_id == user_id, phone_link.c.ended_at.is_(None))
        .order_by(phone_link.c.proved_at.desc(), phone_link.c.id.desc())
    )
    return [PhoneLink(*row) for row in rows]


def earlier_holders(connection: Connection, link: PhoneLink) -> list[PhoneLink]:
    """Other citizens' open links to the same phone, proved no later than this one."""
    rows = connection.execute(
        select(*_LINK)
        .where(
            phone_link.c.phone_index == link.phone_index,
            phone_link.c.ended_at.is_(None),
            phone_link.c.user_id != link.user_id,
            phone_link.c.proved_at <= link.proved_at,
        )
        .order_by(phone_link.c.id)
    )
    return [PhoneLink(*row) for row in rows]


def open_link(connection: Connection, values: dict[str, Any]) -> PhoneLink:
    """Link a citizen to a phone just proved; proving it again renews the link that is open."""
    this = (
        phone_link.c.user_id == values["user_id"],
        phone_link.c.phone_index == values["phone_index"],
        phone_link.c.ended_at.is_(None),
    )
    renewed = update(phone_link).where(*this).values(**values).returning(*_LINK)
    row = connection.execute(renewed).one_or_none()
    if row is None:
        fresh = insert(phone_link).values(**values).returning(*_LINK)
        row = connection.execute(fresh).one()
    return PhoneLink(*row)


def end_links(connection: Connection, ids: Collection[int], at: datetime, why: str) -> None:
    """End these links."""
    if ids:
        connection.execute(
            update(phone_link)
            .where(phone_link.c.id.in_(sorted(ids)))
            .values(ended_at=at, ended_why=why)
        )


def blank_links(connection: Connection, user_id: str) -> None:
    """Wipe the phones from a citizen's ended links; the rows stay, consents name their ids."""
    connection.execute(
        update(phone_link)
        .where(phone_link.c.user_id == user_id, phone_link.c.ended_at.is_not(None))
        .values(phone=b"", phone_index=b"")
    )


def way_of_code(connection: Connection, proof_id: int) -> str | None:
    """The rung that last carried a one-time code to its phone; None when none is on record."""
    way: str | None = connection.scalar(
        select(attempt.c.rung)
        .join(notice, OF_NOTICE)
        .where(
            notice.c.key == f"otp:{proof_id}",
            notice.c.event == NoticeEvent.OTP,
            attempt.c.rung.in_((Rung.TEMPLATE_PHONE, Rung.SMS)),
            attempt.c.state != "failed",
        )
        .order_by(attempt.c.id.desc())
        .limit(1)
    )
    return way
