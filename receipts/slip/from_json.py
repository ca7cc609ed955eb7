"""Reads slips from JSON: one object or a list, each checked field by field."""

from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from receipts.slip.layout import KINDS
from receipts.slip.records import Record, Slip

_RECEIPT = "receipt"
_MOST_FAULTS = 5


def records_of(text: str | bytes) -> list[Record]:
    """The slips of a JSON text; `form` says which form an object is, "receipt" without it.

    Errors: ValueError, one line, for what is no JSON, an unknown form, a missing, unknown or wrong
            field, or no slip at all.
    """
    try:
        told = from_json(text)
    except ValueError as fault:
        raise ValueError(
            f"this is no JSON: {fault}; give one object or a list of them, as docs/slips.md shows"
        ) from fault
    objects = told if isinstance(told, list) else [told]
    if not objects:
        raise ValueError("the list holds no slip")
    return [_record(one, number) for number, one in enumerate(objects, start=1)]


def receipts_of(text: str | bytes) -> list[Slip]:
    """As `records_of`, for papers that only a receipt has. Errors: ValueError for another form."""
    slips = []
    for number, record in enumerate(records_of(text), start=1):
        if not isinstance(record, Slip):
            raise ValueError(f"slip {number}: expected the form {_RECEIPT!r}")
        slips.append(record)
    return slips


def _record(told: Any, number: int) -> Record:
    if not isinstance(told, dict):
        raise ValueError(f"slip {number}: expected an object, not {type(told).__name__}")
    fields = dict(told)
    form = fields.pop("form", _RECEIPT)
    if not isinstance(form, str) or form not in KINDS:
        raise ValueError(f"slip {number}: no form {form!r}; known: {', '.join(KINDS)}")
    try:
        record: Record = TypeAdapter(KINDS[form]).validate_python(fields)
    except ValidationError as fault:
        raise ValueError(f"slip {number}: {_told(fault)}") from fault
    return record


def _told(fault: ValidationError) -> str:
    errors = fault.errors(include_url=False, include_input=False)
    named = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors[:_MOST_FAULTS]]
    more = len(errors) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more > 0 else "")
