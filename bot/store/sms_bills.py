"""Bills of SMS: our own hand-overs of a month, and what an imported bill said otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from bot.core.notice import Rung
from bot.store.book_tables import sms_bill, sms_bill_difference
from bot.store.counter_tables import staff
from bot.store.notice_tables import attempt

_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class TakenSms:
    """One SMS that a gateway took."""

    id: int
    request_id: str
    carrier_id: str
    recipient: str
    begun_at: datetime
    parts: int
    cost_dong: int


def taken_sms(
    connection: Connection, gateway: str, since: datetime, until: datetime
) -> list[TakenSms]:
    """What a gateway took since, whatever became of it later."""
    rows: Any = connection.execute(
        select(
            attempt.c.id,
            attempt.c.request_id,
            func.coalesce(attempt.c.carrier_id, ""),
            attempt.c.recipient,
            attempt.c.begun_at,
            func.coalesce(attempt.c.parts, 0),
            func.coalesce(attempt.c.cost_dong, 0),
        ).where(
            attempt.c.rung == str(Rung.SMS),
            attempt.c.carrier == gateway,
            attempt.c.begun_at >= since,
            attempt.c.begun_at < until,
            attempt.c.parts.is_not(None),
        )
    )
    return [TakenSms(*row) for row in rows]


def keep_bill(
    connection: Connection, values: Mapping[str, Any], differences: Sequence[Mapping[str, Any]]
) -> int:
    """Store a bill with its differences; its id.

    Errors: IntegrityError when the same file was imported before.
    """
    number: int = connection.execute(
        insert(sms_bill).values(**values).returning(sms_bill.c.id)
    ).scalar_one()
    rows = [
        {"bill_id": number, "place": place, **one} for place, one in enumerate(differences, start=1)
    ]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(sms_bill_difference), rows[start : start + _BATCH])
    return number


@dataclass(frozen=True, slots=True)
class KeptBill:
    """One imported bill and its sums beside ours."""

    id: int
    gateway: str
    month: str
    imported_at: datetime
    by: str | None
    lines: int
    parts: int
    cost_dong: int
    our_lines: int
    our_parts: int
    our_cost_dong: int
    differences: int


def kept_bills(connection: Connection, bill_id: int | None = None) -> list[KeptBill]:
    """Every bill, or one, newest first."""
    counted = (
        select(func.count()).where(sms_bill_difference.c.bill_id == sms_bill.c.id).scalar_subquery()
    )
    chosen = (
        select(
            sms_bill.c.id,
            sms_bill.c.gateway,
            sms_bill.c.month,
            sms_bill.c.imported_at,
            staff.c.login,
            sms_bill.c.lines,
            sms_bill.c.parts,
            sms_bill.c.cost_dong,
            sms_bill.c.our_lines,
            sms_bill.c.our_parts,
            sms_bill.c.our_cost_dong,
            counted,
        )
        .select_from(sms_bill.outerjoin(staff, staff.c.id == sms_bill.c.staff_id))
        .order_by(sms_bill.c.id.desc())
    )
    if bill_id is not None:
        chosen = chosen.where(sms_bill.c.id == bill_id)
    rows: Any = connection.execute(chosen)
    return [KeptBill(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class KeptDifference:
    """One SMS over which a bill and we differ."""

    kind: str
    file_line: int | None
    reference: str | None
    day: date | None
    their_parts: int | None
    our_parts: int | None
    their_cost: int | None
    our_cost: int | None


def differences_of(connection: Connection, bill_id: int) -> list[KeptDifference]:
    """The differences of a bill, in the order they were found."""
    columns = sms_bill_difference.c
    rows: Any = connection.execute(
        select(
            columns.kind,
            columns.file_line,
            columns.reference,
            columns.day,
            columns.their_parts,
            columns.our_parts,
            columns.their_cost,
            columns.our_cost,
        )
        .where(columns.bill_id == bill_id)
        .order_by(columns.place)
    )
    return [KeptDifference(*row) for row in rows]
