"""Console accounts: added, changed, closed and opened, given passwords, listed."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.core.changed_facts import before_after
from bot.core.log_in import (
    FORMER_PASSWORDS,
    EndedWhy,
    PasswordFault,
    password_fault,
    plain_login,
    plain_password,
    review_due,
)
from bot.core.sign_on import SignOn
from bot.core.staff import Account, Actor, Deed, Role
from bot.database import reading
from bot.last_password import is_last_with_password
from bot.log_in import account_of, is_closed
from bot.logs import log
from bot.passwords import hash_password, made_up_password
from bot.runtime import Runtime
from bot.store.agencies import agency_by_code
from bot.store.audit import write_deed
from bot.store.former_passwords import keep_former_password
from bot.store.identities import linked_staff
from bot.store.staff import (
    StoredStaff,
    all_staff,
    as_words,
    insert_staff,
    staff_by_login,
    update_staff,
)
from bot.store.staff_sessions import end_sessions_of

MOST_NAME = 100
UNUSED = "unused"  # why an account was closed that nobody closed
OPEN: dict[str, Any] = {
    "disabled_at": None,
    "disabled_why": None,
    "failures": 0,
    "locked_until": None,
}


logger = log(__name__)


class StaffFault(StrEnum):
    """Why an account cannot be made or changed so: the field, and what is wrong with it."""

    LOGIN_FORM = "login.form"
    LOGIN_TAKEN = "login.taken"
    LOGIN_UNKNOWN = "login.unknown"  # also: an account of an agency that is not the actor's
    LOGIN_OWN = "login.own"  # nobody closes the door behind themselves
    ROLES_NONE = "roles.none"
    AGENCY_UNKNOWN = "agency.unknown"
    AGENCY_BEYOND = "agency.beyond"  # not among the actor's
    NAME_FORM = "name.form"
    PRESENT_WRONG = "present.wrong"  # the password in force, typed to change it
    FACTOR_NONE = "factor.none"  # there is no second factor to be reset
    SIGN_ON_OFF = "sign_on.off"  # no identity provider is set up
    SIGN_ON_LAST = "sign_on.last"  # somebody has to get in when the provider is away


Faults = tuple[StaffFault | PasswordFault, ...]


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be made; no agency means every agency."""

    login: str
    roles: frozenset[Role]
    agency_code: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Added:
    """An account that was made, and its password when it was made up: shown this once."""

    account: Account
    made_up: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of an account; what is None stays, an agency of "" means every one."""

    roles: frozenset[Role] | None = None
    agency_code: str | None = None
    name: str | None = None
    disabled: bool | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An account in the list: may it log in, and when did it last."""

    account: Account
    closed: bool
    disabled: bool
    locked_until: datetime | None
    last_login_at: datetime | None
    must_change: bool
    unused: bool  # closed because nobody used it
    disabled_at: datetime | None
    factor: bool  # has a second factor
    sign_on: SignOn | None
    linked: bool  # is known by its name at the identity provider
    reviewed_at: datetime  # last confirmed, or made
    reviewed_by: str | None
    review_due: bool


