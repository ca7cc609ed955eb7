"""Batches of slips: asked for, taken by a worker under a lease, drawn, shown, dropped."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from bot.store.counter_tables import intake, slip_batch

WAITING, DRAWING, READY, FAILED = "waiting", "drawing", "ready", "failed"
_OPEN = (WAITING, DRAWING)


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is.

    Shape: `kept` is whether its PDF is still there; `fault` says what could not be printed.
    """

    id: int
    agency_code: str
    day: date
    paper: str
    state: str
    total: int
    done: int
    tries: int
    fault: str | None
    created_at: datetime
    finished_at: datetime | None
    kept: bool

    @property
    def open(self) -> bool:
        """Whether it is still to be drawn."""
        return self.state in _OPEN


@dataclass(frozen=True, slots=True)
class TakenBatch:
    """A batch that this worker draws; `turn` tells its work from that of an earlier holder."""

    id: int
    agency_code: str
    day: date
    paper: str
    turn: int


_STATE: tuple[ColumnElement[Any], ...] = (
    slip_batch.c.id,
    slip_batch.c.agency_code,
    slip_batch.c.day,
    slip_batch.c.paper,
    slip_batch.c.state,
    slip_batch.c.total,
    slip_batch.c.done,
    slip_batch.c.tries,
    slip_batch.c.fault,
    slip_batch.c.created_at,
    slip_batch.c.finished_at,
    slip_batch.c.pdf.is_not(None),
)


def dossiers_of_day(
    connection: Connection, agency_code: str, since: datetime, until: datetime
) -> list[int]:
    """The ids of what an agency's counter took in, in that order."""
    chosen = (
        select(intake.c.dossier_id)
        .where(
            intake.c.agency_code == agency_code,
            intake.c.taken_at >= since,
            intake.c.taken_at < until,
        )
        .order_by(intake.c.taken_at, intake.c.dossier_id)
    )
    return list(connection.scalars(chosen))


def add_batch(connection: Connection, values: dict[str, Any]) -> int:
    """Ask for a batch; its id."""
    added = insert(slip_batch).values(state=WAITING, **values).returning(slip_batch.c.id)
    return int(connection.execute(added).scalar_one())


def batch_state(connection: Connection, batch_id: int) -> BatchState | None:
    """One batch; None when there is none."""
    row = connection.execute(select(*_STATE).where(slip_batch.c.id == batch_id)).one_or_none()
    return BatchState(*row) if row else None


def recent_batches(
    connection: Connection, agencies: Collection[str], most: int
) -> list[BatchState]:
    """The newest batches of these agencies."""
    chosen = (
        select(*_STATE)
        .where(slip_batch.c.agency_code.in_(sorted(agencies)))
        .order_by(slip_batch.c.id.desc())
        .limit(most)
    )
    return [BatchState(*row) for row in connection.execute(chosen)]


def open_batch(connection: Connection, agency_code: str, day: date, paper: str) -> int | None:
    """The batch of this day that is being drawn already, so that a second press draws no other."""
    chosen = (
        select(slip_batch.c.id)
        .where(
            slip_batch.c.agency_code == agency_code,
            slip_batch.c.day == day,
            slip_batch.c.paper == paper,
            slip_batch.c.state.in_(_OPEN),
        )
        .order_by(slip_batch.c.id)
        .limit(1)
    )
    return connection.scalar(chosen)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        slip_batch.c.state == WAITING,
        and_(slip_batch.c.state == DRAWING, slip_batch.c.lease_until <= now),
    )


def a_batch_waits(connection: Connection, now: datetime) -> bool:
    """Whether there is one that nobody draws."""
    return connection.scalar(select(slip_batch.c.id).where(_free(now)).limit(1)) is not None


def take_batch(connection: Connection, now: datetime, lease_until: datetime) -> TakenBatch | None:
    """Take the oldest batch that nobody draws; None when there is none.

    One conditional UPDATE decides, so that each is drawn by one worker; a lease that ended (its
    worker died) may be taken over, and what it had drawn is drawn anew.
    """
    oldest = select(slip_batch.c.id).where(_free(now)).order_by(slip_batch.c.id).limit(1)
    taken = connection.execute(
        update(slip_batch)
        .where(slip_batch.c.id == oldest.scalar_subquery(), _free(now))
        .values(state=DRAWING, lease_until=lease_until, tries=slip_batch.c.tries + 1, done=0)
        .returning(
            slip_batch.c.id,
            slip_batch.c.agency_code,
            slip_batch.c.day,
            slip_batch.c.paper,
            slip_batch.c.tries,
        )
    ).one_or_none()
    return TakenBatch(*taken) if taken else None


def _held(taken: TakenBatch) -> ColumnElement[bool]:
    return and_(
        slip_batch.c.id == taken.id,
        slip_batch.c.state == DRAWING,
        slip_batch.c.tries == taken.turn,
    )


def note_progress(
    connection: Connection, taken: TakenBatch, done: int, total: int, lease_until: datetime
) -> bool:
    """Say how far it is and hold it for longer; False when another worker has taken it over."""
    noted = connection.execute(
        update(slip_batch)
        .where(_held(taken))
        .values(done=done, total=total, lease_until=lease_until)
    )
    return noted.rowcount == 1


def finish_batch(
    connection: Connection, taken: TakenBatch, pdf: bytes, fault: str | None, now: datetime
) -> bool:
    """Keep the drawn PDF, sealed; False when another worker has taken the batch over."""
    kept = connection.execute(
        update(slip_batch)
        .where(_held(taken))
        .values(
            state=READY,
            done=slip_batch.c.total,
            pdf=pdf,
            fault=fault,
            lease_until=None,
            finished_at=now,
        )
    )
    return kept.rowcount == 1


def fail_batch(connection: Connection, taken: TakenBatch, fault: str, now: datetime) -> None:
    """Say why it cannot be drawn."""
    connection.execute(
        update(slip_batch)
        .where(_held(taken))
        .values(state=FAILED, fault=fault, lease_until=None, finished_at=now)
    )


def give_back(connection: Connection, taken: TakenBatch) -> None:
    """Let the next worker draw it from the beginning; this turn does not count against it."""
    connection.execute(
        update(slip_batch)
        .where(_held(taken))
        .values(state=WAITING, lease_until=None, done=0, tries=taken.turn - 1)
    )


def batch_pdf(connection: Connection, batch_id: int) -> bytes | None:
    """The sealed PDF; None when it is not drawn yet, or dropped."""
    return connection.scalar(select(slip_batch.c.pdf).where(slip_batch.c.id == batch_id))


def forget_batches(connection: Connection, pdf_before: datetime, row_before: datetime) -> None:
    """Drop the PDFs of old batches, and the rows of older ones that are done with."""
    connection.execute(
        update(slip_batch)
        .where(slip_batch.c.finished_at < pdf_before, slip_batch.c.pdf.is_not(None))
        .values(pdf=None)
    )
    connection.execute(delete(slip_batch).where(slip_batch.c.finished_at < row_before))
