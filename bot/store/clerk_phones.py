"""Phones of what clerks took in at this counter, by clerk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.store.counter_tables import intake, staff
from bot.store.tables import dossier


@dataclass(frozen=True, slots=True)
class ClerkPhones:
    """What one clerk of an agency took in, and how many of it have no mobile number by kind."""

    agency: str
    login: str
    taken: int
    missing: int
    invalid: int
    landline: int


def clerk_phones(
    connection: Connection, agencies: Collection[str], since: datetime, until: datetime
) -> list[ClerkPhones]:
    """By agency and clerk, the dossiers taken in since, with the phones they have now."""

    def kind(line: str) -> Any:
        return func.coalesce(func.sum(case((dossier.c.phone_line == line, 1), else_=0)), 0)

    rows = connection.execute(
        select(
            intake.c.agency_code,
            staff.c.login,
            func.count(),
            kind("missing"),
            kind("invalid"),
            kind("landline"),
        )
        .join(staff, staff.c.id == intake.c.staff_id)
        .join(dossier, dossier.c.id == intake.c.dossier_id)
        .where(
            intake.c.agency_code.in_(sorted(agencies)),
            intake.c.taken_at >= since,
            intake.c.taken_at < until,
        )
        .group_by(intake.c.agency_code, staff.c.login)
        .order_by(intake.c.agency_code, staff.c.login)
    )
    return [ClerkPhones(row[0], row[1], *(int(number) for number in row[2:])) for row in rows]
