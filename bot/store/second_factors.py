"""Second factors: which code was taken last, and the recovery codes that stand in for it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from bot.store.account_tables import recovery_code
from bot.store.counter_tables import staff


def spend_step(connection: Connection, staff_id: int, step: int) -> bool:
    """Take the code of a step, once: False when it, or a later one, was taken before."""
    account = staff.c
    spent = connection.execute(
        update(staff)
        .where(
            account.id == staff_id,
            or_(account.second_factor_step.is_(None), account.second_factor_step < step),
        )
        .values(second_factor_step=step)
    )
    return spent.rowcount == 1


def spend_recovery_code(connection: Connection, staff_id: int, mark: bytes, now: datetime) -> bool:
    """Take a recovery code, once: False for one that is none, or was taken before."""
    code = recovery_code.c
    spent = connection.execute(
        update(recovery_code)
        .where(code.staff_id == staff_id, code.mark == mark, code.used_at.is_(None))
        .values(used_at=now)
    )
    return spent.rowcount == 1


def replace_recovery_codes(
    connection: Connection, staff_id: int, marks: Collection[bytes], now: datetime
) -> None:
    """Let these be the account's codes, and no others."""
    connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "mark": mark, "made_at": now} for mark in marks]
    if rows:
        connection.execute(insert(recovery_code), rows)


def recovery_codes_left(connection: Connection, staff_id: int) -> int:
    """How many recovery codes of an account are still good."""
    code = recovery_code.c
    chosen = select(func.count()).where(code.staff_id == staff_id, code.used_at.is_(None))
    return int(connection.scalar(chosen) or 0)
