"""Numbers that a desk corrected in dossiers that software feeds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.among import by_dialect
from bot.store.counter_tables import phone_correction

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """One correction; `wrong_mark` is the keyed hash of what the feed says, `phone` sealed."""

    wrong_mark: bytes
    phone: bytes


_OF = by_dialect(
    lambda among: select(
        phone_correction.c.dossier_id, phone_correction.c.wrong_mark, phone_correction.c.phone
    ).where(among(phone_correction.c.dossier_id, "dossiers"))
)


def corrections_of(connection: Connection, dossiers: Collection[int]) -> dict[int, Correction]:
    """Those in force, by dossier."""
    if not dossiers:
        return {}
    rows = connection.execute(_OF[connection.dialect.name], {"dossiers": sorted(dossiers)})
    return {row[0]: Correction(row[1], row[2]) for row in rows}


def put_correction(
    connection: Connection, dossier_id: int, one: Correction, staff_id: int, now: datetime
) -> None:
    """Keep a correction, in place of the one before."""
    values = {"wrong_mark": one.wrong_mark, "phone": one.phone, "staff_id": staff_id, "at": now}
    first = _INSERTS[connection.dialect.name](phone_correction).values(
        dossier_id=dossier_id, **values
    )
    connection.execute(first.on_conflict_do_update(index_elements=["dossier_id"], set_=values))


def drop_corrections(connection: Connection, dossiers: Collection[int]) -> None:
    """Forget corrections: the feed has told another number."""
    if dossiers:
        connection.execute(
            delete(phone_correction).where(phone_correction.c.dossier_id.in_(sorted(dossiers)))
        )
