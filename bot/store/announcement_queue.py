"""The recipients of an announcement on their way: claimed, put back, closed, reported of."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.among import by_dialect
from bot.store.announcement_tables import (
    announcement,
    announcement_pace,
    announcement_recipient,
    announcement_tally,
)
from bot.store.tables import echo

_TOLD = announcement_recipient.c


@dataclass(frozen=True, slots=True)
class Told:
    """One recipient claimed by a worker."""

    id: int
    announcement_id: int
    turn: int
    recipient: str
    road: str
    refusals: int


@dataclass(frozen=True, slots=True)
class QueueWish:
    """A worker's wish for recipients of one announcement and turn."""

    announcement_id: int
    turn: int
    most: int
    claimer: str
    now: datetime
    lease_until: datetime


_DUE = (
    select(_TOLD.id)
    .where(
        _TOLD.announcement_id == bindparam("of_announcement"),
        _TOLD.turn == bindparam("of_turn"),
        _TOLD.due_at <= bindparam("now"),
        _TOLD.state == "waiting",
    )
    .order_by(_TOLD.due_at, _TOLD.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(announcement_recipient)
    .where(_TOLD.id.in_(_DUE.scalar_subquery()))
    .values(
        state="sending",
        due_at=bindparam("lease_until"),
        claim=bindparam("claimer"),
        begun_at=bindparam("now"),
    )
    .returning(
        _TOLD.id, _TOLD.announcement_id, _TOLD.turn, _TOLD.recipient, _TOLD.road, _TOLD.refusals
    )
)


def claim_recipients(connection: Connection, wish: QueueWish) -> list[Told]:
    """Take waiting recipients for one worker; the lease ends by itself when it dies."""
    rows = connection.execute(
        _CLAIM,
        {
            "of_announcement": wish.announcement_id,
            "of_turn": wish.turn,
            "now": wish.now,
            "most": wish.most,
            "lease_until": wish.lease_until,
            "claimer": wish.claimer,
        },
    )
    return sorted((Told(*row) for row in rows), key=lambda one: one.id)


_RECORD = (
    update(announcement_recipient)
    .where(_TOLD.id == bindparam("which"))
    .values(
        state=bindparam("to_state"),
        road=bindparam("by"),
        due_at=bindparam("again_at"),
        claim=bindparam("kept_claim"),
        refusals=bindparam("times_refused"),
        code=bindparam("their_code"),
        carrier_id=bindparam("named"),
        cost_dong=bindparam("cost"),
        sent_at=bindparam("at"),
    )
)


_OPEN = by_dialect(
    lambda among: (
        select(_TOLD.id)
        .where(among(_TOLD.id, "rows"), _TOLD.due_at.is_not(None))
        .order_by(_TOLD.id)
        .with_for_update()
    )
)


def open_recipients(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those that nobody has closed meanwhile, held for this transaction.

    What a carrier answered is a fact, whoever holds the claim now.
    """
    if not ids:
        return set()
    rows = connection.scalars(_OPEN[connection.dialect.name], {"rows": sorted(ids)})
    return set(rows)


def record_recipients(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what came of hand-overs: keys of _RECORD's parameters."""
    if rows:
        connection.execute(_RECORD, [dict(row) for row in rows])


@dataclass(frozen=True, slots=True)
class Lost:
    """A recipient whose worker is gone, or whose answer was lost some time ago."""

    id: int
    announcement_id: int
    turn: int
    recipient: str
    road: str
    state: str
    claim: str


def lost_recipients(
    connection: Connection, announcement_id: int, turn: int, now: datetime, most: int
) -> list[Lost]:
    """Those whose lease, or whose wait for an echo, is over; held for this transaction."""
    rows = connection.execute(
        select(
            _TOLD.id,
            _TOLD.announcement_id,
            _TOLD.turn,
            _TOLD.recipient,
            _TOLD.road,
            _TOLD.state,
            func.coalesce(_TOLD.claim, ""),
        )
        .where(
            _TOLD.announcement_id == announcement_id,
            _TOLD.turn == turn,
            _TOLD.due_at <= now,
            _TOLD.state.in_(("sending", "unsure")),
        )
        .order_by(_TOLD.due_at, _TOLD.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return [Lost(*row) for row in rows]


_SETTLE = (
    update(announcement_recipient)
    .where(_TOLD.id == bindparam("which"))
    .values(
        state=bindparam("to_state"),
        due_at=bindparam("again_at"),
        claim=None,
        code=bindparam("their_code"),
        carrier_id=func.coalesce(bindparam("named"), _TOLD.carrier_id),
        sent_at=func.coalesce(_TOLD.sent_at, bindparam("at", type_=_TOLD.sent_at.type)),
    )
)


def settle_recipients(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what became of lost ones: which, to_state, again_at, their_code, named, at."""
    if rows:
        connection.execute(_SETTLE, [dict(row) for row in rows])


_ECHOED = by_dialect(
    lambda among: (
        select(_TOLD.id, echo.c.carrier_id)
        .join(echo, echo.c.recipient == _TOLD.recipient)
        .where(
            among(_TOLD.id, "rows"),
            echo.c.text_mark == bindparam("mark"),
            echo.c.at >= _TOLD.begun_at,
        )
    )
)


def echoed_recipients(
    connection: Connection, ids: Collection[int], mark: bytes
) -> Mapping[int, str]:
    """Of lost ones, the carrier's id that their message was echoed under."""
    if not ids:
        return {}
    asked = {"rows": sorted(ids), "mark": mark}
    return {row[0]: row[1] for row in connection.execute(_ECHOED[connection.dialect.name], asked)}


Standing = tuple[int, str, str, str]  # announcement, road, state, code


def count_moves(
    connection: Connection, moves: Counter[Standing], costs: Mapping[Standing, int]
) -> None:
    """Keep the tally in step with what was just written: +1 where one came, -1 where one left."""
    rows = [
        {
            "announcement_id": key[0],
            "road": key[1],
            "state": key[2],
            "code": key[3][:40],
            "count": moves[key],
            "cost_dong": costs.get(key, 0),
        }
        for key in sorted(set(moves) | set(costs))
        if moves[key] or costs.get(key)
    ]
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(announcement_tally)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["announcement_id", "road", "state", "code"],
            set_={
                "count": announcement_tally.c.count + added.excluded.count,
                "cost_dong": announcement_tally.c.cost_dong + added.excluded.cost_dong,
            },
        ),
        rows,
    )


def count_pace(connection: Connection, announcement_id: int, minute: datetime, count: int) -> None:
    """Count what was handed over in a minute."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(announcement_pace).values(
        announcement_id=announcement_id, minute=minute, count=count
    )
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["announcement_id", "minute"],
            set_={"count": announcement_pace.c.count + added.excluded.count},
        )
    )


def is_any_open(connection: Connection, announcement_id: int, turn: int = 0) -> bool:
    """Whether anybody of an announcement still waits, or is on the way."""
    found = connection.scalar(
        select(_TOLD.id)
        .where(
            _TOLD.announcement_id == announcement_id,
            _TOLD.turn == turn,
            _TOLD.due_at.is_not(None),
        )
        .limit(1)
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class Reportable:
    """A recipient that a carrier's report names."""

    id: int
    announcement_id: int
    turn: int
    road: str
    received_at: datetime | None
    seen_at: datetime | None


def recipients_named(connection: Connection, refs: Collection[str]) -> list[Reportable]:
    """The recipients whose message has one of these names, held for this transaction."""
    rows = connection.execute(
        select(
            _TOLD.id,
            _TOLD.announcement_id,
            _TOLD.turn,
            _TOLD.road,
            _TOLD.received_at,
            _TOLD.seen_at,
        )
        .where(_TOLD.carrier_id.in_(sorted(refs)))
        .with_for_update()
    )
    return [Reportable(*row) for row in rows]


def report_recipient(connection: Connection, row_id: int, values: Mapping[str, Any]) -> None:
    """Write what a report says of one recipient."""
    connection.execute(update(announcement_recipient).where(_TOLD.id == row_id).values(**values))


def next_turn(connection: Connection, announcement_id: int) -> int:
    """The number of the next test send."""
    last = connection.scalar(
        select(func.max(_TOLD.turn)).where(_TOLD.announcement_id == announcement_id)
    )
    return int(last or 0) + 1


def add_testers(
    connection: Connection, announcement_id: int, turn: int, roads: Mapping[str, str], now: datetime
) -> None:
    """Write the recipients of a test send down: user id to road."""
    if roads:
        connection.execute(
            insert(announcement_recipient),
            [
                {
                    "announcement_id": announcement_id,
                    "turn": turn,
                    "recipient": user_id,
                    "road": road,
                    "state": "waiting",
                    "due_at": now,
                    "refusals": 0,
                }
                for user_id, road in sorted(roads.items())
            ],
        )


def tests_due(connection: Connection, now: datetime) -> list[tuple[int, int]]:
    """(announcement, turn) of test sends that somebody waits for."""
    rows = connection.execute(
        select(_TOLD.announcement_id, _TOLD.turn)
        .join(announcement, announcement.c.id == _TOLD.announcement_id)
        .where(_TOLD.turn > 0, _TOLD.due_at <= now)
        .distinct()
    )
    return [(row[0], row[1]) for row in rows]
