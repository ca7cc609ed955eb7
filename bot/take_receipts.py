"""Delivery receipts: what carriers report later closes notices, or moves them on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.announcement_reports import apply_report
from bot.core.ladder import Tried
from bot.core.notice import Rung
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.their_words import without_numbers
from bot.index_key import index_key_in
from bot.logs import log
from bot.runtime import Runtime
from bot.store.attempts import (
    NamedAttempt,
    attempts_named,
    is_any_sending,
    keep_receipts,
    report_attempt,
    settle_notice,
)
from bot.store.phone_states import count_failure, worked
from bot.vault import blind_index

# Zalo's two hosts report through one webhook, in forms that do not always tell them apart.
FAMILIES: Mapping[str, tuple[str, ...]] = {"zalo": ("zalo", "zbs"), "zbs": ("zalo", "zbs")}
JUST_SENT = timedelta(minutes=2)

logger = log(__name__)


def take_receipts(runtime: Runtime, receipts: Sequence[DeliveryReceipt]) -> None:
    """Apply reports, and ring when one moves its notice on.

    Errors: those of the database; nothing is applied then, and the carrier repeats.
    """
    if not receipts:
        return
    with runtime.engine.begin() as connection:
        moved = apply_receipts(runtime, connection, receipts)
    if moved:
        runtime.bell.ring("notice")


def apply_receipts(
    runtime: Runtime, connection: Connection, receipts: Sequence[DeliveryReceipt]
) -> bool:
    """Apply reports inside a transaction; True when a notice has its turn because of one."""
    now = runtime.now()
    moved = False
    index = index_key_in(runtime, connection) if any(receipt.phone for receipt in receipts) else b""
    for receipt in receipts:
        carriers = FAMILIES.get(receipt.carrier, (receipt.carrier,))
        named = attempts_named(connection, carriers, receipt.refs)
        if receipt.phone is not None:
            mark = blind_index(index, receipt.phone.e164).hex()
            named = [one for one in named if one.recipient == mark]
        for one in named:
            moved = _apply(runtime, connection, one, receipt) or moved
        known = bool(named) or (
            receipt.carrier in FAMILIES
            and apply_report(connection, receipt.refs, receipt.state, receipt.at)
        )
        outcome = str(receipt.state) if known else "unknown"
        runtime.metrics.receipts.labels(receipt.carrier, outcome).inc()
        if not known:
            _keep(connection, receipt, now)
    return moved


def _keep(connection: Connection, receipt: DeliveryReceipt, now: datetime) -> None:
    """A report of what we have not recorded yet; one that nobody can be waiting for is dropped.

    Zalo's reports are signed; a gateway's come from anyone, so they are only kept while that
    gateway still owes us the name of a message.
    """
    signed = receipt.carrier in FAMILIES
    if not signed and not is_any_sending(connection, receipt.carrier, now - JUST_SENT):
        return
    rows = [
        {
            "carrier": receipt.carrier,
            "ref": ref[:80],
            "state": str(receipt.state),
            "code": receipt.code[:40] or None,
            "said": without_numbers(receipt.said)[:300] or None,
            "at": receipt.at,
            "arrived_at": now,
        }
        for ref in receipt.refs
    ]
    keep_receipts(connection, rows)


def _apply(
    runtime: Runtime, connection: Connection, one: NamedAttempt, receipt: DeliveryReceipt
) -> bool:
    now = runtime.now()
    if receipt.state is Reported.FAILED:
        return _failed(connection, one, receipt, now)
    values: dict[str, Any] = {"state": str(Tried.DELIVERED)}
    if one.state != Tried.DELIVERED:
        values["delivered_at"] = receipt.at
    if receipt.state is Reported.SEEN:
        values["seen_at"] = receipt.at
    report_attempt(connection, one.id, values)
    if one.rung == Rung.SMS:
        worked(connection, bytes.fromhex(one.recipient), now)
    closed: dict[str, Any] = {"state": "delivered", "channel": one.rung, "reason": None}
    if one.open:
        closed |= {"due_at": None, "closed_at": now, "secret": None}
    if settle_notice(connection, one.notice_id, closed, now) and one.open:
        runtime.metrics.notices_closed.labels(one.event, one.rung, "delivered").inc()
    return False


def _failed(
    connection: Connection, one: NamedAttempt, receipt: DeliveryReceipt, now: datetime
) -> bool:
    """A message that will not arrive: its notice tries the next rung, if it is still open."""
    if one.state in (Tried.DELIVERED, Tried.FAILED):
        return False
    values = {
        "state": str(Tried.FAILED),
        "code": receipt.code[:40] or None,
        "said": without_numbers(receipt.said)[:300] or None,
    }
    report_attempt(connection, one.id, values)
    if receipt.permanent and one.rung == Rung.SMS:
        count_failure(connection, bytes.fromhex(one.recipient), now)
    if not one.open:
        return False
    logger.warning("notice.not_delivered", notice=one.notice_id, rung=one.rung, code=receipt.code)
    return settle_notice(connection, one.notice_id, {"due_at": now, "state": "waiting"}, now)
