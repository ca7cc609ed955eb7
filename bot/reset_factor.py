"""The second factor of another who lost it, taken away, so that it can be set up anew."""

from bot.core.staff import Account, Actor, Deed
from bot.log_in import account_of
from bot.runtime import Runtime
from bot.second_factor import drop_factor
from bot.staff import Faults, StaffFault, reachable
from bot.store.audit import write_deed


def reset_factor(runtime: Runtime, actor: Actor | None, login: str) -> Account | Faults:
    """Take an account's second factor away; every session of it ends.

    Shape:  `actor` is None for a command at the machine, which may do it for the last
            administrator; nobody does it for oneself.
    Result: every fault together.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = reachable(connection, actor, login)
        if found is None:
            return (StaffFault.LOGIN_UNKNOWN,)
        if actor is not None and found.id == actor.account.id:
            return (StaffFault.LOGIN_OWN,)
        if found.second_factor is None:
            return (StaffFault.FACTOR_NONE,)
        drop_factor(connection, found, now)
        deed = Deed("staff.factor_reset", found.agency_code, "staff", found.login)
        write_deed(connection, actor, now, deed)
    return account_of(runtime, found)
