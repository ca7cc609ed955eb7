"""How an account may log in: by password, by the identity provider too, or by that alone."""

from sqlalchemy import Connection

from bot.core.changed_facts import before_after
from bot.core.log_in import EndedWhy
from bot.core.sign_on import SignOn
from bot.core.staff import Account, Actor, Deed
from bot.last_password import is_last_with_password
from bot.log_in import account_of
from bot.runtime import Runtime
from bot.staff import Faults, StaffFault, reachable
from bot.store.audit import write_deed
from bot.store.identities import unlink_identities
from bot.store.staff import StoredStaff, update_staff
from bot.store.staff_sessions import end_sessions_of

BY_PASSWORD = "password"  # noqa: S105  (a way, not a secret)


def change_sign_on(
    runtime: Runtime,
    actor: Actor | None,
    login: str,
    wished: SignOn | None,
    session: int | None = None,
) -> Account | Faults:
    """Let an account log in so from now on; None: by password alone.

    Sessions that were open end, but `session`, the one in which it is changed. By password
    alone, the account forgets who it was at the provider.

    Shape:  `actor` is None for a command at the machine.
    Result: every fault together.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = reachable(connection, actor, login)
        if found is None:
            return (StaffFault.LOGIN_UNKNOWN,)
        faults = _faults(runtime, connection, found, wished)
        if faults:
            return faults
        if wished is not found.sign_on:
            update_staff(connection, found.id, {"sign_on": wished})
            if wished is None:
                unlink_identities(connection, found.id)
            end_sessions_of(connection, found.id, EndedWhy.SIGN_ON, now, but=session)
            was, now_is = ({"sign_on": one or BY_PASSWORD} for one in (found.sign_on, wished))
            detail = before_after(was, now_is)
            deed = Deed("staff.changed", found.agency_code, "staff", found.login, detail)
            write_deed(connection, actor, now, deed)
    return account_of(runtime, found)


def _faults(
    runtime: Runtime, connection: Connection, found: StoredStaff, wished: SignOn | None
) -> Faults:
    if wished is None:
        return ()
    if not runtime.settings.oidc_issuer:
        return (StaffFault.SIGN_ON_OFF,)
    last = wished is SignOn.ONLY and is_last_with_password(connection, found, runtime.now())
    return (StaffFault.SIGN_ON_LAST,) if last else ()
