"""Keys of the programs that feed dossiers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.feed_tables import feed_key


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


@dataclass(frozen=True, slots=True)
class KeptKey:
    """What is known of a key, never its secret.

    Shape: `made_by` and `revoked_by` are logins, None for a command at the machine and for keys
           of before that was kept.
    """

    key: FeedKey
    created_at: datetime
    revoked_at: datetime | None
    note: str
    made_by: str | None
    revoked_by: str | None
    last_used_at: datetime | None


_KEPT = select(
    feed_key.c.id,
    feed_key.c.agency_code,
    feed_key.c.all_agencies,
    feed_key.c.created_at,
    feed_key.c.revoked_at,
    feed_key.c.note,
    feed_key.c.made_by,
    feed_key.c.revoked_by,
    feed_key.c.last_used_at,
)


def feed_key_in_force(connection: Connection, key_id: str) -> SealedFeedKey | None:
    """A key that is known and not revoked, else None."""
    row = connection.execute(
        select(feed_key.c.agency_code, feed_key.c.all_agencies, feed_key.c.secret).where(
            feed_key.c.id == key_id, feed_key.c.revoked_at.is_(None)
        )
    ).one_or_none()
    return SealedFeedKey(FeedKey(key_id, row[0], row[1]), row[2]) if row else None


def kept_keys(connection: Connection) -> list[KeptKey]:
    """Every key there ever was, by agency, the newest of each first."""
    rows = connection.execute(
        _KEPT.order_by(feed_key.c.agency_code, feed_key.c.created_at.desc(), feed_key.c.id)
    )
    return [
        KeptKey(FeedKey(row[0], row[1], row[2]), row[3], row[4], row[5] or "", *row[6:])
        for row in rows
    ]


def insert_feed_key(
    connection: Connection, sealed: SealedFeedKey, now: datetime, made_by: str | None, note: str
) -> None:
    """Store a new key."""
    key = sealed.key
    connection.execute(
        insert(feed_key).values(
            id=key.id,
            secret=sealed.secret,
            agency_code=key.agency_code,
            all_agencies=key.all_agencies,
            created_at=now,
            made_by=made_by,
            note=note or None,
        )
    )


def revoke_feed_key(
    connection: Connection, key_id: str, now: datetime, revoked_by: str | None
) -> KeptKey | None:
    """End a key; it as it stood before, None when there is none in force under this id."""
    row = connection.execute(_KEPT.where(feed_key.c.id == key_id)).one_or_none()
    ended = connection.execute(
        update(feed_key)
        .where(feed_key.c.id == key_id, feed_key.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=revoked_by)
    )
    if row is None or ended.rowcount != 1:
        return None
    return KeptKey(FeedKey(row[0], row[1], row[2]), row[3], row[4], row[5] or "", *row[6:])
