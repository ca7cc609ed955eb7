"""Logging in to the console: a password checked, a session opened, looked up and ended."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import Connection

from bot.core.agency import family
from bot.core.log_in import (
    SIGHT,
    EndedWhy,
    Tries,
    another_try,
    is_unused,
    must_change,
    plain_login,
    session_end,
    taken_back,
)
from bot.core.second_factor import needs_factor
from bot.core.sign_on import SignOn
from bot.core.staff import Account, Actor, Deed
from bot.database import reading
from bot.log_in_places import note_refused, refuse_busy_place
from bot.passwords import hash_password, is_outdated, is_password
from bot.runtime import Runtime
from bot.store.agencies import agency_parents
from bot.store.audit import write_deed
from bot.store.staff import StoredStaff, count_try, staff_by_login, update_staff
from bot.store.staff_sessions import (
    StoredSession,
    end_session,
    insert_session,
    provider_token_of,
    see_session,
    session_by_mark,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is logged in, in which session, and what has to be done before anything else.

    Shape: `must_prove` while the password alone was given, and a code is still to come;
           `must_enrol` where a second factor is required and there is none.
    """

    actor: Actor
    session_id: int
    must_change: bool
    must_prove: bool = False
    must_enrol: bool = False


class NoSession(StrEnum):
    """Why nobody is logged in: the way the last session ended, or that there was none."""

    NONE = "none"
    IDLE = EndedWhy.IDLE.value
    AGE = EndedWhy.AGE.value
    PASSWORD = EndedWhy.PASSWORD.value
    DISABLED = EndedWhy.DISABLED.value
    LOGOUT = EndedWhy.LOGOUT.value
    FACTOR = EndedWhy.FACTOR.value
    SIGN_ON = EndedWhy.SIGN_ON.value


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A session that has just begun, and the token that only its browser holds.

    Shape: as in Standing.
    """

    token: str
    must_change: bool
    must_prove: bool = False
    must_enrol: bool = False


def log_in(runtime: Runtime, login: str, password: str, address: str) -> Opened | None:
    """Open a session for who knows the password.

    Result: None alike, and after as long, for an unknown login, a wrong password, a locked, a
            disabled and a long unused account.
    Errors: TooManyRefused for a place that has to wait, before the password is looked at.
    """
    refuse_busy_place(runtime, login, address)
    found = proved(runtime, login, password, address)
    return _open(runtime, found, password, address) if found else None


def proved(runtime: Runtime, login: str, password: str, address: str) -> StoredStaff | None:
    """The account of a login and its password; None alike, and after as long, whatever is wrong.

    Shape: the try is counted as wrong before the password is looked at, under the account's
           lock, and whoever goes on with a right one takes it back (`forget_tries`): many tries
           at one instant are no more than five.
    """
    let_in = _let_in(runtime, plain_login(login))
    right = is_password(let_in.staff.password_hash if let_in else None, password)
    if let_in is None or not right:
        _write_refusal(runtime, let_in, address)
        return None
    return let_in.staff


@dataclass(frozen=True, slots=True, repr=False)
class _LetIn:
    """An account that may try, and whether this try, if wrong, was the last for now."""

    staff: StoredStaff
    locks: bool


def _let_in(runtime: Runtime, login: str) -> _LetIn | None:
    """The account, when it may try; the try is counted."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = staff_by_login(connection, login, hold=True)
        if found is None or is_closed(found, now) or found.sign_on is SignOn.ONLY:
            return None
        tries = another_try(found.tries, now)
        if tries is None:
            return None
        count_try(connection, found.id, tries)
    return _LetIn(found, tries.locked_until is not None)


def _write_refusal(runtime: Runtime, let_in: _LetIn | None, address: str) -> None:
    """What was typed as a login may be a password: only a known one is written down."""
    deed = Deed("login.refused")
    if let_in is not None:
        action = "login.locked" if let_in.locks else "login.refused"
        deed = Deed(action, let_in.staff.agency_code, "staff", let_in.staff.login)
    now = runtime.now()
    with runtime.engine.begin() as connection:
        write_deed(connection, None, now, deed, address)
        note_refused(connection, address, now)


def _open(runtime: Runtime, found: StoredStaff, password: str, address: str) -> Opened | None:
    now, token = runtime.now(), secrets.token_urlsafe(32)
    fresh = hash_password(password) if is_outdated(found.password_hash) else found.password_hash
    with runtime.engine.begin() as connection:
        held = staff_by_login(connection, found.login, hold=True)
        if held is None or held.password_hash != found.password_hash:
            return None  # changed while the password was being checked
        if is_closed(held, now) or held.sign_on is SignOn.ONLY:
            return None
        update_staff(connection, held.id, {"password_hash": fresh})
        insert_session(connection, token_mark(token), held.id, now)
        actor = actor_of(runtime, held, {}, address)
        if held.second_factor is None:
            welcome(connection, actor, held, now)
        else:  # the code is still to come: wrong ones are counted on from here
            count_try(connection, held.id, taken_back(held.tries))
            half = Deed("login.half", held.agency_code, "staff", held.login)
            write_deed(connection, actor, now, half)
    proves = held.second_factor is not None
    return Opened(token, is_to_change(runtime, held, now), proves, is_to_enrol(runtime, held))


