"""Results that go back by post: wanted, claimed for an order, changed, listed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.postal import BEFORE_ORDER, ReturnState
from bot.store.among import by_dialect
from bot.store.post_tables import post_return
from bot.store.tables import agency, dossier


@dataclass(frozen=True, slots=True, repr=False)
class PostReturn:
    """One return as it is stored; `receiver`, `told`, `item_code` and `reason` are sealed."""

    id: int
    dossier_id: int
    receiver: bytes | None
    told: bytes | None
    told_mark: bytes | None
    item_code: bytes | None
    item_mark: bytes | None
    state: ReturnState
    due_at: datetime | None
    claim: str | None
    refusals: int
    asked_at: datetime | None
    cancel_at: datetime | None
    reason: bytes | None
    ordered_at: datetime | None
    order_day: date | None
    collected_at: datetime | None
    closed_at: datetime | None
    created_by: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class DossierReturn:
    """A return beside what lists say of its dossier."""

    one: PostReturn
    code: str
    local_code: str | None
    agency_code: str
    procedure_code: str
    procedure_name: str
    status: int
    step: str


_COLUMNS = tuple(post_return.c[name] for name in PostReturn.__dataclass_fields__)
_ONCE = {
    name: dialect.insert(post_return).on_conflict_do_nothing(index_elements=["dossier_id"])
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_OF_DOSSIERS = by_dialect(
    lambda among: select(*_COLUMNS).where(among(post_return.c.dossier_id, "dossiers"))
)
_HOLD_DOSSIERS = {
    dialect: chosen.order_by(post_return.c.id).with_for_update()
    for dialect, chosen in _OF_DOSSIERS.items()
}
_BESIDE = (
    dossier.c.code,
    dossier.c.local_code,
    dossier.c.agency_code,
    dossier.c.procedure_code,
    dossier.c.procedure_name,
    dossier.c.status,
    dossier.c.step,
)
_WITH_DOSSIER: Select[Any] = select(*_COLUMNS, *_BESIDE).join(
    dossier, dossier.c.id == post_return.c.dossier_id
)


def row_columns() -> tuple[ColumnElement[Any], ...]:
    """The columns of a return, in the order of its fields."""
    return _COLUMNS


def row_of(row: Sequence[Any]) -> PostReturn:
    """A return from these columns."""
    known = dict(zip(PostReturn.__dataclass_fields__, row, strict=True))
    return PostReturn(**{**known, "state": ReturnState(known["state"])})


def _beside(row: Sequence[Any]) -> DossierReturn:
    cut = len(_COLUMNS)
    return DossierReturn(row_of(row[:cut]), *row[cut:])


def add_returns(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store returns that are wanted; a dossier that has one keeps it."""
    if rows:
        connection.execute(_ONCE[connection.dialect.name], list(rows))


def returns_of(
    connection: Connection, dossiers: Collection[int], hold: bool = False
) -> dict[int, PostReturn]:
    """The returns of these dossiers, by the dossier's id; with `hold` for this transaction.

    They are held in the order of their ids, so that nobody waits in a ring.
    """
    if not dossiers:
        return {}
    chosen = (_HOLD_DOSSIERS if hold else _OF_DOSSIERS)[connection.dialect.name]
    rows = connection.execute(chosen, {"dossiers": sorted(dossiers)})
    return {one.dossier_id: one for one in map(row_of, rows)}


def hold_return(connection: Connection, code: str) -> DossierReturn | None:
    """The return of a dossier by its code, held for this transaction; None when it has none."""
    chosen = _WITH_DOSSIER.where(dossier.c.code == code).with_for_update(of=post_return)
    row = connection.execute(chosen).one_or_none()
    return _beside(row) if row else None


def return_called(connection: Connection, code: str) -> DossierReturn | None:
    """The return of a dossier by its code; None when it has none."""
    row = connection.execute(_WITH_DOSSIER.where(dossier.c.code == code)).one_or_none()
    return _beside(row) if row else None


