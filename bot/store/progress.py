"""What the national exchange told of dossiers: progress rows, and the newest whole record."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.national_state import Sync
from bot.store.tables import dossier_progress, dossier_sync

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One progress row; `status` is 0 and `step` None where it says none."""

    moment: datetime
    status: int
    handler_mark: bytes
    step: str | None

    @property
    def key(self) -> tuple[datetime, int, bytes]:
        """What makes it the same row, within its dossier."""
        return self.moment, self.status, self.handler_mark


_ROWS = (
    select(
        dossier_progress.c.dossier_id,
        dossier_progress.c.moment,
        dossier_progress.c.status,
        dossier_progress.c.handler_mark,
        dossier_progress.c.step,
    )
    .where(dossier_progress.c.dossier_id.in_(bindparam("ids", expanding=True)))
    .order_by(dossier_progress.c.moment, dossier_progress.c.id)
)


def progress_rows(connection: Connection, ids: Collection[int]) -> dict[int, list[Told]]:
    """The progress rows of these dossiers, oldest first; of one moment in order of arrival."""
    found: dict[int, list[Told]] = {one: [] for one in ids}
    for row in connection.execute(_ROWS, {"ids": sorted(ids)}):
        found[row[0]].append(Told(*row[1:]))
    return found


def add_progress(connection: Connection, rows: Sequence[Row]) -> None:
    """Append rows; IntegrityError when one of them is there already."""
    if rows:
        connection.execute(insert(dossier_progress), list(rows))


def newest_syncs(connection: Connection, ids: Collection[int]) -> dict[int, Sync]:
    """The newest whole record of these dossiers; absent when there was none."""
    chosen = select(dossier_sync).where(dossier_sync.c.dossier_id.in_(sorted(ids)))
    return {row[0]: Sync(row[1], row[2]) for row in connection.execute(chosen)}


def put_syncs(connection: Connection, syncs: Mapping[int, Sync]) -> None:
    """Remember the newest whole record of dossiers that are held."""
    if not syncs:
        return
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    rows = [
        {"dossier_id": one, "moment": sync.moment, "status": sync.status}
        for one, sync in sorted(syncs.items())
    ]
    added = dialect.insert(dossier_sync)
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["dossier_id"],
            set_={"moment": added.excluded.moment, "status": added.excluded.status},
        ),
        rows,
    )
