"""What slips are made of: a dossier, what its intake keeps, its agency, and who took it in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.store.counter_tables import intake, staff
from bot.store.tables import dossier


@dataclass(frozen=True, slots=True, repr=False)
class SlipSource:
    """One dossier's stored facts, sealed as they are; `facts` and `clerk` None without intake.

    Shape: `row` holds the columns of the dossier's table, as `stored_dossier` opens them.
    """

    dossier_id: int
    row: dict[str, Any]
    facts: bytes | None
    clerk: bytes | None
    login: str | None


_SOURCE = (
    select(dossier, intake.c.facts, staff.c.name.label("clerk"), staff.c.login)
    .outerjoin(intake, intake.c.dossier_id == dossier.c.id)
    .outerjoin(staff, staff.c.id == intake.c.staff_id)
)


def slip_sources(connection: Connection, ids: Sequence[int]) -> list[SlipSource]:
    """What is stored of these dossiers, in the order of `ids`."""
    rows = connection.execute(_SOURCE.where(dossier.c.id.in_(ids)))
    found = {row.id: _source(row._asdict()) for row in rows}
    return [found[one] for one in ids if one in found]


def _source(row: dict[str, Any]) -> SlipSource:
    facts, clerk, login = row.pop("facts"), row.pop("clerk"), row.pop("login")
    return SlipSource(row["id"], row, facts, clerk, login)
