"""Passwords that accounts had before: hashes, the newest few of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, delete, insert, select

from bot.store.account_tables import former_password


def former_passwords(connection: Connection, staff_id: int, most: int) -> list[str]:
    """The hashes of the passwords before the present one, the newest first."""
    return list(connection.scalars(_newest(former_password.c.password_hash, staff_id, most)))


def keep_former_password(
    connection: Connection, staff_id: int, hashed: str, now: datetime, most: int
) -> None:
    """Remember the password that an account leaves; no more than `most` are kept."""
    values = {"staff_id": staff_id, "password_hash": hashed, "left_at": now}
    connection.execute(insert(former_password).values(values))
    kept = list(connection.scalars(_newest(former_password.c.id, staff_id, most)))
    connection.execute(
        delete(former_password).where(
            former_password.c.staff_id == staff_id, former_password.c.id.not_in(kept)
        )
    )


def _newest(wanted: Column[Any], staff_id: int, most: int) -> Select[Any]:
    of_account = select(wanted).where(former_password.c.staff_id == staff_id)
    return of_account.order_by(former_password.c.id.desc()).limit(most)
