"""Notices at their turn: claimed, given back, closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, and_, bindparam, exists, func, or_, select, update

from bot.core.notice import Lane, NoticeEvent
from bot.core.notice_rules import TAKEN_BACK
from bot.store.among import by_dialect
from bot.store.notice_tables import notice
from bot.store.restated import keep_what_was_said
from bot.store.tables import Instant, dossier


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """One notice claimed by this worker; `phone` and `secret` are sealed."""

    id: int
    key: str
    lane: str
    dossier_id: int | None
    event: str
    changed_at: datetime
    recipient: str
    agency_code: str
    step: str | None
    promised_at: datetime | None
    late: bool
    phone: bytes | None
    secret: bytes | None
    refusals: int
    created_at: datetime
    expires_at: datetime
    handed_at: datetime | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class NoticeWish:
    """A worker's wish: how many notices of which lane, until when, as whom."""

    lane: str
    most: int
    claimer: str
    now: datetime
    lease_until: datetime


_RETURNED = (
    notice.c.id,
    notice.c.key,
    notice.c.lane,
    notice.c.dossier_id,
    notice.c.event,
    notice.c.changed_at,
    notice.c.recipient,
    notice.c.agency_code,
    notice.c.step,
    notice.c.promised_at,
    notice.c.late,
    notice.c.phone,
    notice.c.secret,
    notice.c.refusals,
    notice.c.created_at,
    notice.c.expires_at,
    notice.c.handed_at,
    notice.c.request_id,
)
# An earlier notice of the same dossier goes first, and is written down first, so that no two
# workers can tell one citizen the same words. A claim of a clock set back since holds up nobody.
# The lane stands in a function so that SQLite goes by the dossier and does not read, for each of
# these notices, all that are due in the lane.
_EARLIER = notice.alias("earlier")
_BEHIND = exists().where(
    _EARLIER.c.dossier_id == notice.c.dossier_id,
    func.coalesce(_EARLIER.c.lane, "") == notice.c.lane,
    _EARLIER.c.id < notice.c.id,
    or_(
        _EARLIER.c.due_at <= bindparam("now"),
        and_(_EARLIER.c.claim.is_not(None), _EARLIER.c.due_at <= bindparam("lease_until")),
    ),
)
_DUE = (
    select(notice.c.id)
    .where(notice.c.lane == bindparam("of_lane"), notice.c.due_at <= bindparam("now"), ~_BEHIND)
    .order_by(notice.c.due_at, notice.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(notice)
    .where(notice.c.id.in_(_DUE.scalar_subquery()))
    .values(due_at=bindparam("lease_until"), claim=bindparam("claimer"))
    .returning(*_RETURNED)
)
_PUT_BACK = (
    update(notice)
    .where(notice.c.id == bindparam("which"), notice.c.claim == bindparam("claimer"))
    .values(
        state=bindparam("to_state"),
        due_at=bindparam("again_at"),
        claim=None,
        refusals=bindparam("times_refused"),
        handed_at=bindparam("first_handed_at"),
        channel=bindparam("by"),
        reason=bindparam("why"),
    )
)
_CLOSE = (
    update(notice)
    .where(
        notice.c.id == bindparam("which"),
        # What arrived, arrived, whatever was thought of it meanwhile.
        or_(notice.c.due_at.is_not(None), bindparam("to_state", type_=String) == "delivered"),
    )
    .values(
        state=bindparam("to_state", type_=String),
        due_at=None,
        claim=None,
        secret=None,
        closed_at=func.coalesce(notice.c.closed_at, bindparam("at", type_=Instant)),
        handed_at=bindparam("first_handed_at"),
        channel=bindparam("by"),
        reason=bindparam("why"),
    )
)


# What was thought to have failed, or not known, and arrived all the same.
_ARRIVED = by_dialect(
    lambda among: and_(among(notice.c.id, "arrived"), notice.c.state != "delivered")
)


def claim_notices(connection: Connection, wish: NoticeWish) -> list[ClaimedNotice]:
    """Take due notices of one lane, the longest due first, of each dossier one at a time.

    Source: bot.store.outbox.claim.
    """
    rows = connection.execute(
        _CLAIM,
        {
            "of_lane": wish.lane,
            "now": wish.now,
            "most": wish.most,
            "lease_until": wish.lease_until,
            "claimer": wish.claimer,
        },
    )
    return sorted((ClaimedNotice(*row) for row in rows), key=lambda one: one.id)


def put_back_notices(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Owe claimed notices again: keys of _PUT_BACK's parameters."""
    if rows:
        connection.execute(_PUT_BACK, list(rows))


def close_notices(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Close notices: keys of _CLOSE's parameters; also those whose lease has ended."""
    arrived = [row for row in rows if row["to_state"] == "delivered"]
    if arrived:
        which = {"arrived": [row["which"] for row in arrived]}
        keep_what_was_said(connection, _ARRIVED[connection.dialect.name], which, arrived[0]["at"])
    if rows:
        connection.execute(_CLOSE, list(rows))


@dataclass(frozen=True, slots=True)
class ToldDossier:
    """A dossier as its notices need it; `phone` is sealed."""

    id: int
    code: str
    local_code: str | None
    agency_code: str
    procedure_name: str
    step: str
    status: int
    at_desk: bool
    due_at: datetime | None
    phone: bytes | None
    phone_index: bytes | None
    phone_line: str
    notify_zalo: bool
    notify_sms: bool


_TOLD = (
    dossier.c.id,
    dossier.c.code,
    dossier.c.local_code,
    dossier.c.agency_code,
    dossier.c.procedure_name,
    dossier.c.step,
    dossier.c.status,
    dossier.c.at_desk,
    dossier.c.due_at,
    dossier.c.phone,
    dossier.c.phone_index,
    dossier.c.phone_line,
    dossier.c.notify_zalo,
    dossier.c.notify_sms,
)


_DOSSIERS = by_dialect(lambda among: select(*_TOLD).where(among(dossier.c.id, "dossiers")))


def told_dossiers(connection: Connection, ids: Collection[int]) -> Mapping[int, ToldDossier]:
    """The dossiers of claimed notices, by id."""
    if not ids:
        return {}
    rows: Any = connection.execute(_DOSSIERS[connection.dialect.name], {"dossiers": sorted(ids)})
    return {row[0]: ToldDossier(*row) for row in rows}


def result_states(connection: Connection, dossier_ids: Collection[int]) -> Mapping[int, str]:
    """The state of each dossier's newest result notice; "open" while a carrier may yet take it."""
    if not dossier_ids:
        return {}
    rows = connection.execute(
        select(notice.c.dossier_id, notice.c.state, notice.c.claim)
        .where(
            notice.c.dossier_id.in_(sorted(dossier_ids)),
            notice.c.event == NoticeEvent.RESULT,
            # One that was taken back before it was told leaves the one before it standing.
            func.coalesce(notice.c.reason, "") != TAKEN_BACK,
        )
        .order_by(notice.c.id)
    )
    return {row.dossier_id: "open" if row.claim else row.state for row in rows}


def corrected_since(
    connection: Connection, dossier_ids: Collection[int], since: datetime
) -> frozenset[int]:
    """Those of these dossiers whose citizen was told since then to wait for another message."""
    if not dossier_ids:
        return frozenset()
    rows = connection.execute(
        select(notice.c.dossier_id).where(
            notice.c.dossier_id.in_(sorted(dossier_ids)),
            notice.c.event == NoticeEvent.CORRECTION,
            notice.c.handed_at > since,
        )
    )
    return frozenset(rows.scalars())


def notices_due(connection: Connection, now: datetime) -> bool:
    """Whether any notice has its turn now."""
    lanes = [str(lane) for lane in Lane]
    query = select(exists().where(notice.c.lane.in_(lanes), notice.c.due_at <= now))
    return bool(connection.execute(query).scalar_one())


def notices_of_dossier(
    connection: Connection, dossier_id: int
) -> list[tuple[str, str, str, str | None, datetime]]:
    """Event, channel, state, reason and time of every notice of a dossier, oldest first."""
    at = func.coalesce(notice.c.handed_at, notice.c.closed_at, notice.c.created_at)
    rows = connection.execute(
        select(notice.c.event, notice.c.channel, notice.c.state, notice.c.reason, at)
        .where(notice.c.dossier_id == dossier_id)
        .order_by(notice.c.id)
    )
    return [
        (row[0], CHANNELS.get(row[1], row[1] or "none"), row[2], row[3], row[4]) for row in rows
    ]


# The rung that is a chat message is called as chat replies are.
CHANNELS = {"chat": "zalo"}
