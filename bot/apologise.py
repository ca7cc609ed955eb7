"""The evening's apology: who was promised a result by the next working day and has none yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from bot.core.apology import Evening, beginning, evening_of, is_time
from bot.core.notice import Lane, NoticeEvent
from bot.core.notice_rules import is_in_result
from bot.database import reading
from bot.logs import log
from bot.notice_record import Owing, notice_record
from bot.runtime import Runtime
from bot.store.apologies import (
    Promised,
    advance_run,
    apologised,
    begin_run,
    finish_run,
    promised_dossiers,
    promised_ids,
    run_of,
)
from bot.store.notices import owe_notices
from bot.working_calendar import working_calendar

BATCH = 1_000  # dossiers a transaction
IDS = 50_000  # ids read at once, 8 bytes each: few enough to keep memory flat

logger = log(__name__)


def apologise_if_due(runtime: Runtime) -> int | None:
    """Owe this evening's apologies once it is time; how many, None when it is not or all is done.

    A run that was killed goes on behind the last dossier it decided; one that could not begin
    is caught up with until 21:00. Several may run at once: none is owed twice.
    Source: interfaces 5 (Apology).
    """
    now = runtime.now()
    local = now.astimezone(runtime.settings.zone)
    if not is_time(local):
        return None
    with reading(runtime.engine) as connection:
        run = run_of(connection, local.date())
    if run is None:
        with runtime.engine.begin() as connection:
            begin_run(connection, local.date(), now)
    elif run.finished_at is not None:
        return None
    evening = evening_at(runtime, now)
    reached = run.reached_id if run else 0
    owed = sum(_go_on(runtime, evening, ids) for ids in batches(runtime, evening, reached))
    with runtime.engine.begin() as connection:
        finish_run(connection, evening.day, runtime.now())
    logger.info("apologies.owed", day=evening.day.isoformat(), count=owed)
    return owed


def apologise(runtime: Runtime, at: datetime) -> int:
    """Owe the apologies of the evening of this moment's day, whatever the hour; how many.

    Those owed before are not owed again, so it may run often, and beside the timed job.
    """
    evening = evening_at(runtime, at)
    owed = 0
    for ids in batches(runtime, evening):
        with runtime.engine.begin() as connection:
            count = _owe(connection, runtime, evening, ids)
        owed += _rung_for(runtime, count)
    return owed


def evening_at(runtime: Runtime, at: datetime) -> Evening:
    """The evening of this moment's local day, by the working calendar as it stands now."""
    zone = runtime.settings.zone
    return evening_of(at.astimezone(zone).date(), working_calendar(runtime), zone)


def batches(runtime: Runtime, evening: Evening, after: int = 0) -> Iterator[Sequence[int]]:
    """Ids of the dossiers that are due then, in order, a transaction's worth at a time."""
    while True:
        with reading(runtime.engine) as connection:
            ids = promised_ids(connection, evening.since, evening.until, after, IDS)
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]
        if len(ids) < IDS:
            return
        after = ids[-1]


def _go_on(runtime: Runtime, evening: Evening, ids: Sequence[int]) -> int:
    """One batch of the evening's own run, unless another worker was faster with it."""
    with runtime.engine.begin() as connection:
        run = run_of(connection, evening.day)
        if run is not None and run.reached_id >= ids[-1]:
            return 0
        count = _owe(connection, runtime, evening, ids)
        advance_run(connection, evening.day, ids[-1], count)
    return _rung_for(runtime, count)


def _owe(connection: Connection, runtime: Runtime, evening: Evening, ids: Sequence[int]) -> int:
    now = runtime.now()
    chosen = to_apologise(connection, runtime, evening, ids, hold=True)
    promises = _promises(chosen, runtime.settings.zone)
    rows = [notice_record(_owing(one, promises[one.due_at], now), now) for one in chosen]
    owe_notices(connection, rows)
    return len(chosen)


def _rung_for(runtime: Runtime, count: int) -> int:
    if count:
        runtime.bell.ring("notice")
    return count


def to_apologise(
    connection: Connection, runtime: Runtime, evening: Evening, ids: Sequence[int], hold: bool
) -> list[Promised]:
    """Those of these dossiers that are apologised for: not at the result, not told before.

    Told before is asked only once the dossiers are held, so that of two runs at once the
    second sees what the first has owed, even where a phone was changed in between.
    """
    found = promised_dossiers(connection, ids, evening.since, evening.until, hold)
    told = apologised(connection, [one.dossier_id for one in found])
    stands = {(one.status, one.step): one for one in found}  # few, of a thousand dossiers
    ready = {place for place, one in stands.items() if is_in_result(one)}
    promises = _promises(found, runtime.settings.zone)
    return [
        one
        for one in found
        if (one.status, one.step) not in ready
        and (one.dossier_id, promises[one.due_at]) not in told
    ]


def _promises(found: Sequence[Promised], zone: tzinfo) -> dict[datetime, datetime]:
    """What an apology is known by, by due date: the promised day, whatever the hour."""
    moments = {one.due_at for one in found}
    return {moment: beginning(moment.astimezone(zone).date(), zone) for moment in moments}


def _owing(one: Promised, promise: datetime, now: datetime) -> Owing:
    return Owing(
        event=NoticeEvent.APOLOGY,
        dossier_id=one.dossier_id,
        changed_at=promise,
        recipient=one.phone_index.hex() if one.phone_index else "",
        agency_code=one.agency_code,
        procedure_code=one.procedure_code,
        due_at=now,
        step=one.step,
        promised_at=one.due_at,
        lane=Lane.MASS,
    )
