"""The chain over the audit trail, as it is stored: links, seals, checkpoints, and their guards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from bot.core.audit_chain import Entry, Head
from bot.store.audit_tables import audit_check, audit_checkpoint, audit_link, audit_seal
from bot.store.counter_tables import audit_entry

ENTRY: tuple[Column[Any], ...] = (
    audit_entry.c.id,
    audit_entry.c.at,
    audit_entry.c.staff_id,
    audit_entry.c.login,
    audit_entry.c.address,
    audit_entry.c.action,
    audit_entry.c.agency_code,
    audit_entry.c.about,
    audit_entry.c.about_key,
    audit_entry.c.detail,
)
GUARDED = ("audit_entry", "audit_link", "audit_seal", "audit_checkpoint")
AT_ONCE = 2_000  # rows held in memory while the chain is read


@dataclass(frozen=True, slots=True)
class Seal:
    """How far the chain went at a moment, and the highest entry linked by then."""

    head: Head
    top_id: int
    sealed_at: datetime
    mark: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the chain begins since what was before was dropped."""

    head: Head
    last_at: datetime
    made_at: datetime
    mark: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and its entry; None when there is none any more."""

    place: int
    entry_id: int
    digest: bytes
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Check:
    """What a verification found."""

    at: datetime
    head: Head
    entries: int
    faults: int
    first: str | None


def stand_still(connection: Connection) -> None:
    """Let all that this transaction reads be of one moment; nothing was read in it before."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def last_link(connection: Connection) -> Head | None:
    """The last link; None when there is none."""
    chosen = select(audit_link.c.place, audit_link.c.digest)
    row = connection.execute(chosen.order_by(audit_link.c.place.desc()).limit(1)).one_or_none()
    return Head(*row) if row else None


def last_seal(connection: Connection, until: datetime | None = None) -> Seal | None:
    """The newest seal, or the newest that is as old as this; None when there is none."""
    seal = audit_seal.c
    chosen = select(seal.place, seal.digest, seal.top_id, seal.sealed_at, seal.mark)
    if until is not None:
        chosen = chosen.where(seal.sealed_at <= until)
    row = connection.execute(chosen.order_by(seal.place.desc()).limit(1)).one_or_none()
    return Seal(Head(row.place, row.digest), row.top_id, row.sealed_at, row.mark) if row else None


def all_seals(connection: Connection) -> Iterator[Seal]:
    """Every seal, the oldest first."""
    seal = audit_seal.c
    chosen = select(seal.place, seal.digest, seal.top_id, seal.sealed_at, seal.mark)
    for row in connection.execute(chosen.order_by(seal.place)).yield_per(AT_ONCE):
        yield Seal(Head(row.place, row.digest), row.top_id, row.sealed_at, row.mark)


def newest_checkpoint(connection: Connection) -> Checkpoint | None:
    """Where the chain begins now; None: at its first entry."""
    point = audit_checkpoint.c
    chosen = select(point.place, point.digest, point.last_at, point.made_at, point.mark)
    row = connection.execute(chosen.order_by(point.place.desc()).limit(1)).one_or_none()
    return Checkpoint(Head(row[0], row[1]), *row[2:]) if row else None


def unlinked_entries(connection: Connection, after_id: int, most: int) -> list[Entry]:
    """Entries with a higher id that no link names yet, by id."""
    rows = connection.execute(
        select(*ENTRY)
        .outerjoin(audit_link, audit_link.c.entry_id == audit_entry.c.id)
        .where(audit_entry.c.id > after_id, audit_link.c.place.is_(None))
        .order_by(audit_entry.c.id)
        .limit(most)
    )
    return [Entry(*row) for row in rows]


def strange_entries(connection: Connection, up_to_id: int, most: int) -> list[int]:
    """Ids of entries up to this one that no link names, although later ones were linked."""
    return list(
        connection.scalars(
            select(audit_entry.c.id)
            .outerjoin(audit_link, audit_link.c.entry_id == audit_entry.c.id)
            .where(audit_entry.c.id <= up_to_id, audit_link.c.place.is_(None))
            .order_by(audit_entry.c.id)
            .limit(most)
        )
    )


def count_unlinked(connection: Connection, after_id: int) -> int:
    """How many entries with a higher id wait for the sealer."""
    chosen = (
        select(func.count())
        .select_from(audit_entry)
        .outerjoin(audit_link, audit_link.c.entry_id == audit_entry.c.id)
        .where(audit_entry.c.id > after_id, audit_link.c.place.is_(None))
    )
    return int(connection.scalar(chosen) or 0)


