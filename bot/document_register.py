"""The register of digitised papers and results: searched, paged, exported; who read it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.core.agency import family
from bot.core.counter_faults import Faults
from bot.core.counter_typing import one_line, read_day
from bot.core.document import Kind, Source
from bot.core.document_filter import STATES, DocumentFilter
from bot.core.document_form import NO_DAY
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.document_record import number_mark, owner_mark
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.show_documents import ShownDocument, shown_document
from bot.store.agencies import agency_parents
from bot.store.audit import write_deed
from bot.store.document_register import Typed, WantedDocuments, count_registered, registered
from bot.store.documents import StoredDocument
from receipts.code import read_one

PAGE = 50
MOST_COUNTED = 10_000
MOST_EXPORTED = 20_000
CHUNK = 1_000  # rows of an export read at once
MOST_TYPED = 200
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": tuple(Kind),
    "source": tuple(Source),
    "state": tuple(STATES),
}
BACKWARDS = "Ngày cuối đứng trước ngày đầu. Mời nhập lại ngày cuối."
NO_AGENCY = "Không có cơ quan này trong phạm vi của tài khoản."


@dataclass(frozen=True, slots=True, repr=False)
class AskedDocuments:
    """What somebody looks for in the register; `text` is a number, a symbol, an owner or a code."""

    text: str
    agency: str
    by: DocumentFilter

    @property
    def filters(self) -> str:
        """The names of what is asked for, for the audit trail."""
        asked = {"text": self.text, "agency": self.agency, **asdict(self.by)}
        return ",".join(name for name, value in asked.items() if value)


@dataclass(frozen=True, slots=True, repr=False)
class Registered:
    """One document of the register, with where it belongs."""

    dossier_code: str
    agency_code: str
    procedure_code: str
    procedure_name: str
    shown: ShownDocument


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A page, newest first; `before` asks for the next, None on the last.

    Shape: `count` of all pages together; beyond MOST_COUNTED there are `more`.
    """

    rows: tuple[Registered, ...]
    before: int | None
    count: int

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > MOST_COUNTED


def read_asked(typed: Mapping[str, str]) -> tuple[AskedDocuments, Faults]:
    """What was typed, and what is wrong with it by field; a wrong field asks for nothing."""
    names = ("text", "agency", *DocumentFilter.__slots__)
    plain = {name: one_line(typed.get(name, ""))[:MOST_TYPED] for name in names}
    faults: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for name in ("since", "until"):
        found = read_day(plain[name])
        days[name] = found[0] if found else None
        if plain[name] and found is None:
            faults[name] = NO_DAY.format(typed=plain[name][:20])
    if days["since"] and days["until"] and days["until"] < days["since"]:
        faults["until"], days["until"] = BACKWARDS, None
    chosen = {name: plain[name] if plain[name] in CHOICES[name] else "" for name in CHOICES}
    by = DocumentFilter(
        procedure=plain["procedure"],
        type_code=plain["type_code"].upper(),
        issuer=plain["issuer"],
        kind=chosen["kind"],
        source=chosen["source"],
        state=chosen["state"],
        since=days["since"],
        until=days["until"],
    )
    return AskedDocuments(plain["text"], plain["agency"], by), Faults(faults)


def find_documents(
    runtime: Runtime, actor: Actor, asked: AskedDocuments, before: int | None = None
) -> RegisterPage | Faults:
    """A page of the actor's agencies' documents; that they were looked at is written down.

    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    typed = _typed(index_key(runtime), asked.text) if asked.text else None
    with reading(runtime.engine) as connection:
        wanted = _wanted(connection, actor, asked, runtime.today())
        if isinstance(wanted, Faults):
            return wanted
        wanted = replace(wanted, typed=typed)
        rows = registered(connection, replace(wanted, before=before), PAGE + 1)
        count = count_registered(connection, wanted, MOST_COUNTED + 1)
    shown = tuple(_registered(runtime, row) for row in rows[:PAGE])
    detail: dict[str, str | int | bool | None] = {
        "documents": len(shown), "filters": asked.filters,
    }  # fmt: skip
    with runtime.engine.begin() as connection:
        deed = Deed("documents.listed", actor.account.agency_code, "documents", None, detail)
        write_deed(connection, actor, runtime.now(), deed)
    return RegisterPage(shown, rows[PAGE - 1].id if len(rows) > PAGE else None, count)


def export_documents(
    runtime: Runtime, actor: Actor, asked: AskedDocuments, form: str
) -> Iterator[Registered] | Faults:
    """The actor's agencies' documents with all facts, newest first, at most MOST_EXPORTED.

    Shape: read in pieces while the file is written; who took it, in which form and how many there
           were is written down first.
    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    typed = _typed(index_key(runtime), asked.text) if asked.text else None
    with reading(runtime.engine) as connection:
        wanted = _wanted(connection, actor, asked, runtime.today())
        if isinstance(wanted, Faults):
            return wanted
        wanted = replace(wanted, typed=typed)
        count = count_registered(connection, wanted, MOST_EXPORTED)
    detail: dict[str, str | int | bool | None] = {
        "documents": count, "filters": asked.filters, "form": form,
    }  # fmt: skip
    with runtime.engine.begin() as connection:
        deed = Deed("documents.exported", actor.account.agency_code, "documents", None, detail)
        write_deed(connection, actor, runtime.now(), deed)
    return _all(runtime, wanted)


def _all(runtime: Runtime, wanted: WantedDocuments) -> Iterator[Registered]:
    before: int | None = None
    for _ in range(MOST_EXPORTED // CHUNK):
        with reading(runtime.engine) as connection:
            rows = registered(connection, replace(wanted, before=before), CHUNK)
        yield from (_registered(runtime, row) for row in rows)
        if len(rows) < CHUNK:
            return
        before = rows[-1].id


def _registered(runtime: Runtime, row: StoredDocument) -> Registered:
    return Registered(
        row.dossier_code,
        row.agency_code,
        row.procedure_code,
        row.procedure_name,
        shown_document(runtime, row),
    )


def _wanted(
    connection: Connection, actor: Actor, asked: AskedDocuments, today: date
) -> WantedDocuments | Faults:
    """What is asked of the database, but for what was typed as a text."""
    parents = agency_parents(connection)
    agencies: frozenset[str] | None = actor.agencies
    if asked.agency:
        agencies = actor.agencies & family(parents, asked.agency)
        if asked.agency not in actor.agencies:
            return Faults({"agency": NO_AGENCY})
    elif parents.keys() <= actor.agencies:
        agencies = None  # all there are: the database need not compare each
    return WantedDocuments(today, agencies, asked.by)


def _typed(index: bytes, text: str) -> Typed:
    codes = [code for code in (read_one(text), text.strip().upper()) if code]
    return Typed(number_mark(index, text), owner_mark(index, text), tuple(dict.fromkeys(codes)))
