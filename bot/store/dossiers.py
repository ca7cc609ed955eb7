"""Dossiers, the codes that lead to them, and their history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    insert,
    select,
    tuple_,
    update,
)

from bot.core.dossier import Progress
from bot.core.snapshot import Known
from bot.store.tables import dossier, dossier_change, receipt_code

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What a lookup finds behind a code."""

    dossier_id: int
    progress: Progress
    agency_code: str
    local_code: str | None


@dataclass(frozen=True, slots=True)
class PastChange:
    """One accepted change; `key_id` is the feed key or the account that told it."""

    changed_at: datetime
    arrived_at: datetime
    key_id: str
    status: int
    step: str
    due_at: datetime | None


_PROGRESS = (
    select(
        receipt_code.c.code,
        dossier.c.id,
        dossier.c.step,
        dossier.c.status,
        dossier.c.due_at,
        dossier.c.finished_at,
        dossier.c.ended_at,
        dossier.c.agency_code,
        dossier.c.local_code,
    )
    .join(dossier, dossier.c.id == receipt_code.c.dossier_id)
    .where(receipt_code.c.code.in_(bindparam("codes", expanding=True)))
)


def progress_by_codes(connection: Connection, codes: Sequence[str]) -> dict[str, Found]:
    """Where the dossiers behind these codes stand, by the code asked for; unknown ones are absent.

    Shape: canonical codes, national or local. The progress carries the code that was asked for,
    because the answer repeats it.
    """
    if not codes:
        return {}
    rows = connection.execute(_PROGRESS, {"codes": list(codes)})
    return {row[0]: Found(row[1], Progress(row[0], *row[2:7]), row[7], row[8]) for row in rows}


_KNOWN = (
    select(
        dossier.c.code,
        dossier.c.id,
        dossier.c.local_code,
        dossier.c.agency_code,
        dossier.c.step,
        dossier.c.status,
        dossier.c.at_desk,
        dossier.c.changed_at,
        dossier.c.due_at,
        dossier.c.ended_at,
        dossier.c.content,
        dossier.c.documents_mark,
        dossier.c.procedure_code,
    )
    .where(dossier.c.code.in_(bindparam("codes", expanding=True)))
    .order_by(dossier.c.code)
)


def known_dossiers(connection: Connection, codes: Collection[str]) -> dict[str, Known]:
    """What is known under these codes just now; it may change the moment after."""
    rows = connection.execute(_KNOWN, {"codes": sorted(codes)})
    return {row[0]: Known(*row[1:]) for row in rows}


def hold_dossiers(connection: Connection, codes: Collection[str]) -> dict[str, Known]:
    """What is known under these codes, held for the length of this transaction.

    On PostgreSQL the rows are locked in the order of their codes, so that two feeds wait for
    each other and never in a ring; on SQLite the transaction is the only writer.
    """
    rows = connection.execute(_KNOWN.with_for_update(), {"codes": sorted(codes)})
    return {row[0]: Known(*row[1:]) for row in rows}


_OWNERS = (
    select(receipt_code.c.code, dossier.c.code)
    .join(dossier, dossier.c.id == receipt_code.c.dossier_id)
    .where(receipt_code.c.code.in_(bindparam("codes", expanding=True)))
)


def dossiers_called(connection: Connection, codes: Collection[str]) -> dict[str, str]:
    """The code of the dossier that each of these codes, national or local, leads to."""
    rows = connection.execute(_OWNERS, {"codes": sorted(codes)})
    return {row[0]: row[1] for row in rows}


_ADD = insert(dossier).returning(dossier.c.code, dossier.c.id)


def add_dossiers(connection: Connection, rows: Sequence[Row]) -> dict[str, int]:
    """Store dossiers seen for the first time; their ids by code."""
    if not rows:
        return {}
    return {row[0]: row[1] for row in connection.execute(_ADD, list(rows))}


# The names of a row's values are also parameters of the statement, but never those of the WHERE.
_CHANGE = update(dossier).where(dossier.c.id == bindparam("held_id"))


def change_dossiers(connection: Connection, rows: Sequence[tuple[int, Row]]) -> None:
    """Overwrite dossiers that are held, by id."""
    if rows:
        connection.execute(_CHANGE, [{"held_id": held, **row} for held, row in rows])


def add_changes(connection: Connection, rows: Sequence[Row]) -> None:
    """Add to the history."""
    if rows:
        connection.execute(insert(dossier_change), list(rows))


def call_dossiers(connection: Connection, names: Mapping[str, int]) -> None:
    """Let codes lead to dossiers, by id; IntegrityError when one already leads somewhere."""
    if names:
        rows = [{"code": code, "dossier_id": names[code]} for code in sorted(names)]
        connection.execute(insert(receipt_code), rows)


def uncall_dossiers(connection: Connection, names: Mapping[str, int]) -> None:
    """Let codes lead to these dossiers no more."""
    if names:
        pair = tuple_(receipt_code.c.code, receipt_code.c.dossier_id)
        connection.execute(delete(receipt_code).where(pair.in_(sorted(names.items()))))


_HISTORY = (
    select(
        dossier_change.c.changed_at,
        dossier_change.c.arrived_at,
        dossier_change.c.feed_key_id,
        dossier_change.c.status,
        dossier_change.c.step,
        dossier_change.c.due_at,
    )
    .where(dossier_change.c.dossier_id == bindparam("dossier_id"))
    .order_by(dossier_change.c.id)
)


def history_of(connection: Connection, dossier_id: int) -> list[PastChange]:
    """Every accepted change of a dossier, as they arrived."""
    rows = connection.execute(_HISTORY, {"dossier_id": dossier_id})
    return [PastChange(*row) for row in rows]


def whole_dossiers(connection: Connection, codes: Collection[str]) -> dict[str, Row]:
    """Everything that is stored under these codes, sealed as it is."""
    chosen = select(dossier).where(dossier.c.code.in_(sorted(codes)))
    return {row.code: row._asdict() for row in connection.execute(chosen)}
