"""Dossiers that are promised for a day and still being worked on, and how far they are decided."""

from array import array
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    any_,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.notice import NoticeEvent
from bot.store.notice_tables import apology_run, notice
from bot.store.tables import agency, dossier

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# Written out: only then do both databases see that the partial index holds these rows.
_IN_WORK = dossier.c.status.in_([literal_column("2"), literal_column("4")])


@dataclass(frozen=True, slots=True)
class Promised:
    """A dossier that somebody was promised, as far as an apology depends on it."""

    dossier_id: int
    code: str
    agency_code: str
    procedure_code: str
    step: str
    status: int
    due_at: datetime
    phone_index: bytes | None
    phone_line: str
    notify_zalo: bool
    notify_sms: bool


_IDS = (
    select(dossier.c.id)
    .where(
        _IN_WORK,
        dossier.c.due_at >= bindparam("since"),
        dossier.c.due_at < bindparam("until"),
        dossier.c.id > bindparam("after"),
    )
    .order_by(dossier.c.id)
    .limit(bindparam("most"))
)


def promised_ids(
    connection: Connection, since: datetime, until: datetime, after: int, most: int
) -> Sequence[int]:
    """Ids of dossiers in work that are due from `since` up to before `until`, in order.

    Shape: ids above `after`, at most `most` of them, 8 bytes each.
    """
    found = connection.execute(_IDS, {"since": since, "until": until, "after": after, "most": most})
    return array("q", found.scalars())


# A thousand ids as one array: as parameters each, psycopg alone would take 15 ms of every batch.
_IDS_GIVEN: dict[str, Callable[[Column[Any]], ColumnElement[bool]]] = {
    "sqlite": lambda column: column.in_(bindparam("ids", expanding=True)),
    "postgresql": lambda column: (
        column == any_(bindparam("ids", type_=postgresql.ARRAY(BigInteger)))
    ),
}


def _promised(dialect: str) -> Select[Any]:
    return (
        select(
            dossier.c.id,
            dossier.c.code,
            dossier.c.agency_code,
            dossier.c.procedure_code,
            dossier.c.step,
            dossier.c.status,
            dossier.c.due_at,
            dossier.c.phone_index,
            dossier.c.phone_line,
            dossier.c.notify_zalo,
            dossier.c.notify_sms,
        )
        .join(agency, agency.c.code == dossier.c.agency_code)
        .where(
            _IDS_GIVEN[dialect](dossier.c.id),
            _IN_WORK,
            dossier.c.due_at >= bindparam("since"),
            dossier.c.due_at < bindparam("until"),
            or_(dossier.c.same_day.is_(False), agency.c.same_day_notices.is_(True)),
        )
    )


_PROMISED = {dialect: _promised(dialect) for dialect in _IDS_GIVEN}
# In the order in which feeds hold dossiers, so that nobody waits in a ring; rows that only
# refer to a dossier need not wait.
_HELD = {
    dialect: chosen.order_by(dossier.c.code).with_for_update(of=dossier, key_share=True)
    for dialect, chosen in _PROMISED.items()
}


def promised_dossiers(
    connection: Connection, ids: Collection[int], since: datetime, until: datetime, hold: bool
) -> list[Promised]:
    """Those of these dossiers that are still in work and due then, by id.

    Same-day procedures are left out unless their agency wants notices of them. With `hold` they
    stay as they are for the length of this transaction, and another run waits for it.
    """
    chosen = (_HELD if hold else _PROMISED)[connection.dialect.name]
    rows = connection.execute(chosen, {"ids": list(ids), "since": since, "until": until})
    return sorted((Promised(*row) for row in rows), key=lambda one: one.dossier_id)


_TOLD = {
    dialect: select(notice.c.dossier_id, notice.c.changed_at).where(
        among(notice.c.dossier_id), notice.c.event == str(NoticeEvent.APOLOGY)
    )
    for dialect, among in _IDS_GIVEN.items()
}


def apologised(connection: Connection, ids: Collection[int]) -> set[tuple[int, datetime]]:
    """For which due dates these dossiers were apologised for already, whatever the phone was.

    Shape: pairs of a dossier's id and the beginning of the promised day.
    """
    rows = connection.execute(_TOLD[connection.dialect.name], {"ids": list(ids)})
    return {(row[0], row[1]) for row in rows}


@dataclass(frozen=True, slots=True)
class Run:
    """One evening's run: the last dossier decided, how many are owed, and when it was done."""

    reached_id: int
    owed: int
    finished_at: datetime | None


def begin_run(connection: Connection, day: date, now: datetime) -> None:
    """Give the evening its row, unless it has one."""
    connection.execute(
        _INSERTS[connection.dialect.name](apology_run)
        .values(day=day.isoformat(), reached_id=0, owed=0, started_at=now)
        .on_conflict_do_nothing(index_elements=["day"])
    )


def run_of(connection: Connection, day: date) -> Run | None:
    """How far an evening's run has come; None when it was not begun."""
    row = connection.execute(
        select(apology_run.c.reached_id, apology_run.c.owed, apology_run.c.finished_at).where(
            apology_run.c.day == day.isoformat()
        )
    ).one_or_none()
    return Run(*row) if row else None


def advance_run(connection: Connection, day: date, reached_id: int, owed: int) -> None:
    """All dossiers up to this one are decided, `owed` more of them owed; never goes back."""
    of_day = apology_run.c.day == day.isoformat()
    if owed:
        connection.execute(update(apology_run).where(of_day).values(owed=apology_run.c.owed + owed))
    connection.execute(
        update(apology_run)
        .where(of_day, apology_run.c.reached_id < reached_id)
        .values(reached_id=reached_id)
    )


def finish_run(connection: Connection, day: date, now: datetime) -> None:
    """The evening is done with."""
    connection.execute(
        update(apology_run)
        .where(apology_run.c.day == day.isoformat(), apology_run.c.finished_at.is_(None))
        .values(finished_at=now)
    )
