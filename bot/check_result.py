"""Whoever holds a result asks whether it is in force: by its number or symbol, and no more."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from bot.core.document import Document, Kind, validity
from bot.core.limits import WINDOW, Allowance
from bot.core.log_in import refusal_place
from bot.core.result_number import Standing, readings, standing_of
from bot.document_record import number_mark
from bot.index_key import index_key, index_key_in
from bot.runtime import Runtime
from bot.store.lookups import NO_PAPER, PAPER, checks_since, remember_lookups
from bot.store.result_checks import CheckedResult, checked_results
from bot.vault import blind_index

# Of one network address, behind which a whole street may be: more than of one citizen.
MOST_CHECKS, MOST_UNKNOWN = 240, 40
# What the page says, by the names of its template.
PAGE_WORDS: Mapping[str, str] = {
    "house": "page.house",
    "heading": "check.heading",
    "lead": "check.lead",
    "label": "check.label",
    "hint": "check.hint",
    "button": "check.button",
    "unknown_why": "check.unknown_why",
    "empty": "check.empty",
    "open_too_long": "check.open_too_long",
    "away": "check.away",
    "privacy": "check.privacy",
}
PAGE_ANSWERS: Mapping[Standing, str] = {
    Standing.IN_FORCE: "check.in_force",
    Standing.NOT_YET: "check.not_yet",
    Standing.EXPIRED: "check.expired",
    Standing.REVOKED: "check.revoked",
    Standing.NO_TERM: "check.no_term",
    Standing.UNKNOWN: "check.unknown",
}
PAGE_TIME, PAGE_TOO_MANY = "check.as_of", "check.too_many"
KEPT_AS = "KQ"  # in the place of what was typed, which names somebody


class TooManyChecks(Exception):
    """Nothing is looked up for now; `until` is when the place may ask again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many numbers were asked for; until {until:%H:%M} UTC")
        self.until = until


def standings(
    runtime: Runtime, connection: Connection, numbers: Collection[str]
) -> Mapping[str, Standing]:
    """What is told of each of these numbers, inside the caller's transaction."""
    if not numbers:
        return {}
    index = index_key_in(runtime, connection)
    return _standings(connection, index, numbers, runtime.today())


def _standings(
    connection: Connection, index: bytes, numbers: Collection[str], today: date
) -> dict[str, Standing]:
    marks = {
        number: [mark for one in readings(number) if (mark := number_mark(index, one))]
        for number in numbers
    }
    found = checked_results(connection, {mark for each in marks.values() for mark in each})
    return {number: _first_told(each, found, today) for number, each in marks.items()}


def _first_told(
    marks: Sequence[bytes], found: Mapping[bytes, Sequence[CheckedResult]], today: date
) -> Standing:
    """The answer for the first reading of a number that anything bears."""
    mark = next((mark for mark in marks if found[mark]), None)
    return Standing.UNKNOWN if mark is None else _told(mark, found[mark], today)


def _told(mark: bytes, found: Sequence[CheckedResult], today: date) -> Standing:
    """One answer of all results with this mark.

    Those that share a "mã số giấy tờ" are one owner's results of one kind, of which the one issued
    last holds; those that share a symbol may be anybody's.
    """
    own = [one for one in found if one.number_index == mark][:1]
    others = [one for one in found if one.number_index != mark]
    return standing_of(validity(_dated(one), today) for one in [*own, *others])


def _dated(one: CheckedResult) -> Document:
    return Document(
        Kind.RESULT,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        valid_forever=one.valid_forever,
        revoked_on=one.revoked_on,
    )


def check_from(runtime: Runtime, address: str, number: str) -> Standing:
    """What a page tells of a number; the same work is done whatever it turns out to be.

    Shape:  `address` is the reader's; of it only a keyed mark is kept, for an hour's limit.
    Errors: TooManyChecks when the address has asked for too many.
    """
    now, today, index = runtime.now(), runtime.today(), index_key(runtime)
    asker = f"page:{blind_index(index, f'page:{refusal_place(address)}').hex()[:40]}"
    with runtime.engine.begin() as connection:
        past = checks_since(connection, {asker}, now - WINDOW)[asker]
        allowance = Allowance.of(past, MOST_CHECKS, MOST_UNKNOWN)
        if allowance.reached():
            raise TooManyChecks(allowance.free_at())
        found = _standings(connection, index, [number], today)[number]
        remember_lookups(connection, [lookup_row(asker, now, found, "")])
    return found


def lookup_row(asker: str, at: datetime, found: Standing, outbox_key: str) -> dict[str, object]:
    """A check as the limits and the books keep it: neither the number, nor whose result it is."""
    way = NO_PAPER if found is Standing.UNKNOWN else PAPER
    return {
        "asker": asker,
        "at": at,
        "way": way,
        "code": KEPT_AS,
        "dossier_id": None,
        "outbox_key": outbox_key,
    }
