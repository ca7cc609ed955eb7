"""Citizens at a carrier: following, interactions, hints."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.follower import Follower
from bot.store.tables import follower

_INSERTS: Mapping[str, Any] = {
    "sqlite": sqlite.insert(follower).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(follower).on_conflict_do_nothing(),
}
_COLUMNS = (
    follower.c.user_id,
    follower.c.following,
    follower.c.relation_at,
    follower.c.followed_at,
    follower.c.unfollowed_at,
    follower.c.last_interaction_at,
    follower.c.hinted_at,
)
_UPDATE = (
    update(follower)
    .where(follower.c.user_id == bindparam("who"))
    .values(
        {
            column.name: bindparam(f"new_{column.name}")
            for column in _COLUMNS
            if column.name != "user_id"
        }
    )
)


def hold_followers(
    connection: Connection, user_ids: Collection[str], now: datetime
) -> dict[str, Follower]:
    """Take these followers for the length of this transaction; unknown ones are created.

    They are locked in the order of their ids, so that two workers never wait for each other,
    and a citizen's limits are counted by one worker at a time.
    """
    ordered = sorted(user_ids)
    if not ordered:
        return {}
    fresh = [{"user_id": user, "following": False, "first_seen_at": now} for user in ordered]
    connection.execute(_INSERTS[connection.dialect.name], fresh)
    rows = connection.execute(
        select(*_COLUMNS)
        .where(follower.c.user_id.in_(ordered))
        .order_by(follower.c.user_id)
        .with_for_update()
    )
    return {row.user_id: Follower(*row) for row in rows}


def save_followers(connection: Connection, followers: Iterable[Follower]) -> None:
    """Write changed followers back."""
    rows = [
        {"who" if name == "user_id" else f"new_{name}": value for name, value in one.items()}
        for one in (asdict(each) for each in followers)
    ]
    if rows:
        connection.execute(_UPDATE, rows)
