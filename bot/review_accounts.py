"""Accounts looked over every six months: confirmed or closed one by one; unused ones closed."""

from collections.abc import Sequence
from datetime import timedelta

from bot.core.log_in import EndedWhy, is_unused
from bot.core.staff import Account, Actor, Deed
from bot.database import reading
from bot.log_in import account_of
from bot.logs import log
from bot.runtime import Runtime
from bot.staff import UNUSED, Faults, Listed, StaffFault, list_accounts, reachable
from bot.store.audit import write_deed
from bot.store.staff import StoredStaff, all_staff, as_words, staff_by_login, update_staff
from bot.store.staff_sessions import end_sessions_of

REVIEW = "review"  # why an account was closed that its reviewer did not confirm
SHOWN = timedelta(days=30)  # for which administrators are told that an unused account was closed

logger = log(__name__)


def to_review(runtime: Runtime, actor: Actor) -> list[Listed]:
    """The open accounts that the actor administers, those that have to be looked at first."""
    rows = [one for one in list_accounts(runtime, actor) if not one.disabled]
    return sorted(rows, key=lambda one: (not one.review_due, one.account.login))


def count_reviews_due(runtime: Runtime, actor: Actor | None) -> int:
    """How many open accounts have to be confirmed, of those that the actor administers."""
    return sum(one.review_due for one in list_accounts(runtime, actor))


def review_account(runtime: Runtime, actor: Actor, login: str, keep: bool) -> Account | Faults:
    """Confirm that an account is still needed as it is, or close it.

    The trail keeps the roles and the agency that were confirmed.

    Result: every fault together.
    """
    now = runtime.now()
    with runtime.engine.begin() as connection:
        found = reachable(connection, actor, login)
        if found is None or found.disabled_at is not None:
            return (StaffFault.LOGIN_UNKNOWN,)
        if not keep and found.id == actor.account.id:
            return (StaffFault.LOGIN_OWN,)
        values = {"reviewed_at": now, "reviewed_by": actor.account.login}
        if not keep:
            values |= {"disabled_at": now, "disabled_why": REVIEW}
            end_sessions_of(connection, found.id, EndedWhy.DISABLED, now)
        update_staff(connection, found.id, values)
        write_deed(connection, actor, now, _reviewed(found, keep))
    return account_of(runtime, found)


def export_accounts(runtime: Runtime, actor: Actor) -> list[Listed]:
    """Every account that the actor administers, for a file; the trail tells that it was made."""
    rows, account = list_accounts(runtime, actor), actor.account
    deed = Deed("staff.exported", account.agency_code, detail={"accounts": len(rows)})
    with runtime.engine.begin() as connection:
        write_deed(connection, actor, runtime.now(), deed)
    return rows


def _reviewed(found: StoredStaff, keep: bool) -> Deed:
    detail: dict[str, str | int | bool | None] = {
        "kept": keep,
        "roles": as_words(found.roles),
        "agency_code": found.agency_code,
    }
    return Deed("staff.reviewed", found.agency_code, "staff", found.login, detail)


def close_unused(runtime: Runtime) -> list[str]:
    """Close every account that nobody used for 45 days; their logins.

    Nobody could log in with them by then; closing them shows it, and keeps it so when the rule
    is changed. A clock that was moved for a rehearsal closes none: they would stay closed.
    """
    if runtime.settings.clock_offset_seconds:
        return []
    now = runtime.now()
    with reading(runtime.engine) as connection:
        logins = [one.login for one in all_staff(connection, None) if _lies_idle(runtime, one)]
    closed = []
    for login in logins:
        with runtime.engine.begin() as connection:
            found = staff_by_login(connection, login, hold=True)
            if found is None or not _lies_idle(runtime, found):
                continue
            update_staff(connection, found.id, {"disabled_at": now, "disabled_why": UNUSED})
            end_sessions_of(connection, found.id, EndedWhy.DISABLED, now)
            deed = Deed("staff.closed_unused", found.agency_code, "staff", found.login)
            write_deed(connection, None, now, deed)
        closed.append(login)
    if closed:
        logger.info("staff.closed_unused", accounts=len(closed))
    return closed


def _lies_idle(runtime: Runtime, found: StoredStaff) -> bool:
    used = found.last_login_at, found.password_changed_at
    return found.disabled_at is None and is_unused(*used, runtime.now(), found.reopened_at)


def closed_of_late(rows: Sequence[Listed], runtime: Runtime) -> list[Listed]:
    """Of these accounts, those that were closed for want of use within the last month."""
    since = runtime.now() - SHOWN
    closed = ((one, one.disabled_at) for one in rows if one.unused)
    return [one for one, at in closed if at is not None and at >= since]


def count_closed_of_late(runtime: Runtime, actor: Actor) -> int:
    """How many of the actor's accounts were closed for want of use within the last month."""
    return len(closed_of_late(list_accounts(runtime, actor), runtime))
