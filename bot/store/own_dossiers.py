"""Dossiers of a citizen: of the phones they proved, and those they follow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, update

from bot.core.delivery import State
from bot.core.dossier import END_STATUSES, Progress
from bot.core.notice import NoticeEvent
from bot.core.notice_truth import Present, Told
from bot.store.agencies import joined_serving
from bot.store.notice_tables import notice
from bot.store.post_tables import post_return
from bot.store.tables import agency, dossier

NO_WAY_OUT = "no way out"  # how the reason begins of what was skipped for lack of one
TOLD_LATE = "; told when the phone was proved"


@dataclass(frozen=True, slots=True)
class OwnDossier:
    """One dossier as its citizen may see it; `handler` and `needed` are sealed.

    Shape: `proved` is False for one that is only followed: then no more than a stranger's view
           and the due date may be shown.
    """

    progress: Progress
    proved: bool
    agency_name: str
    procedure_name: str
    received_at: datetime | None
    handler: bytes | None
    needed: bytes | None
    dossier_id: int


@dataclass(frozen=True, slots=True)
class Mine:
    """What makes a dossier a citizen's own: phones proved, and dossiers followed, by id."""

    phones: Collection[bytes] = ()
    followed: Collection[int] = ()


def _of_phones(mine: Mine) -> ColumnElement[bool]:
    return dossier.c.phone_index.in_(list(mine.phones))


def _shown(mine: Mine, finished_since: datetime) -> ColumnElement[bool]:
    is_mine = or_(_of_phones(mine), dossier.c.id.in_(list(mine.followed)))
    finished_at = func.coalesce(dossier.c.ended_at, dossier.c.changed_at)
    is_open = dossier.c.status.not_in(END_STATUSES)
    return and_(is_mine, or_(is_open, finished_at >= finished_since))


def own_dossiers(
    connection: Connection, mine: Mine, finished_since: datetime, most: int
) -> tuple[list[OwnDossier], int]:
    """A citizen's dossiers that are open or finished since then, and how many there are.

    Result: at most `most`; open ones first, by due date, then the newest finished.
    """
    shown = _shown(mine, finished_since)
    found = connection.execute(
        joined_serving(
            select(
                func.coalesce(dossier.c.local_code, dossier.c.code),
                dossier.c.step,
                dossier.c.status,
                dossier.c.due_at,
                dossier.c.finished_at,
                dossier.c.ended_at,
                and_(dossier.c.phone_index.is_not(None), _of_phones(mine)),
                agency.c.name,
                dossier.c.procedure_name,
                dossier.c.received_at,
                dossier.c.handler,
                dossier.c.needed,
                dossier.c.id,
            ).select_from(dossier),
            dossier.c.agency_code,
        )
        .where(shown)
        .order_by(
            dossier.c.status.in_(END_STATUSES),
            dossier.c.ended_at.desc(),
            dossier.c.due_at.is_(None),
            dossier.c.due_at,
            dossier.c.id,
        )
        .limit(most)
    ).all()
    total = len(found)
    if total == most:
        total = connection.scalar(select(func.count()).select_from(dossier).where(shown)) or 0
    return [OwnDossier(Progress(*row[:6]), bool(row[6]), *row[7:]) for row in found], total


@dataclass(frozen=True, slots=True)
class Missed:
    """A notice that found no way to its citizen, with what holds of its dossier now."""

    notice_id: int
    code: str
    changed_at: datetime
    told: Told
    present: Present


def missed_notices(connection: Connection, phone_index: bytes, since: datetime) -> list[Missed]:
    """Notices of a phone's dossiers owed since then that never went out, the newest first."""
    rows = connection.execute(
        select(
            notice.c.id,
            func.coalesce(dossier.c.local_code, dossier.c.code),
            notice.c.changed_at,
            notice.c.event,
            notice.c.step,
            notice.c.promised_at,
            notice.c.created_at,
            dossier.c.status,
            dossier.c.step,
            dossier.c.due_at,
            literal(""),
            func.coalesce(post_return.c.state, ""),
        )
        .join(dossier, dossier.c.id == notice.c.dossier_id)
        .outerjoin(post_return, post_return.c.dossier_id == dossier.c.id)
        .where(
            dossier.c.phone_index == phone_index,
            notice.c.created_at >= since,
            or_(
                notice.c.state == State.FAILED,
                and_(notice.c.state == State.SKIPPED, notice.c.reason.startswith(NO_WAY_OUT)),
            ),
            or_(notice.c.reason.is_(None), ~notice.c.reason.endswith(TOLD_LATE)),
        )
        .order_by(notice.c.changed_at.desc(), notice.c.id.desc())
    )
    return [
        Missed(row[0], row[1], row[2], Told(NoticeEvent(row[3]), *row[4:7]), Present(*row[7:]))
        for row in rows
    ]


def close_missed(connection: Connection, notice_ids: Sequence[int]) -> None:
    """These missed notices have been told now: they are not told again."""
    if notice_ids:
        connection.execute(
            update(notice)
            .where(notice.c.id.in_(list(notice_ids)))
            .values(reason=func.substr(func.coalesce(notice.c.reason, ""), 1, 260) + TOLD_LATE)
        )
