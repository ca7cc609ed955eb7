"""One renewal of the token pair: by one process at a time, stored before anyone uses it.

Only one process may present a refresh token, for it works once. The right to do so is a lease in
the pair's row, taken by one conditional UPDATE that is committed before the network is used, and
not a row lock held over the call: no transaction stays open while Zalo thinks, a killed process
frees the lease by time, and the try it counted shows afterwards that a refresh was begun. It
means the same on SQLite, which has no row locks, and on PostgreSQL.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic, sleep
from uuid import uuid4

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.zalo_oauth import AnswerLost, GrantRefused, NotReached, Pair, refresh_pair
from bot.database import AWAY, reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.tokens import (
    CONSENT_NEEDED,
    NewPair,
    StoredPair,
    begin_renewal,
    need_consent,
    note,
    note_version,
    release,
    store_renewed,
    stored_pair,
)
from bot.vault import Unreadable

CARRIER = "zalo"
LEASE = timedelta(seconds=30)  # longer than the call may take (http.TIMEOUTS) and the commit
MOST_TRIES = 2  # with one refresh token: the first, and once more after an unclear outcome
RETRY_AFTER = timedelta(seconds=15)
SETTLE = timedelta(seconds=30)  # a token refused right after its issue is not mended by another
KEEP_TRYING = 600.0  # seconds: a pair that only this process knows waits for the database
WHAT_TO_DO = (
    "let an admin of the OA consent again or mint a pair in the API Explorer, then "
    "python -m bot zalo link --stdin"
)
DUE, REFUSED, OPERATOR = "due", "refused", "operator"  # why a pair is renewed

logger = log(__name__)


class Renewal(StrEnum):
    """How an attempt to renew ended."""

    RENEWED = "renewed"  # a newer pair stands in the store, by us or by another process
    BUSY = "busy"  # another process is at it
    NOT_DUE = "not due"
    NOT_REACHED = "not reached"  # the refresh token was not used; later
    UNCLEAR = "unclear"  # it may have been used; once more, later
    CONSENT_NEEDED = "consent needed"
    POINTLESS = "pointless"  # Zalo refuses every new token as well: our account is at fault
    NO_TOKEN = "no token"  # noqa: S105  (an outcome)


def look(runtime: Runtime) -> StoredPair | None:
    """The stored pair, sealed."""
    with reading(runtime.engine) as connection:
        return stored_pair(connection, CARRIER)


def renew(runtime: Runtime, seen: StoredPair, why: str) -> Renewal:
    """Take the lease, call, store: short transactions with the network between them.

    Shape:  `why` is due, refused or operator; an operator may try what we would not try again.
    Errors: SendFailed when FIELD_KEYS do not open the stored pair.
    """
    if seen.tries >= MOST_TRIES and why != OPERATOR:
        fault = "two refreshes ended without an answer"
        return _give_up(runtime, seen, None, fault)
    try:
        refresh = runtime.vault.open_text(seen.refresh)
    except Unreadable as fault:
        raise SendFailed(Again.HALT, f"the stored tokens cannot be opened: {fault}") from fault
    renewer, begun = uuid4().hex, runtime.now()
    with runtime.engine.begin() as connection:
        if not begin_renewal(connection, seen, renewer, begun, begun + LEASE):
            return Renewal.BUSY
        note(connection, seen, begun, "renew_begun", why)
    try:
        pair = refresh_pair(Wire(), runtime.settings, refresh)
    except NotReached as fault:
        return _put_off(runtime, seen, renewer, Renewal.NOT_REACHED, str(fault))
    except AnswerLost as fault:
        return _unclear(runtime, seen, renewer, str(fault))
    except GrantRefused as fault:
        return _give_up(runtime, seen, renewer, f"Zalo refused the refresh token: {fault}")
    return _keep(runtime, seen, sealed(runtime, pair, begun))


def sealed(runtime: Runtime, pair: Pair, issued_at: datetime) -> NewPair:
    """A pair as it is stored."""
    seal = runtime.vault.seal
    ends = issued_at + timedelta(seconds=pair.expires_in)
    return NewPair(seal(pair.access), seal(pair.refresh), issued_at, ends)


def _keep(runtime: Runtime, seen: StoredPair, new: NewPair) -> Renewal:
    """Commit the new pair before anyone uses it; the old refresh token is dead by now."""
    until = monotonic() + KEEP_TRYING
    while True:
        try:
            with runtime.engine.begin() as connection:
                now = runtime.now()
                if store_renewed(connection, seen, new, now + SETTLE):
                    note_version(connection, CARRIER, seen.version + 1, now, "renewed", "")
            break
        except AWAY as fault:
            if monotonic() > until:
                raise
            logger.error("zalo.new_pair_not_stored_yet", fault=type(fault).__name__)
            sleep(1.0)
    _count(runtime, Renewal.RENEWED)
    logger.info("zalo.renewed", version=seen.version + 1)
    return Renewal.RENEWED


def _unclear(runtime: Runtime, seen: StoredPair, renewer: str, fault: str) -> Renewal:
    """The refresh token may be used up; it is tried once more, and then never again."""
    if seen.tries + 1 >= MOST_TRIES:
        return _give_up(runtime, seen, renewer, f"two refreshes ended without an answer: {fault}")
    return _put_off(runtime, seen, renewer, Renewal.UNCLEAR, fault)


def _put_off(
    runtime: Runtime, seen: StoredPair, renewer: str, outcome: Renewal, fault: str
) -> Renewal:
    now = runtime.now()
    used = outcome is Renewal.UNCLEAR
    with runtime.engine.begin() as connection:
        if release(connection, seen, renewer, now + RETRY_AFTER, used):
            note(connection, seen, now, "unclear" if used else "not_reached", fault)
    _count(runtime, outcome)
    logger.warning("zalo.not_renewed", outcome=str(outcome), fault=fault)
    return outcome


def _give_up(runtime: Runtime, seen: StoredPair, renewer: str | None, fault: str) -> Renewal:
    """Stop, say so loudly, keep the pair: the access token may still be good for hours."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        marked = need_consent(connection, seen, renewer, fault, now)
        if marked:
            note(connection, seen, now, "consent_needed", fault)
    if not marked:
        return _after_others(runtime, seen)
    _count(runtime, Renewal.CONSENT_NEEDED)
    logger.error("zalo.consent_needed", fault=fault, do=WHAT_TO_DO)
    return Renewal.CONSENT_NEEDED


def _after_others(runtime: Runtime, seen: StoredPair) -> Renewal:
    """The row moved on while we were at it: what it says now."""
    row = look(runtime)
    if row is None:
        return Renewal.NO_TOKEN
    if row.version != seen.version:
        return Renewal.RENEWED
    return Renewal.CONSENT_NEEDED if row.state == CONSENT_NEEDED else Renewal.BUSY


def _count(runtime: Runtime, outcome: Renewal) -> None:
    runtime.metrics.token_renewals.labels(str(outcome).replace(" ", "_")).inc()
