"""An agency is called otherwise from a day on; what it was called is kept with its days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.change_agency import changed_since, own_agency
from bot.core.agency import Agency
from bot.core.agency_change import read_change, read_day
from bot.core.agency_faults import Kind, Misfit, Refused
from bot.core.agency_names import AgencyName, in_turn
from bot.core.changed_facts import before_after
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.settle_agencies import held
from bot.store.agencies import update_agency
from bot.store.agency_names import add_name, drop_name, names_of
from bot.store.audit import write_deed


@dataclass(frozen=True, slots=True)
class NewName:
    """A name as it was typed, its first day, and the name in force when the form was opened."""

    name: str
    sms_name: str
    since: str
    seen: str | None = None


def rename_agency(
    runtime: Runtime, actor: Actor | None, code: str, new: NewName
) -> Agency | Refused:
    """Give an agency a name from a day on: at once when that day has come, else on that day.

    Shape:  its day comes after that of the newest name.
    Result: every fault together.
    """
    values, misfits = read_change({"name": new.name, "sms_name": new.sms_name})
    day = read_day(new.since)
    if day is None:
        came = new.since.strip()[:40]
        misfits.append(Misfit(Kind.DATE_FORM if came else Kind.SINCE_NONE, "since", came))
    with runtime.engine.begin() as connection:
        before = own_agency(held(connection), actor, code)
        if before is None:
            return Refused((Misfit(Kind.UNKNOWN, "code", code),))
        names = in_turn(names_of(connection, code))
        stale = changed_since(before, {"name": new.seen} if new.seen is not None else {})
        misfits += _misfits(before, names, values.get("name"), day)
        if misfits or stale or day is None:
            return Refused(tuple(misfits), stale)
        begins = day <= runtime.today()
        wished = AgencyName(0, day, values["name"], values["sms_name"], begins)
        return _rename(runtime, connection, actor, before, wished, kept=bool(names))


def _misfits(
    before: Agency, names: Sequence[AgencyName], name: str | None, day: date | None
) -> list[Misfit]:
    found = []
    last = names[-1] if names else None
    if name is not None and name == (last.name if last else before.name):
        found.append(Misfit(Kind.NAME_SAME, "name", name))
    first = (last.since if last else None) or before.valid_from
    if day is not None and first is not None and day <= first:
        found.append(Misfit(Kind.SINCE_EARLY, "since", f"{day:%d/%m/%Y}", f"{first:%d/%m/%Y}"))
    return found


def _rename(
    runtime: Runtime,
    connection: Connection,
    actor: Actor | None,
    before: Agency,
    wished: AgencyName,
    *,
    kept: bool,
) -> Agency:
    now, code = runtime.now(), before.code
    if not kept:  # the first time: what it was called until now becomes a name among others
        present = AgencyName(0, before.valid_from, before.name, before.sms_name, begun=True)
        add_name(connection, code, present, now)
    add_name(connection, code, wished, now)
    values = {"name": wished.name, "sms_name": wished.sms_name}
    was = {"name": before.name, "sms_name": before.sms_name}
    detail = {**before_after(was, values), "since": f"{wished.since:%d/%m/%Y}"}
    write_deed(connection, actor, now, Deed("agency.renamed", code, "agency", code, detail))
    if not wished.begun:
        return before
    update_agency(connection, code, values)
    return replace(before, name=wished.name, sms_name=wished.sms_name)


def drop_rename(runtime: Runtime, actor: Actor | None, code: str, name_id: int) -> Agency | Refused:
    """Take back a name that is still to come."""
    with runtime.engine.begin() as connection:
        before = own_agency(held(connection), actor, code)
        if before is None:
            return Refused((Misfit(Kind.UNKNOWN, "code", code),))
        coming = [one for one in names_of(connection, code) if one.id == name_id and not one.begun]
        if not coming:
            return Refused((Misfit(Kind.NOT_COMING, "since"),))
        [name] = coming
        drop_name(connection, name.id)
        detail = {
            **before_after({"name": name.name}, {"name": None}),
            "since": f"{name.since:%d/%m/%Y}",
        }
        deed = Deed("agency.rename_dropped", code, "agency", code, detail)
        write_deed(connection, actor, runtime.now(), deed)
    return before


def names_in_turn(runtime: Runtime, code: str) -> list[AgencyName]:
    """The names that an agency had, has and will have; empty while it was never renamed."""
    with reading(runtime.engine) as connection:
        return in_turn(names_of(connection, code))
