"""Phones that reach nobody: listed for the desk of their dossiers, and corrected there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from bot.core.counter_facts import facts_text, read_facts
from bot.core.counter_faults import Faults, refused
from bot.core.counter_phone import phone_advice
from bot.core.phone import Line, Phone, PhoneReading, read_phone
from bot.core.snapshot import FeedDossier, Outcome, Result
from bot.core.staff import Actor, Deed
from bot.corrected_phones import phone_mark
from bot.database import reading
from bot.dossier_book import Desk
from bot.dossier_record import stored_dossier
from bot.move_dossier import NOT_FOUND
from bot.register import register_source
from bot.runtime import Runtime
from bot.staff_desk import staff_desk
from bot.store.audit import write_deed
from bot.store.bad_phones import NEWEST, BadPhoneRow, bad_phone_rows
from bot.store.bad_phones import count_bad_phones as count
from bot.store.dossiers import dossiers_called, hold_dossiers, whole_dossiers
from bot.store.intakes import intake_of, put_facts
from bot.store.phone_corrections import (
    Correction,
    corrections_of,
    drop_corrections,
    put_correction,
)

PAGE = 50
FAILED, DOUBTFUL = "gửi không đến", "nghi là số cố định cũ"
WHY = {Line.MISSING: "chưa có số", Line.LANDLINE: "số cố định", Line.INVALID: "số sai"}
SAME = "Đây là số đang có trong hồ sơ. Nhập số khác."


@dataclass(frozen=True, slots=True, repr=False)
class BadPhone:
    """One dossier to put right; `phone` masked or empty, `why` in Vietnamese."""

    dossier_id: int
    code: str
    agency_code: str
    procedure: str
    step: str
    owner: str | None
    phone: str
    why: str


@dataclass(frozen=True, slots=True)
class BadPhones:
    """A page of them, newest first; `before` asks for the next page, None on the last."""

    rows: tuple[BadPhone, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A number that was corrected; masked."""

    code: str
    phone: str


def bad_phones(runtime: Runtime, actor: Actor, before: int | None = None) -> BadPhones:
    """Open dossiers of the actor's agencies whose phone is none, wrong, failed or in doubt."""
    with reading(runtime.engine) as connection:
        rows = bad_phone_rows(connection, actor.agencies, before or NEWEST, PAGE + 1)
    page = [one for row in rows[:PAGE] if (one := _bad_phone(runtime, row)) is not None]
    return BadPhones(tuple(page), rows[PAGE - 1].dossier_id if len(rows) > PAGE else None)


def count_bad_phones(runtime: Runtime, actor: Actor, most: int = 1_000) -> int:
    """How many there are, counted no further than `most`."""
    with reading(runtime.engine) as connection:
        return count(connection, actor.agencies, most)


def correct_phone(runtime: Runtime, actor: Actor, code: str, typed: str) -> Corrected | Faults:
    """Give a dossier another mobile number; what reached nobody is owed again to it.

    For a dossier that software feeds the number holds while the feed repeats the wrong one.
    Errors: SQLAlchemyError when it could not be stored.
    """
    phone = read_phone(typed)
    if phone.phone is None:
        return refused(phone_advice(typed).words, "phone")
    source = _Correction(staff_desk(runtime, actor), actor, code, typed, phone)
    try:
        register_source(source.desk, source)
    except _Refused as refusal:
        return refusal.faults
    return Corrected(source.found, phone.phone.masked)


class _Refused(Exception):
    """What ends the transaction with nothing stored."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self.faults = faults


@dataclass(slots=True)
class _Correction:
    """One correction, put together with what is stored while it is held."""

    desk: Desk
    actor: Actor
    typed_code: str
    typed: str
    phone: PhoneReading
    found: str = field(init=False, default="")
    _row: Mapping[str, Any] = field(init=False, default_factory=dict)

    def tell(self, connection: Connection, hold: bool) -> Sequence[FeedDossier]:
        """The dossier as it is, but for its number; its moment of change stays."""
        self.found = dossiers_called(connection, [self.typed_code]).get(self.typed_code, "")
        if hold:
            hold_dossiers(connection, [self.found])
        row = whole_dossiers(connection, [self.found]).get(self.found)
        if row is None or row["agency_code"] not in self.desk.covered:
            raise _Refused(refused(NOT_FOUND))
        self._row = row
        vault = self.desk.runtime.vault
        told = stored_dossier(vault, row)
        if self.phone.phone is not None and told.phone == self.phone.phone.e164:
            raise _Refused(refused(SAME, "phone"))
        intake = intake_of(connection, row["id"])
        names = read_facts(vault.open_text(intake.facts)).names if intake else ()
        return [replace(told, phone=self.typed, kept_phone=None, also_named=names)]

    def owes(self, _results: Sequence[Result]) -> bool:
        """A correction is always kept."""
        return True

    def keep(
        self, connection: Connection, ids: Mapping[str, int], results: Sequence[Result]
    ) -> None:
        """Keep it where the number comes from, and who corrected it; not the number itself."""
        [result] = results
        if result.outcome is not Outcome.CHANGED:
            raise _Refused(refused(result.why or NOT_FOUND))
        vault, dossier_id = self.desk.runtime.vault, ids[self.found]
        intake = intake_of(connection, dossier_id)
        if intake is None:
            self._hold_against_the_feed(connection, dossier_id)
        else:
            facts = read_facts(vault.open_text(intake.facts)).with_phone(self.typed)
            put_facts(connection, dossier_id, vault.seal(facts_text(facts)))
        detail: dict[str, str | int | bool | None] = {"was": self._row["phone_line"]}
        deed = Deed("phone.corrected", self._row["agency_code"], "dossier", self.found, detail)
        write_deed(connection, self.actor, self.desk.now, deed)

    def _hold_against_the_feed(self, connection: Connection, dossier_id: int) -> None:
        """The feed's number stays the wrong one however often it is corrected here."""
        index, vault = self.desk.index, self.desk.runtime.vault
        before = corrections_of(connection, [dossier_id]).get(dossier_id)
        wrong = before.wrong_mark if before else phone_mark(index, self._stored_phone())
        if phone_mark(index, self.phone) == wrong:
            drop_corrections(connection, [dossier_id])
            return
        one = Correction(wrong, vault.seal(self.typed))
        put_correction(connection, dossier_id, one, self.actor.account.id, self.desk.now)

    def _stored_phone(self) -> PhoneReading:
        kept = stored_dossier(self.desk.runtime.vault, self._row).kept_phone
        return kept or PhoneReading(Line.MISSING)


def _bad_phone(runtime: Runtime, row: BadPhoneRow) -> BadPhone | None:
    """One row as it is shown; None when there is nothing to doubt after all."""
    vault = runtime.vault
    phone = Phone(vault.open_text(row.phone)) if row.phone else None
    why = WHY.get(Line(row.phone_line)) or (FAILED if row.failed else None)
    if why is None and phone is not None and read_phone(phone.e164).doubtful:
        why = DOUBTFUL
    if why is None:
        return None
    return BadPhone(
        dossier_id=row.dossier_id,
        code=row.code,
        agency_code=row.agency_code,
        procedure=row.procedure_name,
        step=row.step,
        owner=vault.open_text(row.owner_name) if row.owner_name else None,
        phone=phone.masked if phone else "",
        why=why,
    )
