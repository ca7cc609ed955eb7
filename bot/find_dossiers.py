"""A clerk's one search field: what was typed is a code, a phone or a name."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.counter_code import minted_code
from bot.core.counter_names import folded_name, plain_name
from bot.core.dossier import Timing, timing
from bot.core.phone import Phone, read_phone
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.dossier_names import name_mark
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.audit import write_deed
from bot.store.code_counters import minting_agencies
from bot.store.dossier_names import newest_named
from bot.store.found_dossiers import (
    FoundRow,
    found_rows,
    ids_called,
    ids_phoned,
    owner_names,
)
from bot.vault import blind_index
from receipts.clean import clean
from receipts.code import find_codes, read_one
from receipts.scanned import codes_in

MOST = 50
# Of how many newest bearers of a name the accents are compared; more would take too long.
LOOKED_AT = 300
MOST_TYPED = 300
_SHORT = re.compile(r"[0-9]{1,5}")
_DATED = re.compile(r"([0-9]{6})\s*[-/. ]\s*([0-9]{4,8})")
EMPTY = "Gõ mã hồ sơ, số điện thoại hoặc họ tên rồi bấm Enter."
NOTHING = {
    "code": "Không có hồ sơ nào với mã này ở các cơ quan của tài khoản. Xem lại mã trên giấy hẹn.",
    "phone": "Không có hồ sơ nào với số điện thoại này ở các cơ quan của tài khoản.",
    "name": "Không có hồ sơ nào với họ tên này. Gõ cả họ tên, hoặc chỉ tên và chữ đệm.",
}
MORE = f"Có hơn {MOST} hồ sơ; đây là các hồ sơ mới nhất. Gõ đầy đủ họ tên, hoặc tìm theo mã."


class Kind(StrEnum):
    """What was found by."""

    CODE = "code"
    PHONE = "phone"
    NAME = "name"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, repr=False)
class Finding:
    """One dossier in the list; `owner` the whole name, `phone` masked or empty."""

    dossier_id: int
    code: str
    local_code: str | None
    agency_code: str
    procedure: str
    step: str
    status: int
    changed_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    late: bool
    owner: str | None
    phone: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, best first, at most 50; `words` when there is nothing or more."""

    kind: Kind
    rows: tuple[Finding, ...] = ()
    more: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Search:
    """One search while it is made."""

    runtime: Runtime
    actor: Actor
    connection: Connection
    index: bytes
    typed: str


def find_dossiers(runtime: Runtime, actor: Actor, typed: str) -> Findings:
    """Find dossiers of the actor's agencies.

    Shape: a code as printed, scanned, inside a link, the slip's number of today ("12", "0012") or
           with its day ("261125-0012"); a phone in any typing; a whole name or an ending of one,
           with or without accents.
    """
    typed = clean(typed[:MOST_TYPED]).strip()
    if not typed:
        return Findings(Kind.NOTHING, words=EMPTY)
    index = index_key(runtime)
    with reading(runtime.engine) as connection:
        search = _Search(runtime, actor, connection, index, typed)
        kind, ids = _ids(search)
        rows = found_rows(connection, ids[: MOST + 1], actor.agencies)
    with runtime.engine.begin() as connection:
        write_deed(connection, actor, runtime.now(), _deed(search, kind, rows))
    if not rows:
        return Findings(Kind.NOTHING, words=NOTHING[kind])
    more = len(rows) > MOST
    shown = tuple(_finding(runtime, row) for row in rows[:MOST])
    return Findings(kind, shown, more, MORE if more else "")


def _deed(search: _Search, kind: Kind, rows: Sequence[FoundRow]) -> Deed:
    """That somebody searched: by what kind of word, a keyed mark of it, and how much it gave.

    The mark is the one that the dossiers are found by, so that whom a leak concerns can be told
    from it afterwards; what was typed, which may be anybody's number, is kept nowhere.
    """
    about: str | None = None
    mark: str | None = None
    if kind is Kind.PHONE:
        phone = read_phone(search.typed).phone
        about, mark = str(kind), blind_index(search.index, phone.e164).hex() if phone else None
    elif kind is Kind.NAME:
        about, mark = str(kind), name_mark(search.index, folded_name(search.typed)).hex()
    elif len(rows) == 1:
        about, mark = "dossier", rows[0].progress.code
    detail: dict[str, str | int | bool | None] = {
        "kind": str(kind), "found": min(len(rows), MOST), "more": len(rows) > MOST,
    }  # fmt: skip
    agency = search.actor.account.agency_code
    return Deed("dossier.searched", agency, about, mark, detail)


