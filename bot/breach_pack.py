"""Who saw which citizens' data in a span of time, put together from the audit trail."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.ask_batch import day_of
from bot.core.agency import family
from bot.core.staff import Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import agency_parents
from bot.store.audit import write_deed
from bot.store.audit_trail import Entry, Wanted, entries
from bot.store.breaches import (
    Concerned,
    batch_place,
    concerned_by_codes,
    concerned_by_ids,
    concerned_by_name,
    concerned_by_phone,
    talkers,
)
from bot.store.slip_batches import dossiers_of_day

PAGE = 1_000  # entries read at once
# What a deed shows of a dossier: all of it, or what a list of findings shows.
WHOLE = frozenset(
    {
        "dossier.opened", "dossier.moved", "intake.saved", "phone.corrected", "slip.printed",
        "batch.opened", "subject.shown", "subject.exported", "document.added",
        "document.changed", "document.revoked", "post.opened", "post.registered", "post.changed",
    }
)  # fmt: skip
LISTED = frozenset({"dossier.searched"})
# Many dossiers' documents or addresses at once; which ones, the trail does not name: such a deed
# is listed, and counted as unresolved.
REGISTER = frozenset(
    {"documents.listed", "documents.exported", "post.list_printed", "post.file_drawn"}
)
TALKS = frozenset({"handover.taken", "handover.handed", "handover.answered", "handover.closed"})
SEEN = WHOLE | LISTED | REGISTER | TALKS
NAME, PHONE, MASKED, INTAKE, NEEDED, TALK, DOCUMENTS = (
    "họ tên", "số điện thoại", "số điện thoại che bớt", "địa chỉ, giấy tờ đã nộp",
    "nội dung cần bổ sung", "nội dung trao đổi", "giấy tờ, kết quả số và số định danh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenDeed:
    """One deed that showed somebody's data, and of how many dossiers."""

    entry: Entry
    dossiers: int


@dataclass(slots=True)
class SeenDossier:
    """One dossier that was seen: by whom, from where, when first and last, and what of it."""

    concerned: Concerned
    logins: set[str]
    addresses: set[str]
    first_at: datetime
    last_at: datetime
    times: int = 0
    kinds: set[str] = field(default_factory=set)


@dataclass(slots=True)
class BreachPack:
    """All of it; `subjects` counts persons: a phone is one, a dossier without a phone is one."""

    since: datetime
    until: datetime
    login: str
    made_at: datetime
    deeds: list[SeenDeed] = field(default_factory=list)
    dossiers: dict[int, SeenDossier] = field(default_factory=dict)
    chats: set[str] = field(default_factory=set)
    unresolved: int = 0  # deeds whose dossiers cannot be told any more

    @property
    def subjects(self) -> int:
        """How many persons are concerned at most."""
        return len({_person(one.concerned) for one in self.dossiers.values()}) + len(self.chats)

    @property
    def by_kind(self) -> Mapping[str, int]:
        """How many persons each kind of data is of."""
        persons: defaultdict[str, set[object]] = defaultdict(set)
        for one in self.dossiers.values():
            for kind in one.kinds:
                persons[kind].add(_person(one.concerned))
        if self.chats:
            persons[TALK] |= self.chats
        return {kind: len(found) for kind, found in sorted(persons.items())}

    @property
    def by_account(self) -> Mapping[tuple[str, str], Counter[str]]:
        """How often each (account, address) did what."""
        found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for one in self.deeds:
            found[one.entry.login, one.entry.address][one.entry.action] += 1
        return dict(sorted(found.items()))


def _person(one: Concerned) -> object:
    return one.phone_index or one.id


