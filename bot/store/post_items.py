"""Item codes of the post: blocks stored, one code given out once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.post_item import ItemBlock, ItemCode
from bot.store.post_tables import post_item

AT_ONCE = 1000  # rows of one INSERT
_ONCE = {
    name: dialect.insert(post_item).on_conflict_do_nothing().returning(post_item.c.number)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_FREE = (
    select(post_item.c.service, post_item.c.number)
    .where(post_item.c.given_at.is_(None))
    .order_by(post_item.c.added_at, post_item.c.service, post_item.c.number)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_GIVE = (
    update(post_item)
    .where(
        post_item.c.service == bindparam("of_service"),
        post_item.c.number == bindparam("of_number"),
        post_item.c.given_at.is_(None),
    )
    .values(given_at=bindparam("now"))
)


def add_block(connection: Connection, block: ItemBlock, by: str, now: datetime) -> int:
    """Store a block's codes; how many were not known before: no code is ever stored twice."""
    rows = [
        {
            "service": one.service + one.country,
            "number": one.number,
            "added_at": now,
            "added_by": by,
        }
        for one in block
    ]
    once = _ONCE[connection.dialect.name]
    starts = range(0, len(rows), AT_ONCE)
    return sum(len(connection.execute(once, rows[one : one + AT_ONCE]).all()) for one in starts)


def mark_given(connection: Connection, items: Sequence[ItemCode], now: datetime) -> None:
    """These codes were given out before, whoever did it."""
    rows = [
        {"of_service": one.service + one.country, "of_number": one.number, "now": now}
        for one in items
    ]
    if rows:
        connection.execute(_GIVE, rows)


def next_item(connection: Connection, now: datetime) -> ItemCode | None:
    """Give out the next free code, oldest block first; None when there is none.

    It is lost to others with this transaction, and free again when that fails.
    """
    while row := connection.execute(_FREE).one_or_none():
        service, number = row
        given = connection.execute(_GIVE, {"of_service": service, "of_number": number, "now": now})
        if given.rowcount == 1:
            return ItemCode(service[:2], number, service[2:])
    return None


def items_left(connection: Connection) -> tuple[int, int]:
    """How many codes are free, and how many there were."""
    free, all_of_them = connection.execute(
        select(func.count().filter(post_item.c.given_at.is_(None)), func.count())
    ).one()
    return int(free), int(all_of_them)
