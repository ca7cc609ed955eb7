"""A second factor: proved at log-in, set up, given new recovery codes, taken away."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.core.log_in import EndedWhy, another_try
from bot.core.second_factor import (
    RECOVERY_CODES,
    RECOVERY_GROUP,
    RECOVERY_GROUPS,
    RECOVERY_LETTERS,
    is_shown_code,
    plain_code,
)
from bot.core.staff import Deed
from bot.database import reading
from bot.index_key import index_key_in
from bot.log_in import Standing, forget_tries, is_closed, welcome
from bot.log_in_places import note_refused
from bot.runtime import Runtime
from bot.sign_on import link_proved
from bot.store.audit import write_deed
from bot.store.second_factors import (
    recovery_codes_left,
    replace_recovery_codes,
    spend_recovery_code,
    spend_step,
)
from bot.store.staff import StoredStaff, count_try, staff_by_login, update_staff
from bot.store.staff_sessions import end_sessions_of, prove_session
from bot.totp import enrolment_address, matching_step, new_secret
from bot.vault import Unreadable, blind_index

NONE = {"second_factor": None, "second_factor_at": None, "second_factor_step": None}


class FactorFault(StrEnum):
    """Why a second factor was not set up or changed."""

    CODE_WRONG = "code.wrong"
    OFFER_STALE = "offer.stale"  # the page was opened in another session
    ALREADY = "offer.already"  # meanwhile, in another window
    NONE = "code.none"  # there is none to be proved


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """A secret that is not in force yet: to be scanned or typed, and sent back with a code.

    Shape: `sealed` is the secret and its session, which only we can open.
    """

    secret: str
    address: str
    sealed: str


def prove_code(runtime: Runtime, present: Standing, typed: str) -> bool:
    """Complete a log-in whose password was right, or for which the provider has vouched.

    Result: False for a code that is wrong, was taken before, or comes while the account is locked;
            and where the account is somebody else at the provider by now.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = _held(connection, present)
        how = _spent(runtime, connection, present, found, typed) if found else None
        if found is None or how is None or not link_proved(runtime, connection, present, found):
            return False
        prove_session(connection, present.session_id, now)
        welcome(connection, present.actor, found, now, factor=how)
    return True


def offer_factor(runtime: Runtime, present: Standing, sealed: str = "") -> Offer:
    """A secret to be set up; the one that was offered before, while its session lasts."""
    secret = _offered(runtime, present, sealed) or new_secret()
    address = enrolment_address(secret, present.actor.account.login, runtime.settings.public_url)
    again = runtime.vault.seal(f"{present.session_id}:{secret}").decode()
    return Offer(secret, address, again)


def confirm_factor(
    runtime: Runtime, present: Standing, sealed: str, typed: str
) -> tuple[str, ...] | FactorFault:
    """Put an offered secret in force once a code of it was shown; other sessions end.

    Result: the recovery codes, to be shown this once.
    """
    now, secret = runtime.now(), _offered(runtime, present, sealed)
    if secret is None:
        return FactorFault.OFFER_STALE
    step = matching_step(secret, plain_code(typed), now)
    if step is None:
        return FactorFault.CODE_WRONG
    values = {
        "second_factor": runtime.vault.seal(secret),
        "second_factor_at": now,
        "second_factor_step": step,
    }
    with runtime.engine.begin() as connection:
        found = _held(connection, present)
        if found is None or found.second_factor is not None:
            return FactorFault.ALREADY
        update_staff(connection, found.id, values)
        codes = _fresh_codes(runtime, connection, found, now)
        session = present.session_id
        end_sessions_of(connection, found.id, EndedWhy.FACTOR, now, but=session)
        prove_session(connection, session, now)
        deed = Deed("staff.factor_set_up", found.agency_code, "staff", found.login)
        write_deed(connection, present.actor, now, deed)
    return codes


