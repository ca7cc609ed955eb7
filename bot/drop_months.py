"""Whole months past their keeping time dropped, once the books of their days are closed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from bot.core.months import Month, month_of, months_from
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.books import last_frozen
from bot.store.months_dropped import note_dropped, was_thinned
from bot.store.partitions import (
    Partition,
    drop_partition,
    hold,
    is_parted,
    partitions_of,
    rows_of,
    thin_partition,
)
from bot.store.past_months import (
    are_notices_open,
    delete_attempts,
    delete_changes,
    living_dossiers,
    oldest_row,
    rows_of_living,
    rows_within,
)

ROWS = 1_000  # of one transaction, where rows are deleted one by one
HISTORY = "dossier_change"  # of dossiers that live on, all of it stays
NOT_FROZEN = "the books of its days are not all frozen yet"
STILL_OPEN = "notices of it are still owed"
Note = Callable[[Connection, int], None]

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class PastMonth:
    """One month past its keeping time, or all up to it.

    Shape: `going` rows of it may go, `kept` are needed by dossiers that live on; `stays` says why
           none of it goes yet.
    """

    table: str
    month: Month
    since: datetime | None
    kept_from: datetime
    going: int
    kept: int
    stays: str = ""
    part: Partition | None = None

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self.month.until


@dataclass(frozen=True, slots=True)
class _Span:
    """A month, or all up to it where `since` is None, with its partition where there are any."""

    month: Month
    since: datetime | None
    part: Partition | None = None


def past_months(runtime: Runtime, table: str, before: datetime) -> list[PastMonth]:
    """The months of a table that ended before a moment and of which something can go."""
    first_kept = month_of(before)
    with reading(runtime.engine) as connection:
        spans = _spans(connection, table, first_kept)
        found = [_past(runtime, connection, table, one, first_kept.since) for one in spans]
    return [one for one in found if one.going]


def _spans(connection: Connection, table: str, first_kept: Month) -> list[_Span]:
    if is_parted(connection):
        return [
            _Span(part.month, part.since, part)
            for part in partitions_of(connection, table)
            if part.month is not None and part.month < first_kept
        ]
    oldest = oldest_row(connection, table)
    if oldest is None:
        return []
    months = months_from(month_of(oldest), first_kept.later(-1))
    return [_Span(month, month.since) for month in months]


def _past(
    runtime: Runtime, connection: Connection, table: str, span: _Span, kept_from: datetime
) -> PastMonth:
    until, kept = span.month.until, 0
    rows = rows_within(connection, table, span.since, until)
    if table == HISTORY and rows:
        kept = rows_of_living(connection, span.since, until, kept_from)
    going = rows - kept
    if kept and span.part is not None and was_thinned(connection, table, span.month):
        going = 0  # what was put back goes when all of it can
    stays = _why_it_stays(runtime, connection, span) if going else ""
    return PastMonth(table, span.month, span.since, kept_from, going, kept, stays, span.part)


def _why_it_stays(runtime: Runtime, connection: Connection, span: _Span) -> str:
    """Why none of a month goes; "" when nothing holds it."""
    last_day = (span.month.until - timedelta(seconds=1)).astimezone(runtime.settings.zone).date()
    frozen = last_frozen(connection)
    if frozen is None or frozen < last_day:
        return NOT_FROZEN
    return STILL_OPEN if are_notices_open(connection, span.since, span.month.until) else ""


def drop_month(runtime: Runtime, past: PastMonth, note: Note) -> int:
    """Drop a month, but for what lives on; how many rows went.

    Shape: `note` is told the rows of each transaction, inside it. Nothing goes of a month that
           stays, or that somebody works on just now: the next purge comes back to it.
    """
    if past.stays:
        return 0
    if past.part is None:
        return _delete(runtime, past, note)
    try:
        with runtime.engine.begin() as connection:
            dropped, kept = _take_off(connection, past, past.part)
            note_dropped(connection, past.table, past.month, dropped, kept, runtime.now())
            note(connection, dropped)
    except OperationalError as fault:
        why = type(fault.orig).__name__
        logger.warning("months.in_use", table=past.table, month=str(past.month), why=why)
        return 0
    logger.info("months.dropped", table=past.table, month=str(past.month), rows=dropped, kept=kept)
    return dropped


def _take_off(connection: Connection, past: PastMonth, part: Partition) -> tuple[int, int]:
    """(rows dropped, rows kept) of a partition."""
    rows = rows_of(connection, part.name)
    hold(connection, past.table)  # then nothing of it comes to life any more
    living = _living(connection, past)
    if living:
        kept = thin_partition(connection, past.table, part, "dossier_id", living)
        return rows - kept, kept
    drop_partition(connection, past.table, part.name)
    return rows, 0


def _living(connection: Connection, past: PastMonth) -> list[int]:
    if past.table != HISTORY:
        return []
    return list(living_dossiers(connection, past.since, past.until, past.kept_from))


def _delete(runtime: Runtime, past: PastMonth, note: Note) -> int:
    """Row by row, where there are no partitions; a run that is cut off is gone on with."""
    total = 0
    while True:
        with runtime.engine.begin() as connection:
            done = _delete_some(connection, past)
            if not done:
                return total
            note_dropped(connection, past.table, past.month, done, past.kept, runtime.now())
            note(connection, done)
        total += done


def _delete_some(connection: Connection, past: PastMonth) -> int:
    if past.table != HISTORY:
        return delete_attempts(connection, past.since, past.until, ROWS)
    return delete_changes(connection, past.since, past.until, past.kept_from, ROWS)
