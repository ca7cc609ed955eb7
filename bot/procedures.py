"""The procedures that desks take in: imported from a file, offered, listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.agencies import UnknownAgency
from bot.core.agency import line_up
from bot.core.counter_csv import RowFault, read_procedures
from bot.core.counter_procedure import Offered, ProcedureRule, nearest
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import agency_parents
from bot.store.audit import write_deed
from bot.store.procedures import procedures_of, put_procedure, retire_procedures

NOT_YOURS = "Cơ quan này không thuộc phạm vi của tài khoản. Chọn cơ quan khác."


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do; nothing was stored where there are faults."""

    faults: tuple[RowFault, ...] = ()
    added: int = 0
    changed: int = 0
    same: int = 0
    retired: int = 0
    stored: bool = False


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an import comes to, by what is stored."""

    put: Sequence[tuple[ProcedureRule, int | None]]
    same: int
    retired: Sequence[int]


def offered_procedures(runtime: Runtime, actor: Actor, agency_code: str) -> list[Offered]:
    """What the desk of an agency takes in: its own procedures and those of the agencies above."""
    if agency_code not in actor.agencies:
        return []
    with reading(runtime.engine) as connection:
        return offered_at(connection, agency_code)


def offered_procedure(
    runtime: Runtime, actor: Actor, agency_code: str, code: str
) -> Offered | None:
    """One of them by its code; None when the desk does not take it in."""
    if agency_code not in actor.agencies:
        return None
    with reading(runtime.engine) as connection:
        return next(iter(offered_at(connection, agency_code, code)), None)


def offered_at(connection: Connection, agency_code: str, code: str | None = None) -> list[Offered]:
    """The same inside a transaction of one's own, all or those with a code."""
    line = line_up(agency_parents(connection), agency_code)
    return nearest(line, procedures_of(connection, line, code))


def list_procedures(
    runtime: Runtime, agency_code: str | None = None, retired: bool = False
) -> list[Offered]:
    """What agencies set themselves, one or all of them, by agency and code.

    Errors: UnknownAgency.
    """
    with reading(runtime.engine) as connection:
        if agency_code is not None and agency_code not in agency_parents(connection):
            raise UnknownAgency(agency_code)
        found = procedures_of(connection, None if agency_code is None else (agency_code,))
    return [one for one in found if retired or not one.retired]


def import_procedures(
    runtime: Runtime,
    actor: Actor | None,
    agency_code: str,
    content: bytes,
    *,
    dry_run: bool = False,
    retire_missing: bool = False,
) -> ImportReport:
    """Take in a file of procedures for an agency: what is known is changed, what is new added.

    Shape: no actor for the operator's command. Any fault, and nothing of the file is stored.
    Errors: UnknownAgency, for the command only.
    """
    if actor is not None and agency_code not in actor.agencies:
        return ImportReport(faults=(RowFault(0, "", NOT_YOURS),))
    file = read_procedures(content)
    if file.faults:
        return ImportReport(faults=file.faults)
    with runtime.engine.begin() as connection:
        if agency_code not in agency_parents(connection):
            raise UnknownAgency(agency_code)
        stored = procedures_of(connection, (agency_code,))
        plan = _plan(file.rules, {one.rule.code: one for one in stored}, retire_missing)
        report = _report(plan, stored=not dry_run)
        if not dry_run:
            _store(runtime, connection, agency_code, plan)
            deed = Deed("procedures.imported", agency_code, "agency", agency_code, _counts(report))
            write_deed(connection, actor, runtime.now(), deed)
    return report


def _plan(
    rules: Sequence[ProcedureRule], stored: Mapping[str, Offered], retire_missing: bool
) -> _Plan:
    put: list[tuple[ProcedureRule, int | None]] = []
    for rule in rules:
        known = stored.get(rule.code)
        if known is None or known.retired or known.rule != rule:
            put.append((rule, known.id if known else None))
    named = {rule.code for rule in rules}
    missing = [one.id for code, one in stored.items() if code not in named and not one.retired]
    return _Plan(put, len(rules) - len(put), missing if retire_missing else [])


def _store(runtime: Runtime, connection: Connection, agency_code: str, plan: _Plan) -> None:
    now = runtime.now()
    for rule, known in plan.put:
        put_procedure(connection, agency_code, rule, known, now)
    retire_procedures(connection, plan.retired, now)


def _report(plan: _Plan, stored: bool) -> ImportReport:
    added = sum(known is None for _, known in plan.put)
    return ImportReport(
        added=added,
        changed=len(plan.put) - added,
        same=plan.same,
        retired=len(plan.retired),
        stored=stored,
    )


def _counts(report: ImportReport) -> dict[str, str | int | bool | None]:
    return {
        "added": report.added,
        "changed": report.changed,
        "same": report.same,
        "retired": report.retired,
    }