def breach_pack(runtime: Runtime, since: datetime, until: datetime, login: str = "") -> BreachPack:
    """Gather what was seen from `since` to before `until`, by one account or by all.

    What a search showed is told from its mark by the names and phones that dossiers have now, so
    it may count more than the clerk saw, and misses who was forgotten meanwhile.
    """
    pack = BreachPack(since, until, login, runtime.now())
    wanted = Wanted(agencies=None, login=login, since=since, until=until)
    with reading(runtime.engine) as connection:
        source = _Source(runtime, connection)
        for entry in all_entries(connection, wanted):
            if entry.action in SEEN and login in ("", entry.login):
                _add(pack, entry, source)
    pack.deeds.reverse()
    detail: dict[str, str | int | bool | None] = {
        "since": since.isoformat(), "until": until.isoformat(), "login": login,
        "dossiers": len(pack.dossiers),
    }  # fmt: skip
    with runtime.engine.begin() as connection:
        write_deed(connection, None, pack.made_at, Deed("breach.packed", detail=detail))
    return pack


def all_entries(connection: Connection, wanted: Wanted) -> Iterator[Entry]:
    """Every entry of those wanted, the newest first."""
    before: int | None = None
    while True:
        page = entries(
            connection,
            Wanted(wanted.agencies, wanted.login, (), wanted.since, wanted.until, before),
            PAGE,
        )
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].id


@dataclass(slots=True)
class _Source:
    """Looks up what deeds name, each once."""

    runtime: Runtime
    connection: Connection
    _known: dict[tuple[str, str, str | None], Sequence[Concerned]] = field(default_factory=dict)

    def seen_by(self, entry: Entry) -> Sequence[Concerned]:
        """The dossiers that a deed showed."""
        key = (entry.about or "", entry.about_key or "", entry.agency_code)
        if key not in self._known:
            self._known[key] = self._look(*key)
        return self._known[key]

    def chat_of(self, entry: Entry) -> str | None:
        """Whose talk a deed is about."""
        number = entry.about_key or ""
        return talkers(self.connection, [int(number)]).get(int(number)) if number else None

    def _look(self, about: str, key: str, agency: str | None) -> Sequence[Concerned]:
        if not key:
            return ()
        if about == "dossier":
            return concerned_by_codes(self.connection, [key])
        if about in ("phone", "subject"):
            return concerned_by_phone(self.connection, bytes.fromhex(key), self._below(agency))
        if about == "name":
            return concerned_by_name(self.connection, bytes.fromhex(key), self._below(agency))
        if about == "batch":
            return self._of_batch(int(key))
        return ()

    def _below(self, agency: str | None) -> Collection[str] | None:
        return family(agency_parents(self.connection), agency) if agency else None

    def _of_batch(self, batch_id: int) -> Sequence[Concerned]:
        place = batch_place(self.connection, batch_id)
        if place is None:
            return ()
        agency, day = place
        ids = dossiers_of_day(self.connection, agency, *day_of(self.runtime, day))
        return concerned_by_ids(self.connection, ids)


def _add(pack: BreachPack, entry: Entry, source: _Source) -> None:
    if entry.action in TALKS:
        chat = source.chat_of(entry)
        pack.chats |= {chat} if chat else set()
        pack.unresolved += chat is None
        pack.deeds.append(SeenDeed(entry, 0))
        return
    found = source.seen_by(entry)
    numbers = (entry.detail.get(name) for name in ("found", "dossiers", "documents"))
    expected = next((one for one in numbers if one is not None), 1)
    pack.unresolved += bool(expected) and not found
    pack.deeds.append(SeenDeed(entry, len(found)))
    for one in found:
        _see(pack, entry, one)


def _see(pack: BreachPack, entry: Entry, one: Concerned) -> None:
    """Entries come newest first."""
    seen = pack.dossiers.get(one.id)
    if seen is None:
        seen = pack.dossiers[one.id] = SeenDossier(one, set(), set(), entry.at, entry.at)
    seen.first_at = entry.at
    seen.times += 1
    seen.logins.add(entry.login)
    seen.addresses.add(entry.address)
    seen.kinds |= set(_kinds(entry.action, one))


def _kinds(action: str, one: Concerned) -> Iterator[str]:
    whole = action in WHOLE
    if one.has_name:
        yield NAME
    if one.has_phone:
        yield PHONE if whole else MASKED
    if whole and one.has_intake:
        yield INTAKE
    if whole and one.has_needed:
        yield NEEDED
    if whole and one.has_documents:
        yield DOCUMENTS