@dataclass(frozen=True, slots=True)
class _Checked:
    """Values that may be stored, or why not."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: list[StaffFault | PasswordFault] = field(default_factory=list)


def add_account(
    runtime: Runtime, actor: Actor | None, new: NewAccount, password: str | None = None
) -> Added | Faults:
    """Make an account; without a password one is made up, which has to be changed at once.

    Shape:  `actor` is None for a command at the machine, which may do all.
    Result: every fault together.
    """
    login, now = plain_login(new.login), runtime.now()
    given = plain_password(password) if password is not None else made_up_password()
    change = Change(new.roles, new.agency_code or "", new.name)
    with reading(runtime.engine) as connection:
        checked = _checked(runtime, connection, actor, change)
    if not login:
        checked.faults.append(StaffFault.LOGIN_FORM)
    checked.faults.extend(_of_password(actor, login, given, new.name))
    if checked.faults:
        return tuple(checked.faults)
    values = checked.values | {
        "login": login,
        "password_hash": hash_password(given),
        "must_change": password is None or actor is not None,
        "password_changed_at": now,
        "created_at": now,
    }
    with runtime.engine.begin() as connection:
        if insert_staff(connection, values) is None:
            return (StaffFault.LOGIN_TAKEN,)
        found = staff_by_login(connection, login)
        assert found is not None  # stored in this transaction
        write_deed(connection, actor, now, _deed("staff.added", found, _told(checked.values)))
    return Added(account_of(runtime, found), given if password is None else None)


def change_account(
    runtime: Runtime, actor: Actor | None, login: str, change: Change
) -> Account | Faults:
    """Change what is given of an account.

    Closing it or giving it another password ends its sessions; opening it, or another password,
    unlocks it, also when it was closed because nobody used it. A password that another sets has
    to be changed at once.

    Result: every fault together.
    """
    now, wished = runtime.now(), change.password
    sound = wished is not None and password_fault("", plain_password(wished)) is None
    hashed = hash_password(wished) if wished is not None and sound else None
    with runtime.engine.begin() as connection:
        found = reachable(connection, actor, login)
        if found is None:
            return (StaffFault.LOGIN_UNKNOWN,)
        checked = _checked(runtime, connection, actor, change)
        checked.faults.extend(_faults_of_change(runtime, actor, found, change))
        another = actor is not None and actor.account.id != found.id
        if another and _ends(change) and is_last_with_password(connection, found, now):
            checked.faults.append(StaffFault.SIGN_ON_LAST)
        if checked.faults:
            return tuple(checked.faults)
        values = checked.values | _closing(found, change, now)
        if hashed is not None:
            values |= _password_values(found, hashed, actor, now)
            left = found.password_hash
            keep_former_password(connection, found.id, left, now, FORMER_PASSWORDS - 1)
        update_staff(connection, found.id, values)
        _end_sessions(connection, found, change, now)
        detail = _changed(runtime, found, checked.values, values)
        if detail:
            write_deed(connection, actor, now, _deed("staff.changed", found, detail))
        stored = staff_by_login(connection, found.login)
        assert stored is not None  # held in this transaction
    return account_of(runtime, stored)


def _faults_of_change(
    runtime: Runtime, actor: Actor | None, found: StoredStaff, change: Change
) -> list[StaffFault | PasswordFault]:
    faults: list[StaffFault | PasswordFault] = []
    if _shuts_out_oneself(actor, found, change):
        faults.append(StaffFault.LOGIN_OWN)
    if change.password is not None:
        name = account_of(runtime, found).name if change.name is None else change.name
        faults += _of_password(actor, found.login, plain_password(change.password), name)
    return faults


def _ends(change: Change) -> bool:
    """Whether an account administers no longer what it did."""
    loses = change.roles is not None and Role.ADMINISTRATOR not in change.roles
    return bool(change.disabled) or loses or bool(change.agency_code)


def _of_password(actor: Actor | None, login: str, password: str, name: str) -> list[PasswordFault]:
    """What is wrong with a password.

    Shape: whoever works at the machine is warned of one that is easily guessed, not refused.
    """
    fault = password_fault(login, password, name)
    if actor is None and fault in (PasswordFault.COMMON, PasswordFault.NAME):
        logger.warning("staff.password_guessable", login=login, why=str(fault), do="change it soon")
        return []
    return [fault] if fault else []


def _closing(found: StoredStaff, change: Change, now: datetime) -> dict[str, Any]:
    if change.disabled is None:
        return {}
    if change.disabled:
        return {"disabled_at": found.disabled_at or now, "disabled_why": None}
    return OPEN | {"reopened_at": now}


def _password_values(
    found: StoredStaff, hashed: str, actor: Actor | None, now: datetime
) -> dict[str, Any]:
    opened = OPEN if found.disabled_why == UNUSED else {}
    return opened | {
        "password_hash": hashed,
        "must_change": actor is not None,
        "password_changed_at": now,
        "failures": 0,
        "locked_until": None,
    }


def _end_sessions(
    connection: Connection, found: StoredStaff, change: Change, now: datetime
) -> None:
    if change.disabled:
        end_sessions_of(connection, found.id, EndedWhy.DISABLED, now)
    elif change.password is not None:
        end_sessions_of(connection, found.id, EndedWhy.PASSWORD, now)


def reset_password(runtime: Runtime, actor: Actor, login: str) -> str | Faults:
    """Give an account a made-up password, which has to be changed at once.

    Result: the password, to be shown this once.
    """
    made_up = made_up_password()
    changed = change_account(runtime, actor, login, Change(password=made_up))
    return changed if isinstance(changed, tuple) else made_up


def list_accounts(runtime: Runtime, actor: Actor | None) -> list[Listed]:
    """Every account that the actor administers, by login; all of them for a command."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        rows = all_staff(connection, _agencies(actor))
        linked = linked_staff(connection)
    return [
        Listed(
            account=account_of(runtime, row),
            closed=is_closed(row, now),
            disabled=row.disabled_at is not None,
            locked_until=_still(row.tries.locked_until, now),
            last_login_at=row.last_login_at,
            must_change=row.must_change,
            unused=row.disabled_why == UNUSED or (not row.disabled_at and is_closed(row, now)),
            disabled_at=row.disabled_at,
            factor=row.second_factor is not None,
            sign_on=row.sign_on,
            linked=row.id in linked,
            reviewed_at=row.reviewed_at or row.created_at,
            reviewed_by=row.reviewed_by,
            review_due=not row.disabled_at and review_due(row.reviewed_at or row.created_at, now),
        )
        for row in rows
    ]