def _ids(search: _Search) -> tuple[Kind, Sequence[int]]:
    """What was typed is tried as a code, then as a phone, then as a name."""
    called = ids_called(search.connection, _codes(search))
    ours = [row.dossier_id for row in _ours(search, called)]
    if ours:
        return Kind.CODE, ours
    phone = read_phone(search.typed).phone
    if phone is not None:
        number = blind_index(search.index, phone.e164)
        ids = ids_phoned(search.connection, number, search.actor.agencies, MOST + 1)
        return Kind.PHONE, ids
    if not any(char.isalpha() for char in search.typed) or find_codes(search.typed):
        return Kind.CODE, []
    return Kind.NAME, _named(search)


def _ours(search: _Search, ids: Sequence[int]) -> list[FoundRow]:
    return found_rows(search.connection, ids, search.actor.agencies)


def _codes(search: _Search) -> set[str]:
    """Every code that what was typed may stand for."""
    typed = search.typed
    plain = unicodedata.normalize("NFKC", typed).upper()
    found = {code.canonical for code in find_codes(typed)} | set(codes_in([typed]).codes)
    found |= {one for one in (read_one(typed), plain) if one and len(one) <= 64}
    return found | set(_short_codes(search))


def _short_codes(search: _Search) -> Iterator[str]:
    """The codes that a number stands for where only the number, or day and number, is said."""
    dated = _DATED.fullmatch(search.typed)
    if not (dated or _SHORT.fullmatch(search.typed)):
        return
    agencies = {one.code: one for one in all_agencies(search.connection)}
    mine = [agencies[code] for code in sorted(search.actor.agencies & agencies.keys())]
    if dated:
        for agency in mine:
            yield f"{agency.head}-{dated[1]}-{dated[2]}"
        return
    today = search.runtime.today()
    counting = set(minting_agencies(search.connection, today))
    for agency in _nearest_first(search.actor, mine):
        if agency.code in counting:
            yield minted_code(agency.head, today, int(search.typed))


def _nearest_first(actor: Actor, mine: Sequence[Agency]) -> Sequence[Agency]:
    """The actor's own desk alone where there is one: a bare number is said at the desk."""
    own = [one for one in mine if one.code == actor.account.agency_code]
    return own or mine


def _named(search: _Search) -> Sequence[int]:
    """The newest bearers of a name; those whose accents are as typed come first."""
    folded, typed = folded_name(search.typed), plain_name(search.typed)
    mark, accented = name_mark(search.index, folded), typed != folded
    most = LOOKED_AT if accented else MOST + 1
    ids = newest_named(search.connection, mark, search.actor.agencies, most)
    if not accented or len(ids) < 2:
        return ids
    vault = search.runtime.vault
    sealed = owner_names(search.connection, ids)
    names = {one: plain_name(vault.open_text(name)) for one, name in sealed.items() if name}
    exact = [one for one in ids if f" {names.get(one, '')}".endswith(f" {typed}")]
    held = set(exact)
    return [*exact, *(one for one in ids if one not in held)]


def _finding(runtime: Runtime, row: FoundRow) -> Finding:
    vault, progress = runtime.vault, row.progress
    late = timing(progress, runtime.now(), runtime.settings.zone) is Timing.LATE
    return Finding(
        dossier_id=row.dossier_id,
        code=progress.code,
        local_code=row.local_code,
        agency_code=row.agency_code,
        procedure=row.procedure_name,
        step=progress.step,
        status=progress.status,
        changed_at=row.changed_at,
        received_at=row.received_at,
        due_at=progress.due_at,
        late=late,
        owner=vault.open_text(row.owner_name) if row.owner_name else None,
        phone=Phone(vault.open_text(row.phone)).masked if row.phone else "",
    )
