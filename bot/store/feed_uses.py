"""What feeds did: calls by key, hour and outcome; dossiers by agency and day."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.feed_tables import agency_feed, feed_key, feed_key_use


@dataclass(frozen=True, slots=True)
class AgencyFed:
    """On how many of the days looked at an agency was fed, by how many calls, and when last."""

    days: int
    calls: int
    last_at: datetime


def known_keys(connection: Connection, key_ids: Collection[str]) -> set[str]:
    """Those of these ids that are keys of ours, in force or not."""
    rows = connection.execute(select(feed_key.c.id).where(feed_key.c.id.in_(sorted(key_ids))))
    return set(rows.scalars())


def add_uses(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add calls: key_id, hour, outcome, calls, last_at."""
    _add(connection, feed_key_use, ("key_id", "hour", "outcome"), ("calls",), rows)


def add_fed(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Add what agencies were fed: agency_code, day, calls, dossiers, last_at."""
    _add(connection, agency_feed, ("agency_code", "day"), ("calls", "dossiers"), rows)


def note_last_use(connection: Connection, moments: Mapping[str, datetime]) -> None:
    """These keys signed a call that was taken; a later moment stays."""
    for key_id, moment in sorted(moments.items()):
        last = func.coalesce(feed_key.c.last_used_at, feed_key.c.created_at)
        connection.execute(
            update(feed_key)
            .where(feed_key.c.id == key_id, last <= moment)
            .values(last_used_at=moment)
        )


def uses_since(connection: Connection, since: datetime) -> dict[str, dict[str, int]]:
    """Per key, how often which outcome; in whole hours."""
    rows = connection.execute(
        select(feed_key_use.c.key_id, feed_key_use.c.outcome, func.sum(feed_key_use.c.calls))
        .where(feed_key_use.c.hour >= since)
        .group_by(feed_key_use.c.key_id, feed_key_use.c.outcome)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for key_id, outcome, calls in rows:
        found[key_id][outcome] = int(calls)
    return dict(found)


def fed_since(connection: Connection, days: Collection[date]) -> dict[str, AgencyFed]:
    """What each agency was fed on these days; `last_at` is the newest moment of any day."""
    among = agency_feed.c.day.in_(sorted(days))
    rows = connection.execute(
        select(
            agency_feed.c.agency_code,
            func.count().filter(among),
            func.coalesce(func.sum(agency_feed.c.calls).filter(among), 0),
            func.max(agency_feed.c.last_at),
        ).group_by(agency_feed.c.agency_code)
    )
    return {row[0]: AgencyFed(int(row[1]), int(row[2]), row[3]) for row in rows}


def forget_uses(connection: Connection, hour: datetime, day: date) -> None:
    """Drop calls before an hour, and days before a day."""
    connection.execute(delete(feed_key_use).where(feed_key_use.c.hour < hour))
    connection.execute(delete(agency_feed).where(agency_feed.c.day < day))


def _add(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    added: Sequence[str],
    rows: Sequence[dict[str, Any]],
) -> None:
    if not rows:
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table)
    changed = {name: table.c[name] + insert.excluded[name] for name in added}
    changed["last_at"] = insert.excluded.last_at
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), list(rows))
