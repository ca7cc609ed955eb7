"""One's own password at the console, changed by who knows the present one."""

from bot.core.log_in import (
    FORMER_PASSWORDS,
    EndedWhy,
    PasswordFault,
    password_fault,
    plain_password,
)
from bot.core.staff import Deed
from bot.database import reading
from bot.log_in import Standing, forget_tries, proved
from bot.passwords import hash_password, is_password
from bot.runtime import Runtime
from bot.staff import Faults, StaffFault
from bot.store.audit import write_deed
from bot.store.former_passwords import former_passwords, keep_former_password
from bot.store.staff import StoredStaff, update_staff
from bot.store.staff_sessions import end_sessions_of


def change_own_password(runtime: Runtime, present: Standing, typed: str, wished: str) -> Faults:
    """Change the password of who is logged in; every other session of theirs ends.

    Result: what is wrong; empty when it was changed.
    """
    actor, now, wished = present.actor, runtime.now(), plain_password(wished)
    login = actor.account.login
    if fault := password_fault(login, wished, actor.account.name):
        return (fault,)
    found = proved(runtime, login, typed, actor.address)
    if found is None:
        return (StaffFault.PRESENT_WRONG,)
    used = _was_used(runtime, found, wished)
    deed = Deed("staff.password_changed", found.agency_code, "staff", found.login)
    values = {"password_hash": hash_password(wished), "must_change": False}
    with runtime.engine.begin() as connection:
        forget_tries(connection, found.id)
        if used:
            return (PasswordFault.USED,)
        update_staff(connection, found.id, values | {"password_changed_at": now})
        left = found.password_hash
        keep_former_password(connection, found.id, left, now, FORMER_PASSWORDS - 1)
        end_sessions_of(connection, found.id, EndedWhy.PASSWORD, now, but=present.session_id)
        write_deed(connection, actor, now, deed)
    return ()


def _was_used(runtime: Runtime, found: StoredStaff, wished: str) -> bool:
    """Whether a password is the present one, or one of the last ones."""
    with reading(runtime.engine) as connection:
        former = former_passwords(connection, found.id, FORMER_PASSWORDS - 1)
    return any(is_password(hashed, wished) for hashed in (found.password_hash, *former))
