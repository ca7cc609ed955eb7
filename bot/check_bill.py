"""A gateway's monthly bill is imported and laid beside our own hand-overs."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import IntegrityError

from bot.core.apology import beginning
from bot.core.sms_bill import BillLine, Difference, OurSms, compared, read_bill
from bot.core.staff import Actor, Deed
from bot.database import reading
from bot.index_key import index_key
from bot.keep_books import days_of_month
from bot.reckon_day import ATTEMPTS, gone_of
from bot.runtime import Runtime
from bot.settings import GATEWAY_NEEDS
from bot.store.audit import write_deed
from bot.store.sms_bills import (
    KeptBill,
    KeptDifference,
    differences_of,
    keep_bill,
    kept_bills,
    taken_sms,
)
from bot.vault import blind_index

GATEWAYS = tuple(GATEWAY_NEEDS)
GONE = (
    "Lượt gửi của tháng này đã hết thời hạn lưu và đã xóa, nên không còn gì để đối chiếu. "
    "Mời dùng số phần và số tiền của tháng trong Báo cáo."
)
AGAIN = "Tệp này đã được nhập rồi. Mời xem kết quả trong danh sách."


@dataclass(frozen=True, slots=True)
class Imported:
    """A bill that was kept."""

    id: int
    differences: int


def check_bill(
    runtime: Runtime, actor: Actor, gateway: str, month: str, content: bytes
) -> Imported | tuple[str, ...]:
    """Compare a bill with what this gateway took in the month, and keep what differs.

    Result: the faults of the file where it cannot be read; nothing is kept then. Of the file
            nothing personal is kept: a number is only looked up by its keyed hash.
    """
    bill = read_bill(content)
    if bill.faults:
        return bill.faults
    if ATTEMPTS in gone_of(runtime, days_of_month(month)[0]):
        return (GONE,)
    ours = _ours(runtime, gateway, month)
    index = index_key(runtime)
    phones = {line.e164: blind_index(index, line.e164).hex() for line in bill.lines if line.e164}
    found = compared(bill.lines, ours, phones)
    values = {
        "gateway": gateway,
        "month": month,
        "digest": sha256(content).digest(),
        "staff_id": actor.account.id,
        "imported_at": runtime.now(),
        **_sums(bill.lines, ours),
    }
    deed = Deed("bill.imported", None, "bill", f"{gateway} {month}",
                {"lines": len(bill.lines), "differences": len(found)})  # fmt: skip
    try:
        with runtime.engine.begin() as connection:
            number = keep_bill(connection, values, [_row(one) for one in found])
            write_deed(connection, actor, runtime.now(), deed)
    except IntegrityError:
        return (AGAIN,)
    return Imported(number, len(found))


def list_bills(runtime: Runtime) -> list[KeptBill]:
    """Every imported bill, newest first."""
    with reading(runtime.engine) as connection:
        return kept_bills(connection)


def show_bill(runtime: Runtime, bill_id: int) -> tuple[KeptBill, list[KeptDifference]] | None:
    """A bill and where it differs; None when there is none."""
    with reading(runtime.engine) as connection:
        found = kept_bills(connection, bill_id)
        return (found[0], differences_of(connection, bill_id)) if found else None


def _ours(runtime: Runtime, gateway: str, month: str) -> list[OurSms]:
    zone, days = runtime.settings.zone, days_of_month(month)
    until = beginning(days[-1] + timedelta(days=1), zone)
    with reading(runtime.engine) as connection:
        taken = taken_sms(connection, gateway, beginning(days[0], zone), until)
    return [
        OurSms(
            one.id, one.request_id, one.carrier_id, one.recipient,
            one.begun_at.astimezone(zone).date(), one.parts, one.cost_dong,
        )
        for one in taken
    ]  # fmt: skip


def _sums(lines: tuple[BillLine, ...], ours: list[OurSms]) -> dict[str, int]:
    return {
        "lines": len(lines),
        "parts": sum(line.parts for line in lines),
        "cost_dong": sum(line.cost_dong or 0 for line in lines),
        "our_lines": len(ours),
        "our_parts": sum(one.parts for one in ours),
        "our_cost_dong": sum(one.cost_dong for one in ours),
    }


def _row(one: Difference) -> dict[str, Any]:
    line, ours = one.line, one.ours
    return {
        "kind": str(one.kind),
        "file_line": line.place if line else None,
        "reference": (line.reference if line else ours.request_id if ours else "") or None,
        "attempt_id": ours.id if ours else None,
        "day": ours.day if ours else line.day if line else None,
        "their_parts": line.parts if line else None,
        "our_parts": ours.parts if ours else None,
        "their_cost": line.cost_dong if line else None,
        "our_cost": ours.cost_dong if ours else None,
    }
