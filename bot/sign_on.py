"""Logging in by the identity provider: which account of ours is whom it vouches for."""

import secrets

from sqlalchemy import Connection

from bot.core.log_in import another_try, plain_login
from bot.core.sign_on import SignOnFault, Vouched
from bot.core.staff import Deed
from bot.index_key import index_key
from bot.log_in import Opened, actor_of, is_closed, is_to_enrol, token_mark, welcome
from bot.log_in_places import note_refused
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.identities import link_identity, login_of_identity
from bot.store.staff import StoredStaff, staff_by_login
from bot.store.staff_sessions import insert_session, prove_session
from bot.vault import blind_index

WAY = "provider"


def sign_on(runtime: Runtime, vouched: Vouched, address: str) -> Opened | SignOnFault:
    """Open a session for whom the provider vouches; roles and agency are ours alone.

    Shape:  the account is the one that was linked before; else the one with that login, which is
            linked from now on. An administrator has let it in this way, and it is not closed,
            unused or locked. Our second factor is asked for where the provider asked for none.
    Result: NO_ACCOUNT alike for nobody, for one that is not let in and for one that is closed.
    """
    mark = identity_mark(runtime, vouched)
    now, token = runtime.now(), secrets.token_urlsafe(32)
    with runtime.engine.begin() as connection:
        login = login_of_identity(connection, mark) or plain_login(vouched.login)
        found = staff_by_login(connection, login, hold=True) if login else None
        if found is None or not _lets_in(runtime, connection, found, vouched, mark, address):
            _refuse(runtime, connection, found, SignOnFault.NO_ACCOUNT, address)
            return SignOnFault.NO_ACCOUNT
        actor = actor_of(runtime, found, {}, address)
        sealed = runtime.vault.seal(vouched.token)
        session = insert_session(connection, token_mark(token), found.id, now, sealed)
        proves = found.second_factor is not None and not vouched.factor
        if vouched.factor:
            prove_session(connection, session, now)
            welcome(connection, actor, found, now, way=WAY, factor=WAY)
        elif proves:
            half = Deed("login.half", found.agency_code, "staff", found.login, {"way": WAY})
            write_deed(connection, actor, now, half)
        else:
            welcome(connection, actor, found, now, way=WAY)
    enrols = not vouched.factor and is_to_enrol(runtime, found)
    return Opened(token, must_change=False, must_prove=proves, must_enrol=enrols)


def refuse_sign_on(runtime: Runtime, fault: SignOnFault, address: str) -> None:
    """Write down that what came back from the provider was not believed; it counts by its place."""
    with runtime.engine.begin() as connection:
        _refuse(runtime, connection, None, fault, address)


def identity_mark(runtime: Runtime, vouched: Vouched) -> bytes:
    """What is stored of an identity: nothing that tells who it is."""
    return blind_index(index_key(runtime), f"identity:{vouched.issuer}\n{vouched.subject}")


def _lets_in(
    runtime: Runtime,
    connection: Connection,
    found: StoredStaff,
    vouched: Vouched,
    mark: bytes,
    address: str,
) -> bool:
    """Whether this account may log in so; one that does for the first time is linked."""
    now = runtime.now()
    locked = another_try(found.tries, now) is None
    if found.sign_on is None or locked or is_closed(found, now):
        return False
    if login_of_identity(connection, mark) == found.login:
        return True
    if not link_identity(connection, found.id, vouched.issuer, mark, now):
        return False  # the account is somebody else at the provider
    actor = actor_of(runtime, found, {}, address)
    deed = Deed("staff.linked", found.agency_code, "staff", found.login)
    write_deed(connection, actor, now, deed)
    return True


def _refuse(
    runtime: Runtime,
    connection: Connection,
    found: StoredStaff | None,
    fault: SignOnFault,
    address: str,
) -> None:
    now, detail = runtime.now(), {"way": WAY, "why": str(fault)}
    deed = Deed("login.refused", detail={**detail})
    if found is not None:
        deed = Deed("login.refused", found.agency_code, "staff", found.login, {**detail})
    write_deed(connection, None, now, deed, address)
    note_refused(connection, address, now)
