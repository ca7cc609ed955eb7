"""What the page behind a slip's QR shows of a dossier, read in one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.core.dossier import Progress
from bot.store.tables import agency, dossier, receipt_code


@dataclass(frozen=True, slots=True)
class SlipStatus:
    """Where a dossier stands, for whoever holds its slip: nothing of a person."""

    progress: Progress
    at_desk: bool
    received: bool
    changed_at: datetime
    agency: str
    result_hold_minutes: int


_STATUS = (
    select(
        receipt_code.c.code,
        dossier.c.step,
        dossier.c.status,
        dossier.c.due_at,
        dossier.c.finished_at,
        dossier.c.ended_at,
        dossier.c.at_desk,
        dossier.c.received_at,
        dossier.c.changed_at,
        agency.c.name,
        agency.c.result_hold_minutes,
    )
    .join(dossier, dossier.c.id == receipt_code.c.dossier_id)
    .join(agency, agency.c.code == dossier.c.agency_code)
    .where(receipt_code.c.code == bindparam("code"))
)


def slip_status(connection: Connection, code: str) -> SlipStatus | None:
    """Where the dossier behind a canonical code stands, national or local; None when unknown."""
    row = connection.execute(_STATUS, {"code": code}).one_or_none()
    if row is None:
        return None
    return SlipStatus(Progress(*row[:6]), row[6], row[7] is not None, *row[8:])
