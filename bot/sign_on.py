"""Logging in by the identity provider: which account of ours is whom it vouches for."""

import secrets
from datetime import datetime

from sqlalchemy import Connection

from bot.core.log_in import EndedWhy, another_try, plain_login
from bot.core.sign_on import SignOnFault, Vouched
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.index_key import index_key
from bot.log_in import Opened, Standing, actor_of, is_closed, is_to_enrol, token_mark, welcome
from bot.log_in_places import note_refused, refuse_busy_place
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.identities import is_linked, link_identity, login_of_identity
from bot.store.staff import StoredStaff, staff_by_login
from bot.store.staff_sessions import Vouching, end_session, insert_session, mark_to_link
from bot.vault import blind_index

WAY = "provider"


def sign_on(runtime: Runtime, vouched: Vouched, address: str) -> Opened | SignOnFault:
    """Open a session for whom the provider vouches; roles and agency are ours alone.

    Shape:  the account is the one that was linked before; else the one with that login, which is
            linked from now on. An administrator has let it in this way, and it is not closed,
            unused or locked. Our second factor is asked for where the provider asked for none;
            an account that has one is linked once it is proved.
    Result: NO_ACCOUNT alike for nobody, for one that is not let in and for one that is closed.
    Errors: TooManyRefused for a place that has to wait, but not for who logged in there of late.
    """
    mark = identity_mark(runtime, vouched)
    with reading(runtime.engine) as connection:
        login = _login(connection, vouched, mark)
    refuse_busy_place(runtime, login, address)
    now, token = runtime.now(), secrets.token_urlsafe(32)
    with runtime.engine.begin() as connection:
        login = _login(connection, vouched, mark)
        found = staff_by_login(connection, login, hold=True) if login else None
        proves = found is not None and _proves(found, vouched)
        if found is None or not _lets_in(runtime, connection, found, vouched, mark, address):
            _refuse(connection, found, SignOnFault.NO_ACCOUNT, address, now)
            return SignOnFault.NO_ACCOUNT
        actor, later = actor_of(runtime, found, {}, address), mark if proves else None
        vouching = Vouching(runtime.vault.seal(vouched.token), vouched.factor, later)
        insert_session(connection, token_mark(token), found.id, now, vouching)
        if proves:
            half = Deed("login.half", found.agency_code, "staff", found.login, {"way": WAY})
            write_deed(connection, actor, now, half)
        else:
            how = {"way": WAY, "factor": WAY} if vouched.factor else {"way": WAY}
            welcome(connection, actor, found, now, **how)
    enrols = not vouched.factor and is_to_enrol(runtime, found)
    return Opened(token, must_change=False, must_prove=proves, must_enrol=enrols)


def link_proved(
    runtime: Runtime, connection: Connection, present: Standing, found: StoredStaff
) -> bool:
    """Our second factor is proved: link the account to whom the provider vouched for, if it did.

    Result: False where the account or that person was linked to another meanwhile, or it may log
            in so no longer; the session is over then.
    """
    mark, now = mark_to_link(connection, present.session_id), runtime.now()
    if mark is None:
        return True
    issuer = runtime.settings.oidc_issuer
    if found.sign_on is not None and _link(connection, present.actor, found, issuer, mark, now):
        return True
    end_session(connection, present.session_id, EndedWhy.SIGN_ON, now)
    _refuse(connection, found, SignOnFault.NO_ACCOUNT, present.actor.address, now)
    return False


def refuse_sign_on(runtime: Runtime, fault: SignOnFault, address: str) -> None:
    """Write down that what came back from the provider was not believed; it counts by its place."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        _refuse(connection, None, fault, address, now)
        note_refused(connection, address, now)


def identity_mark(runtime: Runtime, vouched: Vouched) -> bytes:
    """What is stored of an identity: nothing that tells who it is."""
    return blind_index(index_key(runtime), f"identity:{vouched.issuer}\n{vouched.subject}")


def _login(connection: Connection, vouched: Vouched, mark: bytes) -> str:
    """The login of the account that may be meant; "" for none."""
    return login_of_identity(connection, mark) or plain_login(vouched.login)


def _lets_in(
    runtime: Runtime,
    connection: Connection,
    found: StoredStaff,
    vouched: Vouched,
    mark: bytes,
    address: str,
) -> bool:
    """Whether this account may log in so; it is linked where nothing is left to be proved."""
    now = runtime.now()
    locked = another_try(found.tries, now) is None
    if found.sign_on is None or locked or is_closed(found, now):
        return False
    if _proves(found, vouched):
        is_same = login_of_identity(connection, mark) == found.login
        return is_same or not is_linked(connection, found.id, vouched.issuer)
    actor = actor_of(runtime, found, {}, address)
    return _link(connection, actor, found, vouched.issuer, mark, now)


def _proves(found: StoredStaff, vouched: Vouched) -> bool:
    """Whether our second factor is still to come."""
    return found.second_factor is not None and not vouched.factor


def _link(
    connection: Connection,
    actor: Actor,
    found: StoredStaff,
    issuer: str,
    mark: bytes,
    now: datetime,
) -> bool:
    """Link an account, unless it is; False when either is linked to another."""
    whose = login_of_identity(connection, mark)
    if whose is not None:
        return whose == found.login
    if not link_identity(connection, found.id, issuer, mark, now):
        return False
    write_deed(
        connection, actor, now, Deed("staff.linked", found.agency_code, "staff", found.login)
    )
    return True


def _refuse(
    connection: Connection,
    found: StoredStaff | None,
    fault: SignOnFault,
    address: str,
    now: datetime,
) -> None:
    """Tell the trail; a person whom the provider knows has guessed nothing, and counts for none."""
    detail: dict[str, str | int | bool | None] = {"way": WAY, "why": str(fault)}
    deed = Deed("login.refused", detail=detail)
    if found is not None:
        deed = Deed("login.refused", found.agency_code, "staff", found.login, detail)
    write_deed(connection, None, now, deed, address)
