"""Dossiers told by a feed: judged, stored, and every accepted change kept."""

import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.core.agency import Agency, family
from bot.core.phone import read_phone
from bot.core.snapshot import (
    UNDELIVERABLE,
    Cause,
    Change,
    FeedDossier,
    Known,
    Outcome,
    Refusal,
    Result,
    Snapshot,
    Unreadable,
    content_text,
    decide,
    known_after,
    read_snapshot,
    too_far_ahead,
    warnings,
)
from bot.database import plan_anew, reading
from bot.dossier_record import change_record, dossier_record
from bot.index_key import index_key
from bot.owe_notices import Terms, owe_for_changes
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.dossiers import (
    add_changes,
    add_dossiers,
    call_dossiers,
    change_dossiers,
    dossiers_called,
    hold_dossiers,
    known_dossiers,
    uncall_dossiers,
)
from bot.store.feed_keys import FeedKey
from bot.store.phone_states import states_of
from bot.vault import blind_index

CHUNK = 200  # dossiers a transaction: few enough that a webhook need not wait long for its turn
TRIES = 8
# Two feeds took the same new code, or waited for each other: one of them begins again.
# Source: PostgreSQL, appendix A (serialization_failure, deadlock_detected).
AGAIN = frozenset({"40001", "40P01"})

