"""Agencies and the keys of those who feed for them: added, changed, listed."""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from bot.core.agency import DESK_FACTS, Agency, would_close_a_circle
from bot.core.appointment import USUAL_HOURS, read_work_hours
from bot.core.counter_code import makes_codes
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import (
    agency_by_code,
    agency_parents,
    all_agencies,
    insert_agency,
    update_agency,
)
from bot.store.feed_keys import FeedKey, SealedFeedKey, insert_feed_key
from bot.store.feed_keys import revoke_feed_key as revoke

MOST_CODE, MOST_NAME, MOST_SMS_NAME = 40, 200, 60
MOST_HOLD_MINUTES = 7 * 24 * 60


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

    Shape: from `address` on, "" takes it away.
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


@dataclass(frozen=True, slots=True)
class NewKey:
    """A feed key and its secret, which is shown this once and stored sealed."""

    id: str
    secret: str


def add_agency(
    runtime: Runtime, code: str, name: str, sms_name: str | None = None, parent: str | None = None
) -> Agency:
    """Add an agency; of a known one change what is given.

    Errors: InputFault for a code or name that cannot be, or a parent that stands below the
    agency; UnknownAgency for a parent that was not added.
    """
    code = _code(code)
    values: dict[str, Any] = {"name": _name("name", name, MOST_NAME)}
    if sms_name is not None:
        values["sms_name"] = _name("sms-name", sms_name, MOST_SMS_NAME)
    with runtime.engine.begin() as connection:
        parents = agency_parents(connection)
        if parent is not None:
            values["parent_code"] = _parent(parents, code, parent.strip())
        if code in parents:
            update_agency(connection, code, values)
        else:
            insert_agency(connection, {"code": code, **values}, runtime.now())
        stored = agency_by_code(connection, code)
    if stored is None:
        raise UnknownAgency(code)
    return stored


def set_agency(runtime: Runtime, code: str, **switches: Unpack[Switches]) -> Agency:
    """Change what is given of a known agency.

    Errors: UnknownAgency; InputFault for a value that cannot be.
    """
    values: dict[str, Any] = dict(switches)
    if "name" in values:
        values["name"] = _name("name", values["name"], MOST_NAME)
    if "sms_name" in values:
        values["sms_name"] = _name("sms-name", values["sms_name"], MOST_SMS_NAME)
    hold = values.get("result_hold_minutes", 0)
    if not 0 <= hold <= MOST_HOLD_MINUTES:
        raise InputFault(
            f"result-hold-minutes {hold} came, expected 0 to {MOST_HOLD_MINUTES}; give fewer"
        )
    values |= {what: _desk_fact(what, values[what]) for what in DESK_FACTS.keys() & values.keys()}
    with runtime.engine.begin() as connection:
        if not update_agency(connection, code, values):
            raise UnknownAgency(code)
        _refuse_taken_head(all_agencies(connection), code, values.get("code_head"))
        stored = agency_by_code(connection, code)
    if stored is None:
        raise UnknownAgency(code)
    return stored


def list_agencies(runtime: Runtime) -> list[Agency]:
    """Every agency, by code."""
    with reading(runtime.engine) as connection:
        return all_agencies(connection)


def add_feed_key(runtime: Runtime, agency_code: str, all_agencies: bool = False) -> NewKey:
    """Make a key that feeds an agency and all below it, or every agency.

    Errors: UnknownAgency.
    """
    new = NewKey(id=f"fk-{secrets.token_hex(8)}", secret=secrets.token_urlsafe(32))
    key = FeedKey(new.id, agency_code, all_agencies)
    with runtime.engine.begin() as connection:
        if agency_by_code(connection, agency_code) is None:
            raise UnknownAgency(agency_code)
        sealed = SealedFeedKey(key, runtime.vault.seal(new.secret))
        insert_feed_key(connection, sealed, runtime.now())
    return new


def revoke_feed_key(runtime: Runtime, key_id: str) -> None:
    """End a feed key: from now on it is answered 401.

    Errors: InputFault when there is no such key in force.
    """
    with runtime.engine.begin() as connection:
        if not revoke(connection, key_id, runtime.now()):
            raise InputFault(
                f"feed key {key_id!r} came, expected the id of a key in force; "
                "look it up in the settings of the program that feeds"
            )


def _code(code: str) -> str:
    plain = unicodedata.normalize("NFC", code).strip()
    if (
        not plain
        or len(plain) > MOST_CODE
        or any(c.isspace() or not c.isprintable() for c in plain)
    ):
        raise InputFault(
            f"agency code {code[:60]!r} came, expected 1 to {MOST_CODE} characters without "
            "blanks, such as H32.15.8; correct it"
        )
    return plain


def _name(what: str, name: str, most: int) -> str:
    plain = unicodedata.normalize("NFC", name).strip()
    if not plain or len(plain) > most or not plain.isprintable():
        raise InputFault(
            f"a {what} of {len(plain)} characters came, expected 1 to {most} printable ones; "
            "correct it"
        )
    return plain


def _desk_fact(what: str, typed: str) -> str | None:
    """What a desk says of itself, as it is kept; None for nothing."""
    if not typed.strip():
        return None
    option = what.replace("_", "-")
    plain = _name(option, typed, DESK_FACTS[what])
    if what == "work_hours":
        try:
            read_work_hours(plain)
        except ValueError as fault:
            raise InputFault(
                f"work-hours {plain!r} came ({fault}), expected spans such as {USUAL_HOURS}; "
                "correct it"
            ) from None
    if what == "code_head":
        plain = plain.upper()
        if not makes_codes(plain):
            raise InputFault(
                f"code-head {plain!r} came, expected one that makes receipt codes, such as "
                "H32.15.8 or 000.00.17.H32; correct it"
            )
    return plain


def _refuse_taken_head(agencies: Sequence[Agency], code: str, head: str | None) -> None:
    if head is not None and head in {one.head for one in agencies if one.code != code}:
        raise InputFault(
            f"code-head {head!r} came for agency {code!r}, another agency's codes begin so; "
            "choose another, or two desks would give out the same codes"
        )


def _parent(parents: dict[str, str | None], code: str, parent: str) -> str:
    if parent not in parents and parent != code:
        raise UnknownAgency(parent)
    if would_close_a_circle(parents, code, parent):
        raise InputFault(
            f"parent {parent!r} came for agency {code!r}, expected one that does not stand below "
            "it; choose another parent"
        )
    return parent
