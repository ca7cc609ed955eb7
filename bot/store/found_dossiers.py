"""Dossiers as a clerk's search shows them, and the ids that a phone leads to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select

from bot.core.dossier import Progress
from bot.store.among import by_dialect
from bot.store.tables import dossier, receipt_code


@dataclass(frozen=True, slots=True, repr=False)
class FoundRow:
    """One row; `owner_name` and `phone` sealed."""

    progress: Progress
    dossier_id: int
    local_code: str | None
    agency_code: str
    procedure_name: str
    changed_at: datetime
    received_at: datetime | None
    owner_name: bytes | None
    phone: bytes | None


_COLUMNS: tuple[ColumnElement[Any], ...] = (
    dossier.c.code,
    dossier.c.step,
    dossier.c.status,
    dossier.c.due_at,
    dossier.c.finished_at,
    dossier.c.ended_at,
    dossier.c.id,
    dossier.c.local_code,
    dossier.c.agency_code,
    dossier.c.procedure_name,
    dossier.c.changed_at,
    dossier.c.received_at,
    dossier.c.owner_name,
    dossier.c.phone,
)
_ROWS = by_dialect(lambda among: select(*_COLUMNS).where(among(dossier.c.id, "ids")))
_NAMES = by_dialect(
    lambda among: select(dossier.c.id, dossier.c.owner_name).where(among(dossier.c.id, "ids"))
)
_CALLED = by_dialect(
    lambda among: select(receipt_code.c.dossier_id).where(among(receipt_code.c.code, "codes"))
)
_PHONED = (
    select(dossier.c.id)
    .where(
        dossier.c.phone_index == bindparam("phone_index"),
        dossier.c.agency_code.in_(bindparam("agencies", expanding=True)),
    )
    .order_by(dossier.c.id.desc())
    .limit(bindparam("most"))
)


def found_rows(
    connection: Connection, ids: Sequence[int], agencies: Collection[str]
) -> list[FoundRow]:
    """These dossiers in the order given; those of other agencies are left out."""
    if not ids:
        return []
    rows = connection.execute(_ROWS[connection.dialect.name], {"ids": list(ids)})
    found = {row[6]: FoundRow(Progress(*row[:6]), *row[6:]) for row in rows}
    kept = (found[one] for one in ids if one in found)
    return [row for row in kept if row.agency_code in agencies]


def owner_names(connection: Connection, ids: Sequence[int]) -> dict[int, bytes | None]:
    """The sealed owner names of these dossiers."""
    rows = connection.execute(_NAMES[connection.dialect.name], {"ids": list(ids)})
    return {row[0]: row[1] for row in rows} if ids else {}


def ids_called(connection: Connection, codes: Collection[str]) -> list[int]:
    """The dossiers that these codes lead to, newest first."""
    if not codes:
        return []
    found = connection.scalars(_CALLED[connection.dialect.name], {"codes": sorted(codes)})
    return sorted(set(found), reverse=True)


def ids_phoned(
    connection: Connection, phone_index: bytes, agencies: Collection[str], most: int
) -> list[int]:
    """The newest dossiers of these agencies with this phone, newest first."""
    asked = {"phone_index": phone_index, "agencies": sorted(agencies), "most": most}
    return list(connection.scalars(_PHONED, asked)) if agencies else []
