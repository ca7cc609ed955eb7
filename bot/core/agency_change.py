"""What is to change of an agency, read from forms, files and commands."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bot.core.agency import DESK_FACTS, Agency
from bot.core.agency_faults import Kind, Misfit
from bot.core.appointment import read_work_hours
from bot.core.counter_code import makes_codes

MOST_CODE, MOST_NAME, MOST_SMS_NAME = 40, 200, 60
MOST_HOLD_MINUTES = 7 * 24 * 60
SWITCHES = ("same_day_notices", "step_sms", "sms_unicode")
CODES, DATES = ("parent", "successor"), ("valid_from", "valid_to")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2})")
_YES = frozenset({"on", "1", "yes", "true", "có", "co", "x"})
_NO = frozenset({"off", "0", "no", "false", "không", "khong", ""})


class _Wrong(Exception):
    """A value that cannot be."""

    def __init__(self, misfit: Misfit) -> None:
        super().__init__()
        self.misfit = misfit


def read_change(given: Mapping[str, object]) -> tuple[dict[str, Any], list[Misfit]]:
    """The values that may be kept, by bot.core.agency.Agency's names; and what cannot be.

    Shape: texts as they were typed; "" takes away whatever may be missing.
    Errors: KeyError for a name that is none of an agency's.
    """
    values: dict[str, Any] = {}
    misfits: list[Misfit] = []
    for name, typed in given.items():
        try:
            values[name] = _READERS[name](name, typed)
        except _Wrong as wrong:
            misfits.append(wrong.misfit)
    return values, misfits


def read_code(typed: str) -> str | Misfit:
    """The code of an agency, composed."""
    plain = unicodedata.normalize("NFC", typed).strip()
    bad = any(c.isspace() or not c.isprintable() for c in plain)
    if not plain or len(plain) > MOST_CODE or bad:
        return Misfit(Kind.CODE_FORM, "code", typed[:60], str(MOST_CODE))
    return plain


def as_typed(value: object) -> str:
    """A kept value as a form has it."""
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def read_day(typed: str) -> date | None:
    """A day typed as 01/07/2025 or 2025-07-01; None for what is none."""
    found = _DAY.fullmatch(typed.strip())
    if found is None:
        return None
    day, month, year = found.group(3, 2, 1) if found.group(1) is None else found.group(1, 2, 3)
    if found.group(1) is None:
        year, month, day = found.group(4, 5, 6)
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def taken_head(agencies: Mapping[str, Agency], wished: Agency) -> Misfit | None:
    """Another agency's receipt codes begin like this one's would; None when none does."""
    others = {one.head for code, one in agencies.items() if code != wished.code}
    if wished.code_head is not None and wished.code_head in others:
        return Misfit(Kind.HEAD_TAKEN, "code_head", wished.code_head, wished.code)
    return None


def _text(name: str, typed: object, most: int) -> str:
    plain = unicodedata.normalize("NFC", str(typed)).strip()
    if not plain or len(plain) > most or not plain.isprintable():
        raise _Wrong(Misfit(Kind.LENGTH, name, str(len(plain)), str(most)))
    return plain


def _name(name: str, typed: object) -> str:
    return _text(name, typed, MOST_NAME)


def _sms_name(name: str, typed: object) -> str | None:
    return _text(name, typed, MOST_SMS_NAME) if str(typed or "").strip() else None


def _code(_name: str, typed: object) -> str | None:
    return str(typed or "").strip() or None


def _day(name: str, typed: object) -> date | None:
    if typed is None or isinstance(typed, date):
        return typed
    plain = str(typed).strip()
    found = read_day(plain)
    if plain and found is None:
        raise _Wrong(Misfit(Kind.DATE_FORM, name, plain[:40]))
    return found


def _switch(name: str, typed: object) -> bool:
    if isinstance(typed, bool):
        return typed
    plain = str(typed).strip().lower()
    if plain not in _YES | _NO:
        raise _Wrong(Misfit(Kind.SWITCH_FORM, name, plain[:40]))
    return plain in _YES


def _minutes(name: str, typed: object) -> int:
    plain = str(typed).strip() or "0"
    number = int(plain) if re.fullmatch(r"-?[0-9]{1,9}", plain) else -1
    if not 0 <= number <= MOST_HOLD_MINUTES:
        raise _Wrong(Misfit(Kind.MINUTES, name, plain[:40], str(MOST_HOLD_MINUTES)))
    return number


def _desk_fact(name: str, typed: object) -> str | None:
    if not str(typed or "").strip():
        return None
    plain = _text(name, typed, DESK_FACTS[name])
    if name == "work_hours":
        try:
            read_work_hours(plain)
        except ValueError as fault:
            raise _Wrong(Misfit(Kind.HOURS, name, plain, str(fault))) from None
    if name == "code_head":
        plain = plain.upper()
        if not makes_codes(plain):
            raise _Wrong(Misfit(Kind.HEAD_FORM, name, plain))
    return plain


_READERS: Mapping[str, Callable[[str, object], Any]] = {
    "name": _name,
    "sms_name": _sms_name,
    "result_hold_minutes": _minutes,
    **dict.fromkeys(CODES, _code),
    **dict.fromkeys(DATES, _day),
    **dict.fromkeys(SWITCHES, _switch),
    **dict.fromkeys(DESK_FACTS, _desk_fact),
}
FIELDS = tuple(_READERS)
