"""Open dossiers whose phone reaches nobody, as their agency's desk looks through them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, text

from bot.store.notice_tables import phone_state
from bot.store.tables import DUBIOUS_PHONE, dossier

OPEN_TO_NOTICES = (1, 2, 4, 5, 6, 9)  # something of these may still be told


@dataclass(frozen=True, slots=True, repr=False)
class BadPhoneRow:
    """One row; `owner_name` and `phone` sealed; `failed` when messages did not arrive."""

    failed: bool
    dossier_id: int
    code: str
    agency_code: str
    procedure_name: str
    step: str
    phone_line: str
    owner_name: bytes | None
    phone: bytes | None
    received_at: datetime | None


def _newest() -> Select[Any]:
    return (
        select(
            dossier.c.id,
            dossier.c.code,
            dossier.c.agency_code,
            dossier.c.procedure_name,
            dossier.c.step,
            dossier.c.phone_line,
            dossier.c.owner_name,
            dossier.c.phone,
            dossier.c.received_at,
        )
        .where(
            dossier.c.agency_code.in_(bindparam("agencies", expanding=True)),
            dossier.c.id < bindparam("before"),
        )
        .order_by(dossier.c.id.desc())
        .limit(bindparam("most"))
    )


_DUBIOUS = _newest().where(text(DUBIOUS_PHONE))
_FAILED = (
    _newest()
    .join(phone_state, phone_state.c.phone_index == dossier.c.phone_index)
    .where(
        phone_state.c.bad_at.is_not(None),
        dossier.c.status.in_(OPEN_TO_NOTICES),
        dossier.c.phone_line == "mobile",
    )
)
NEWEST = 2**62  # before it lies every dossier


def bad_phone_rows(
    connection: Connection, agencies: Collection[str], before: int, most: int
) -> list[BadPhoneRow]:
    """The newest before an id, newest first: no mobile number, failed, or of the old plan."""
    if not agencies:
        return []
    asked = {"agencies": sorted(agencies), "before": before, "most": most}
    found = {row[0]: BadPhoneRow(False, *row) for row in connection.execute(_DUBIOUS, asked)}
    for row in connection.execute(_FAILED, asked):
        found[row[0]] = BadPhoneRow(True, *row)
    return [found[one] for one in sorted(found, reverse=True)][:most]


def count_bad_phones(connection: Connection, agencies: Collection[str], most: int) -> int:
    """How many there are, counted no further than `most`."""
    if not agencies:
        return 0
    asked = {"agencies": sorted(agencies), "before": NEWEST, "most": most}
    total = 0
    for chosen in (_DUBIOUS, _FAILED):
        ids = chosen.with_only_columns(dossier.c.id).subquery()
        total += connection.execute(select(func.count()).select_from(ids), asked).scalar_one()
    return min(total, most)
