"""The carriers' token pairs: one row each, one renewer at a time, and their audit trail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.tables import carrier_token, carrier_token_event

OK = "ok"
CONSENT_NEEDED = "consent_needed"


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A carrier's row; `access` and `refresh` are sealed."""

    carrier: str
    access: bytes = field(repr=False)
    refresh: bytes = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    version: int
    state: str
    fault: str | None
    tries: int  # refreshes begun with this refresh token, whose outcome may be unknown
    renewer: str | None
    renewing_until: datetime | None
    retry_at: datetime | None  # no renewal by itself before this moment


@dataclass(frozen=True, slots=True)
class NewPair:
    """A pair to be stored; both tokens sealed."""

    access: bytes = field(repr=False)
    refresh: bytes = field(repr=False)
    issued_at: datetime
    expires_at: datetime


_token = carrier_token.c
_COLUMNS = (
    _token.carrier,
    _token.access,
    _token.refresh,
    _token.issued_at,
    _token.expires_at,
    _token.version,
    _token.state,
    _token.fault,
    _token.tries,
    _token.renewer,
    _token.renewing_until,
    _token.retry_at,
)
_READ: Select[Any] = select(*_COLUMNS)
_FREE: dict[str, Any] = {"renewer": None, "renewing_until": None}
_FRESH: dict[str, Any] = {"state": OK, "fault": None, "tries": 0, **_FREE}


def stored_pair(connection: Connection, carrier: str) -> StoredPair | None:
    """The carrier's pair; None when none was ever linked."""
    row = connection.execute(_READ.where(_token.carrier == carrier)).one_or_none()
    return StoredPair(*row) if row else None


def link_pair(connection: Connection, carrier: str, pair: NewPair) -> int:
    """Store a pair that an operator brought, whatever was there; gives its version.

    The pair it replaces is kept as the previous one.
    """
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    given = {**_pair_values(pair), **_FRESH, "retry_at": None}
    statement = (
        dialect.insert(carrier_token)
        .values(carrier=carrier, version=1, **given)
        .on_conflict_do_update(
            index_elements=["carrier"], set_={**given, **_moved_on(), "version": _token.version + 1}
        )
        .returning(_token.version)
    )
    return int(connection.execute(statement).scalar_one())


def begin_renewal(
    connection: Connection, seen: StoredPair, renewer: str, now: datetime, until: datetime
) -> bool:
    """Take the lease on a pair and count the try; False when another took it or renewed.

    One conditional UPDATE decides, which means the same on SQLite and PostgreSQL. The tries
    that `seen` had are part of the condition, so that two looks at one row never both count.
    """
    taken = connection.execute(
        update(carrier_token)
        .where(
            _token.carrier == seen.carrier,
            _token.version == seen.version,
            _token.tries == seen.tries,
            or_(_token.renewing_until.is_(None), _token.renewing_until <= now),
        )
        .values(renewer=renewer, renewing_until=until, tries=_token.tries + 1)
    )
    return taken.rowcount == 1


def store_renewed(
    connection: Connection, seen: StoredPair, pair: NewPair, retry_at: datetime
) -> bool:
    """Replace the pair that was renewed; False when a newer pair stands there already.

    The version alone is asked, not the lease: should this process have slept past its lease,
    the pair in its hands is still the only living one, for the refresh token worked only once.
    """
    done = connection.execute(
        update(carrier_token)
        .where(_token.carrier == seen.carrier, _token.version == seen.version)
        .values(
            **_pair_values(pair),
            **_FRESH,
            **_moved_on(),
            version=seen.version + 1,
            retry_at=retry_at,
        )
    )
    return done.rowcount == 1


def release(
    connection: Connection, seen: StoredPair, renewer: str, retry_at: datetime, used: bool
) -> bool:
    """Give the lease back without a new pair.

    Shape: `used` is False when the refresh token surely was not presented, so that the try does
           not count.
    """
    tries = _token.tries if used else _token.tries - 1
    done = connection.execute(
        update(carrier_token)
        .where(
            _token.carrier == seen.carrier,
            _token.version == seen.version,
            _token.renewer == renewer,
        )
        .values(tries=tries, retry_at=retry_at, **_FREE)
    )
    return done.rowcount == 1


def need_consent(
    connection: Connection, seen: StoredPair, renewer: str | None, fault: str, now: datetime
) -> bool:
    """Mark that only a new consent helps; the pair stays as it is.

    Shape: `renewer` is who holds the lease, None when it is free. False when the row has moved
           on meanwhile.
    """
    mine = or_(
        _token.renewer == renewer,
        _token.renewing_until.is_(None),
        _token.renewing_until <= now,
    )
    done = connection.execute(
        update(carrier_token)
        .where(
            _token.carrier == seen.carrier,
            _token.version == seen.version,
            mine,
        )
        .values(state=CONSENT_NEEDED, fault=fault[:300], **_FREE)
    )
    return done.rowcount == 1


def note(
    connection: Connection, seen: StoredPair, at: datetime, what: str, detail: str = ""
) -> None:
    """Write one line of the audit trail; never a token."""
    note_version(connection, seen.carrier, seen.version, at, what, detail)


def note_version(
    connection: Connection, carrier: str, version: int, at: datetime, what: str, detail: str
) -> None:
    """Write one line of the audit trail about a version of the pair."""
    connection.execute(
        insert(carrier_token_event).values(
            carrier=carrier, at=at, what=what, version=version, detail=detail[:300] or None
        )
    )


def renewals_since(connection: Connection, carrier: str, why: str, since: datetime) -> int:
    """How many renewals were begun for a reason since a moment."""
    event = carrier_token_event.c
    found = connection.execute(
        select(func.count()).where(
            event.carrier == carrier,
            event.what == "renew_begun",
            event.detail == why,
            event.at > since,
        )
    )
    return int(found.scalar_one())


def _pair_values(pair: NewPair) -> dict[str, Any]:
    return {
        "access": pair.access,
        "refresh": pair.refresh,
        "issued_at": pair.issued_at,
        "expires_at": pair.expires_at,
    }


def _moved_on() -> dict[str, Any]:
    """The standing pair becomes the previous one (the right side of SET sees the old row)."""
    return {"previous_access": _token.access, "previous_refresh": _token.refresh}