def change_return(
    connection: Connection, return_id: int, now: datetime, values: Mapping[str, Any]
) -> None:
    """Write what has changed of a return."""
    connection.execute(
        update(post_return)
        .where(post_return.c.id == return_id)
        .values(updated_at=now, **dict(values))
    )


@dataclass(frozen=True, slots=True)
class ReturnWish:
    """The worker's wish: how many returns, until when, as whom."""

    most: int
    claimer: str
    now: datetime
    lease_until: datetime


_DUE = (
    select(post_return.c.id)
    .where(post_return.c.due_at <= bindparam("now"))
    .order_by(post_return.c.due_at, post_return.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(post_return)
    .where(post_return.c.id.in_(_DUE.scalar_subquery()))
    .values(due_at=bindparam("lease_until"), claim=bindparam("claimer"))
    .returning(post_return.c.id)
)


def claim_returns(connection: Connection, wish: ReturnWish) -> list[DossierReturn]:
    """Take due returns for one worker, the longest due first.

    Source: bot.store.outbox.claim.
    """
    ids = list(
        connection.scalars(
            _CLAIM,
            {
                "now": wish.now,
                "most": wish.most,
                "lease_until": wish.lease_until,
                "claimer": wish.claimer,
            },
        )
    )
    if not ids:
        return []
    rows = connection.execute(
        _WITH_DOSSIER.where(post_return.c.id.in_(ids)).order_by(post_return.c.id)
    )
    return [_beside(row) for row in rows]


def hold_claimed(connection: Connection, return_id: int) -> PostReturn | None:
    """A return as it stands after a call, held for this transaction."""
    row = connection.execute(
        select(*_COLUMNS).where(post_return.c.id == return_id).with_for_update()
    ).one_or_none()
    return row_of(row) if row else None


def returns_due(connection: Connection, now: datetime) -> int:
    """How many returns wait for the worker."""
    chosen = select(func.count()).select_from(post_return).where(post_return.c.due_at <= now)
    return connection.scalar(chosen) or 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which returns a list shows.

    Shape: `agencies` None for all; no states for all; ids below `before`, newest first.
    """

    agencies: Collection[str] | None = None
    states: Collection[ReturnState] = ()
    before: int | None = None
    most: int = 50


def list_returns(connection: Connection, chosen: Chosen) -> list[DossierReturn]:
    """Returns for a page, newest first."""
    query = _WITH_DOSSIER.where(*_which(chosen)).order_by(post_return.c.id.desc())
    if chosen.before is not None:
        query = query.where(post_return.c.id < chosen.before)
    return [_beside(row) for row in connection.execute(query.limit(chosen.most))]


def count_by_state(
    connection: Connection, agencies: Collection[str] | None = None
) -> dict[ReturnState, int]:
    """How many returns stand in each state."""
    query = select(post_return.c.state, func.count()).group_by(post_return.c.state)
    if agencies is not None:
        query = query.join(dossier, dossier.c.id == post_return.c.dossier_id).where(
            dossier.c.agency_code.in_(sorted(agencies))
        )
    return {ReturnState(state): count for state, count in connection.execute(query)}


def overdue_since(connection: Connection, waited: Callable[[int], timedelta]) -> datetime | None:
    """When the order or cancellation first became due that waits longest; None when none is.

    One that the service did not answer is due again later: then the moment of its first try.
    Shape: `waited` is how long so many tries that surely came to nothing have put an order off.
    """
    begun = func.coalesce(post_return.c.cancel_at, post_return.c.asked_at)
    tried: datetime | None = connection.scalar(
        select(func.min(begun)).where(post_return.c.due_at.is_not(None))
    )
    untaken = connection.execute(
        select(post_return.c.refusals, func.min(post_return.c.due_at))
        .where(post_return.c.due_at.is_not(None), begun.is_(None))
        .group_by(post_return.c.refusals)
    )
    moments = [due_at - waited(refusals) for refusals, due_at in untaken]
    return min([*moments, *([tried] if tried else [])], default=None)


def count_halted(connection: Connection) -> int:
    """How many orders wait that the service surely has not taken, for our account's sake."""
    chosen = select(func.count()).where(
        post_return.c.state == str(ReturnState.REGISTERED),
        post_return.c.due_at.is_not(None),
        post_return.c.asked_at.is_(None),
        post_return.c.refusals > 0,
    )
    return connection.scalar(chosen) or 0


def last_refused(connection: Connection) -> PostReturn | None:
    """The order that was refused last; None where one was taken since."""
    taken = select(func.max(post_return.c.ordered_at)).scalar_subquery()
    row = connection.execute(
        select(*_COLUMNS)
        .where(
            post_return.c.state == str(ReturnState.REFUSED),
            or_(taken.is_(None), post_return.c.updated_at > taken),
        )
        .order_by(post_return.c.updated_at.desc(), post_return.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row_of(row) if row else None


def desks_of_open(connection: Connection) -> set[str]:
    """The agencies whose dossiers have a return that is not ordered yet."""
    return set(
        connection.scalars(
            select(dossier.c.agency_code)
            .join(post_return, post_return.c.dossier_id == dossier.c.id)
            .where(post_return.c.state.in_(sorted(map(str, BEFORE_ORDER))))
            .distinct()
        )
    )


def _which(chosen: Chosen) -> list[ColumnElement[bool]]:
    which: list[ColumnElement[bool]] = []
    if chosen.agencies is not None:
        which.append(dossier.c.agency_code.in_(sorted(chosen.agencies)))
    if chosen.states:
        which.append(post_return.c.state.in_(sorted(map(str, chosen.states))))
    return which


def returns_for_file(
    connection: Connection, day: date, agencies: Collection[str], ready_at: datetime | None
) -> list[DossierReturn]:
    """The returns of a day's order file by code, held for this transaction.

    Shape: those that stand in that day's file already and, with `ready_at`, those whose result
           waits for an order since then at the latest.
    """
    in_file = post_return.c.order_day == day
    if ready_at is not None:
        ready = (
            post_return.c.state == str(ReturnState.REGISTERED),
            post_return.c.due_at <= ready_at,
            post_return.c.receiver.is_not(None),
        )
        in_file = or_(in_file, *[ready[0] & ready[1] & ready[2]])
    rows = connection.execute(
        _WITH_DOSSIER.where(
            in_file,
            dossier.c.agency_code.in_(sorted(agencies)),
            post_return.c.state != str(ReturnState.CANCELLED),
        )
        .order_by(post_return.c.id)  # as everybody holds them, so that nobody waits in a ring
        .with_for_update(of=post_return)
    )
    return sorted(map(_beside, rows), key=lambda found: found.code)


@dataclass(frozen=True, slots=True)
class ResultHold:
    """Where a dossier stands, and how long its agency holds results back."""

    dossier_id: int
    status: int
    step: str
    changed_at: datetime
    hold_minutes: int


_HOLDS = by_dialect(
    lambda among: (
        select(
            dossier.c.id,
            dossier.c.status,
            dossier.c.step,
            dossier.c.changed_at,
            agency.c.result_hold_minutes,
        )
        .join(agency, agency.c.code == dossier.c.agency_code)
        .where(among(dossier.c.id, "dossiers"))
    )
)


def result_holds(connection: Connection, dossiers: Collection[int]) -> list[ResultHold]:
    """Where these dossiers stand, as far as an order depends on it."""
    if not dossiers:
        return []
    rows = connection.execute(_HOLDS[connection.dialect.name], {"dossiers": sorted(dossiers)})
    return [ResultHold(*row) for row in rows]


_MARKS = by_dialect(
    lambda among: select(post_return.c.item_mark, post_return.c.id).where(
        among(post_return.c.item_mark, "marks")
    )
)


def known_marks(connection: Connection, marks: Collection[bytes]) -> dict[bytes, int]:
    """Which returns have item codes with these marks."""
    if not marks:
        return {}
    rows = connection.execute(_MARKS[connection.dialect.name], {"marks": list(marks)})
    return {bytes(mark): place for mark, place in rows}
