"""The audit trail's chain: entries linked by one sealer behind the writers, old ones dropped."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.audit_chain import BEGINNING, KEPT, SETTLED, Head, linked, marked
from bot.database import reading
from bot.index_key import kept_key
from bot.logs import log
from bot.runtime import Runtime
from bot.store.audit_chain import (
    Checkpoint,
    Link,
    Seal,
    add_links,
    count_unlinked,
    digest_at,
    drop_before,
    last_link,
    last_seal,
    newest_checkpoint,
    newest_moment,
    oldest_kept,
    unlinked_entries,
)

KEY = "audit"
AT_ONCE = 500  # links a transaction: on SQLite nobody else writes meanwhile

logger = log(__name__)


def audit_key(runtime: Runtime) -> bytes:
    """The key that the chain is made with: sealed in the database, as that of the indexes is."""
    return kept_key(runtime, KEY)


def seal_audit(runtime: Runtime) -> int:
    """Link every entry that is not linked yet; how many were.

    Writers take no part in it, so they never wait for one another. An entry that commits late
    is linked by a later run. Several sealers do no harm: a place in the chain is given once.
    """
    key, sealed = audit_key(runtime), 0
    while True:
        with runtime.engine.begin() as connection:
            count = _seal_some(connection, key, runtime.now())
        sealed += count
        if count < AT_ONCE:
            return sealed


def _seal_some(connection: Connection, key: bytes, now: datetime) -> int:
    settled, newest = last_seal(connection, now - SETTLED), last_seal(connection)
    after = settled.top_id if settled else 0
    fresh = unlinked_entries(connection, after, AT_ONCE)
    if not fresh:
        return 0
    head, links = present_head(connection), []
    for entry in fresh:
        head = Head(head.place + 1, linked(key, head.digest, head.place + 1, entry))
        links.append(Link(head.place, entry.id, head.digest, entry))
    top = max(fresh[-1].id, newest.top_id if newest else 0)
    mark = marked(key, "seal", head, top, now)
    return len(fresh) if add_links(connection, links, Seal(head, top, now, mark)) else 0


def present_head(connection: Connection) -> Head:
    """The last link that there is, or that was dropped; the beginning when there was none."""
    point = newest_checkpoint(connection)
    return last_link(connection) or (point.head if point else Head(0, BEGINNING))


def sealed_head(runtime: Runtime) -> Head:
    """Link what is not linked yet, and give the head, to be kept elsewhere."""
    seal_audit(runtime)
    with reading(runtime.engine) as connection:
        return present_head(connection)


def count_unsealed(runtime: Runtime) -> int:
    """How many entries wait for the sealer."""
    with reading(runtime.engine) as connection:
        settled = last_seal(connection, runtime.now() - SETTLED)
        return count_unlinked(connection, settled.top_id if settled else 0)


def drop_old_entries(runtime: Runtime, dry_run: bool = False) -> int:
    """Drop entries past their keeping time behind a checkpoint; how many were, or would be.

    Only whole beginnings of the chain go: the first entry that is to be kept, and all behind it,
    stay. So does the newest entry: SQLite would give its number to the next one. The database
    refuses to drop what no checkpoint stands for.
    """
    key, now = audit_key(runtime), runtime.now()
    with runtime.engine.begin() as connection:
        point = _point_before(connection, key, now)
        begins = newest_checkpoint(connection)
        if point is None:
            return 0
        if dry_run:
            return point.head.place - (begins.head.place if begins else 0)
        dropped = drop_before(connection, point)
    logger.info("audit.dropped", entries=dropped, head=str(point.head))
    return dropped


def _point_before(connection: Connection, key: bytes, now: datetime) -> Checkpoint | None:
    """The checkpoint for all that is too old by now; None when nothing is."""
    begins, head = newest_checkpoint(connection), present_head(connection)
    kept = oldest_kept(connection, now - KEPT)
    place = kept.place - 1 if kept else head.place - 1
    last_at, digest = newest_moment(connection, place), digest_at(connection, place)
    if digest is None or last_at is None or (begins and place <= begins.head.place):
        return None
    cut = Head(place, digest)
    return Checkpoint(cut, last_at, now, marked(key, "checkpoint", cut, last_at, now))
