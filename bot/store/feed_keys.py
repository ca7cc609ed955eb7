"""Keys of the programs that feed dossiers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.tables import feed_key


@dataclass(frozen=True, slots=True)
class FeedKey:
    """Who feeds: the key's id, and the agency it stands for or all of them."""

    id: str
    agency_code: str
    all_agencies: bool


@dataclass(frozen=True, slots=True)
class SealedFeedKey:
    """A key as stored; its secret is sealed."""

    key: FeedKey
    secret: bytes


def feed_key_in_force(connection: Connection, key_id: str) -> SealedFeedKey | None:
    """A key that is known and not revoked, else None."""
    row = connection.execute(
        select(feed_key.c.agency_code, feed_key.c.all_agencies, feed_key.c.secret).where(
            feed_key.c.id == key_id, feed_key.c.revoked_at.is_(None)
        )
    ).one_or_none()
    return SealedFeedKey(FeedKey(key_id, row[0], row[1]), row[2]) if row else None


def insert_feed_key(connection: Connection, sealed: SealedFeedKey, now: datetime) -> None:
    """Store a new key."""
    key = sealed.key
    connection.execute(
        insert(feed_key).values(
            id=key.id,
            secret=sealed.secret,
            agency_code=key.agency_code,
            all_agencies=key.all_agencies,
            created_at=now,
        )
    )


def revoke_feed_key(connection: Connection, key_id: str, now: datetime) -> bool:
    """End a key; False when there is none in force under this id."""
    ended = connection.execute(
        update(feed_key)
        .where(feed_key.c.id == key_id, feed_key.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return ended.rowcount == 1
