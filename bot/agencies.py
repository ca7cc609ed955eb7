"""Agencies as commands add, change and list them."""

from collections.abc import Mapping
from typing import TypedDict, Unpack

from bot.change_agency import change_agency, new_agency
from bot.core.agency import Agency
from bot.core.agency_faults import Kind, Misfit, Refused
from bot.core.appointment import USUAL_HOURS
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import all_agencies


class InputFault(Exception):
    """What was asked for cannot be done: one line that says what came, what was expected, and
    what to do."""


class UnknownAgency(InputFault):
    """An agency code that nobody has added."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"agency {code!r} came, expected one that was added; "
            "see: python -m bot agency list, or add it: python -m bot agency add CODE --name NAME"
        )


class Switches(TypedDict, total=False):
    """What may be changed of an agency; what is left out stays as it is.

    Shape: from `address` on, "" takes it away; days as 2025-07-01.
    """

    name: str
    sms_name: str
    same_day_notices: bool
    step_sms: bool
    result_hold_minutes: int
    sms_unicode: bool
    address: str
    open_hours: str
    hotline: str
    place: str
    desk_name: str
    work_hours: str
    code_head: str
    valid_from: str
    valid_to: str
    successor: str


# What came, what was expected, what to do; the pages have their own words for each.
WORDS: Mapping[Kind, str] = {
    Kind.CODE_FORM: "agency code {came!r} came, expected 1 to {about} characters without blanks, "
    "such as H32.15.8; correct it",
    Kind.CODE_TAKEN: "agency code {came!r} came, {about!r} has it; choose another",
    Kind.LENGTH: "a {field} of {came} characters came, expected 1 to {about} printable ones; "
    "correct it",
    Kind.MINUTES: "result-hold-minutes {came} came, expected 0 to {about}; give fewer",
    Kind.HOURS: "work-hours {came!r} came ({about}), expected spans such as " + USUAL_HOURS + "; "
    "correct it",
    Kind.HEAD_FORM: "code-head {came!r} came, expected one that makes receipt codes, such as "
    "H32.15.8 or 000.00.17.H32; correct it",
    Kind.HEAD_TAKEN: "code-head {came!r} came for agency {about!r}, another agency's codes begin "
    "so; choose another, or two desks would give out the same codes",
    Kind.DATE_FORM: "{field} {came!r} came, expected a day such as 2025-07-01; correct it",
    Kind.DATES_ORDER: "valid-to {came} came, expected no day before valid-from {about}; correct "
    "one of them",
    Kind.BEYOND: "{field} {came!r} came, expected an agency that you administer; choose another",
    Kind.PARENT_NONE: "no parent came, expected an agency that you administer; give one",
    Kind.PARENT_BELOW: "parent {came!r} came for agency {about!r}, expected one that does not "
    "stand below it, nor follows it; choose another parent",
    Kind.SUCCESSOR_BELOW: "successor {came!r} came for agency {about!r}, expected one that does "
    "not stand below it, nor is followed by it; choose another, or move that one first",
    Kind.ENDS_NEVER: "successor {about!r} came without a last day, expected valid-to as well; "
    "give --valid-to",
    Kind.GAP: "successor {came!r} came, it begins on {about} only, expected one that takes over "
    "the next day; correct a date",
    Kind.SUCCESSOR_ENDED: "successor {came!r} came, it ended on {about} and none follows it; "
    "choose another",
    Kind.FOLLOWED: "agency {came!r} is to be followed by this one after {about}; these dates "
    "would leave it without, correct them",
    Kind.SWITCH_FORM: "{field} {came!r} came, expected on or off; correct it",
}


def add_agency(
    runtime: Runtime, code: str, name: str, sms_name: str | None = None, parent: str | None = None
) -> Agency:
    """Add an agency; of a known one change what is given.

    Errors: InputFault for a code or name that cannot be, or a parent that stands below the
    agency; UnknownAgency for a parent that was not added.
    """
    given = {"name": name, "sms_name": sms_name, "parent": parent}
    said = {what: value for what, value in given.items() if value is not None}
    outcome = new_agency(runtime, None, code, said)
    if isinstance(outcome, Refused):
        taken = [one.came for one in outcome.misfits if one.kind is Kind.CODE_TAKEN]
        outcome = change_agency(runtime, None, taken[0], said) if taken else outcome
    return _done(outcome)


def set_agency(runtime: Runtime, code: str, **switches: Unpack[Switches]) -> Agency:
    """Change what is given of a known agency.

    Errors: UnknownAgency; InputFault for a value that cannot be.
    """
    return _done(change_agency(runtime, None, code, dict(switches)))


def list_agencies(runtime: Runtime) -> list[Agency]:
    """Every agency, by code."""
    with reading(runtime.engine) as connection:
        return all_agencies(connection)


def _done(outcome: Agency | Refused) -> Agency:
    if isinstance(outcome, Agency):
        return outcome
    raise input_fault(outcome.misfits[0])


def input_fault(misfit: Misfit) -> InputFault:
    """A fault in the words of the command line."""
    if misfit.kind is Kind.UNKNOWN:
        return UnknownAgency(misfit.came)
    field = misfit.field.replace("_", "-")
    words = WORDS[misfit.kind].format(field=field, came=misfit.came, about=misfit.about)
    return InputFault(words)
