"""Intakes: the dossiers that have a counter as their source, and what their slips say."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from bot.store.counter_tables import intake, staff
from bot.store.tables import dossier


@dataclass(frozen=True, slots=True, repr=False)
class Intake:
    """One intake; `facts` sealed."""

    dossier_id: int
    procedure_id: int
    facts: bytes
    staff_id: int
    agency_code: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Pressed:
    """The dossier that one press of the button made, and who pressed it."""

    dossier_id: int
    code: str
    agency_code: str
    due_at: datetime | None
    staff_id: int


def pressed(connection: Connection, press: str) -> Pressed | None:
    """What this press has made already."""
    row = connection.execute(
        select(dossier.c.id, dossier.c.code, dossier.c.agency_code, dossier.c.due_at)
        .add_columns(intake.c.staff_id)
        .join(intake, intake.c.dossier_id == dossier.c.id)
        .where(intake.c.press == press)
    ).one_or_none()
    return Pressed(*row) if row else None


def add_intake(connection: Connection, press: str, one: Intake) -> None:
    """Store an intake; IntegrityError when the press has made one already."""
    connection.execute(
        insert(intake).values(
            dossier_id=one.dossier_id,
            press=press,
            procedure_id=one.procedure_id,
            facts=one.facts,
            staff_id=one.staff_id,
            agency_code=one.agency_code,
            taken_at=one.taken_at,
        )
    )


def intake_of(connection: Connection, dossier_id: int) -> Intake | None:
    """The intake of a dossier; None for one that software feeds."""
    row = connection.execute(
        select(
            intake.c.dossier_id,
            intake.c.procedure_id,
            intake.c.facts,
            intake.c.staff_id,
            intake.c.agency_code,
            intake.c.taken_at,
        ).where(intake.c.dossier_id == dossier_id)
    ).one_or_none()
    return Intake(*row) if row else None


def put_facts(connection: Connection, dossier_id: int, facts: bytes) -> None:
    """Replace the sealed facts of an intake."""
    connection.execute(update(intake).where(intake.c.dossier_id == dossier_id).values(facts=facts))


def logins_of(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """What the accounts with these ids log in as."""
    rows = connection.execute(select(staff.c.id, staff.c.login).where(staff.c.id.in_(sorted(ids))))
    return {row[0]: row[1] for row in rows} if ids else {}
