"""Many agencies from one file: looked at first, then stored all or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from bot.change_agency import FRESH, own_agency, place_faults, store_change, store_new
from bot.core.agency import Agency
from bot.core.agency_csv import AgencyRow, RowMisfit, read_agencies
from bot.core.agency_faults import Kind, Misfit
from bot.core.staff import Actor
from bot.runtime import Runtime
from bot.settle_agencies import held, settle


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row comes to: the agency as it is, None for a new one, as it would be, and in what."""

    row: int
    before: Agency | None
    after: Agency
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyImport:
    """What a file would do, or did; with any misfit nothing of it is stored."""

    planned: tuple[Planned, ...] = ()
    misfits: tuple[RowMisfit, ...] = ()
    stored: bool = False

    @property
    def added(self) -> int:
        """How many agencies are new."""
        return sum(one.before is None for one in self.planned)

    @property
    def changed(self) -> int:
        """How many of the known ones become others."""
        return sum(one.before is not None and bool(one.changed) for one in self.planned)


class CameFirst(Exception):
    """Another has added an agency of the file meanwhile: nothing is stored."""


def import_agencies(
    runtime: Runtime, actor: Actor | None, content: bytes, *, dry_run: bool = False
) -> AgencyImport:
    """Take in a file of agencies: what is known is changed where it says so, what is new added.

    Shape: no actor for a command at the machine. Rows may stand in any order: one may name as its
           parent or successor what a later one adds. A name is corrected; bot.rename_agency
           gives one from a day on.
    Errors: CameFirst.
    """
    file = read_agencies(content)
    with runtime.engine.begin() as connection:
        agencies = held(connection)
        planned, misfits = _plan(agencies, actor, file.rows)
        misfits = sorted([*file.misfits, *misfits], key=lambda one: one.row)
        if misfits or dry_run:
            return AgencyImport(tuple(planned), tuple(misfits))
        for one in _parents_first(planned, set(agencies)):
            _store(runtime, connection, actor, one)
        settle(runtime, connection, {**agencies, **{one.after.code: one.after for one in planned}})
    return AgencyImport(tuple(planned), stored=True)


def _plan(
    agencies: Mapping[str, Agency], actor: Actor | None, rows: Sequence[AgencyRow]
) -> tuple[list[Planned], list[RowMisfit]]:
    """Each row judged among the agencies as they would be after the whole file."""
    planned: list[Planned] = []
    misfits: list[RowMisfit] = []
    for row in rows:
        before = agencies.get(row.code)
        if before is None and not row.values.get("name"):
            misfits.append(RowMisfit(row.number, Misfit(Kind.LENGTH, "name", "0", "200")))
        elif before is not None and own_agency(agencies, actor, row.code) is None:
            misfits.append(RowMisfit(row.number, Misfit(Kind.BEYOND, "code", row.code)))
        values: dict[str, Any] = dict(row.values)
        stood = before or replace(FRESH, code=row.code)
        changed = tuple(name for name in values if values[name] != getattr(stood, name))
        planned.append(Planned(row.number, before, replace(stood, **values), changed))
    after = {**agencies, **{one.after.code: one.after for one in planned}}
    added = {one.after.code for one in planned if one.before is None}
    for one in planned:
        misfits += [RowMisfit(one.row, wrong) for wrong in _judged(after, actor, one, added)]
    return planned, misfits


def _judged(
    after: Mapping[str, Agency], actor: Actor | None, one: Planned, added: set[str]
) -> list[Misfit]:
    code = one.after.code
    others = {name: agency for name, agency in after.items() if name != code}
    if one.before is not None:
        others[code] = one.before
    reach = replace(actor, agencies=actor.agencies | added) if actor is not None else None
    return place_faults(others, one.after, reach)


def _store(runtime: Runtime, connection: Connection, actor: Actor | None, one: Planned) -> None:
    values = {name: getattr(one.after, name) for name in one.changed}
    if one.before is not None:
        store_change(runtime, connection, actor, one.before, values)
    elif not store_new(runtime, connection, actor, one.after, values):
        raise CameFirst(one.after.code)


def _parents_first(planned: Sequence[Planned], known: set[str]) -> list[Planned]:
    """New agencies after the parents that they name; a circle was refused before."""
    waiting, ordered = list(planned), list[Planned]()
    while waiting:
        ready = [
            one for one in waiting if one.before or one.after.parent in (None, *known)
        ] or waiting
        known |= {one.after.code for one in ready}
        ordered += ready
        waiting = [one for one in waiting if one not in ready]
    return ordered
