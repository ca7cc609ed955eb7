"""Clerks: who answers citizens for an agency's desk."""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select

from bot.core.agency import line_up
from bot.core.staff import Role
from bot.store.agencies import agency_parents
from bot.store.counter_tables import staff


@dataclass(frozen=True, slots=True)
class Clerk:
    """An account that may answer; `name` is sealed, None where none is kept."""

    id: int
    login: str
    name: bytes | None


def clerks_of(connection: Connection, agency_code: str) -> list[Clerk]:
    """Every clerk of an agency: of its own, of those above it, and of all agencies; by login."""
    line = line_up(agency_parents(connection), agency_code)
    rows = connection.execute(
        select(staff.c.id, staff.c.login, staff.c.name, staff.c.roles)
        .where(
            staff.c.disabled_at.is_(None),
            or_(staff.c.agency_code.is_(None), staff.c.agency_code.in_(line)),
        )
        .order_by(staff.c.login)
    )
    return [Clerk(*row[:3]) for row in rows if Role.CLERK in row.roles.split(",")]


def any_clerk(connection: Connection) -> bool:
    """Whether anybody answers citizens at all."""
    rows = connection.scalars(select(staff.c.roles).where(staff.c.disabled_at.is_(None)))
    return any(Role.CLERK in roles.split(",") for roles in rows)
