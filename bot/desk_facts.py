"""What a desk says of itself on slips and pages, set at the console."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from bot.core.agency import DESK_FACTS, Agency
from bot.core.appointment import USUAL_HOURS, read_work_hours
from bot.core.changed_facts import before_after
from bot.core.counter_code import makes_codes
from bot.core.counter_faults import Faults, refused
from bot.core.staff import Actor, Deed
from bot.procedures import NOT_YOURS
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code, all_agencies, update_agency
from bot.store.audit import write_deed


def set_desk(
    runtime: Runtime, actor: Actor, code: str, facts: Mapping[str, str]
) -> Agency | Faults:
    """Change what is given of bot.core.agency.DESK_FACTS; an empty text takes it away.

    Errors: KeyError for a name that is none of them.
    """
    if code not in actor.agencies:
        return refused(NOT_YOURS)
    values = {name: _plain(name, typed) for name, typed in facts.items() if DESK_FACTS[name]}
    with runtime.engine.begin() as connection:
        agencies = all_agencies(connection)
        faults = dict(_faults(code, values, agencies))
        before = agency_by_code(connection, code)
        if faults or before is None:
            return Faults(faults) if faults else refused(NOT_YOURS)
        detail = before_after({name: getattr(before, name) for name in values}, values)
        if detail:
            update_agency(connection, code, values)
            deed = Deed("agency.desk", code, "agency", code, detail)
            write_deed(connection, actor, runtime.now(), deed)
        stored = agency_by_code(connection, code)
    return stored or refused(NOT_YOURS)


def _plain(name: str, typed: str) -> str | None:
    plain = " ".join(unicodedata.normalize("NFC", typed).split())
    return (plain.upper() if name == "code_head" else plain) or None


def _faults(
    code: str, values: Mapping[str, str | None], agencies: Sequence[Agency]
) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is None:
            continue
        fault = _fault(name, value)
        if fault is not None:
            yield name, fault
        elif name == "code_head" and value in {one.head for one in agencies if one.code != code}:
            yield name, f"Đầu mã “{value}” đã là của cơ quan khác. Chọn đầu mã riêng."


def _fault(name: str, value: str) -> str | None:
    most = DESK_FACTS[name]
    if len(value) > most:
        return f"Dài {len(value)} ký tự, tối đa {most}. Viết ngắn lại."
    if not value.isprintable():
        return "Có ký tự không in được. Gõ lại."
    if name == "work_hours":
        try:
            read_work_hours(value)
        except ValueError:
            return f"“{value}” không phải giờ làm việc. Ghi dạng {USUAL_HOURS}."
    if name == "code_head" and not makes_codes(value):
        return f"“{value}” không tạo được mã hồ sơ. Ghi dạng H32.15.8 hoặc 000.00.17.H32."
    return None
