"""Talks with citizens as their desk's clerks see, take, answer and close them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, func, or_, select, update

from bot.core.dossier import Progress
from bot.store.agencies import joined_serving
from bot.store.counter_tables import handover, handover_line, staff
from bot.store.notice_tables import dossier_follow, phone_link
from bot.store.tables import agency, dossier, follower, outbox

_said = handover_line.alias("said")
_answer = handover_line.alias("answer")


def _waiting_since() -> ScalarSelect[Any]:
    """When the first line was written that no clerk's line stands below."""
    answered = (
        select(func.coalesce(func.max(_answer.c.id), 0))
        .where(_answer.c.handover_id == handover.c.id, _answer.c.staff_id.is_not(None))
        .correlate(handover)
        .scalar_subquery()
    )
    return (
        select(func.min(_said.c.at))
        .where(
            _said.c.handover_id == handover.c.id, _said.c.staff_id.is_(None), _said.c.id > answered
        )
        .correlate(handover)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class StoredTalk:
    """A talk as it is stored; `holder_name` is sealed.

    Shape: `waiting_since` is when the first unanswered line was written, None when the last
           word is a clerk's; `printed` is the code on the slip.
    """

    id: int
    user_id: str
    agency_code: str
    agency_name: str
    dossier_id: int | None
    printed: str | None
    opened_at: datetime
    holder: int | None
    holder_login: str | None
    holder_name: bytes | None
    last_asked_at: datetime
    last_answered_at: datetime | None
    closed_at: datetime | None
    closed_why: str | None
    last_interaction_at: datetime | None
    waiting_since: datetime | None


_TALK: Select[Any] = joined_serving(
    select(
        handover.c.id,
        handover.c.user_id,
        handover.c.agency_code,
        agency.c.name,
        handover.c.dossier_id,
        func.coalesce(dossier.c.local_code, dossier.c.code),
        handover.c.opened_at,
        handover.c.taken_by,
        staff.c.login,
        staff.c.name,
        handover.c.last_asked_at,
        handover.c.last_answered_at,
        handover.c.closed_at,
        handover.c.closed_why,
        follower.c.last_interaction_at,
        _waiting_since(),
    )
    .select_from(handover)
    .join(follower, follower.c.user_id == handover.c.user_id)
    .outerjoin(dossier, dossier.c.id == handover.c.dossier_id)
    .outerjoin(staff, staff.c.id == handover.c.taken_by),
    handover.c.agency_code,
)


def _of(agencies: Collection[str]) -> ColumnElement[bool]:
    return handover.c.agency_code.in_(sorted(agencies))


def open_talks_of(connection: Connection, agencies: Collection[str], most: int) -> list[StoredTalk]:
    """The open talks of these agencies, those that wait longest first."""
    since = _waiting_since()
    rows = connection.execute(
        _TALK.where(_of(agencies), handover.c.closed_at.is_(None))
        .order_by(since.is_(None), since, handover.c.last_asked_at.desc(), handover.c.id)
        .limit(most)
    )
    return [StoredTalk(*row) for row in rows]


def closed_talks_of(
    connection: Connection, agencies: Collection[str], since: datetime, most: int
) -> list[StoredTalk]:
    """The talks of these agencies that were closed since then, the newest first."""
    rows = connection.execute(
        _TALK.where(_of(agencies), handover.c.closed_at >= since)
        .order_by(handover.c.closed_at.desc(), handover.c.id.desc())
        .limit(most)
    )
    return [StoredTalk(*row) for row in rows]


def talk_of(
    connection: Connection, agencies: Collection[str], talk_id: int, hold: bool = False
) -> StoredTalk | None:
    """One talk of these agencies, held for this transaction if wished; None alike for others."""
    if hold:
        held = select(handover.c.id).where(handover.c.id == talk_id, _of(agencies))
        connection.execute(held.with_for_update(key_share=True))
    row = connection.execute(_TALK.where(handover.c.id == talk_id, _of(agencies))).one_or_none()
    return StoredTalk(*row) if row else None


def count_waiting(connection: Connection, agencies: Collection[str]) -> int:
    """How many open talks of these agencies wait for an answer."""
    waiting = _waiting_since().is_not(None)
    found = connection.scalar(
        select(func.count())
        .select_from(handover)
        .where(_of(agencies), handover.c.closed_at.is_(None), waiting)
    )
    return int(found or 0)


def waiting_moments(connection: Connection) -> list[datetime]:
    """Since when each open talk of any agency waits for an answer."""
    since = _waiting_since()
    rows = connection.scalars(
        select(since).where(handover.c.closed_at.is_(None), handover.c.agency_code.is_not(None))
    )
    return [moment for moment in rows if moment is not None]


def set_holder(
    connection: Connection, talk_id: int, before: int | None, holder: int | None
) -> bool:
    """Give an open talk to a clerk, or to nobody; False when `before` does not hold it any more."""
    was = handover.c.taken_by.is_(None) if before is None else handover.c.taken_by == before
    taken = connection.execute(
        update(handover)
        .where(handover.c.id == talk_id, handover.c.closed_at.is_(None), was)
        .values(taken_by=holder)
    )
    return taken.rowcount == 1


def take_to_answer(connection: Connection, talk_id: int, clerk: int, now: datetime) -> bool:
    """Let a clerk answer an open talk that nobody else holds; False when that is not so."""
    taken = connection.execute(
        update(handover)
        .where(
            handover.c.id == talk_id,
            handover.c.closed_at.is_(None),
            or_(handover.c.taken_by.is_(None), handover.c.taken_by == clerk),
        )
        .values(taken_by=clerk, last_answered_at=now)
    )
    return taken.rowcount == 1


def is_said(connection: Connection, key: str) -> bool:
    """Whether a line with this key is kept."""
    found = select(handover_line.c.id).where(handover_line.c.key == key)
    return connection.execute(found).first() is not None


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line; `text` and `name` are sealed.

    Shape: `staff_id` is None for the citizen's; `state` and `reason` tell what became of an
           answer on its way out.
    """

    id: int
    at: datetime
    staff_id: int | None
    login: str | None
    name: bytes | None
    text: bytes
    state: str | None
    reason: str | None


def lines_of(connection: Connection, talk_id: int, most: int) -> list[StoredLine]:
    """The newest lines of a talk, at most `most`, oldest first."""
    rows = connection.execute(
        select(
            handover_line.c.id,
            handover_line.c.at,
            handover_line.c.staff_id,
            staff.c.login,
            staff.c.name,
            handover_line.c.text,
            outbox.c.state,
            outbox.c.reason,
        )
        .outerjoin(staff, staff.c.id == handover_line.c.staff_id)
        .outerjoin(outbox, outbox.c.dedupe_key == handover_line.c.key)
        .where(handover_line.c.handover_id == talk_id)
        .order_by(handover_line.c.id.desc())
        .limit(most)
    )
    return [StoredLine(*row) for row in rows][::-1]


@dataclass(frozen=True, slots=True)
class TalkDossier:
    """The dossier a talk is about, and how far its citizen is known.

    Shape: `proved` when the citizen proved the dossier's own phone; `followed` when they sent
           its slip.
    """

    progress: Progress
    code: str
    procedure_name: str
    received_at: datetime | None
    proved: bool
    followed: bool


def dossier_of(connection: Connection, dossier_id: int, user_id: str) -> TalkDossier:
    """A dossier beside a talk; it is known."""
    proved = (
        select(phone_link.c.id)
        .where(
            phone_link.c.user_id == user_id,
            phone_link.c.phone_index == dossier.c.phone_index,
            phone_link.c.ended_at.is_(None),
        )
        .exists()
    )
    followed = (
        select(dossier_follow.c.id)
        .where(
            dossier_follow.c.user_id == user_id,
            dossier_follow.c.dossier_id == dossier.c.id,
            dossier_follow.c.ended_at.is_(None),
        )
        .exists()
    )
    row = connection.execute(
        select(
            func.coalesce(dossier.c.local_code, dossier.c.code),
            dossier.c.step,
            dossier.c.status,
            dossier.c.due_at,
            dossier.c.finished_at,
            dossier.c.ended_at,
            dossier.c.code,
            dossier.c.procedure_name,
            dossier.c.received_at,
            proved,
            followed,
        ).where(dossier.c.id == dossier_id)
    ).one()
    return TalkDossier(Progress(*row[:6]), row[6], row[7], row[8], bool(row[9]), bool(row[10]))
