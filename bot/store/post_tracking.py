"""What the postal service told of parcels: its lines, how far they are read, what they earned."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.book import PostNews
from bot.core.dossier import Status
from bot.core.postal import ReturnState
from bot.store.among import by_dialect
from bot.store.counter_tables import intake
from bot.store.post_orders import PostReturn, row_columns, row_of
from bot.store.post_tables import post_cursor, post_progress, post_return
from bot.store.stretch import ALL_DOSSIERS, Stretch
from bot.store.tables import dossier

_INSERTS: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class TrackCursor:
    """How far tracking has been read."""

    last_id: int = 0
    unknown: int = 0
    succeeded_at: datetime | None = None
    tried_at: datetime | None = None
    fault: str | None = None


_CURSOR = (
    post_cursor.c.last_id,
    post_cursor.c.unknown,
    post_cursor.c.succeeded_at,
    post_cursor.c.tried_at,
    post_cursor.c.fault,
)


def track_cursor(connection: Connection, name: str, hold: bool = False) -> TrackCursor:
    """The cursor of this name, at the beginning when there is none; with `hold` it has its row."""
    if hold:
        begun = _INSERTS[connection.dialect.name](post_cursor).values(
            name=name, last_id=0, unknown=0
        )
        connection.execute(begun.on_conflict_do_nothing(index_elements=["name"]))
    chosen = select(*_CURSOR).where(post_cursor.c.name == name)
    row = connection.execute(chosen.with_for_update() if hold else chosen).one_or_none()
    return TrackCursor(*row) if row else TrackCursor()


def move_track_cursor(connection: Connection, name: str, last_id: int, unknown: int) -> None:
    """All lines up to this id are stored, `unknown` of them of orders that are not ours."""
    connection.execute(
        update(post_cursor)
        .where(post_cursor.c.name == name, post_cursor.c.last_id < last_id)
        .values(last_id=last_id, unknown=post_cursor.c.unknown + unknown)
    )


def note_tracking(
    connection: Connection, name: str, now: datetime, fault: str | None, whole: bool
) -> None:
    """Note the last look at tracking: why it failed, or that it was read to its `whole` end."""
    values: dict[str, Any] = {"tried_at": now, "fault": fault[:300] if fault else None}
    if whole:
        values["succeeded_at"] = now
    connection.execute(update(post_cursor).where(post_cursor.c.name == name).values(**values))


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """A return and what a notice about it needs of its dossier."""

    one: PostReturn
    code: str
    agency_code: str
    procedure_code: str
    same_day: bool
    step: str
    due_at: datetime | None
    phone_index: bytes | None


_PARCEL = (
    dossier.c.code,
    dossier.c.agency_code,
    dossier.c.procedure_code,
    dossier.c.same_day,
    dossier.c.step,
    dossier.c.due_at,
    dossier.c.phone_index,
)
# The dossiers first, in the order in which feeds hold them: a notice refers to its dossier, so
# whoever owes one with the return alone in hand would wait in a ring with a feed on PostgreSQL.
_THEIR_DOSSIERS = by_dialect(
    lambda among: (
        select(dossier.c.id)
        .where(
            among(dossier.c.code, "codes"),
            dossier.c.id.in_(select(post_return.c.dossier_id)),
        )
        .order_by(dossier.c.code)
        .with_for_update()
    )
)
_PARCELS = by_dialect(
    lambda among: (
        select(*row_columns(), *_PARCEL)
        .join(dossier, dossier.c.id == post_return.c.dossier_id)
        .where(among(dossier.c.code, "codes"))
        .order_by(post_return.c.id)
        .with_for_update(of=post_return)
    )
)


def hold_parcels(connection: Connection, codes: Collection[str]) -> dict[str, Parcel]:
    """The returns of the dossiers with these codes, both held for this transaction, by code."""
    if not codes:
        return {}
    dialect, wanted = connection.dialect.name, {"codes": sorted(codes)}
    connection.execute(_THEIR_DOSSIERS[dialect], wanted)
    rows = connection.execute(_PARCELS[dialect], wanted)
    cut = len(row_columns())
    return {row[cut]: Parcel(row_of(row[:cut]), *row[cut:]) for row in rows}


def add_line(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Store a line of tracking; False when it was known."""
    added = _INSERTS[connection.dialect.name](post_progress).values(**row)
    done = connection.execute(
        added.on_conflict_do_nothing(index_elements=["service", "row_id"]).returning(
            post_progress.c.id
        )
    )
    return done.scalar_one_or_none() is not None


