"""Results by post at one moment: where they stand, what waits too long, how old tracking is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.core.postal import ReturnState
from bot.order_post import waited
from bot.runbook import Alarm
from bot.runtime import Runtime
from bot.store.post_items import items_left
from bot.store.post_orders import count_by_state, count_halted, overdue_since
from bot.store.post_tracking import newest_cursor

ORDER_LATE = timedelta(hours=1)  # with its pauses, a service that was away for a while fits in
TRACKING_OLD = timedelta(hours=2)
ITEMS_LOW = 10  # percent of the codes


@dataclass(frozen=True, slots=True)
class PostReport:
    """What is seen of the post.

    Shape: `late_since` is the first try of the order that waits longest; `tracked_at` when
           tracking was last read to its end, None before; `fault` why it was not; `halted` counts
           orders that wait because the service does not take our account's.
    """

    service: str
    states: Mapping[ReturnState, int]
    late_since: datetime | None
    tracked_at: datetime | None
    fault: str | None
    halted: int
    items_left: int
    items: int


def watch_post(runtime: Runtime, connection: Connection) -> PostReport | None:
    """Look at the post; None without a service. Only reads."""
    service = runtime.settings.post_service
    if service == "none":
        return None
    cursor = newest_cursor(connection) if service == "vnpost" else None
    left, items = items_left(connection)
    return PostReport(
        service=service,
        states=count_by_state(connection),
        late_since=overdue_since(connection, waited) if service == "vnpost" else None,
        tracked_at=cursor.succeeded_at if cursor else None,
        fault=cursor.fault if cursor else None,
        halted=count_halted(connection),
        items_left=left,
        items=items,
    )


def post_alarms(report: PostReport | None, now: datetime) -> Iterator[Alarm]:
    """Orders that were refused or wait too long, tracking that stands still."""
    if report is None:
        return
    refused = report.states.get(ReturnState.REFUSED, 0)
    if refused:
        yield Alarm("MotcuaPostRefused", "", f"{refused} phiếu gửi")
    if report.late_since is not None and now - report.late_since > ORDER_LATE:
        minutes = (now - report.late_since).total_seconds() / 60
        yield Alarm("MotcuaPostOrdersLate", "", f"lâu nhất đã {minutes:.0f} phút")
    if report.tracked_at is not None and now - report.tracked_at > TRACKING_OLD:
        minutes = (now - report.tracked_at).total_seconds() / 60
        yield Alarm("MotcuaPostTrackingOld", "", f"đã {minutes:.0f} phút: {report.fault or ''}")
    if is_low(report):
        yield Alarm("MotcuaPostItemsLow", "", f"còn {report.items_left}/{report.items} mã")


def is_low(report: PostReport) -> bool:
    """Whether item codes run out; a province that was given none has no need of them."""
    return report.items > 0 and report.items_left * 100 < report.items * ITEMS_LOW
