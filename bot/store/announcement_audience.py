"""Whom an announcement reaches, counted, and written down as its recipients in batches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.announcement import Audience, AudienceKind, Road
from bot.core.dossier import END_STATUSES, Status
from bot.store.among import by_dialect
from bot.store.announcement_tables import (
    announcement_optout,
    announcement_phone,
    announcement_recipient,
    announcement_tally,
    follower_tag,
    page_tag,
)
from bot.store.notice_tables import dossier_follow, phone_link
from bot.store.tables import dossier, follower

NO_WAY = "no_way"  # the code of people whom no road reaches
_OVER = tuple(int(status) for status in (*END_STATUSES, Status.STOPPED))
_NO_OPTOUT = ~exists().where(announcement_optout.c.user_id == follower.c.user_id)


@dataclass(frozen=True, slots=True)
class Reach:
    """How an audience is reached: the roads that may be used, and the window of chat messages.

    Shape: `wrote_since` is when the last interaction has to be newer than, for chat; those who
           wrote after `free_since` cost nothing.
    """

    audience: Audience
    roads: tuple[Road, ...]
    wrote_since: datetime
    free_since: datetime


def _members(reach: Reach, family: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a follower belongs to the audience."""
    audience = reach.audience
    if audience.kind is AudienceKind.FOLLOWERS:
        return follower.c.following.is_(True)
    if audience.kind is AudienceKind.DOSSIERS:
        wanted = follower.c.user_id.in_(_with_open_dossiers(audience.procedure, family))
        return and_(follower.c.following.is_(True), wanted)
    if audience.kind in (AudienceKind.OFFICIALS, AudienceKind.TAG):
        source = "code" if audience.kind is AudienceKind.OFFICIALS else "page"
        tagged = select(follower_tag.c.user_id).where(
            follower_tag.c.tag == audience.tag, follower_tag.c.source == source
        )
        # Whoever chats without following may be written to; whoever left may not.
        stayed = or_(follower.c.following.is_(True), follower.c.unfollowed_at.is_(None))
        return and_(follower.c.user_id.in_(tagged), stayed)
    return false()


def _with_open_dossiers(procedure: str, family: tuple[str, ...]) -> Any:
    """Who proved the phone of an open dossier, or follows one, at these agencies."""
    open_here: list[ColumnElement[bool]] = [
        dossier.c.agency_code.in_(family),
        dossier.c.status.not_in(_OVER),
    ]
    if procedure:
        open_here.append(dossier.c.procedure_code == procedure)
    by_phone = (
        select(phone_link.c.user_id)
        .join(dossier, dossier.c.phone_index == phone_link.c.phone_index)
        .where(phone_link.c.ended_at.is_(None), *open_here)
    )
    by_slip = (
        select(dossier_follow.c.user_id)
        .join(dossier, dossier.c.id == dossier_follow.c.dossier_id)
        .where(dossier_follow.c.ended_at.is_(None), *open_here)
    )
    return union(by_phone, by_slip).scalar_subquery()