@dataclass(frozen=True, slots=True, repr=False)
class ToldLine:
    """One line as it is shown; `message` is sealed, None once it was wiped."""

    dossier_id: int
    code: str
    message: bytes | None
    milestone: str
    at: datetime
    arrived_at: datetime


_LINES = by_dialect(
    lambda among: (
        select(
            post_progress.c.dossier_id,
            post_progress.c.code,
            post_progress.c.message,
            post_progress.c.milestone,
            post_progress.c.at,
            post_progress.c.arrived_at,
        )
        .join(post_return, post_return.c.id == post_progress.c.return_id)
        .where(among(post_return.c.dossier_id, "dossiers"))
        .order_by(post_progress.c.at, post_progress.c.row_id)
    )
)


def told_lines(connection: Connection, dossiers: Collection[int]) -> dict[int, list[ToldLine]]:
    """What the service told of the parcels of these dossiers, oldest first."""
    found: dict[int, list[ToldLine]] = {}
    if dossiers:
        rows = connection.execute(_LINES[connection.dialect.name], {"dossiers": sorted(dossiers)})
        for row in rows:
            found.setdefault(row[0], []).append(ToldLine(*row))
    return found


def delivered_in_result(connection: Connection, since: datetime, most: int) -> Sequence[Any]:
    """Dossiers taken in here whose result was delivered since and that still wait to be handed
    back: code, its moment of change, when it was delivered."""
    return connection.execute(
        select(dossier.c.code, dossier.c.changed_at, post_return.c.closed_at)
        .join(post_return, post_return.c.dossier_id == dossier.c.id)
        .join(intake, intake.c.dossier_id == dossier.c.id)
        .where(
            post_return.c.state == str(ReturnState.DELIVERED),
            post_return.c.closed_at >= since,
            dossier.c.status == int(Status.RESULT),
        )
        .order_by(post_return.c.closed_at, post_return.c.id)
        .limit(most)
    ).all()


def earned_by_post(
    connection: Connection,
    since: datetime,
    until: datetime,
    agencies: Collection[str] | None = None,
    stretch: Stretch = ALL_DOSSIERS,
) -> list[PostNews]:
    """The lines told since for which a notice was owed, at these agencies when some are named."""
    chosen = (
        select(
            post_progress.c.dossier_id,
            post_progress.c.earned,
            post_progress.c.at,
            post_progress.c.arrived_at,
            post_progress.c.agency_code,
            post_progress.c.procedure_code,
        )
        .where(
            post_progress.c.arrived_at >= since,
            post_progress.c.arrived_at < until,
            post_progress.c.earned.is_not(None),
            stretch.holds(post_progress.c.dossier_id),
        )
        .order_by(post_progress.c.id)
    )
    if agencies is not None:
        chosen = chosen.where(post_progress.c.agency_code.in_(sorted(agencies)))
    return [PostNews(*row) for row in connection.execute(chosen)]


def newest_cursor(connection: Connection) -> TrackCursor | None:
    """The cursor that was looked at last; None when tracking was never read."""
    row = connection.execute(
        select(*_CURSOR).order_by(post_cursor.c.tried_at.desc()).limit(1)
    ).one_or_none()
    return TrackCursor(*row) if row else None


def parcels_out(connection: Connection) -> int:
    """How many parcels the postal service has or was ordered to collect."""
    out = (ReturnState.ORDERED, ReturnState.COLLECTED, ReturnState.UNDER_WAY)
    chosen = select(func.count()).select_from(post_return)
    return connection.scalar(chosen.where(or_(*(post_return.c.state == str(s) for s in out)))) or 0
