"""The form of one dossier in a feed: its fields, their types and limits."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from bot.core.snapshot import FeedDossier, Procedure, Ticks, Times

MOST_NAME, MOST_CODE = 200, 64
MOST_NEEDED, MOST_NEEDED_LENGTH = 20, 500
MOST_UNKNOWN, MOST_UNKNOWN_LENGTH = 20, 100

# Control characters (Cc) would break a slip or an SMS; lone surrogates cannot be stored at all.
ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

# RFC 3339, section 5.6: always with seconds and an offset.
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))"
)
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


def _at_most(most: int) -> Callable[[str], str]:
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
    Plain, AfterValidator(_at_most(MOST_NAME)), WithJsonSchema({"type": "string", "maxLength": 200})
]
ShortCode = Annotated[
    Plain, AfterValidator(_at_most(MOST_CODE)), WithJsonSchema({"type": "string", "maxLength": 64})
]
Step = Annotated[
    Plain,
    AfterValidator(_at_most(MOST_NAME)),
    AfterValidator(_not_blank),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}),
]
Needed = Annotated[
    Plain,
    AfterValidator(_at_most(MOST_NEEDED_LENGTH)),
    WithJsonSchema({"type": "string", "maxLength": 500}),
]
Moment = Annotated[
    datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


class _Form(BaseModel):
    """Nothing is turned into another type; a field we do not know is kept apart and warned of."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    def unknown(self, head: str = "") -> Iterator[str]:
        """Dotted names of the fields we do not know."""
        for name in self.model_extra or {}:
            yield f"{head}{name}"[:MOST_UNKNOWN_LENGTH]


class ProcedureForm(_Form):
    """The administrative procedure."""

    code: ShortCode = Field(description="its code in the national list", examples=["1.004873"])
    name: Name = Field(description="its name", examples=["Đăng ký biến động đất đai"])
    same_day: bool | None = Field(
        default=False, description="the result is given on the day of receipt; absent: false"
    )


class NotifyForm(_Form):
    """The ticks of the intake form."""

    zalo: bool | None = Field(default=False, description="tell by Zalo; absent: false")
    sms: bool | None = Field(default=True, description="tell by SMS; absent: true")
    post: bool | None = Field(default=False, description="return the result by post; absent: false")


class DossierForm(_Form):
    """One dossier as it stands at `changed_at`: the whole of it each time, not a difference."""

    code: Code = Field(
        description="receipt code, in any typing that reads as exactly one code",
        examples=["000.00.17.H32-261122-0001"],
    )
    local_code: Name | None = Field(
        default=None, description="a second code that citizens may type", examples=["0101701234"]
    )
    agency: Name = Field(description="code of an agency that the key covers", examples=["H32.15"])
    procedure: ProcedureForm
    step: Step = Field(
        description="name of the present step, shown to the citizen as it is",
        examples=["Thẩm định hồ sơ"],
    )
    status: int = Field(ge=1, le=10, description="national status list, 1 to 10", examples=[4])
    at_desk: bool | None = Field(
        default=False, description="papers or result lie at the one-stop desk; absent: false"
    )
    changed_at: Moment = Field(
        description="when this state began; the newest one wins in whatever order they arrive",
        examples=["2026-11-22T09:30:00+07:00"],
    )
    received_at: Moment | None = Field(default=None, description="when the dossier was received")
    due_at: Moment | None = Field(default=None, description="when the result is promised")
    finished_at: Moment | None = Field(default=None, description="when the agency's work ended")
    returned_at: Moment | None = Field(default=None, description="when the result was handed over")
    phone: Plain | None = Field(
        default=None, description="phone as typed at the desk", examples=["0905 123 456"]
    )
    notify: NotifyForm | None = Field(default=None, description="ticks of the intake form")
    handler: Name | None = Field(default=None, description="who handles the dossier")
    needed: Annotated[list[Needed], Field(max_length=MOST_NEEDED)] | None = Field(
        default=None, description="what the citizen has to supplement"
    )
    owner_name: Name | None = Field(default=None, description="whose dossier it is")


# What is expected of each field, for the message of a fault.
EXPECTED = {
    "code": "a text, the receipt code",
    "local_code": "a text, or nothing",
    "agency": "a text, the agency's code",
    "procedure": 'an object such as {"code": "1.004873", "name": "…", "same_day": false}',
    "procedure.code": "a text, the procedure's code",
    "procedure.name": "a text, the procedure's name",
    "procedure.same_day": "true or false",
    "step": "a text, the name of the present step",
    "status": "an integer from 1 to 10",
    "at_desk": "true or false",
    "changed_at": "a date-time such as 2026-11-22T09:30:00+07:00",
    "phone": "a text, the phone as typed at the desk",
    "notify": 'an object such as {"zalo": false, "sms": true, "post": false}',
    "notify.zalo": "true or false",
    "notify.sms": "true or false",
    "notify.post": "true or false",
    "handler": "a text, or nothing",
    "needed": f"a list of at most {MOST_NEEDED} texts",
    "owner_name": "a text, or nothing",
}


def feed_dossier(form: DossierForm) -> FeedDossier:
    """The dossier that a form holds; null counts as absent."""
    procedure, notify = form.procedure, form.notify or NotifyForm()
    unknown = [*form.unknown(), *procedure.unknown("procedure."), *notify.unknown("notify.")]
    return FeedDossier(
        code=form.code,
        agency=form.agency.strip(),
        procedure=Procedure(procedure.code, procedure.name, bool(procedure.same_day)),
        step=form.step,
        status=form.status,
        changed_at=form.changed_at,
        local_code=form.local_code,
        at_desk=bool(form.at_desk),
        times=Times(form.received_at, form.due_at, form.finished_at, form.returned_at),
        phone=form.phone,
        notify=Ticks(
            bool(notify.zalo), True if notify.sms is None else notify.sms, bool(notify.post)
        ),
        handler=form.handler or None,
        needed=tuple(form.needed or ()),
        owner_name=form.owner_name or None,
        unknown_fields=tuple(unknown[:MOST_UNKNOWN]),
    )