def renew_recovery_codes(
    runtime: Runtime, present: Standing, typed: str
) -> tuple[str, ...] | FactorFault:
    """Recovery codes in place of those there were, for who shows a code."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = _held(connection, present)
        if found is None or found.second_factor is None:
            return FactorFault.NONE
        if _spent(runtime, connection, present, found, typed) is None:
            return FactorFault.CODE_WRONG
        forget_tries(connection, found.id)
        deed = Deed("staff.recovery_codes", found.agency_code, "staff", found.login)
        write_deed(connection, present.actor, now, deed)
        return _fresh_codes(runtime, connection, found, now)


def drop_own_factor(runtime: Runtime, present: Standing, typed: str) -> FactorFault | None:
    """Take one's own second factor away, for another telephone; other sessions end."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = _held(connection, present)
        if found is None or found.second_factor is None:
            return FactorFault.NONE
        if _spent(runtime, connection, present, found, typed) is None:
            return FactorFault.CODE_WRONG
        forget_tries(connection, found.id)
        drop_factor(connection, found, now, but=present.session_id)
        deed = Deed("staff.factor_dropped", found.agency_code, "staff", found.login)
        write_deed(connection, present.actor, now, deed)
    return None


def drop_factor(
    connection: Connection, found: StoredStaff, now: datetime, but: int | None = None
) -> None:
    """Take an account's second factor and its recovery codes away, and end its sessions."""
    update_staff(connection, found.id, NONE)
    replace_recovery_codes(connection, found.id, (), now)
    end_sessions_of(connection, found.id, EndedWhy.FACTOR, now, but)


def codes_left(runtime: Runtime, present: Standing) -> int | None:
    """How many recovery codes are still good; None without a second factor."""
    with reading(runtime.engine) as connection:
        found = staff_by_login(connection, present.actor.account.login)
        if found is None or found.second_factor is None:
            return None
        return recovery_codes_left(connection, found.id)


def _held(connection: Connection, present: Standing) -> StoredStaff | None:
    return staff_by_login(connection, present.actor.account.login, hold=True)


def _spent(
    runtime: Runtime, connection: Connection, present: Standing, found: StoredStaff, typed: str
) -> str | None:
    """What a code is ("app" or "recovery"), once; a wrong one counts to the lock-out.

    Shape: the account is held, so that of two requests with one code the second finds it spent.
    """
    now, plain = runtime.now(), plain_code(typed)
    tries = another_try(found.tries, now)
    if tries is None or is_closed(found, now) or found.second_factor is None:
        return None
    if is_shown_code(plain):
        secret = runtime.vault.open_text(found.second_factor)
        step = matching_step(secret, plain, now)
        if step is not None and spend_step(connection, found.id, step):
            return "app"
    elif spend_recovery_code(connection, found.id, _mark(runtime, connection, found, plain), now):
        return "recovery"
    count_try(connection, found.id, tries)
    action = "login.locked" if tries.locked_until else "login.code_refused"
    deed = Deed(action, found.agency_code, "staff", found.login)
    write_deed(connection, None, now, deed, present.actor.address)
    note_refused(connection, present.actor.address, now)
    return None


def _offered(runtime: Runtime, present: Standing, sealed: str) -> str | None:
    try:
        session, _, secret = runtime.vault.open_text(sealed.encode()).partition(":")
    except (Unreadable, UnicodeDecodeError):
        return None
    return secret if session == str(present.session_id) else None


def _fresh_codes(
    runtime: Runtime, connection: Connection, found: StoredStaff, now: datetime
) -> tuple[str, ...]:
    codes = tuple(_made_up_code() for _ in range(RECOVERY_CODES))
    marks = [_mark(runtime, connection, found, plain_code(code)) for code in codes]
    replace_recovery_codes(connection, found.id, marks, now)
    return codes


def _mark(runtime: Runtime, connection: Connection, found: StoredStaff, plain: str) -> bytes:
    """What is stored of a recovery code: nothing that can be guessed without our key."""
    return blind_index(index_key_in(runtime, connection), f"recovery:{found.id}:{plain}")


def _made_up_code() -> str:
    groups = (
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_GROUP))
        for _ in range(RECOVERY_GROUPS)
    )
    return "-".join(groups)
