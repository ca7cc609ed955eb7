"""What dates, successors and ladders come to today, written into the agencies' rows.

Whoever reads an agency need not reckon with days: its name is today's, its dossiers are served by
whom its row says, and its notices go down the rungs that stand there.
"""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from bot.core.agency import Agency
from bot.core.agency_ladder import ladder_text, rules_at
from bot.core.agency_life import settled
from bot.core.agency_names import in_force
from bot.core.changed_facts import before_after
from bot.core.staff import Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import all_agencies, update_agency
from bot.store.agency_ladders import own_ladders
from bot.store.agency_names import begin_name, names_due, names_of
from bot.store.audit import write_deed

_DERIVED = ("served_by", "ladder")


def turn_agencies(runtime: Runtime) -> int:
    """Let names, ends and successions of today come into force; how many agencies it changed.

    The timed job: what is changed by hand is settled with the change.
    """
    with reading(runtime.engine) as connection:
        waiting = names_due(connection, runtime.today())
        agencies = {one.code: one for one in all_agencies(connection)}
        still = _derived(connection, agencies, runtime.today()) == agencies
    if still and not waiting:
        return 0
    with runtime.engine.begin() as connection:
        agencies = held(connection)
        return len(settle(runtime, connection, agencies))


def held(connection: Connection) -> dict[str, Agency]:
    """Every agency by its code, held: who changes one decides by how all of them stand."""
    return {one.code: one for one in all_agencies(connection, hold=True)}


def settle(
    runtime: Runtime, connection: Connection, agencies: dict[str, Agency]
) -> dict[str, Agency]:
    """Write what follows for today, in the transaction of the change; the agencies it changed.

    Shape: `agencies` are held, and as they are stored now.
    """
    named = _begin_names(runtime, connection, agencies)
    after = _derived(connection, named, runtime.today())
    changed = {code: one for code, one in after.items() if one != agencies[code]}
    for code, one in changed.items():
        values = {name: getattr(one, name) for name in _DERIVED}
        update_agency(connection, code, values)
    return changed


def _derived(connection: Connection, agencies: dict[str, Agency], today: date) -> dict[str, Agency]:
    after, own = settled(agencies, today), own_ladders(connection)
    return {
        code: replace(one, ladder=ladder_text(rules_at(after, own, code)))
        for code, one in after.items()
    }


def _begin_names(
    runtime: Runtime, connection: Connection, agencies: dict[str, Agency]
) -> dict[str, Agency]:
    """Give each agency the name that has begun, told to the audit trail as nobody's deed."""
    named, now, today = dict(agencies), runtime.now(), runtime.today()
    for code, due in names_due(connection, today):
        begin_name(connection, due.id, now)
        name = in_force(names_of(connection, code), today)  # a later one may have begun before it
        before = named[code]
        if name is None or (before.name, before.sms_name) == (name.name, name.sms_name):
            continue
        values = {"name": name.name, "sms_name": name.sms_name}
        named[code] = replace(before, name=name.name, sms_name=name.sms_name)
        update_agency(connection, code, values)
        was = {"name": before.name, "sms_name": before.sms_name}
        deed = Deed("agency.name_begun", code, "agency", code, before_after(was, values))
        write_deed(connection, None, now, deed)
    return named