def welcome(
    connection: Connection, actor: Actor, found: StoredStaff, now: datetime, **how: str
) -> None:
    """All that was asked for was right: the account is logged in.

    Shape: `how` is for the trail: which `factor` proved it, which `way` it came.
    """
    update_staff(connection, found.id, {"last_login_at": now})
    forget_tries(connection, found.id)
    deed = Deed("login.ok", found.agency_code, "staff", found.login, {**how} or None)
    write_deed(connection, actor, now, deed)


def forget_tries(connection: Connection, staff_id: int) -> None:
    """All was right: no wrong passwords or codes stand in a row any more."""
    count_try(connection, staff_id, Tries(0, None))


def is_closed(found: StoredStaff, now: datetime) -> bool:
    """Whether nobody can log in with this account, whatever the password."""
    used = found.last_login_at, found.password_changed_at
    return found.disabled_at is not None or is_unused(*used, now, found.reopened_at)


def is_to_change(runtime: Runtime, found: StoredStaff, now: datetime) -> bool:
    """Whether the password has to be changed before anything else is done."""
    if found.sign_on is SignOn.ONLY:  # it has one, but opens nothing with it
        return False
    most = runtime.settings.password_max_days
    return found.must_change or must_change(found.roles, found.password_changed_at, now, most)


def is_to_enrol(runtime: Runtime, found: StoredStaff) -> bool:
    """Whether a second factor has to be set up before anything else is done."""
    required = runtime.settings.second_factor == "required"
    return required and found.second_factor is None and needs_factor(found.roles)


def standing(
    runtime: Runtime, token: str, address: str, renews: bool = True
) -> Standing | NoSession:
    """Who holds this token, or why nobody does.

    Shape: `renews` is False for what a page asks by itself: it does not keep a session alive.
    """
    if not token:
        return NoSession.NONE
    now = runtime.now()
    with reading(runtime.engine) as connection:
        found = session_by_mark(connection, token_mark(token))
        parents = agency_parents(connection)
    if found is None:
        return NoSession.NONE
    why = _over(found, now)
    if why is not None:
        _end(runtime, found, why)
        return NoSession(why)
    if renews and now - found.seen_at >= SIGHT:
        with runtime.engine.begin() as connection:
            see_session(connection, found.id, now)
    actor = actor_of(runtime, found.staff, parents, address)
    return Standing(
        actor=actor,
        session_id=found.id,
        must_change=not found.by_provider and is_to_change(runtime, found.staff, now),
        must_prove=found.staff.second_factor is not None and found.factor_at is None,
        must_enrol=not found.provider_factor and is_to_enrol(runtime, found.staff),
    )


def _over(found: StoredSession, now: datetime) -> EndedWhy | None:
    if found.ended_why is not None:
        return found.ended_why
    if found.staff.disabled_at is not None:
        return EndedWhy.DISABLED
    return session_end(found.created_at, found.seen_at, now)


def _end(runtime: Runtime, found: StoredSession, why: EndedWhy) -> None:
    if found.ended_why is None:
        with runtime.engine.begin() as connection:
            end_session(connection, found.id, why, runtime.now())


def log_out(runtime: Runtime, present: Standing) -> str:
    """End the session.

    Result: what the identity provider vouched with, to end the session there too; "" for a
            session by password.
    """
    now, account = runtime.now(), present.actor.account
    with runtime.engine.begin() as connection:
        vouched = provider_token_of(connection, present.session_id)
        if end_session(connection, present.session_id, EndedWhy.LOGOUT, now):
            deed = Deed("login.ended", account.agency_code, "staff", account.login)
            write_deed(connection, present.actor, now, deed)
    return runtime.vault.open_text(vouched) if vouched else ""


def actor_of(
    runtime: Runtime, found: StoredStaff, parents: dict[str, str | None], address: str
) -> Actor:
    """The account as one who acts; `parents` as in bot.core.agency.family."""
    everywhere = found.agency_code is None
    covered = frozenset(parents) if everywhere else family(parents, str(found.agency_code))
    return Actor(account_of(runtime, found), address, covered)


def account_of(runtime: Runtime, found: StoredStaff) -> Account:
    """The account with its name opened."""
    name = runtime.vault.open_text(found.name) if found.name else ""
    return Account(found.id, found.login, name, found.roles, found.agency_code)


def token_mark(token: str) -> bytes:
    """What is stored of a session's token."""
    return sha256(token.encode()).digest()
