"""Typed text of the counter's forms, read: lines, counts, e-mail, a day with an hour."""

import re
import unicodedata
from datetime import date, time

_DAY = re.compile(
    r"([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]((?:19|20)[0-9]{2})(?:\s+([01]?[0-9]|2[0-3])[:hH]([0-5][0-9]))?"
)
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(typed: str) -> str:
    """Composed, without control characters, single blanks."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", typed)).split())


def many_lines(typed: str) -> str:
    """The same line by line; empty lines at both ends go."""
    plain = _CONTROL.sub(" ", unicodedata.normalize("NFC", typed.replace("\r\n", "\n")))
    return "\n".join(" ".join(line.split()) for line in plain.split("\n")).strip("\n")


def items_of(typed: str) -> tuple[str, ...]:
    """One item a line; bullets and numbers that were typed before it go."""
    lines = many_lines(typed).split("\n")
    plain = (re.sub(r"^(?:[-*+•–]|\d{1,2}[.)])\s+", "", line) for line in lines)
    return tuple(line for line in plain if line)


def read_count(typed: str) -> int | None:
    """A whole number from 0; None for what is none. The empty text is 0."""
    plain = one_line(typed)
    if not plain:
        return 0
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 4 else None


def looks_like_email(typed: str) -> bool:
    """Whether an address could be one."""
    return _EMAIL.fullmatch(typed) is not None


def read_day(typed: str) -> tuple[date, time | None] | None:
    """A day as dd/mm/yyyy, and the hour when one stands behind it; None for what is none."""
    match = _DAY.fullmatch(one_line(typed))
    if match is None:
        return None
    day, month, year, hour, minute = match.groups()
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found, time(int(hour), int(minute)) if hour else None
