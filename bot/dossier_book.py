"""Dossiers of one transaction, read and judged in order by what is stored of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.core.agency import Agency
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
from bot.document_record import documents_mark
from bot.runtime import Runtime
from bot.store.dossiers import dossiers_called
from bot.store.feed_keys import FeedKey
from bot.store.phone_states import states_of
from bot.vault import blind_index

ENDED = "agency.ended"  # before ":" and the code of the agency that does its work now
KnownBy = Callable[[Connection, Collection[str]], dict[str, Known]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What one call is judged by; `index` is the key of the blind indexes.

    Shape: `by_staff` when the counter tells and no software: what a desk corrected before does
           not hold against what it says now.
    """

    runtime: Runtime
    key: FeedKey
    index: bytes
    known_agencies: Mapping[str, Agency]
    covered: AbstractSet[str]
    now: datetime
    by_staff: bool = False
    request_id: str = ""  # of the web request that tells


@dataclass(frozen=True, slots=True)
class Read:
    """One dossier, read: either a snapshot with the hash of its content, or why it is refused.

    Shape: `documents` is the hash of what is told of these, None when nothing is.
    """

    told: FeedDossier
    warnings: tuple[str, ...]
    snapshot: Snapshot | None = None
    content: bytes = b""
    documents: bytes | None = None
    refusal: Refusal | None = None

    def result(self, outcome: Outcome) -> Result:
        code = self.snapshot.code if self.snapshot else self.told.code
        return Result(code, outcome, self.warnings)

    def refused(self, refusal: Refusal) -> Result:
        return Result(self.told.code, Outcome.REFUSED, self.warnings, refusal.why, refusal.cause)


@dataclass(frozen=True, slots=True)
class Book:
    """What is known while a chunk is judged in order; `leads` is code -> dossier's code."""

    known: dict[str, Known]
    leads: dict[str, str]
    results: list[Result] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def read_all(
    desk: Desk, connection: Connection, dossiers: Sequence[FeedDossier]
) -> dict[FeedDossier, Read]:
    """Read dossiers; the sender is warned of each number that is known to be bad."""
    reads = {told: read_dossier(desk, told) for told in dossiers}
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


def read_dossier(desk: Desk, told: FeedDossier) -> Read:
    """Read one dossier: codes, phone, agency, moment."""
    phone = told.kept_phone or read_phone(told.phone)
    told_back = warnings(told, phone)
    refusal = _agency_fault(desk, told.agency)
    if refusal is None and too_far_ahead(told.changed_at, desk.now):
        refusal = Refusal(
            Cause.AHEAD,
            "changed_at is more than 24 hours ahead; check the clock of the software that sent it",
        )
    if refusal is not None:
        return Read(told, told_back, refusal=refusal)
    try:
        snapshot = read_snapshot(told, phone)
    except Unreadable as fault:
        return Read(told, told_back, refusal=fault.refusal)
    content = blind_index(desk.index, content_text(snapshot))
    documents = documents_mark(desk.index, told.documents) if told.documents else None
    return Read(told, told_back, snapshot, content, documents)


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


def present(connection: Connection, reads: Sequence[Read], known_by: KnownBy) -> Book:
    """What is stored of these dossiers and of the codes that they name."""
    snapshots = [read.snapshot for read in reads if read.snapshot]
    known = known_by(connection, {one.code for one in snapshots})
    names = {name for one in snapshots for name in (one.code, one.local_code) if name}
    names |= {one.local_code for one in known.values() if one.local_code}
    return Book(known, dossiers_called(connection, names))


def judged(desk: Desk, reads: Sequence[Read], before: Book) -> Book:
    """The book after these dossiers, in order; `before` stays as it is."""
    book = Book(dict(before.known), dict(before.leads))
    for read in reads:
        book.results.append(_judge(desk, book, read))
    return book


def _judge(desk: Desk, book: Book, read: Read) -> Result:
    snapshot, refusal = read.snapshot, read.refusal
    if snapshot is None:
        return read.refused(refusal) if refusal else read.result(Outcome.REFUSED)
    earlier = book.known.get(snapshot.code)
    refusal = _foreign(desk, book, snapshot, earlier)
    if refusal is not None:
        return read.refused(refusal)
    outcome = decide(earlier, snapshot.told.changed_at, read.content)
    if outcome is Outcome.REPEAT and earlier and read.documents not in (None, earlier.documents):
        outcome = Outcome.CHANGED  # in its documents alone
    if outcome in (Outcome.REPEAT, Outcome.STALE):
        return read.result(outcome)
    if _taken(book, snapshot.local_code, snapshot.code):
        return read.refused(
            Refusal(
                Cause.LOCAL_CODE_TAKEN,
                "local_code already belongs to another dossier; send the one printed on this slip",
            )
        )
    _accept(book, outcome, snapshot, known_after(earlier, snapshot, read.content, read.documents))
    ended = _ended(desk, snapshot) if outcome is Outcome.NEW else ()
    return replace(read, warnings=(*read.warnings, *ended)).result(outcome)


def _ended(desk: Desk, snapshot: Snapshot) -> tuple[str, ...]:
    """A warning for a new dossier of an agency that ended: it is kept, and who follows is named."""
    agency = desk.known_agencies[snapshot.told.agency]
    if agency.valid_to is None or not agency.has_ended(desk.runtime.today()):
        return ()
    return (f"{ENDED}:{agency.served_by}" if agency.served_by else ENDED,)


def _foreign(desk: Desk, book: Book, snapshot: Snapshot, earlier: Known | None) -> Refusal | None:
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


def _taken(book: Book, name: str | None, code: str) -> bool:
    return name is not None and book.leads.get(name, code) != code


def _accept(book: Book, outcome: Outcome, snapshot: Snapshot, now: Known) -> None:
    earlier = book.known.get(snapshot.code)
    if earlier and earlier.local_code:
        book.leads.pop(earlier.local_code, None)
    for name in (snapshot.code, snapshot.local_code):
        if name:
            book.leads[name] = snapshot.code
    book.known[snapshot.code] = now
    book.changes.append(Change(outcome, snapshot, earlier, now))
