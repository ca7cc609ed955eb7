"""Complaints: opened by citizens, listed and answered for an agency."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.complaint import ASKS_TO_COME
from bot.core.notice import Rung
from bot.store.agencies import joined_serving
from bot.store.book_tables import complaint
from bot.store.counter_tables import audit_entry, staff
from bot.store.notice_tables import OF_NOTICE, attempt, notice
from bot.store.tables import agency, dossier, dossier_change, follower, outbox

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A notice that asked its citizen to come, and the dossier it is about."""

    notice_id: int
    event: str
    dossier_id: int
    code: str
    agency_code: str
    agency_name: str
    procedure_code: str


def told_notice(
    connection: Connection, user_id: str, since: datetime, notice_id: int | None
) -> ToldNotice | None:
    """The notice this citizen was told in the chat since then, or the newest of them.

    Result: None for a notice that went to somebody else, whoever types its number.
    """
    told = (
        select(
            notice.c.id,
            notice.c.event,
            dossier.c.id,
            func.coalesce(dossier.c.local_code, dossier.c.code),
            dossier.c.agency_code,
            agency.c.name,
            dossier.c.procedure_code,
        )
        .select_from(attempt)
        .join(notice, OF_NOTICE)
        .join(dossier, dossier.c.id == notice.c.dossier_id)
    )
    chosen = (
        joined_serving(told, dossier.c.agency_code)
        .where(
            attempt.c.recipient == user_id,
            attempt.c.rung == str(Rung.CHAT),
            attempt.c.begun_at > since,
            attempt.c.state.in_(("sent", "delivered", "unsure")),
            notice.c.event.in_(sorted(ASKS_TO_COME)),
        )
        .order_by(attempt.c.id.desc())
        .limit(1)
    )
    if notice_id is not None:
        chosen = chosen.where(notice.c.id == notice_id)
    row: Any = connection.execute(chosen).one_or_none()
    return ToldNotice(*row) if row else None


def open_complaint(connection: Connection, values: Mapping[str, Any]) -> bool:
    """Open a case; False when this citizen has one open about this dossier."""
    added = _INSERTS[connection.dialect.name](complaint).values(**values)
    kept = added.on_conflict_do_nothing().returning(complaint.c.id)
    return connection.execute(kept).scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Complaint:
    """A case as its agency sees it; `words` and `answer` are sealed.

    Shape: `told` is the state of the answer on its way: None where none was owed.
    """

    id: int
    dossier_id: int
    user_id: str
    code: str
    agency_code: str
    agency_name: str
    procedure_name: str
    event: str
    opened_at: datetime
    told_at: datetime | None
    words: bytes | None
    answered_at: datetime | None
    answered_by: str | None
    verdict: str | None
    answer: bytes | None
    told: str | None
    last_interaction_at: datetime | None


_CASES: Select[Any] = joined_serving(
    select(
        complaint.c.id,
        complaint.c.dossier_id,
        complaint.c.user_id,
        dossier.c.code,
        complaint.c.agency_code,
        agency.c.name,
        dossier.c.procedure_name,
        complaint.c.event,
        complaint.c.opened_at,
        notice.c.handed_at,
        complaint.c.words,
        complaint.c.answered_at,
        staff.c.login,
        complaint.c.verdict,
        complaint.c.answer,
        outbox.c.state,
        follower.c.last_interaction_at,
    )
    .select_from(complaint)
    .join(dossier, dossier.c.id == complaint.c.dossier_id)
    .join(notice, notice.c.id == complaint.c.notice_id)
    .join(follower, follower.c.user_id == complaint.c.user_id)
    .outerjoin(staff, staff.c.id == complaint.c.answered_by)
    .outerjoin(outbox, outbox.c.dedupe_key == complaint.c.outbox_key),
    complaint.c.agency_code,
)


def complaints_of(
    connection: Connection, agencies: Collection[str], is_open: bool, most: int
) -> list[Complaint]:
    """The cases of these agencies: open ones oldest first, answered ones newest first."""
    chosen = _CASES.where(
        complaint.c.agency_code.in_(sorted(agencies)),
        complaint.c.answered_at.is_(None) if is_open else complaint.c.answered_at.is_not(None),
    )
    order = complaint.c.id if is_open else complaint.c.answered_at.desc()
    rows = connection.execute(chosen.order_by(order).limit(most))
    return [Complaint(*row) for row in rows]


def complaint_of(
    connection: Connection, agencies: Collection[str], complaint_id: int, hold: bool = False
) -> Complaint | None:
    """One case of these agencies; with `hold` no other clerk answers it meanwhile."""
    if hold:
        connection.execute(
            select(complaint.c.id).where(complaint.c.id == complaint_id).with_for_update()
        )
    chosen = _CASES.where(
        complaint.c.id == complaint_id, complaint.c.agency_code.in_(sorted(agencies))
    )
    row = connection.execute(chosen).one_or_none()
    return Complaint(*row) if row else None


def open_complaints(connection: Connection, agencies: Collection[str]) -> int:
    """How many cases of these agencies wait for an answer."""
    query = select(func.count()).where(
        complaint.c.agency_code.in_(sorted(agencies)), complaint.c.answered_at.is_(None)
    )
    return int(connection.execute(query).scalar_one())


def close_complaint(connection: Connection, complaint_id: int, values: Mapping[str, Any]) -> bool:
    """Write the answer of an open case; False when another was faster."""
    changed = connection.execute(
        update(complaint)
        .where(complaint.c.id == complaint_id, complaint.c.answered_at.is_(None))
        .values(**values)
    )
    return changed.rowcount == 1


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of a dossier: who told it, and when; `staff` is a login of this counter."""

    arrived_at: datetime
    changed_at: datetime
    status: int
    step: str
    source: str
    staff: str | None


def trail_of(connection: Connection, dossier_id: int, code: str) -> list[Moved]:
    """Every move of a dossier, oldest first, with the clerk where this counter made it."""
    rows = connection.execute(
        select(
            dossier_change.c.arrived_at,
            dossier_change.c.changed_at,
            dossier_change.c.status,
            dossier_change.c.step,
            dossier_change.c.feed_key_id,
        )
        .where(dossier_change.c.dossier_id == dossier_id)
        .order_by(dossier_change.c.id)
    ).all()
    deeds = connection.execute(
        select(audit_entry.c.at, audit_entry.c.login)
        .where(audit_entry.c.about == "dossier", audit_entry.c.about_key == code)
        .where(audit_entry.c.action.in_(("dossier.moved", "intake.saved", "phone.corrected")))
    )
    by_moment = {row[0]: row[1] for row in deeds}
    return [Moved(*row, by_moment.get(row[0])) for row in rows]
