"""Where refused log-ins come from: a place with too many of them waits, whoever it asks for."""

from datetime import datetime

from sqlalchemy import Connection

from bot.core.log_in import KNOWN_HERE, MOST_REFUSED, REFUSED_WINDOW, plain_login, refusal_place
from bot.core.staff import Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.login_refusals import logged_in_from, note_refusal, refused_before


class TooManyRefused(Exception):
    """No password is looked at for now; `until` is when the place may try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many log-ins were refused; until {until:%H:%M} UTC")
        self.until = until


def refuse_busy_place(runtime: Runtime, login: str, address: str) -> None:
    """Let a log-in go on to its password, or raise TooManyRefused.

    Costs one look at an index, where a password costs a core for 20 ms. Who logged in from this
    address of late is let through all the same: one machine gone wrong does not shut out the
    office that it stands in, and the lock of each account still holds.
    """
    place = refusal_place(address)
    if not place:
        return
    now = runtime.now()
    with reading(runtime.engine) as connection:
        oldest = refused_before(connection, place, now - REFUSED_WINDOW, MOST_REFUSED)
        if oldest is None:
            return
        plain = plain_login(login)
        if plain and logged_in_from(connection, plain, address, now - KNOWN_HERE):
            return
    raise TooManyRefused(oldest + REFUSED_WINDOW)


def note_refused(connection: Connection, address: str, now: datetime) -> None:
    """Count a refused log-in against its place; the trail tells once when it has to wait."""
    place = refusal_place(address)
    if not place:
        return
    note_refusal(connection, place, now)
    since = now - REFUSED_WINDOW
    if refused_before(connection, place, since, MOST_REFUSED) is None:
        return
    if refused_before(connection, place, since, MOST_REFUSED + 1) is None:
        write_deed(connection, None, now, Deed("login.place_waits"), address)
