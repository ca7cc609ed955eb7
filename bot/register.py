"""Dossiers told by a feed: judged, stored, and every accepted change kept."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.core.agency_life import fed_by
from bot.core.snapshot import FeedDossier, Known, Result
from bot.corrected_phones import overruled, with_corrections
from bot.database import plan_anew, reading
from bot.dossier_book import Book, Desk, KnownBy, Read, judged, present, read_all
from bot.dossier_names import name_dossiers
from bot.dossier_record import change_record, dossier_record
from bot.index_key import index_key
from bot.logs import present_request
from bot.owe_notices import Terms, owe_for_changes
from bot.post_wish import keep_post_wishes
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.dossiers import (
    add_changes,
    add_dossiers,
    call_dossiers,
    change_dossiers,
    hold_dossiers,
    known_dossiers,
    uncall_dossiers,
)
from bot.store.feed_keys import FeedKey
from bot.store.phone_corrections import drop_corrections
from bot.told_documents import keep_told_documents

CHUNK = 200  # dossiers a transaction: few enough that a webhook need not wait long for its turn
TRIES = 8
# Two feeds took the same new code, or waited for each other: one of them begins again.
# Source: PostgreSQL, appendix A (serialization_failure, deadlock_detected).
AGAIN = frozenset({"40001", "40P01"})


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
    covered = known.keys() if key.all_agencies else fed_by(known, key.agency_code)
    now, request_id = runtime.now(), present_request()
    return Desk(runtime, key, index_key(runtime), known, covered, now, request_id=request_id)


def register_source(desk: Desk, source: Source) -> list[Result]:
    """Judge and store one chunk, in a transaction of its own; one result each.

    When another feed was faster with one of its codes, it begins again. A chunk is judged
    without holding anything first: most of a nightly full transfer repeats what is known, and
    need not make webhooks wait for their turn to write.
    Errors: SQLAlchemyError when it could not be stored.
    """
    seen: dict[FeedDossier, Read] = {}

    def reads(connection: Connection, hold: bool) -> list[Read]:
        dossiers = source.tell(connection, hold)
        seen.update(read_all(desk, connection, [told for told in dossiers if told not in seen]))
        return [seen[told] for told in dossiers]

    with reading(desk.runtime.engine) as connection:
        plan_anew(connection)
        told = reads(connection, False)
        _, book = _judge(desk, connection, told, known_dossiers)
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
    desk: Desk, connection: Connection, reads: Sequence[Read]
) -> tuple[list[Result], Mapping[str, int], int]:
    """Judge and store; the results, the ids by code, and how many notices came to be owed."""
    before, book = _judge(desk, connection, reads, hold_dossiers)
    ids = {code: one.id for code, one in before.known.items() if one.id is not None}
    owed = 0
    if book.changes:
        drop_corrections(connection, overruled(desk, connection, book.changes))
        ids |= _write_dossiers(desk, connection, book, before.known)
        _write_codes(connection, ids, before.leads, book.leads)
        name_dossiers(connection, desk.index, book.changes, ids)
        keep_told_documents(desk, connection, book.changes, ids)
        zone = desk.runtime.settings.zone
        terms = Terms(desk.known_agencies, desk.index, zone, desk.now, desk.request_id)
        earned = owe_for_changes(connection, terms, book.changes, ids)
        owed = sum(event is not None for event in earned)
        rows = [
            change_record(desk, ids[change.snapshot.code], change, event)
            for change, event in zip(book.changes, earned, strict=True)
        ]
        add_changes(connection, rows)
        keep_post_wishes(desk, connection, book.changes, ids)
    return book.results, ids, owed


def _judge(
    desk: Desk, connection: Connection, reads: Sequence[Read], known_by: KnownBy
) -> tuple[Book, Book]:
    """What is stored of these dossiers, and the book after them."""
    before = present(connection, reads, known_by)
    return before, judged(desk, with_corrections(desk, connection, reads, before.known), before)


def _write_dossiers(
    desk: Desk, connection: Connection, book: Book, known: Mapping[str, Known]
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