def add_links(connection: Connection, links: Sequence[Link], seal: Seal) -> bool:
    """Store links and their seal; False when another sealer was first, and nothing is stored."""
    rows = [{"place": one.place, "entry_id": one.entry_id, "digest": one.digest} for one in links]
    values = {
        "place": seal.head.place,
        "digest": seal.head.digest,
        "top_id": seal.top_id,
        "sealed_at": seal.sealed_at,
        "mark": seal.mark,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(audit_link), rows)
            connection.execute(insert(audit_seal).values(values))
    except IntegrityError:
        return False
    return True


def links_between(connection: Connection, after: int, until: int) -> Iterator[Link]:
    """The links behind one place and up to another, in order, each with its entry."""
    chosen = (
        select(audit_link.c.place, audit_link.c.entry_id, audit_link.c.digest, *ENTRY)
        .outerjoin(audit_entry, audit_entry.c.id == audit_link.c.entry_id)
        .where(audit_link.c.place > after, audit_link.c.place <= until)
        .order_by(audit_link.c.place)
    )
    for row in connection.execute(chosen).yield_per(AT_ONCE):
        place, entry_id, digest, *said = row
        yield Link(place, entry_id, digest, Entry(*said) if said[0] is not None else None)


def oldest_kept(connection: Connection, before: datetime) -> Link | None:
    """The first link whose entry is not older than that; None when every link's is."""
    row = connection.execute(
        select(audit_link.c.place, audit_link.c.entry_id, audit_link.c.digest)
        .join(audit_entry, audit_entry.c.id == audit_link.c.entry_id)
        .where(audit_entry.c.at >= before)
        .order_by(audit_link.c.place)
        .limit(1)
    ).one_or_none()
    return Link(*row, None) if row else None


def newest_moment(connection: Connection, until: int) -> datetime | None:
    """When the newest of the entries up to this place was written."""
    found: datetime | None = connection.scalar(
        select(func.max(audit_entry.c.at))
        .join(audit_link, audit_link.c.entry_id == audit_entry.c.id)
        .where(audit_link.c.place <= until)
    )
    return found


def digest_at(connection: Connection, place: int) -> bytes | None:
    """The digest of a link; None when there is none at that place."""
    found: bytes | None = connection.scalar(
        select(audit_link.c.digest).where(audit_link.c.place == place)
    )
    return found


def drop_before(connection: Connection, point: Checkpoint) -> int:
    """Store a checkpoint, and drop what it stands for; how many entries were dropped."""
    place = point.head.place
    connection.execute(
        insert(audit_checkpoint).values(
            place=place,
            digest=point.head.digest,
            last_at=point.last_at,
            made_at=point.made_at,
            mark=point.mark,
        )
    )
    gone = select(audit_link.c.entry_id).where(audit_link.c.place <= place)
    dropped = connection.execute(delete(audit_entry).where(audit_entry.c.id.in_(gone)))
    connection.execute(delete(audit_link).where(audit_link.c.place <= place))
    connection.execute(delete(audit_seal).where(audit_seal.c.place < place))
    connection.execute(delete(audit_checkpoint).where(audit_checkpoint.c.place < place))
    return dropped.rowcount


def unguarded_tables(connection: Connection) -> list[str]:
    """Tables of the trail that the database would let be changed: their triggers are gone."""
    if connection.dialect.name == "sqlite":
        words = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:  # "O": fires for whoever changes something, as it was made
        words = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    there = set(connection.scalars(text(words)))
    events = ("update", "delete")
    return [one for one in GUARDED if not {f"{one}_no_{event}" for event in events} <= there]


def keep_check(connection: Connection, check: Check) -> None:
    """Remember what a verification found."""
    values: dict[str, Any] = {
        "at": check.at,
        "place": check.head.place,
        "digest": check.head.digest,
        "entries": check.entries,
        "faults": check.faults,
        "first": check.first[:300] if check.first else None,
    }
    connection.execute(insert(audit_check).values(values))


def last_check(connection: Connection) -> Check | None:
    """What the newest verification found; None when there was none."""
    one = audit_check.c
    chosen = select(one.at, one.place, one.digest, one.entries, one.faults, one.first)
    row = connection.execute(chosen.order_by(one.id.desc()).limit(1)).one_or_none()
    return Check(row[0], Head(row[1], row[2]), *row[3:]) if row else None
