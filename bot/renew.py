"""The token guardian: links the pair, watches it, renews it in time, hands it to senders."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, sleep

from bot.channels.channel import Again, SendFailed
from bot.channels.zalo_oauth import pair_from
from bot.database import AWAY, reading
from bot.logs import log
from bot.renewal import (
    CARRIER,
    DUE,
    OPERATOR,
    REFUSED,
    WHAT_TO_DO,
    Renewal,
    look,
    renew,
    sealed,
)
from bot.runtime import Runtime
from bot.store.tokens import CONSENT_NEEDED, StoredPair, link_pair, note_version, renewals_since
from bot.vault import Unreadable

RENEW_AT = 0.8  # of the access token's life: 20 of 25 hours
AT_LEAST_EVERY = timedelta(days=28)  # so that the refresh token of three months never lapses
REFRESH_LIFE = timedelta(days=90)
MOST_REFUSED_AN_HOUR = 10  # renewals because Zalo refused a token; more would be a loop
BELIEVED = 5.0  # seconds for which a token that was read is handed out without reading again
WAIT_FOR_OTHER = 8.0  # seconds for another process's renewal; it takes 9 at the very most
LOOK_EVERY = 0.1
NO_HOPE = 2.0  # seconds for which all threads share one failure to get a newer token
DATABASE_AWAY = "the database with the access token does not answer"

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class TokenStatus:
    """What operators may see of the pair; Units: seconds. Never the tokens."""

    linked: bool
    usable: bool  # there is an access token that has not expired by the clock
    consent_needed: bool
    age_seconds: float | None = None
    expires_in_seconds: float | None = None  # of the access token; negative once it has
    refresh_expires_in_seconds: float | None = None
    renewing: bool = False
    tries: int = 0
    version: int = 0
    fault: str | None = None


def link(runtime: Runtime, access: str, refresh: str, expires_in: int | None = None) -> None:
    """Store the pair that an operator brought; messages that waited for it are rung for.

    Units:  `expires_in` in seconds; None means one hour.
    Errors: ValueError naming what is no token, never its value.
    """
    given = {"access_token": access, "refresh_token": refresh, "expires_in": expires_in}
    new = sealed(runtime, pair_from(given), runtime.now())
    with runtime.engine.begin() as connection:
        version = link_pair(connection, CARRIER, new)
        life = "" if expires_in is None else f"{expires_in} s"
        note_version(connection, CARRIER, version, new.issued_at, "linked", life)
    logger.info("zalo.linked", version=version)
    runtime.bell.ring("chat")


def status(runtime: Runtime) -> TokenStatus:
    """Ages and state of the pair, for doctor, metrics and `zalo status`."""
    row, now = look(runtime), runtime.now()
    if row is None:
        return TokenStatus(linked=False, usable=False, consent_needed=False)
    return TokenStatus(
        linked=True,
        usable=now < row.expires_at,
        consent_needed=row.state == CONSENT_NEEDED,
        age_seconds=(now - row.issued_at).total_seconds(),
        expires_in_seconds=(row.expires_at - now).total_seconds(),
        refresh_expires_in_seconds=(row.issued_at + REFRESH_LIFE - now).total_seconds(),
        renewing=_leased(row, now),
        tries=row.tries,
        version=row.version,
        fault=row.fault,
    )


def renew_if_due(runtime: Runtime) -> Renewal:
    """Renew at 80 % of the access token's life, and finish what another process left unclear."""
    row, now = look(runtime), runtime.now()
    if row is None:
        return Renewal.NO_TOKEN
    if not _is_due(row, now):
        return Renewal.NOT_DUE
    return renew(runtime, row, DUE)


def renew_now(runtime: Runtime) -> None:
    """Renew because an operator says so, whatever the age and also after an unclear outcome.

    Errors: SendFailed saying why there is no new pair.
    """
    row = look(runtime)
    if row is None:
        raise SendFailed(Again.HALT, f"no access token: {WHAT_TO_DO}")
    outcome = renew(runtime, row, OPERATOR)
    if outcome is not Renewal.RENEWED:
        again = Again.HALT if outcome is Renewal.CONSENT_NEEDED else Again.LATER
        raise SendFailed(again, f"no new pair ({outcome}){_fault_of(runtime)}")


