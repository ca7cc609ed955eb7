"""Who accounts are at the identity provider."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.account_tables import staff_identity
from bot.store.counter_tables import staff


def login_of_identity(connection: Connection, mark: bytes) -> str | None:
    """The login of the account that is linked to an identity; None when there is none."""
    found: str | None = connection.scalar(
        select(staff.c.login)
        .join(staff_identity, staff_identity.c.staff_id == staff.c.id)
        .where(staff_identity.c.mark == mark)
    )
    return found


def is_linked(connection: Connection, staff_id: int, issuer: str) -> bool:
    """Whether an account is linked to anybody at this provider."""
    known = exists().where(staff_identity.c.staff_id == staff_id, staff_identity.c.issuer == issuer)
    return bool(connection.scalar(select(known)))


def link_identity(
    connection: Connection, staff_id: int, issuer: str, mark: bytes, now: datetime
) -> bool:
    """Link an account to an identity; False when either is linked to another already."""
    values = {"staff_id": staff_id, "issuer": issuer, "mark": mark, "linked_at": now}
    try:
        with connection.begin_nested():
            connection.execute(insert(staff_identity).values(values))
    except IntegrityError:
        return False
    return True


def unlink_identities(connection: Connection, staff_id: int) -> int:
    """Forget who an account is at any provider; how many links there were."""
    dropped = connection.execute(
        delete(staff_identity).where(staff_identity.c.staff_id == staff_id)
    )
    return int(dropped.rowcount)


def linked_staff(connection: Connection) -> frozenset[int]:
    """The ids of the accounts that are linked to an identity."""
    return frozenset(connection.scalars(select(staff_identity.c.staff_id)))