KnownBy = Callable[[Connection, Collection[str]], dict[str, Known]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one call is judged by; `index` is the key of the blind indexes."""

    runtime: Runtime
    key: FeedKey
    index: bytes
    known_agencies: Mapping[str, Agency]
    covered: AbstractSet[str]
    now: datetime

    @property
    def terms(self) -> Terms:
        """What notices of accepted changes are owed by."""
        return Terms(self.known_agencies, self.index, self.runtime.settings.zone, self.now)


@dataclass(frozen=True, slots=True)
class _Read:
    """One dossier, read: either a snapshot with the hash of its content, or why it is refused."""

    told: FeedDossier
    warnings: tuple[str, ...]
    snapshot: Snapshot | None = None
    content: bytes = b""
    refusal: Refusal | None = None

    def result(self, outcome: Outcome) -> Result:
        code = self.snapshot.code if self.snapshot else self.told.code
        return Result(code, outcome, self.warnings)

    def refused(self, refusal: Refusal) -> Result:
        return Result(self.told.code, Outcome.REFUSED, self.warnings, refusal.why, refusal.cause)


class Source(Protocol):
    """Where the dossiers of one transaction come from: whole as they came, or put together from
    what came and what is stored.

    All three are asked once without and, when there is something to write, again with `hold`
    inside the transaction that writes; what was learned in an earlier try counts no more.
    """

    def tell(self, connection: Connection, hold: bool) -> Sequence[FeedDossier]:
        """The dossiers, in order; with `hold` what they are made of is locked first."""

    def owes(self, results: Sequence[Result]) -> bool:
        """Whether there is something to keep besides the dossiers."""

    def keep(
        self, connection: Connection, ids: Mapping[str, int], results: Sequence[Result]
    ) -> None:
        """Keep it; `ids` are those of the stored dossiers by code."""


@dataclass(frozen=True, slots=True)
class _Whole:
    """Dossiers that came whole."""

    dossiers: Sequence[FeedDossier]

    def tell(self, _connection: Connection, _hold: bool) -> Sequence[FeedDossier]:
        return self.dossiers

    def owes(self, _results: Sequence[Result]) -> bool:
        return False

    def keep(
        self, _connection: Connection, _ids: Mapping[str, int], _results: Sequence[Result]
    ) -> None:
        """Nothing besides."""


@dataclass(frozen=True, slots=True)
class _Book:
    """What is known while a chunk is judged in order; `leads` is code -> dossier's code."""

    known: dict[str, Known]
    leads: dict[str, str]
    results: list[Result] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def register_dossiers(
    runtime: Runtime, key: FeedKey, dossiers: Sequence[FeedDossier]
) -> list[Result]:
    """Judge and store dossiers in order; one result each.

    Shape: each chunk is a transaction of its own. When the database goes away in the middle,
    the call fails, and sending the same again tells `repeat` for what was stored.
    Errors: SQLAlchemyError when they could not be stored.
    Source: interfaces 4.
    """
    desk = desk_of(runtime, key)
    results: list[Result] = []
    for start in range(0, len(dossiers), CHUNK):
        results += register_source(desk, _Whole(dossiers[start : start + CHUNK]))
    return results


def desk_of(runtime: Runtime, key: FeedKey) -> Desk:
    """What a call signed with this key is judged by, now."""
    with reading(runtime.engine) as connection:
        known = {one.code: one for one in all_agencies(connection)}
    parents = {code: one.parent for code, one in known.items()}
    covered = known.keys() if key.all_agencies else family(parents, key.agency_code)
    return Desk(runtime, key, index_key(runtime), known, covered, runtime.now())


def _read_all(
    desk: Desk, connection: Connection, dossiers: Sequence[FeedDossier]
) -> dict[FeedDossier, _Read]:
    """Read dossiers; the sender is warned of each number that is known to be bad."""
    reads = {told: _read(desk, told) for told in dossiers}
    numbers = {
        told: blind_index(desk.index, read.snapshot.e164)
        for told, read in reads.items()
        if read.snapshot and read.snapshot.e164
    }
    states = states_of(connection, numbers.values())
    for told, number in numbers.items():
        if number in states and states[number].bad_at is not None:
            read = reads[told]
            reads[told] = replace(read, warnings=(UNDELIVERABLE, *read.warnings))
    return reads


def _read(desk: Desk, told: FeedDossier) -> _Read:
    phone = told.kept_phone or read_phone(told.phone)
    told_back = warnings(told, phone)
    refusal = _agency_fault(desk, told.agency)
    if refusal is None and too_far_ahead(told.changed_at, desk.now):
        refusal = Refusal(
            Cause.AHEAD,
            "changed_at is more than 24 hours ahead; check the clock of the software that sent it",
        )
    if refusal is not None:
        return _Read(told, told_back, refusal=refusal)
    try:
        snapshot = read_snapshot(told, phone)
    except Unreadable as fault:
        return _Read(told, told_back, refusal=fault.refusal)
    return _Read(told, told_back, snapshot, blind_index(desk.index, content_text(snapshot)))


def _agency_fault(desk: Desk, agency: str) -> Refusal | None:
    if agency in desk.covered:
        return None
    if agency in desk.known_agencies:
        return Refusal(
            Cause.AGENCY_NOT_COVERED,
            f"agency {agency[:60]!r} is not covered by this key; "
            "use a key of that agency or of one above it",
        )
    return Refusal(
        Cause.AGENCY_UNKNOWN,
        f"agency {agency[:60]!r} is not known here; have it added: "
        "python -m bot agency add CODE --name NAME",
    )


def register_source(desk: Desk, source: Source) -> list[Result]:
    """Judge and store one chunk, in a transaction of its own; one result each.

    When another feed was faster with one of its codes, it begins again. A chunk is judged
    without holding anything first: most of a nightly full transfer repeats what is known, and
    need not make webhooks wait for their turn to write.
    Errors: SQLAlchemyError when it could not be stored.
    """
    seen: dict[FeedDossier, _Read] = {}

    def reads(connection: Connection, hold: bool) -> list[_Read]:
        dossiers = source.tell(connection, hold)
        seen.update(_read_all(desk, connection, [told for told in dossiers if told not in seen]))
        return [seen[told] for told in dossiers]

    with reading(desk.runtime.engine) as connection:
        plan_anew(connection)
        told = reads(connection, False)
        book = _judged(desk, told, _present(connection, told, known_dossiers))
    if not book.changes and not source.owes(book.results):
        return book.results
    for tries in range(1, TRIES + 1):
        try:
            with desk.runtime.engine.begin() as connection:
                plan_anew(connection)
                results, ids, owed = _register(desk, connection, reads(connection, True))
                source.keep(connection, ids, results)
            if owed:
                desk.runtime.bell.ring("notice")
            return results
        except DBAPIError as fault:
            state = getattr(fault.orig, "sqlstate", None)
            if tries == TRIES or not (isinstance(fault, IntegrityError) or state in AGAIN):
                raise
        time.sleep(random.uniform(0.005, 0.03) * tries)  # noqa: S311  (no secret)
    raise AssertionError("the last try either returned or raised")


def _register(
    desk: Desk, connection: Connection, reads: Sequence[_Read]
) -> tuple[list[Result], Mapping[str, int], int]:
    """Judge and store; the results, the ids by code, and how many notices came to be owed."""
    before = _present(connection, reads, hold_dossiers)
    book = _judged(desk, reads, before)
    ids = {code: one.id for code, one in before.known.items() if one.id is not None}
    owed = 0
    if book.changes:
        ids |= _write_dossiers(desk, connection, book, before.known)
        _write_codes(connection, ids, before.leads, book.leads)
        add_changes(
            connection,
            [
                change_record(ids[change.snapshot.code], change, desk.key.id, desk.now)
                for change in book.changes
            ],
        )
        owed = owe_for_changes(connection, desk.terms, book.changes, ids)
    return book.results, ids, owed


def _present(connection: Connection, reads: Sequence[_Read], known_by: KnownBy) -> _Book:
    """What is stored of these dossiers and of the codes that they name."""
    snapshots = [read.snapshot for read in reads if read.snapshot]
    known = known_by(connection, {one.code for one in snapshots})
    names = {name for one in snapshots for name in (one.code, one.local_code) if name}
    names |= {one.local_code for one in known.values() if one.local_code}
    return _Book(known, dossiers_called(connection, names))


def _judged(desk: Desk, reads: Sequence[_Read], before: _Book) -> _Book:
    """The book after these dossiers, in order; `before` stays as it is."""
    book = _Book(dict(before.known), dict(before.leads))
    for read in reads:
        book.results.append(_judge(desk, book, read))
    return book


def _judge(desk: Desk, book: _Book, read: _Read) -> Result:
    snapshot, refusal = read.snapshot, read.refusal
    if snapshot is None:
        return read.refused(refusal) if refusal else read.result(Outcome.REFUSED)
    earlier = book.known.get(snapshot.code)
    refusal = _foreign(desk, book, snapshot, earlier)
    if refusal is not None:
        return read.refused(refusal)
    outcome = decide(earlier, snapshot.told.changed_at, read.content)
    if outcome in (Outcome.REPEAT, Outcome.STALE):
        return read.result(outcome)
    if _taken(book, snapshot.local_code, snapshot.code):
        return read.refused(
            Refusal(
                Cause.LOCAL_CODE_TAKEN,
                "local_code already belongs to another dossier; send the one printed on this slip",
            )
        )
    _accept(book, outcome, snapshot, known_after(earlier, snapshot, read.content))
    return read.result(outcome)


def _foreign(desk: Desk, book: _Book, snapshot: Snapshot, earlier: Known | None) -> Refusal | None:
    """Why this code is not this sender's to tell about; None when it is.

    A dossier may move to another agency, but only by a key that covers both: otherwise any
    agency could take over another's dossiers by their codes.
    """
    if earlier is not None and earlier.agency_code not in desk.covered:
        return Refusal(
            Cause.FOREIGN,
            "this code belongs to a dossier of an agency that is not covered by this key; "
            "to move a dossier between agencies use a key that covers both",
        )
    if _taken(book, snapshot.code, snapshot.code):
        return Refusal(
            Cause.CODE_TAKEN,
            "code already is the local_code of another dossier; check which of the two is right",
        )
    return None


def _taken(book: _Book, name: str | None, code: str) -> bool:
    return name is not None and book.leads.get(name, code) != code


def _accept(book: _Book, outcome: Outcome, snapshot: Snapshot, now: Known) -> None:
    earlier = book.known.get(snapshot.code)
    if earlier and earlier.local_code:
        book.leads.pop(earlier.local_code, None)
    for name in (snapshot.code, snapshot.local_code):
        if name:
            book.leads[name] = snapshot.code
    book.known[snapshot.code] = now
    book.changes.append(Change(outcome, snapshot, earlier, now))


def _write_dossiers(
    desk: Desk, connection: Connection, book: _Book, known: Mapping[str, Known]
) -> dict[str, int]:
    """Store each dossier as its last change left it; the ids of all that are involved, by code."""
    last = {change.snapshot.code: change for change in book.changes}
    vault = desk.runtime.vault
    records = {
        code: dossier_record(vault, desk.index, change, desk.now) for code, change in last.items()
    }
    fresh = [code for code in sorted(last) if code not in known]
    ids = {code: one.id for code, one in known.items() if one.id is not None}
    ids |= add_dossiers(
        connection,
        [{"code": code, "first_seen_at": desk.now, **records[code]} for code in fresh],
    )
    moved = [code for code in sorted(last) if code in known]
    change_dossiers(connection, [(ids[code], records[code]) for code in moved])
    return ids


def _write_codes(
    connection: Connection,
    ids: Mapping[str, int],
    before: Mapping[str, str],
    after: Mapping[str, str],
) -> None:
    gone = {name: code for name, code in before.items() if after.get(name) != code}
    come = {name: code for name, code in after.items() if before.get(name) != code}
    uncall_dossiers(connection, {name: ids[code] for name, code in gone.items()})
    call_dossiers(connection, {name: ids[code] for name, code in come.items()})
