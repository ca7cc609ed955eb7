"""Whose data a leak may concern: dossiers by what deeds name, and what is held of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from bot.store.counter_tables import dossier_name, handover, intake, slip_batch
from bot.store.document_tables import document
from bot.store.tables import dossier

MARK_BYTES = 8  # of a phone's blind index, as deeds about subjects name it
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Concerned:
    """A dossier whose data were seen; `has_…` is what is held of it now."""

    id: int
    code: str
    agency_code: str
    phone_index: bytes | None
    has_phone: bool
    has_name: bool
    has_needed: bool
    has_intake: bool
    has_documents: bool = False


_CONCERNED = select(
    dossier.c.id,
    dossier.c.code,
    dossier.c.agency_code,
    dossier.c.phone_index,
    dossier.c.phone.is_not(None),
    dossier.c.owner_name.is_not(None),
    dossier.c.needed.is_not(None),
    intake.c.dossier_id.is_not(None),
    exists().where(document.c.dossier_id == dossier.c.id, document.c.facts.is_not(None)),
).outerjoin(intake, intake.c.dossier_id == dossier.c.id)


def concerned_by_codes(connection: Connection, codes: Sequence[str]) -> list[Concerned]:
    """The dossiers with these codes."""
    found: list[Concerned] = []
    for start in range(0, len(codes), _AT_ONCE):
        found += _concerned(connection, dossier.c.code.in_(codes[start : start + _AT_ONCE]))
    return found


def concerned_by_ids(connection: Connection, ids: Sequence[int]) -> list[Concerned]:
    """The dossiers with these ids."""
    found: list[Concerned] = []
    for start in range(0, len(ids), _AT_ONCE):
        found += _concerned(connection, dossier.c.id.in_(ids[start : start + _AT_ONCE]))
    return found


def concerned_by_phone(
    connection: Connection, mark: bytes, agencies: Collection[str] | None
) -> list[Concerned]:
    """The dossiers with the phone of this blind index, or of one that begins so."""
    length = len(mark)
    same = func.substr(dossier.c.phone_index, 1, length) == mark
    return _concerned(connection, _of(dossier.c.agency_code, agencies, same))


def concerned_by_name(
    connection: Connection, mark: bytes, agencies: Collection[str] | None
) -> list[Concerned]:
    """The dossiers that are found by this mark of a name."""
    named = select(dossier_name.c.dossier_id).where(
        _of(dossier_name.c.agency_code, agencies, dossier_name.c.mark == mark)
    )
    return _concerned(connection, dossier.c.id.in_(named))


def _of(
    column: Any, agencies: Collection[str] | None, which: ColumnElement[bool]
) -> ColumnElement[bool]:
    return which if agencies is None else which & column.in_(sorted(agencies))


def _concerned(connection: Connection, which: ColumnElement[bool]) -> list[Concerned]:
    rows = connection.execute(_CONCERNED.where(which).order_by(dossier.c.id))
    return [Concerned(row[0], row[1], row[2], _bytes(row[3]), *map(bool, row[4:])) for row in rows]


def _bytes(value: Any) -> bytes | None:
    return bytes(value) if value is not None else None


def batch_place(connection: Connection, batch_id: int) -> tuple[str, date] | None:
    """Of which agency and day a batch of slips was; None once it is forgotten."""
    row = connection.execute(
        select(slip_batch.c.agency_code, slip_batch.c.day).where(slip_batch.c.id == batch_id)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def talkers(connection: Connection, talk_ids: Sequence[int]) -> dict[int, str]:
    """Whose these talks are, by talk."""
    rows = connection.execute(
        select(handover.c.id, handover.c.user_id).where(handover.c.id.in_(talk_ids))
    )
    return {row[0]: row[1] for row in rows} if talk_ids else {}
