"""Talks handed over to clerks, as their citizens open, continue and end them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.delivery import State
from bot.core.dossier import END_STATUSES
from bot.core.handover import Ending
from bot.store.agencies import SERVES, joined_serving, received_at
from bot.store.among import by_dialect
from bot.store.counter_tables import handover, handover_line
from bot.store.own_dossiers import Mine
from bot.store.tables import agency, dossier, lookup, outbox

_newest = handover_line.alias("newest")

FORGOTTEN = "no longer wanted by the citizen"


@dataclass(frozen=True, slots=True)
class OpenTalk:
    """A talk that is open; without an agency it is only asked for, and the desk not known."""

    id: int
    user_id: str
    agency_code: str | None
    dossier_id: int | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A dossier, as it is printed on the slip, and the agency whose desk answers for it."""

    dossier_id: int
    code: str
    printed: str
    agency_code: str
    agency_name: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What citizens are told of an agency's desk; None where it is not said."""

    code: str
    name: str
    open_hours: str | None
    work_hours: str | None
    hotline: str | None


_OPEN = by_dialect(
    lambda among: select(
        handover.c.id,
        handover.c.user_id,
        handover.c.agency_code,
        handover.c.dossier_id,
        handover.c.opened_at,
    ).where(among(handover.c.user_id, "users"), handover.c.closed_at.is_(None))
)


def open_talks(connection: Connection, user_ids: Collection[str]) -> dict[str, OpenTalk]:
    """The open talks of these citizens, by citizen; there is at most one each."""
    if not user_ids:
        return {}
    rows = connection.execute(_OPEN[connection.dialect.name], {"users": sorted(user_ids)})
    return {row.user_id: OpenTalk(*row) for row in rows}


def open_talk(connection: Connection, values: dict[str, Any]) -> int:
    """Open a talk; its id. IntegrityError when this citizen has an open one."""
    number: int = connection.execute(
        insert(handover).values(**values).returning(handover.c.id)
    ).scalar_one()
    return number


def change_talk(connection: Connection, talk_id: int, values: dict[str, Any]) -> None:
    """Change what is given of an open talk."""
    connection.execute(
        update(handover)
        .where(handover.c.id == talk_id, handover.c.closed_at.is_(None))
        .values(**values)
    )


def close_talk(connection: Connection, talk_id: int, at: datetime, why: Ending) -> bool:
    """Close a talk; False when it is closed already."""
    closed = connection.execute(
        update(handover)
        .where(handover.c.id == talk_id, handover.c.closed_at.is_(None))
        .values(closed_at=at, closed_why=str(why))
    )
    return closed.rowcount == 1


def _once(statement: Any) -> Any:
    # What was stored is told by the returned id: `rowcount` is not kept beside RETURNING.
    return statement.on_conflict_do_nothing(index_elements=["key"]).returning(handover_line.c.id)


_ADD_LINE: dict[str, Any] = {
    "sqlite": _once(sqlite.insert(handover_line)),
    "postgresql": _once(postgresql.insert(handover_line)),
}


def add_line(connection: Connection, values: dict[str, Any]) -> bool:
    """Add a line to a talk; False when its key is known: the same event or press once more."""
    return connection.execute(_ADD_LINE[connection.dialect.name], values).first() is not None


def erase_lines(connection: Connection, user_id: str, until: datetime, nothing: bytes) -> bool:
    """Erase all that was said in a citizen's talks opened by then, on both sides.

    Result: whether anything was kept of it.

    Shape: `nothing` replaces, sealed, the body of every answer in the outbox; one that has not
           gone yet does not go any more.
    """
    talks = select(handover.c.id).where(
        handover.c.user_id == user_id, handover.c.opened_at <= until
    )
    ours = outbox.c.dedupe_key.in_(
        select(handover_line.c.key).where(
            handover_line.c.handover_id.in_(talks), handover_line.c.staff_id.is_not(None)
        )
    )
    connection.execute(
        update(outbox)
        .where(ours, outbox.c.due_at.is_not(None))
        .values(state=str(State.SKIPPED), due_at=None, claim=None, reason=FORGOTTEN)
    )
    connection.execute(update(outbox).where(ours).values(body=nothing))
    erased = connection.execute(delete(handover_line).where(handover_line.c.handover_id.in_(talks)))
    return erased.rowcount > 0