def renew_refused(runtime: Runtime, row: StoredPair) -> Renewal:
    """Renew because Zalo refused the access token, or because it has expired by the clock."""
    now = runtime.now()
    if row.state == CONSENT_NEEDED:
        return Renewal.CONSENT_NEEDED
    if _leased(row, now):
        return Renewal.BUSY
    if row.retry_at and now < row.retry_at:
        return Renewal.NOT_DUE
    with reading(runtime.engine) as connection:
        lately = renewals_since(connection, CARRIER, REFUSED, now - timedelta(hours=1))
    if lately >= MOST_REFUSED_AN_HOUR:
        return Renewal.POINTLESS
    return renew(runtime, row, REFUSED)


def _is_due(row: StoredPair, now: datetime) -> bool:
    if row.state == CONSENT_NEEDED or _leased(row, now) or (row.retry_at and now < row.retry_at):
        return False
    age, life = now - row.issued_at, row.expires_at - row.issued_at
    return row.tries > 0 or age >= min(life * RENEW_AT, AT_LEAST_EVERY)


def _leased(row: StoredPair, now: datetime) -> bool:
    return row.renewing_until is not None and now < row.renewing_until


def _fault_of(runtime: Runtime) -> str:
    row = look(runtime)
    return f": {row.fault}; {WHAT_TO_DO}" if row and row.state == CONSENT_NEEDED else ""


class TokenSource:
    """Hands the access token to the threads of one process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._token = ""
        self._believed_until = -1.0
        self._failure: tuple[float, str, SendFailed | None] | None = None

    def current(self) -> str:
        """The access token; read from the database at most every five seconds.

        Errors: SendFailed. HALT: none was ever linked, or it has expired and a person must
                act. LATER: it has expired and its renewal is under way or not possible now.
        """
        if monotonic() < self._believed_until:
            return self._token
        # While one thread looks, the others go on with what they have.
        if not self._lock.acquire(blocking=not self._token):
            return self._token
        try:
            return self._token if monotonic() < self._believed_until else self._read()
        finally:
            self._lock.release()

    def after_refusal(self, dead: str) -> str | None:
        """A newer token than the one Zalo refused; None when only a person can help.

        Errors: SendFailed LATER while the renewal is under way elsewhere, put off or unclear.
        """
        with self._lock:  # one thread asks; the others find what it got
            if self._token not in ("", dead) and monotonic() < self._believed_until:
                return self._token
            try:
                return self._newer_than(dead)
            except AWAY as fault:
                raise SendFailed(Again.LATER, DATABASE_AWAY) from fault

    def _read(self) -> str:
        try:
            row = look(self._runtime)
            if row is None:
                raise SendFailed(Again.HALT, f"no access token: {WHAT_TO_DO}")
            token = self._opened(row)
            if self._runtime.now() >= row.expires_at:
                newer = self._newer_than(token)
                if newer is None:
                    reason = f"the access token has expired: {row.fault}; {WHAT_TO_DO}"
                    raise SendFailed(Again.HALT, reason)
                token = newer
        except AWAY as fault:
            if self._token:  # most likely still good; Zalo says so if it is not
                return self._token
            raise SendFailed(Again.LATER, DATABASE_AWAY) from fault
        return self._remember(token)

    def _newer_than(self, dead: str) -> str | None:
        """A token other than `dead`, by another's renewal or our own."""
        known = self._failure
        if known and known[1] == dead and monotonic() < known[0]:
            if known[2] is None:
                return None
            raise SendFailed(known[2].again, known[2].reason)
        try:
            newer = self._renewed(dead)
        except SendFailed as failure:
            self._failure = (monotonic() + NO_HOPE, dead, failure)
            raise
        if newer is None:
            self._failure = (monotonic() + NO_HOPE, dead, None)
            return None
        return self._remember(newer)

    def _renewed(self, dead: str) -> str | None:
        until = monotonic() + WAIT_FOR_OTHER
        while True:
            row = look(self._runtime)
            if row is None:
                return None
            token = self._opened(row)
            if token != dead:
                return token
            outcome = renew_refused(self._runtime, row)
            if outcome in (Renewal.CONSENT_NEEDED, Renewal.POINTLESS):
                return None
            if outcome is Renewal.BUSY and monotonic() < until:
                sleep(LOOK_EVERY)
            elif outcome is not Renewal.RENEWED:
                raise SendFailed(Again.LATER, f"the access token is dead, no newer one: {outcome}")

    def _opened(self, row: StoredPair) -> str:
        try:
            return self._runtime.vault.open_text(row.access)
        except Unreadable as fault:
            raise SendFailed(Again.HALT, f"the stored tokens cannot be opened: {fault}") from fault

    def _remember(self, token: str) -> str:
        self._token = token
        self._believed_until = monotonic() + BELIEVED
        return token
