"""What the desk's pages of returns by post are read from: counts, one by its item code, blocks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.core.postal import ReturnState
from bot.store.post_tables import post_item, post_progress, post_return
from bot.store.tables import dossier


@dataclass(frozen=True, slots=True, repr=False)
class KeptLine:
    """One line of a parcel's way; `message` is sealed."""

    at: datetime
    code: str
    message: bytes | None


@dataclass(frozen=True, slots=True)
class KeptBlock:
    """Item codes that were entered at one moment: its ends, how many, and how many are left."""

    service: str
    first: int
    last: int
    count: int
    left: int
    added_by: str
    added_at: datetime


def count_returns(
    connection: Connection, agencies: Collection[str]
) -> dict[tuple[str, ReturnState], int]:
    """How many returns stand in each state, by agency; those that are none are left out."""
    rows = connection.execute(
        select(dossier.c.agency_code, post_return.c.state, func.count())
        .join(dossier, dossier.c.id == post_return.c.dossier_id)
        .where(dossier.c.agency_code.in_(sorted(agencies)))
        .group_by(dossier.c.agency_code, post_return.c.state)
    )
    return {(agency, ReturnState(state)): count for agency, state, count in rows}


def code_of_item(connection: Connection, mark: bytes) -> str | None:
    """The code of the dossier whose parcel has an item code with this mark."""
    found: str | None = connection.scalar(
        select(dossier.c.code)
        .join(post_return, post_return.c.dossier_id == dossier.c.id)
        .where(post_return.c.item_mark == mark)
    )
    return found


def lines_of(connection: Connection, return_id: int) -> Sequence[KeptLine]:
    """A parcel's way, the newest line first."""
    rows = connection.execute(
        select(post_progress.c.at, post_progress.c.code, post_progress.c.message)
        .where(post_progress.c.return_id == return_id)
        .order_by(post_progress.c.at.desc(), post_progress.c.row_id.desc())
    )
    return [KeptLine(*row) for row in rows]


def item_blocks(connection: Connection) -> Sequence[KeptBlock]:
    """The blocks of item codes, the newest first."""
    rows = connection.execute(
        select(
            post_item.c.service,
            func.min(post_item.c.number),
            func.max(post_item.c.number),
            func.count(),
            func.count().filter(post_item.c.given_at.is_(None)),
            post_item.c.added_by,
            post_item.c.added_at,
        )
        .group_by(post_item.c.service, post_item.c.added_by, post_item.c.added_at)
        .order_by(post_item.c.added_at.desc(), post_item.c.service)
    )
    return [KeptBlock(*row) for row in rows]