_AT_DESK = (
    dossier.c.id,
    dossier.c.code,
    func.coalesce(dossier.c.local_code, dossier.c.code),
    agency.c.code,  # whose desk answers now, when the one that received it was merged
    agency.c.name,
)


def at_desks(connection: Connection, dossier_ids: Collection[int]) -> list[AtDesk]:
    """These dossiers with the desks that answer for them."""
    return _at_desks(connection, dossier.c.id.in_(sorted(dossier_ids)), len(dossier_ids))


def own_at_desks(
    connection: Connection, mine: Mine, finished_since: datetime, most: int
) -> list[AtDesk]:
    """A citizen's own dossiers that are open or finished since then, at most `most`."""
    is_mine = or_(
        dossier.c.phone_index.in_(list(mine.phones)), dossier.c.id.in_(list(mine.followed))
    )
    finished_at = func.coalesce(dossier.c.ended_at, dossier.c.changed_at)
    lately = or_(dossier.c.status.not_in(END_STATUSES), finished_at >= finished_since)
    return _at_desks(connection, and_(is_mine, lately), most)


def _at_desks(connection: Connection, which: ColumnElement[bool], most: int) -> list[AtDesk]:
    rows = connection.execute(
        joined_serving(select(*_AT_DESK).select_from(dossier), dossier.c.agency_code)
        .where(which)
        .order_by(dossier.c.status.in_(END_STATUSES), dossier.c.id.desc())
        .limit(most)
    )
    return [AtDesk(*row) for row in rows]


def last_looked_up(connection: Connection, asker: str, since: datetime) -> list[int]:
    """The dossiers that a citizen's newest lookup since then found, one message's."""
    newest = (
        select(lookup.c.outbox_key)
        .where(lookup.c.asker == asker, lookup.c.at >= since, lookup.c.dossier_id.is_not(None))
        .order_by(lookup.c.at.desc(), lookup.c.id.desc())
        .limit(1)
    )
    rows = connection.scalars(
        select(lookup.c.dossier_id).where(
            lookup.c.asker == asker,
            lookup.c.at >= since,
            lookup.c.dossier_id.is_not(None),
            lookup.c.outbox_key == newest.scalar_subquery(),
        )
    )
    return list(dict.fromkeys(rows))


def desk(connection: Connection, agency_code: str) -> Desk:
    """An agency's desk, as the one that does its work today; the agency is known."""
    row = connection.execute(
        select(
            received_at.c.code,
            agency.c.name,
            agency.c.open_hours,
            agency.c.work_hours,
            agency.c.hotline,
        )
        .join(received_at, SERVES)
        .where(received_at.c.code == agency_code)
    ).one()
    return Desk(*row)


def close_quiet(
    connection: Connection, now: datetime, answered_by: datetime, asked_by: datetime
) -> int:
    """Close talks in which nobody waits: answered and quiet since `answered_by`.

    One whose last word is the citizen's is closed only when it is of `asked_by` or older.
    """
    newest = (
        select(func.max(_newest.c.id))
        .where(_newest.c.handover_id == handover.c.id)
        .correlate(handover)
        .scalar_subquery()
    )
    quiet = and_(
        exists().where(handover_line.c.id == newest, handover_line.c.staff_id.is_not(None)),
        handover.c.last_asked_at <= answered_by,
        handover.c.last_answered_at <= answered_by,
    )
    over = _free(
        connection,
        handover.c.agency_code.is_not(None),
        or_(quiet, handover.c.last_asked_at <= asked_by),
    )
    _close_all(connection, over, now, Ending.SILENCE)
    return len(over)


def drop_wishes(connection: Connection, now: datetime, asked_by: datetime) -> int:
    """Close, and forget the words of, talks asked for by then whose desk never became known."""
    over = _free(connection, handover.c.agency_code.is_(None), handover.c.last_asked_at <= asked_by)
    if over:
        connection.execute(delete(handover_line).where(handover_line.c.handover_id.in_(over)))
        _close_all(connection, over, now, Ending.NO_CODE)
    return len(over)


def _free(connection: Connection, *which: ColumnElement[bool]) -> Sequence[int]:
    """Open talks that nobody is working on just now, held for this transaction."""
    return connection.scalars(
        select(handover.c.id)
        .where(handover.c.closed_at.is_(None), *which)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()


def _close_all(connection: Connection, ids: Sequence[int], at: datetime, why: Ending) -> None:
    if ids:
        connection.execute(
            update(handover).where(handover.c.id.in_(ids)).values(closed_at=at, closed_why=str(why))
        )
