"""Who wants no announcements, who belongs to which group, and the codes that lead there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.announcement_tables import (
    announcement_optout,
    announcement_tester,
    follower_tag,
    invitation,
    page_tag,
)
from bot.store.counter_tables import staff


def _once(connection: Connection, table: Any) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def opt_out(connection: Connection, user_id: str, how: str, at: datetime) -> None:
    """Write down that a citizen wants no announcements, and belongs to no group any more."""
    connection.execute(
        _once(connection, announcement_optout).values(user_id=user_id, how=how, at=at)
    )
    connection.execute(
        delete(follower_tag).where(
            follower_tag.c.user_id == user_id, follower_tag.c.source == "code"
        )
    )
    connection.execute(delete(announcement_tester).where(announcement_tester.c.user_id == user_id))


def opt_in(connection: Connection, user_id: str) -> None:
    """A citizen wants announcements again."""
    connection.execute(delete(announcement_optout).where(announcement_optout.c.user_id == user_id))


def is_out(connection: Connection, user_id: str) -> bool:
    """Whether a citizen wants no announcements."""
    query = select(announcement_optout.c.user_id).where(announcement_optout.c.user_id == user_id)
    return connection.scalar(query) is not None


def tag_followers(
    connection: Connection, user_ids: Collection[str], tag: str, source: str, at: datetime
) -> None:
    """Put followers into a group; who is in it already stays."""
    rows = [
        {"user_id": user, "tag": tag, "source": source, "since": at} for user in sorted(user_ids)
    ]
    if rows:
        connection.execute(_once(connection, follower_tag), rows)


def untag_followers(connection: Connection, user_ids: Collection[str] | None, tag: str) -> None:
    """Take followers off a tag of the page; None: everybody."""
    gone = delete(follower_tag).where(follower_tag.c.tag == tag, follower_tag.c.source == "page")
    if user_ids is not None:
        gone = gone.where(follower_tag.c.user_id.in_(sorted(user_ids)))
    connection.execute(gone)


def keep_page_tags(connection: Connection, names: Sequence[str]) -> None:
    """The tags that the page has now; those that are gone take their members along."""
    known = set(connection.scalars(select(page_tag.c.name)))
    for name in sorted(known - set(names)):
        connection.execute(delete(page_tag).where(page_tag.c.name == name))
        untag_followers(connection, None, name)
    rows = [{"name": name} for name in sorted(set(names) - known)]
    if rows:
        connection.execute(_once(connection, page_tag), rows)


def page_tags(connection: Connection) -> Mapping[str, datetime | None]:
    """The tags of the page, and when the members of each were last read."""
    rows = connection.execute(select(page_tag.c.name, page_tag.c.read_at).order_by(page_tag.c.name))
    return {row[0]: row[1] for row in rows}


def tag_was_read(connection: Connection, tag: str, at: datetime) -> None:
    """Write down when a tag's members were read."""
    connection.execute(update(page_tag).where(page_tag.c.name == tag).values(read_at=at))


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """A code that leads into a group; `code` is sealed."""

    id: int
    code: bytes
    purpose: str
    tag: str
    agency_code: str | None
    staff_id: int
    login: str
    made_at: datetime
    expires_at: datetime
    most_uses: int
    uses: int
    ended_at: datetime | None


_INVITATION = (
    invitation.c.id,
    invitation.c.code,
    invitation.c.purpose,
    invitation.c.tag,
    invitation.c.agency_code,
    invitation.c.staff_id,
    staff.c.login,
    invitation.c.made_at,
    invitation.c.expires_at,
    invitation.c.most_uses,
    invitation.c.uses,
    invitation.c.ended_at,
)


def _stored(row: Any) -> Invitation:
    return Invitation(*row)


def add_invitation(connection: Connection, values: Mapping[str, Any]) -> int:
    """Store a code; its id."""
    made = insert(invitation).values(**values).returning(invitation.c.id)
    return int(connection.execute(made).scalar_one())


def invitations(
    connection: Connection, agencies: Collection[str], staff_id: int
) -> list[Invitation]:
    """Codes of officials' groups of these agencies, and this account's for testers; newest first.

    Shape: a code without an agency is of the whole province, and shown to all.
    """
    rows = connection.execute(
        select(*_INVITATION)
        .join(staff, staff.c.id == invitation.c.staff_id)
        .where(
            or_(
                and_(
                    invitation.c.purpose == "official",
                    or_(
                        invitation.c.agency_code.is_(None),
                        invitation.c.agency_code.in_(sorted(agencies)),
                    ),
                ),
                invitation.c.staff_id == staff_id,
            )
        )
        .order_by(invitation.c.id.desc())
        .limit(200)
    )
    return [_stored(row) for row in rows]


def use_invitation(connection: Connection, mark: bytes, now: datetime) -> Invitation | None:
    """Use a code once; None for one that does not hold (any more)."""
    used = connection.execute(
        update(invitation)
        .where(
            invitation.c.code_mark == mark,
            invitation.c.ended_at.is_(None),
            invitation.c.expires_at > now,
            invitation.c.uses < invitation.c.most_uses,
        )
        .values(uses=invitation.c.uses + 1)
        .returning(invitation.c.id)
    ).scalar_one_or_none()
    if used is None:
        return None
    row = connection.execute(
        select(*_INVITATION)
        .join(staff, staff.c.id == invitation.c.staff_id)
        .where(invitation.c.id == used)
    ).one()
    return _stored(row)


def end_invitation(
    connection: Connection, invitation_id: int, agencies: Collection[str], now: datetime
) -> bool:
    """End a code; False when there is none that these agencies may end."""
    ended = connection.execute(
        update(invitation)
        .where(
            invitation.c.id == invitation_id,
            invitation.c.ended_at.is_(None),
            or_(
                invitation.c.agency_code.is_(None),
                invitation.c.agency_code.in_(sorted(agencies)),
            ),
        )
        .values(ended_at=now)
    )
    return ended.rowcount == 1


def add_tester(connection: Connection, user_id: str, staff_id: int, at: datetime) -> None:
    """Let test sends of an account go to this chat."""
    connection.execute(delete(announcement_tester).where(announcement_tester.c.user_id == user_id))
    connection.execute(
        insert(announcement_tester).values(user_id=user_id, staff_id=staff_id, since=at)
    )


def testers(connection: Connection) -> list[tuple[str, int, str, datetime]]:
    """(user id, account, login, since) of every chat that test sends may go to."""
    rows = connection.execute(
        select(
            announcement_tester.c.user_id,
            announcement_tester.c.staff_id,
            staff.c.login,
            announcement_tester.c.since,
        )
        .join(staff, staff.c.id == announcement_tester.c.staff_id)
        .order_by(staff.c.login, announcement_tester.c.user_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
