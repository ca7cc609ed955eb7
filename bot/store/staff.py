"""Console accounts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.core.log_in import Tries
from bot.core.sign_on import SignOn
from bot.core.staff import Role
from bot.store.counter_tables import staff


@dataclass(frozen=True, slots=True, repr=False)
class StoredStaff:
    """An account as it is stored; its name and the secret of its codes are sealed."""

    id: int
    login: str
    name: bytes | None
    password_hash: str
    roles: frozenset[Role]
    agency_code: str | None
    must_change: bool
    tries: Tries
    password_changed_at: datetime
    last_login_at: datetime | None
    disabled_at: datetime | None
    disabled_why: str | None
    reopened_at: datetime | None
    created_at: datetime
    second_factor: bytes | None
    reviewed_at: datetime | None
    reviewed_by: str | None
    sign_on: SignOn | None


COLUMNS = (
    staff.c.id,
    staff.c.login,
    staff.c.name,
    staff.c.password_hash,
    staff.c.roles,
    staff.c.agency_code,
    staff.c.must_change,
    staff.c.failures,
    staff.c.locked_until,
    staff.c.password_changed_at,
    staff.c.last_login_at,
    staff.c.disabled_at,
    staff.c.disabled_why,
    staff.c.reopened_at,
    staff.c.created_at,
    staff.c.second_factor,
    staff.c.reviewed_at,
    staff.c.reviewed_by,
    staff.c.sign_on,
)


def stored(row: Any) -> StoredStaff:
    """An account out of a row of COLUMNS."""
    return StoredStaff(
        id=row.id,
        login=row.login,
        name=row.name,
        password_hash=row.password_hash,
        roles=frozenset(Role(role) for role in row.roles.split(",")),
        agency_code=row.agency_code,
        must_change=row.must_change,
        tries=Tries(row.failures, row.locked_until),
        password_changed_at=row.password_changed_at,
        last_login_at=row.last_login_at,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
        reopened_at=row.reopened_at,
        created_at=row.created_at,
        second_factor=row.second_factor,
        reviewed_at=row.reviewed_at,
        reviewed_by=row.reviewed_by,
        sign_on=SignOn(row.sign_on) if row.sign_on else None,
    )


def as_words(roles: Collection[Role]) -> str:
    """Roles as they are stored: in their own order, separated by commas."""
    return ",".join(role for role in Role if role in roles)


def staff_by_login(connection: Connection, login: str, hold: bool = False) -> StoredStaff | None:
    """One account, held for this transaction when asked; None when the login is not known."""
    chosen = select(*COLUMNS).where(staff.c.login == login)
    row = connection.execute(chosen.with_for_update() if hold else chosen).one_or_none()
    return stored(row) if row else None


def staff_by_id(connection: Connection, staff_id: int) -> StoredStaff | None:
    """One account; None when there is none."""
    row = connection.execute(select(*COLUMNS).where(staff.c.id == staff_id)).one_or_none()
    return stored(row) if row else None


def all_staff(connection: Connection, agencies: Collection[str] | None) -> list[StoredStaff]:
    """The accounts of these agencies, by login; None: every account."""
    chosen = select(*COLUMNS).order_by(staff.c.login)
    if agencies is not None:
        chosen = chosen.where(staff.c.agency_code.in_(agencies))
    return [stored(row) for row in connection.execute(chosen)]


def hold_password_administrators(connection: Connection) -> list[StoredStaff]:
    """The open accounts that administer and may log in by password, held for this transaction."""
    chosen = (
        select(*COLUMNS)
        .where(
            staff.c.roles.contains(Role.ADMINISTRATOR),
            staff.c.disabled_at.is_(None),
            or_(staff.c.sign_on.is_(None), staff.c.sign_on != SignOn.ONLY),
        )
        .order_by(staff.c.id)
        .with_for_update()
    )
    return [stored(row) for row in connection.execute(chosen)]


def insert_staff(connection: Connection, values: Mapping[str, Any]) -> int | None:
    """Store an account; its id, or None when the login is taken."""
    try:
        with connection.begin_nested():
            made = connection.execute(insert(staff).values(**values).returning(staff.c.id))
            return int(made.scalar_one())
    except IntegrityError:
        if staff_by_login(connection, str(values["login"])) is None:
            raise
        return None


def update_staff(connection: Connection, staff_id: int, values: Mapping[str, Any]) -> None:
    """Change what is given of an account."""
    if values:
        connection.execute(update(staff).where(staff.c.id == staff_id).values(**values))


def count_try(connection: Connection, staff_id: int, tries: Tries) -> None:
    """Write down how often a wrong password came in a row."""
    update_staff(
        connection,
        staff_id,
        {"failures": tries.failures, "locked_until": tries.locked_until},
    )
