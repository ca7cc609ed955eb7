"""The types of a feed's fields: what is taken for a text, a day or a moment, and what is not."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

MOST_NAME, MOST_CODE = 200, 64
MOST_NEEDED_LENGTH = 500
MOST_UNKNOWN_LENGTH = 100

# Control characters (Cc) would break a slip or an SMS; lone surrogates cannot be stored at all.
ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# RFC 3339, section 5.6: always with seconds and an offset.
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Kept clear of the ends of the calendar, so that every later sum with a date stays on it.
_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC)


def fault(message: str) -> PydanticCustomError:
    """A fault in words of ours; `message` never repeats what may be personal."""
    return PydanticCustomError("ours", "{message}", {"message": message})


def _sound(text: str) -> str:
    found = ODD.search(text)
    if found is None:
        return text
    kind = "lone surrogate" if "\ud800" <= found[0] <= "\udfff" else "control character"
    raise fault(
        f"came a text with the {kind} U+{ord(found[0]):04X} at character {found.start() + 1}, "
        "expected printable text"
    )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _sound(text))


def at_most(most: int) -> Callable[[str], str]:
    """A check that a text has no more characters than that."""

    def check(text: str) -> str:
        if len(text) > most:
            raise fault(f"came a text of length {len(text)}, expected at most {most}")
        return text

    return check


def _not_blank(text: str) -> str:
    if not text.strip():
        raise fault("came a blank text, expected the name of the present step")
    return text


def moment(value: Any) -> datetime:
    """Read an RFC 3339 date-time with offset.

    Shape:  text only; "T" and "Z" in either case; beyond microseconds is cut; second 60 is the
            next minute's first (a leap second); the result is in UTC.
    Errors: a fault in words, for a naive time, a blank instead of T, a week date, a number.
    Source: RFC 3339 section 5.6; interfaces 4.
    """
    parts = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise fault(
            f"came {came(value)}, expected an RFC 3339 date-time with offset "
            "such as 2026-11-22T09:30:00+07:00"
        )
    try:
        read = _on_calendar(parts)
    except (ValueError, OverflowError):
        raise fault("came a date-time that is on no calendar, expected a real one") from None
    if not _EARLIEST <= read <= _LATEST:
        raise fault("came a date-time outside 1900 to 9999, expected one of our time")
    return read


def day(value: Any) -> date:
    """Read a day, RFC 3339's full-date.

    Errors: a fault in words.
    """
    try:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValueError("of another form")
        read = date.fromisoformat(value)
    except ValueError:
        raise fault(f"came {came(value)}, expected a day such as 2026-11-22") from None
    if not _EARLIEST.date() <= read <= _LATEST.date():
        raise fault("came a day outside 1900 to 9999, expected one of our time")
    return read


def _on_calendar(parts: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in parts.groups()[:6])
    leap = second == 60
    fraction = int((parts[7] or "0")[:6].ljust(6, "0"))
    hours, minutes = int(parts[9] or 0), int(parts[10] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=hours, minutes=minutes)
    zone = timezone(-offset if parts[8] == "-" else offset)
    read = datetime(year, month, day, hour, minute, 59 if leap else second, fraction, zone)
    return read.astimezone(UTC) + timedelta(seconds=1 if leap else 0)


def came(value: Any, show: bool = False) -> str:
    """Name what came by its kind; a number itself only on demand, as it may be a phone."""
    if isinstance(value, str):
        return f"a text of length {len(value)}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if show and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**6:
        return f"the number {value}"
    kinds = {type(None): "null", bool: "a boolean", int: "a number", float: "a number"}
    return kinds.get(type(value), "an object")


Code = Annotated[str, AfterValidator(_sound)]
Plain = Annotated[str, AfterValidator(_composed)]
Name = Annotated[
    Plain, AfterValidator(at_most(MOST_NAME)), WithJsonSchema({"type": "string", "maxLength": 200})
]
ShortCode = Annotated[
    Plain, AfterValidator(at_most(MOST_CODE)), WithJsonSchema({"type": "string", "maxLength": 64})
]
Step = Annotated[
    Plain,
    AfterValidator(at_most(MOST_NAME)),
    AfterValidator(_not_blank),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}),
]
Needed = Annotated[
    Plain,
    AfterValidator(at_most(MOST_NEEDED_LENGTH)),
    WithJsonSchema({"type": "string", "maxLength": 500}),
]
Moment = Annotated[
    datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]


class Form(BaseModel):
    """Nothing is turned into another type; a field we do not know is kept apart and warned of."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    def unknown(self, head: str = "") -> Iterator[str]:
        """Dotted names of the fields we do not know."""
        for name in self.model_extra or {}:
            yield f"{head}{name}"[:MOST_UNKNOWN_LENGTH]
