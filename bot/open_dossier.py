"""A dossier opened by a clerk: all that may be known of it, and that it was opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.counter_facts import IntakeFacts, read_facts
from bot.core.counter_moves import MoveKind
from bot.core.counter_procedure import ProcedureRule
from bot.core.dossier import Progress, Timing, timing
from bot.core.snapshot import FeedDossier
from bot.core.staff import Actor, Deed
from bot.dossier_record import stored_dossier
from bot.move_dossier import AT_ITS_END, BY_SOFTWARE, moves_now
from bot.runtime import Runtime
from bot.staff_desk import staff_id_of, teller
from bot.store.agencies import agency_by_code
from bot.store.audit import write_deed
from bot.store.dossiers import PastChange, dossiers_called, history_of, whole_dossiers
from bot.store.intakes import Intake, intake_of, logins_of
from bot.store.procedures import procedure_by_id
from receipts.code import read_one


@dataclass(frozen=True, slots=True)
class Passage:
    """One change as staff read it; `who` is a login, or the software."""

    at: datetime
    arrived_at: datetime
    who: str
    status: int
    step: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class OpenedDossier:
    """All of a dossier.

    Shape: `facts` None when software feeds it; `seen` goes back with a move; `moves` are allowed
           now, and where there are none `why_no_moves` says why; `history` oldest first.
    """

    dossier_id: int
    told: FeedDossier
    facts: IntakeFacts | None
    agency: Agency
    seen: datetime
    late: bool
    history: tuple[Passage, ...]
    moves: tuple[MoveKind, ...]
    why_no_moves: str
    procedure: ProcedureRule | None


def open_dossier(runtime: Runtime, actor: Actor, code: str) -> OpenedDossier | None:
    """Open a dossier of the actor's agencies, by any code of it; None when there is none.

    Errors: vault.Unreadable when none of FIELD_KEYS opens a field.
    """
    with runtime.engine.begin() as connection:
        row = _row(connection, code)
        agency = agency_by_code(connection, row["agency_code"]) if row else None
        if row is None or agency is None or agency.code not in actor.agencies:
            return None
        deed = Deed("dossier.opened", agency.code, "dossier", row["code"])
        write_deed(connection, actor, runtime.now(), deed)
        intake = intake_of(connection, row["id"])
        offered = procedure_by_id(connection, intake.procedure_id) if intake else None
        history = _passages(connection, history_of(connection, row["id"]))
    facts = _facts(runtime, intake)
    moves = moves_now(row, facts) if facts else ()
    return OpenedDossier(
        dossier_id=row["id"],
        told=stored_dossier(runtime.vault, row),
        facts=facts,
        agency=agency,
        seen=row["changed_at"],
        late=_is_late(runtime, row),
        history=history,
        moves=moves,
        why_no_moves="" if moves else _why_no_moves(row, facts),
        procedure=offered.rule if offered else None,
    )


def _row(connection: Connection, code: str) -> Mapping[str, Any] | None:
    names = [name for name in dict.fromkeys((code, read_one(code))) if name]
    called = dossiers_called(connection, names)
    found = next((called[name] for name in names if name in called), None)
    return whole_dossiers(connection, [found]).get(found) if found else None


def _facts(runtime: Runtime, intake: Intake | None) -> IntakeFacts | None:
    return read_facts(runtime.vault.open_text(intake.facts)) if intake else None


def _passages(connection: Connection, changes: Sequence[PastChange]) -> tuple[Passage, ...]:
    accounts = {staff_id_of(one.key_id) for one in changes} - {None}
    logins = logins_of(connection, [one for one in accounts if one is not None])
    return tuple(
        Passage(
            one.changed_at,
            one.arrived_at,
            teller(one.key_id, logins.get),
            one.status,
            one.step,
            one.due_at,
        )
        for one in changes
    )


def _is_late(runtime: Runtime, row: Mapping[str, Any]) -> bool:
    names = ("code", "step", "status", "due_at", "finished_at", "ended_at")
    progress = Progress(*(row[name] for name in names))
    return timing(progress, runtime.now(), runtime.settings.zone) is Timing.LATE


def _why_no_moves(row: Mapping[str, Any], facts: IntakeFacts | None) -> str:
    return BY_SOFTWARE if facts is None else AT_ITS_END.format(step=row["step"])
