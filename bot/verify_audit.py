"""The audit trail verified: is each entry what it was, is none missing, is none too many."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from bot.core.audit_chain import (
    BEGINNING,
    KEPT,
    SETTLED,
    Broken,
    Fault,
    Head,
    linked,
    marked,
)
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.seal_audit import audit_key
from bot.store.audit_chain import (
    Check,
    Checkpoint,
    Link,
    all_seals,
    count_unlinked,
    digest_at,
    keep_check,
    last_check,
    last_link,
    last_seal,
    links_between,
    newest_checkpoint,
    stand_still,
    strange_entries,
    unguarded_tables,
)

MOST_FAULTS = 50  # told; the first says where to begin
CHECKED_EVERY = timedelta(hours=20)
OVERDUE = timedelta(hours=48)  # checked by day too, when no night saw a worker
NIGHT_ENDS = 5  # o'clock: reading a year of entries keeps a worker busy for minutes

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found; the trail is whole when there is no fault.

    Shape: `entries` are those that were compared; `waiting` are not linked yet.
    """

    head: Head
    entries: int
    waiting: int
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class _Walk:
    """One walk over the chain, link by link."""

    key: bytes
    head: Head
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)
    gone: list[Link] = field(default_factory=list)  # the last links, none of which has its entry

    def over(self, links: Iterator[Link], end: int) -> None:
        """Compare every link up to the end with its entry and with the link before."""
        for link in links:
            self._look_at(link)
            self.head = Head(link.place, link.digest)
        if self.head.place < end:
            self._links_gone(end, Broken.TRUNCATED)
        elif self.gone:
            self._entries_gone(Broken.TRUNCATED)

    def _look_at(self, link: Link) -> None:
        follows = link.place == self.head.place + 1
        if not follows:
            self._links_gone(link.place - 1, Broken.REMOVED)
        if link.entry is None:
            self.gone.append(link)
            return
        if self.gone:
            self._entries_gone(Broken.REMOVED)
        self.entries += 1
        right = linked(self.key, self.head.digest, link.place, link.entry)
        if follows and not hmac.compare_digest(right, link.digest):
            why = "it does not say what it said when it was linked"
            self.faults.append(Fault(Broken.CHANGED, link.place, link.entry_id, why))

    def _links_gone(self, until: int, what: Broken) -> None:
        first = self.head.place + 1
        why = f"links {first} to {until} are gone"
        self.faults.append(Fault(what, first, None, why))

    def _entries_gone(self, what: Broken) -> None:
        first, last = self.gone[0], self.gone[-1]
        why = f"entries {first.entry_id} to {last.entry_id} are gone ({len(self.gone)})"
        self.faults.append(Fault(what, first.place, first.entry_id, why))
        self.gone.clear()


def verify_audit(runtime: Runtime, elsewhere: Head | None = None) -> Verified:
    """Walk over the whole chain at one moment; `elsewhere` is a head that was kept elsewhere.

    Shape: changed, removed and cut-off entries are found by the links; entries behind what was
           linked are strange; a chain that was cut off together with its seals is found by the
           head of the last verification, or by one that was kept elsewhere.
    """
    key = audit_key(runtime)
    with reading(runtime.engine) as connection:
        stand_still(connection)
        point, seal, link = (
            newest_checkpoint(connection),
            last_seal(connection),
            last_link(connection),
        )
        walk = _Walk(key, point.head if point else Head(0, BEGINNING))
        begins = walk.head
        ends = max(one.place for one in (begins, link, seal and seal.head) if one)
        walk.over(links_between(connection, begins.place, ends), ends)
        faults = [
            *walk.faults,
            *_forged(connection, key, point),
            *_cut_off(connection, begins, walk.head, elsewhere),
            *_strange(connection, runtime),
            *_unguarded(connection),
        ]
        settled = last_seal(connection, runtime.now() - SETTLED)
        waiting = count_unlinked(connection, settled.top_id if settled else 0)
    return Verified(walk.head, walk.entries, waiting, tuple(faults[:MOST_FAULTS]))


def _forged(connection: Connection, key: bytes, point: Checkpoint | None) -> Iterator[Fault]:
    for seal in all_seals(connection):
        right = marked(key, "seal", seal.head, seal.top_id, seal.sealed_at)
        if not hmac.compare_digest(right, seal.mark):
            yield Fault(Broken.FORGED, seal.head.place, None, "its seal is not ours")
    if point is None:
        return
    right = marked(key, "checkpoint", point.head, point.last_at, point.made_at)
    if not hmac.compare_digest(right, point.mark):
        yield Fault(Broken.FORGED, point.head.place, None, "the checkpoint there is not ours")
    if point.made_at - point.last_at < KEPT:
        why = "the checkpoint there dropped entries before their keeping time was over"
        yield Fault(Broken.REMOVED, point.head.place, None, why)


def _cut_off(
    connection: Connection, begins: Head, ends: Head, elsewhere: Head | None
) -> Iterator[Fault]:
    """The chain does not go as far as, or is another than, a head that is known."""
    check = last_check(connection)
    heads = (
        ("the last verification", check.head if check else None),
        ("the head given", elsewhere),
    )
    for whence, head in heads:
        if head is None or head.place < begins.place or head.place == 0:
            continue
        if head.place > ends.place:
            why = f"{whence} saw link {head.place}, the last one now is {ends.place}"
            yield Fault(Broken.TRUNCATED, ends.place + 1, None, why)
            continue
        there = begins.digest if head.place == begins.place else digest_at(connection, head.place)
        if there is not None and not hmac.compare_digest(there, head.digest):
            why = f"{whence} saw another chain"
            yield Fault(Broken.CHANGED, head.place, None, why)


def _strange(connection: Connection, runtime: Runtime) -> Iterator[Fault]:
    settled = last_seal(connection, runtime.now() - SETTLED)
    if settled is None:
        return
    for entry_id in strange_entries(connection, settled.top_id, MOST_FAULTS):
        why = "it came in behind entries that were linked long before"
        yield Fault(Broken.INSERTED, None, entry_id, why)


def _unguarded(connection: Connection) -> Iterator[Fault]:
    for table in unguarded_tables(connection):
        why = f"the triggers that keep {table} from being changed are gone or off"
        yield Fault(Broken.UNGUARDED, None, None, why)


def check_audit(runtime: Runtime) -> Verified:
    """Verify the trail and keep what was found; the head goes into the log, so elsewhere too."""
    found, now = verify_audit(runtime), runtime.now()
    first = str(found.faults[0]) if found.faults else None
    check = Check(now, found.head, found.entries, len(found.faults), first)
    with runtime.engine.begin() as connection:
        keep_check(connection, check)
    logger.info("audit.head", head=str(found.head), entries=found.entries, waiting=found.waiting)
    if first:
        logger.error("audit.broken", first=first, faults=len(found.faults), do="see the runbook")
    return found


def check_audit_if_due(runtime: Runtime) -> bool:
    """Verify once a night; by day only when it was never done, or not for two days."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        before = last_check(connection)
    hour = now.astimezone(runtime.settings.zone).hour
    age = now - before.at if before else OVERDUE
    due = age >= OVERDUE or (age >= CHECKED_EVERY and hour < NIGHT_ENDS)
    if due:
        check_audit(runtime)
    return due
