"""How far an announcement is, and what came of it: read for pages, reports and files."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.announcement import EDITABLE, AudienceKind, State
from bot.store.announcement_tables import (
    announcement,
    announcement_article,
    announcement_pace,
    announcement_recipient,
    announcement_tally,
    carrier_quota,
    page_tag,
)
from bot.store.tables import follower

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Count:
    """How many recipients of a road stand so; `code` says why, `cost_dong` what they cost."""

    road: str
    state: str
    code: str
    count: int
    cost_dong: int


def tally_of(connection: Connection, announcement_id: int) -> list[Count]:
    """Where the recipients of an announcement stand, as kept with each change."""
    rows = connection.execute(
        select(
            announcement_tally.c.road,
            announcement_tally.c.state,
            announcement_tally.c.code,
            announcement_tally.c.count,
            announcement_tally.c.cost_dong,
        )
        .where(
            announcement_tally.c.announcement_id == announcement_id,
            announcement_tally.c.count != 0,
        )
        .order_by(announcement_tally.c.road, announcement_tally.c.state, announcement_tally.c.code)
    )
    return [Count(*row) for row in rows]


def pace_of(
    connection: Connection, announcement_id: int, since: datetime
) -> list[tuple[datetime, int]]:
    """How many were handed over in each minute since then."""
    rows = connection.execute(
        select(announcement_pace.c.minute, announcement_pace.c.count)
        .where(
            announcement_pace.c.announcement_id == announcement_id,
            announcement_pace.c.minute >= since,
        )
        .order_by(announcement_pace.c.minute)
    )
    return [(row[0], row[1]) for row in rows]


def planned_so_far(connection: Connection, announcement_id: int) -> int:
    """How many recipients are written down while the plan is being made."""
    told = announcement_recipient.c
    return int(
        connection.execute(
            select(func.count()).where(told.announcement_id == announcement_id, told.turn == 0)
        ).scalar_one()
    )


def unfollowed_after(connection: Connection, announcement_id: int, since: datetime) -> int:
    """How many of those who were told left the page within a day of it."""
    told = announcement_recipient.c
    broadcast = connection.scalar(
        select(announcement_article.c.announcement_id).where(
            announcement_article.c.announcement_id == announcement_id
        )
    )
    left = (follower.c.unfollowed_at >= since, follower.c.unfollowed_at < since + DAY)
    if broadcast is not None:  # it reached everybody
        return int(connection.execute(select(func.count()).where(*left)).scalar_one())
    return int(
        connection.execute(
            select(func.count())
            .select_from(follower)
            .join(
                announcement_recipient,
                (told.recipient == follower.c.user_id)
                & (told.announcement_id == announcement_id)
                & (told.turn == 0),
            )
            .where(
                follower.c.unfollowed_at.is_not(None),
                told.sent_at.is_not(None),
                follower.c.unfollowed_at >= told.sent_at,
                follower.c.unfollowed_at < since + 30 * DAY,
            )
            .where(_within_a_day(connection))
        ).scalar_one()
    )


def _within_a_day(connection: Connection) -> Any:
    told = announcement_recipient.c
    if connection.dialect.name == "sqlite":
        gap = func.julianday(follower.c.unfollowed_at) - func.julianday(told.sent_at)
        return gap <= 1.0
    return follower.c.unfollowed_at - told.sent_at <= DAY


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one recipient."""

    id: int
    recipient: str
    road: str
    state: str
    code: str | None
    cost_dong: int | None
    sent_at: datetime | None
    received_at: datetime | None
    seen_at: datetime | None


_FATE = tuple(announcement_recipient.c[name] for name in Fate.__slots__)


def fates(
    connection: Connection,
    announcement_id: int,
    states: Collection[str] | None,
    after: int,
    most: int,
) -> list[Fate]:
    """A page of recipients behind the row `after`; of these states only, or all."""
    told = announcement_recipient.c
    chosen = select(*_FATE).where(
        told.announcement_id == announcement_id, told.turn == 0, told.id > after
    )
    if states is not None:
        chosen = chosen.where(told.state.in_(sorted(states)))
    rows = connection.execute(chosen.order_by(told.id).limit(most))
    return [Fate(*row) for row in rows]


def all_fates(connection: Connection, announcement_id: int, most: int = 5_000) -> Iterator[Fate]:
    """Every recipient, a page at a time, so that memory does not grow with them."""
    after = 0
    while page := fates(connection, announcement_id, None, after, most):
        yield from page
        after = page[-1].id


@dataclass(frozen=True, slots=True)
class Article:
    """How far the article of a broadcast is."""

    step: str
    code: str | None
    sent_at: datetime | None


def article_stands(connection: Connection, announcement_id: int) -> Article | None:
    """The article of an announcement; None when it has none."""
    row = connection.execute(
        select(
            announcement_article.c.step, announcement_article.c.code, announcement_article.c.sent_at
        ).where(announcement_article.c.announcement_id == announcement_id)
    ).one_or_none()
    return Article(*row) if row else None


def broadcasts_since(connection: Connection, since: datetime) -> int:
    """How many articles were sent to all since then."""
    return int(
        connection.execute(
            select(func.count()).where(announcement_article.c.sent_at >= since)
        ).scalar_one()
    )


def put_quota(
    connection: Connection, name: str, total: int | None, remaining: int | None, at: datetime
) -> None:
    """Write down what a carrier said is left."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"total": total, "remaining": remaining, "read_at": at}
    connection.execute(
        dialect.insert(carrier_quota)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


@dataclass(frozen=True, slots=True)
class Quota:
    """What a carrier said is left, and when it said so."""

    total: int | None
    remaining: int | None
    read_at: datetime


def quota_of(connection: Connection, name: str) -> Quota | None:
    """The quota of this name; None when it was never told."""
    row = connection.execute(
        select(carrier_quota.c.total, carrier_quota.c.remaining, carrier_quota.c.read_at).where(
            carrier_quota.c.name == name
        )
    ).one_or_none()
    return Quota(*row) if row else None


def tags_in_use(connection: Connection) -> list[str]:
    """Tags of the page that an announcement names which has not begun; longest unread first."""
    named = [
        part
        for state in (*EDITABLE, State.SENDING)
        for part in connection.scalars(
            select(announcement.c.audience).where(
                announcement.c.state == str(state),
                announcement.c.audience.like(f'%"kind": "{AudienceKind.TAG}"%'),
            )
        )
    ]
    rows = connection.execute(
        select(page_tag.c.name).order_by(page_tag.c.read_at.is_not(None), page_tag.c.read_at)
    ).scalars()
    return [name for name in rows if any(f'"tag": "{name}"' in one for one in named)]