def _still(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and now < until else None


def _agencies(actor: Actor | None) -> frozenset[str] | None:
    """Whose accounts may be seen; None: everyone's, also of accounts without an agency."""
    return None if actor is None or actor.account.agency_code is None else actor.agencies


def reachable(connection: Connection, actor: Actor | None, login: str) -> StoredStaff | None:
    """The account, held, when the actor administers it."""
    found, seen = staff_by_login(connection, plain_login(login), hold=True), _agencies(actor)
    beyond = found is not None and seen is not None and found.agency_code not in seen
    return None if beyond else found


def _shuts_out_oneself(actor: Actor | None, found: StoredStaff, change: Change) -> bool:
    if actor is None or found.id != actor.account.id:
        return False
    loses = change.roles is not None and Role.ADMINISTRATOR not in change.roles
    moves = change.agency_code is not None and (change.agency_code or None) != found.agency_code
    # One's own password is changed by who knows the present one.
    return change.disabled is True or change.password is not None or loses or moves


def _checked(
    runtime: Runtime, connection: Connection, actor: Actor | None, change: Change
) -> _Checked:
    checked = _Checked()
    if change.roles is not None:
        checked.values["roles"] = as_words(change.roles)
        if not change.roles:
            checked.faults.append(StaffFault.ROLES_NONE)
    if change.agency_code is not None:
        code = change.agency_code.strip()
        checked.values["agency_code"] = code or None
        checked.faults.extend(_agency_fault(connection, actor, code))
    if change.name is not None:
        name = unicodedata.normalize("NFC", " ".join(change.name.split()))
        checked.values["name"] = runtime.vault.seal(name) if name else None
        if len(name) > MOST_NAME or not name.isprintable():
            checked.faults.append(StaffFault.NAME_FORM)
    return checked


def _agency_fault(connection: Connection, actor: Actor | None, code: str) -> list[StaffFault]:
    seen = _agencies(actor)
    if seen is not None and code not in seen:  # also: no agency, which is every agency
        return [StaffFault.AGENCY_BEYOND]
    if code and (not code.isprintable() or agency_by_code(connection, code) is None):
        return [StaffFault.AGENCY_UNKNOWN]
    return []


def _told(values: Mapping[str, Any]) -> dict[str, str | bool | None]:
    """What the audit trail tells of a change: no name."""
    told: dict[str, str | bool | None] = {
        key: values[key] for key in ("roles", "agency_code") if key in values
    }
    if "disabled_at" in values:
        told["disabled"] = values["disabled_at"] is not None
    if "name" in values:
        told["name"] = "changed"
    if "password_hash" in values:
        told["new_password"] = True
    return told


def _changed(
    runtime: Runtime, found: StoredStaff, checked: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, str | int | bool | None]:
    """What the audit trail tells of a change: what is another now, before and after; no name."""
    before = {
        "roles": as_words(found.roles),
        "agency_code": found.agency_code,
        "disabled": found.disabled_at is not None,
    }
    told = _told(values)
    detail = before_after(before, {name: told[name] for name in before if name in told})
    if "name" in checked and _opened(runtime, found.name) != _opened(runtime, checked["name"]):
        detail["name"] = "changed"
    if "password_hash" in values:
        detail["new_password"] = True
    if "locked_until" in values and found.tries.locked_until is not None:
        detail["unlocked"] = True
    return detail


def _opened(runtime: Runtime, name: bytes | None) -> str:
    return runtime.vault.open_text(name) if name else ""


def _deed(
    action: str, found: StoredStaff, detail: Mapping[str, str | int | bool | None] | None = None
) -> Deed:
    return Deed(action, found.agency_code, "staff", found.login, dict(detail) if detail else None)
