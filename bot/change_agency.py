"""An agency added or changed: its facts, its dates, who follows it; told to the audit trail."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.agency_change import as_typed, read_change, read_code, taken_head
from bot.core.agency_faults import Kind, Misfit, Refused, Stale
from bot.core.agency_life import place_misfits
from bot.core.agency_names import in_force
from bot.core.changed_facts import before_after
from bot.core.staff import Actor, Deed
from bot.runtime import Runtime
from bot.settle_agencies import held, settle
from bot.store.agencies import add_agency, agency_by_code, update_agency
from bot.store.agency_names import correct_name, names_of
from bot.store.audit import write_deed

# An agency as it begins, before anything is said of it.
FRESH = Agency("", "", None, None, same_day_notices=False, step_sms=False, result_hold_minutes=0)


def new_agency(
    runtime: Runtime, actor: Actor | None, code: str, given: Mapping[str, object]
) -> Agency | Refused:
    """Add an agency with what is given of it.

    Shape:  `actor` is None for a command at the machine, which may do all.
    Result: every fault together.
    """
    plain = read_code(code)
    values, misfits = read_change({"name": "", **given})
    if isinstance(plain, Misfit):
        return Refused((plain, *misfits))
    with runtime.engine.begin() as connection:
        agencies = held(connection)
        if plain in agencies:
            misfits.insert(0, Misfit(Kind.CODE_TAKEN, "code", plain, agencies[plain].name))
        wished = replace(FRESH, code=plain, **values)
        misfits += place_faults(agencies, wished, actor)
        if misfits:
            return Refused(tuple(misfits))
        if not store_new(runtime, connection, actor, wished, values):
            return Refused((Misfit(Kind.CODE_TAKEN, "code", plain, plain),))
        return _settled(runtime, connection, agencies, wished)


def change_agency(
    runtime: Runtime,
    actor: Actor | None,
    code: str,
    given: Mapping[str, object],
    seen: Mapping[str, str] | None = None,
) -> Agency | Refused:
    """Change what is given of an agency, and nothing when it stands so already.

    Shape:  `seen` is how these facts stood in the form that was filled in, as it had them: what
            another changed since then is not written over.
    Result: every fault together.
    """
    values, misfits = read_change(given)
    with runtime.engine.begin() as connection:
        agencies = held(connection)
        before = own_agency(agencies, actor, code)
        if before is None:
            return Refused((Misfit(Kind.UNKNOWN, "code", code),))
        stale = changed_since(before, seen or {})
        wished = replace(before, **values)
        misfits += place_faults(agencies, wished, actor)
        if misfits or stale:
            return Refused(tuple(misfits), stale)
        if not store_change(runtime, connection, actor, before, values):
            return before
        return _settled(runtime, connection, agencies, wished)


def own_agency(agencies: Mapping[str, Agency], actor: Actor | None, code: str) -> Agency | None:
    """The agency, when it is one of those that are administered here."""
    return agencies.get(code) if actor is None or code in actor.agencies else None


def changed_since(before: Agency, seen: Mapping[str, str]) -> dict[str, Stale]:
    """Which facts are others than the form had them."""
    now = {name: as_typed(getattr(before, name)) for name in seen}
    return {name: Stale(was, now[name]) for name, was in seen.items() if now[name] != was}


def place_faults(
    agencies: Mapping[str, Agency], wished: Agency, actor: Actor | None
) -> list[Misfit]:
    """What is wrong with an agency among the others."""
    everywhere = actor is None or actor.account.agency_code is None
    covered = None if everywhere or actor is None else actor.agencies
    found = list(place_misfits(agencies, wished, covered))
    before = agencies.get(wished.code)
    if before is None or before.code_head != wished.code_head:
        taken = taken_head(agencies, wished)
        found += [taken] if taken else []
    return found


def store_new(
    runtime: Runtime,
    connection: Connection,
    actor: Actor | None,
    wished: Agency,
    values: Mapping[str, Any],
) -> bool:
    """Store a new agency that was judged, in the transaction that holds the others, unsettled.

    Result: False when another was faster with its code.
    """
    code, now = wished.code, runtime.now()
    if not add_agency(connection, code, values, now):
        return False
    told = {name: value for name, value in values.items() if value != getattr(FRESH, name)}
    write_deed(connection, actor, now, _deed("agency.added", code, before_after({}, told)))
    return True


def store_change(
    runtime: Runtime,
    connection: Connection,
    actor: Actor | None,
    before: Agency,
    values: Mapping[str, Any],
) -> bool:
    """Store what is another of an agency that was judged, likewise; False when nothing is."""
    code = before.code
    detail = before_after({name: getattr(before, name) for name in values}, values)
    if not detail:
        return False
    update_agency(connection, code, values)
    if not values.keys().isdisjoint(("name", "sms_name")):
        _correct_name(runtime, connection, replace(before, **values))
    write_deed(connection, actor, runtime.now(), _deed("agency.changed", code, detail))
    return True


def _correct_name(runtime: Runtime, connection: Connection, wished: Agency) -> None:
    """Spell the name in force as it is spelt now; a name from a day on is bot.rename_agency's."""
    name = in_force(names_of(connection, wished.code), runtime.today())
    if name is not None:
        correct_name(connection, name.id, wished.name, wished.sms_name)


def _settled(
    runtime: Runtime, connection: Connection, agencies: dict[str, Agency], wished: Agency
) -> Agency:
    settle(runtime, connection, {**agencies, wished.code: wished})
    stored = agency_by_code(connection, wished.code)
    assert stored is not None  # written in this transaction
    return stored


def _deed(action: str, code: str, detail: Mapping[str, Any]) -> Deed:
    return Deed(action, code, "agency", code, dict(detail))
