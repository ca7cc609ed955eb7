"""A day's slips in one PDF, as the counter asks for them, watches them and opens them."""

from datetime import UTC, date, datetime, time, timedelta

from bot.core.counter_faults import Faults, refused
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.slip_batches import (
    BatchState,
    add_batch,
    batch_pdf,
    batch_state,
    dossiers_of_day,
    forget_batches,
    open_batch,
    recent_batches,
)

MOST = 2_000  # slips in one file
PAPERS = ("A5", "A4")
LANE = "bulk"
PDF_KEPT, ROW_KEPT = timedelta(days=1), timedelta(days=30)
MOST_LISTED = 20


def ask_batch(
    runtime: Runtime, actor: Actor, agency_code: str, day: date, paper: str
) -> int | Faults:
    """Have the slips of all that an agency's counter took in on a day drawn; the batch's id.

    A day that is being drawn already is not drawn twice.
    """
    if agency_code not in actor.agencies:
        return refused("Không có cơ quan này trong phạm vi của bạn.", "agency")
    if paper not in PAPERS:
        return refused("Chọn khổ giấy A5 hoặc A4.", "paper")
    now = runtime.now()
    with runtime.engine.begin() as connection:
        known = open_batch(connection, agency_code, day, paper)
        if known is not None:
            return known
        count = len(dossiers_of_day(connection, agency_code, *day_of(runtime, day)))
        if not 0 < count <= MOST:
            return refused(_count_fault(count, day), "day")
        values = {"staff_id": actor.account.id, "agency_code": agency_code, "day": day}
        batch_id = add_batch(
            connection, {**values, "paper": paper, "total": count, "created_at": now}
        )
        deed = Deed(
            "batch.asked",
            agency_code,
            "batch",
            str(batch_id),
            {"day": day.isoformat(), "paper": paper, "slips": count},
        )
        write_deed(connection, actor, now, deed)
    runtime.bell.ring(LANE)
    return batch_id


def _count_fault(count: int, day: date) -> str:
    if count == 0:
        return f"Ngày {day:%d/%m/%Y} quầy này không tiếp nhận hồ sơ nào. Chọn ngày khác."
    return f"Ngày {day:%d/%m/%Y} có {count} hồ sơ, mỗi tệp chứa nhiều nhất {MOST}. In từng hồ sơ."


def day_of(runtime: Runtime, day: date) -> tuple[datetime, datetime]:
    """A day's beginning and end where the province is."""
    begin = datetime.combine(day, time(), runtime.settings.zone)
    end = datetime.combine(day + timedelta(days=1), time(), runtime.settings.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def batches(runtime: Runtime, actor: Actor) -> list[BatchState]:
    """The newest batches of the actor's agencies."""
    with reading(runtime.engine) as connection:
        return recent_batches(connection, actor.agencies, MOST_LISTED)


def batch_of(runtime: Runtime, actor: Actor, batch_id: int) -> BatchState | None:
    """How far a batch is; None alike when there is none and when it is another agency's."""
    with reading(runtime.engine) as connection:
        found = batch_state(connection, batch_id)
    return found if found and found.agency_code in actor.agencies else None


def open_drawn(runtime: Runtime, actor: Actor, batch_id: int) -> bytes | None:
    """The PDF of a batch, its opening written down; None when there is none for this actor."""
    with runtime.engine.begin() as connection:
        found = batch_state(connection, batch_id)
        if found is None or found.agency_code not in actor.agencies:
            return None
        sealed = batch_pdf(connection, batch_id)
        if sealed is None:
            return None
        deed = Deed(
            "batch.opened", found.agency_code, "batch", str(batch_id), {"slips": found.total}
        )
        write_deed(connection, actor, runtime.now(), deed)
    return runtime.vault.open(sealed)


def forget_old_batches(runtime: Runtime) -> None:
    """Drop PDFs after a day, and what is known of old batches after a month."""
    now = runtime.now()
    with runtime.engine.begin() as connection:
        forget_batches(connection, now - PDF_KEPT, now - ROW_KEPT)
