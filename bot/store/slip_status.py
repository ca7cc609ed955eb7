"""What the page behind a slip's QR shows of a dossier, read in one statement."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, bindparam, select

from bot.core.dossier import Progress
from bot.store.agencies import joined_serving, received_at
from bot.store.glances import Glance
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
    address: str | None
    open_hours: str | None
    hotline: str | None


_STATUS = joined_serving(
    select(
        dossier.c.step,
        dossier.c.status,
        dossier.c.due_at,
        dossier.c.finished_at,
        dossier.c.ended_at,
        dossier.c.at_desk,
        dossier.c.received_at.is_not(None),
        dossier.c.changed_at,
        agency.c.name,
        received_at.c.result_hold_minutes,
        agency.c.address,
        agency.c.open_hours,
        agency.c.hotline,
    )
    .join(dossier, dossier.c.id == receipt_code.c.dossier_id)
    .where(receipt_code.c.code == bindparam("code")),
    dossier.c.agency_code,
)


class SlipStatuses:
    """Where the dossiers behind codes stand; one for each process."""

    def __init__(self, engine: Engine) -> None:
        self._glance = Glance(engine, _STATUS)

    def by_code(self, code: str) -> SlipStatus | None:
        """Where the dossier behind a canonical code stands, national or local; None if unknown.

        Shape: the progress carries the code that was asked for, because the answer repeats it.
        """
        row = self._glance.row({"code": code})
        if row is None:
            return None
        return SlipStatus(Progress(code, *row[:5]), *row[5:])
