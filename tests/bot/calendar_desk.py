"""People who change the working calendar, for its tests."""

from sqlalchemy import insert, select

from bot.core.staff import Account, Actor, Role
from bot.database import reading
from bot.runtime import Runtime
from bot.store.counter_tables import audit_entry, staff
from tests.make import NOW


def make_administrator(runtime: Runtime, login: str = "quan.tri") -> Actor:
    """An administrator of every agency."""
    with runtime.engine.begin() as connection:
        row = insert(staff).values(
            login=login,
            password_hash="",
            roles="administrator",
            password_changed_at=NOW,
            created_at=NOW,
        )
        number = connection.execute(row.returning(staff.c.id)).scalar_one()
    account = Account(number, login, "", frozenset({Role.ADMINISTRATOR}), None)
    return Actor(account, "127.0.0.1", frozenset())


def calendar_deeds(runtime: Runtime) -> list[tuple[str, str, str]]:
    """What the audit trail says of the calendar: action, about what, with which details."""
    chosen = (
        select(audit_entry.c.action, audit_entry.c.about_key, audit_entry.c.detail)
        .where(audit_entry.c.action.like("calendar.%"))
        .order_by(audit_entry.c.id)
    )
    with reading(runtime.engine) as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(chosen)]