def _road(reach: Reach) -> ColumnElement[str]:
    """The first road that leads to a follower."""
    leads: list[tuple[ColumnElement[bool], ColumnElement[str]]] = []
    if Road.BROADCAST in reach.roads:
        return literal(str(Road.BROADCAST))
    if Road.CHAT in reach.roads:
        wrote = func.coalesce(follower.c.last_interaction_at > reach.wrote_since, false())
        leads.append((wrote, literal(str(Road.CHAT))))
    if Road.TEMPLATE_UID in reach.roads:
        return (
            case(*leads, else_=literal(str(Road.TEMPLATE_UID)))
            if leads
            else literal(str(Road.TEMPLATE_UID))
        )
    return case(*leads, else_=literal(str(Road.NONE))) if leads else literal(str(Road.NONE))


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of an audience are reached by which road.

    Shape: `by_road` counts people; `paid_chat` those of CHAT outside the free window; `out` those
           who want no announcements.
    """

    by_road: Mapping[Road, int]
    paid_chat: int
    out: int

    @property
    def people(self) -> int:
        """All of them but those who want none."""
        return sum(self.by_road.values())


def count_reach(connection: Connection, reach: Reach, family: tuple[str, ...]) -> Counted:
    """Count an audience of followers by road; those of a list of phones are known by the list."""
    members = _members(reach, family)
    told = (
        select(_road(reach).label("road"), follower.c.last_interaction_at.label("last"))
        .where(members, _NO_OPTOUT)
        .subquery()
    )
    paid = func.sum(case((told.c.last <= reach.free_since, 1), else_=0))
    rows = connection.execute(select(told.c.road, func.count(), paid).group_by(told.c.road)).all()
    out = connection.execute(select(func.count()).where(members, ~_NO_OPTOUT)).scalar_one()
    found = {Road(row[0]): int(row[1]) for row in rows}
    paid_chat = sum(int(row[2] or 0) for row in rows if row[0] == Road.CHAT)
    return Counted(found, paid_chat, int(out))


@dataclass(frozen=True, slots=True)
class Batch:
    """One step of a plan: who comes after `after`, at most so many; due from `now` on."""

    announcement_id: int
    after: str
    most: int
    now: datetime


def plan_followers(
    connection: Connection, batch: Batch, reach: Reach, family: tuple[str, ...]
) -> str | None:
    """Write the next batch of recipients down, in the database alone.

    Result: the last of them; None when there are no more.
    """
    wanted = and_(_members(reach, family), _NO_OPTOUT, follower.c.user_id > batch.after)
    last = connection.execute(
        select(func.max(select(follower.c.user_id).where(wanted)
            .order_by(follower.c.user_id).limit(batch.most).subquery().c.user_id))
    ).scalar_one()  # fmt: skip
    if last is None:
        return None
    road = _road(reach)
    chosen = select(
        literal(batch.announcement_id),
        literal(0),
        follower.c.user_id,
        road,
        case((road == str(Road.NONE), "skipped"), else_="waiting"),
        case((road == str(Road.NONE), null()), else_=_moment(batch.now)),
        case((road == str(Road.NONE), NO_WAY), else_=null()),
        literal(0),
    ).where(wanted, follower.c.user_id <= last)
    _insert(connection, chosen)
    return str(last)


def plan_phones(connection: Connection, batch: Batch) -> str | None:
    """The same for the numbers of a list."""
    after = bytes.fromhex(batch.after)
    rows = connection.execute(
        select(announcement_phone.c.phone_index)
        .where(
            announcement_phone.c.announcement_id == batch.announcement_id,
            announcement_phone.c.phone_index > after,
        )
        .order_by(announcement_phone.c.phone_index)
        .limit(batch.most)
    ).scalars()
    found = [bytes(index).hex() for index in rows]
    if not found:
        return None
    values = [
        {
            "announcement_id": batch.announcement_id,
            "turn": 0,
            "recipient": index,
            "road": str(Road.TEMPLATE_PHONE),
            "state": "waiting",
            "due_at": batch.now,
            "refusals": 0,
        }
        for index in found
    ]
    connection.execute(_once(connection).values(values))
    return found[-1]


def plan_everybody(connection: Connection, batch: Batch) -> None:
    """One recipient that stands for all followers: an article is sent once."""
    connection.execute(
        _once(connection).values(
            announcement_id=batch.announcement_id,
            turn=0,
            recipient="*",
            road=str(Road.BROADCAST),
            state="waiting",
            due_at=None,
            refusals=0,
        )
    )


def tally_plan(connection: Connection, announcement_id: int) -> None:
    """Count what was planned, once, at the end of planning."""
    told = announcement_recipient.c
    code = func.coalesce(told.code, literal_column("''"))
    counted = (
        select(told.announcement_id, told.road, told.state, code, func.count(), literal(0))
        .where(told.announcement_id == announcement_id, told.turn == 0)
        .group_by(told.announcement_id, told.road, told.state, code)
    )
    names = ["announcement_id", "road", "state", "code", "count", "cost_dong"]
    connection.execute(announcement_tally.insert().from_select(names, counted))


@dataclass(frozen=True, slots=True)
class FollowerNow:
    """What holds of a follower at this moment."""

    unfollowed: bool
    last_interaction_at: datetime | None
    opted_out: bool


_NOW = by_dialect(
    lambda among: select(
        follower.c.user_id,
        and_(follower.c.following.is_(False), follower.c.unfollowed_at.is_not(None)),
        follower.c.last_interaction_at,
        ~_NO_OPTOUT,
    ).where(among(follower.c.user_id, "users"))
)


def followers_now(connection: Connection, user_ids: Collection[str]) -> Mapping[str, FollowerNow]:
    """What holds of these followers, by user id."""
    if not user_ids:
        return {}
    rows = connection.execute(_NOW[connection.dialect.name], {"users": sorted(user_ids)})
    return {row[0]: FollowerNow(bool(row[1]), row[2], bool(row[3])) for row in rows}


def tag_names(connection: Connection) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Groups of officials and tags of the page, each with how many are in it."""
    members = (
        select(follower_tag.c.source, follower_tag.c.tag, func.count())
        .group_by(follower_tag.c.source, follower_tag.c.tag)
        .order_by(follower_tag.c.tag)
    )
    rows = connection.execute(members).all()
    counts = {(source, tag): int(count) for source, tag, count in rows}
    pages = connection.scalars(select(page_tag.c.name).order_by(page_tag.c.name)).all()
    officials = [(tag, count) for (source, tag), count in counts.items() if source == "code"]
    return officials, [(name, counts.get(("page", name), 0)) for name in pages]


def _moment(now: datetime) -> ColumnElement[datetime]:
    return literal(now, announcement_recipient.c.due_at.type)


_COLUMNS = [
    "announcement_id", "turn", "recipient", "road", "state", "due_at", "code", "refusals",
]  # fmt: skip


def _once(connection: Connection) -> Any:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(announcement_recipient).on_conflict_do_nothing()


def _insert(connection: Connection, chosen: Select[Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(announcement_recipient).from_select(_COLUMNS, chosen)
    connection.execute(statement.on_conflict_do_nothing())
