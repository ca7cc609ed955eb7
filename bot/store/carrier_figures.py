"""How hand-overs to carriers ended lately, for those who watch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.store.notice_tables import attempt
from bot.store.tables import carrier_token_event, outbox

# How many of the newest rows are looked at, so that a look stays quick in a big house; a province
# hands over some sixty thousand a day.
LATEST = 200_000
_UNNAMED = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """Hand-overs that ended alike.

    Shape: `recent` are those since the later moment; `taken` that the carrier gave it a name, so
           that a failure was reported afterwards; `arrived` that a receipt said so.
    """

    carrier: str
    rung: str
    state: str
    code: str
    recent: bool
    taken: bool
    arrived: bool
    count: int


def handed_since(connection: Connection, since: datetime, recent: datetime) -> list[Handed]:
    """How the newest attempts of notices ended since a moment."""
    newest = select(func.max(attempt.c.id)).scalar_subquery()
    is_recent = attempt.c.begun_at >= recent
    named = attempt.c.carrier_id.is_not(None)
    arrived = attempt.c.delivered_at.is_not(None)
    code = func.coalesce(attempt.c.code, _UNNAMED)
    by = (attempt.c.carrier, attempt.c.rung, attempt.c.state, code, is_recent, named, arrived)
    rows = connection.execute(
        select(*by, func.count())
        .where(attempt.c.id > newest - LATEST, attempt.c.begun_at >= since)
        .group_by(*by)
    )
    return [
        Handed(row[0], row[1], row[2], row[3], bool(row[4]), bool(row[5]), bool(row[6]), row[7])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Replied:
    """Replies that stand alike; `reason` begins with the carrier's code, if it said one."""

    lane: str
    state: str
    reason: str
    recent: bool
    count: int


def replied_since(connection: Connection, since: datetime, recent: datetime) -> list[Replied]:
    """How the newest chat messages ended since a moment."""
    newest = select(func.max(outbox.c.id)).scalar_subquery()
    is_recent, reason = outbox.c.created_at >= recent, func.coalesce(outbox.c.reason, _UNNAMED)
    by = (outbox.c.lane, outbox.c.state, reason, is_recent)
    rows = connection.execute(
        select(*by, func.count())
        .where(outbox.c.id > newest - LATEST, outbox.c.created_at >= since)
        .group_by(*by)
    )
    return [Replied(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


@dataclass(frozen=True, slots=True)
class TokenEvent:
    """One line of the tokens' own trail."""

    at: datetime
    what: str
    detail: str


def token_events(connection: Connection, carrier: str, most: int) -> list[TokenEvent]:
    """What became of the tokens, the newest first."""
    rows = connection.execute(
        select(
            carrier_token_event.c.at,
            carrier_token_event.c.what,
            func.coalesce(carrier_token_event.c.detail, ""),
        )
        .where(carrier_token_event.c.carrier == carrier)
        .order_by(carrier_token_event.c.id.desc())
        .limit(most)
    )
    return [TokenEvent(*row) for row in rows]
