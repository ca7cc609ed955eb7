"""Results as whoever holds one asks for them: when they count, and nothing of what they say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from bot.core.document import Kind
from bot.core.dossier import Status
from bot.store.among import Among, by_dialect
from bot.store.document_tables import document
from bot.store.tables import dossier

# What a dossier tells earlier is a draft, or of an earlier end that was taken back.
_THERE = (int(Status.RESULT), int(Status.RETURNED))
MOST_FOUND = 500  # of all numbers that one batch asks for; one has a handful


@dataclass(frozen=True, slots=True)
class CheckedResult:
    """When a result counts; with `number_index` or `symbol_index` it was found by that one."""

    number_index: bytes | None
    symbol_index: bytes | None
    valid_from: date | None
    valid_until: date | None
    valid_forever: bool
    revoked_on: date | None


def _asked(among: Among) -> Select[Any]:
    is_asked = or_(among(document.c.number_index, "marks"), among(document.c.symbol_index, "marks"))
    return (
        select(
            document.c.number_index,
            document.c.symbol_index,
            document.c.valid_from,
            document.c.valid_until,
            document.c.valid_forever,
            document.c.revoked_on,
        )
        .join(dossier, dossier.c.id == document.c.dossier_id)
        .where(
            is_asked,
            document.c.kind == str(Kind.RESULT),
            document.c.deleted.is_(False),
            dossier.c.status.in_(_THERE),
        )
        .order_by(document.c.issued_on.desc().nulls_last(), document.c.id.desc())
        .limit(MOST_FOUND)
    )


_ASKED = by_dialect(_asked)


def checked_results(
    connection: Connection, marks: Collection[bytes]
) -> Mapping[bytes, list[CheckedResult]]:
    """The results that bear these marks, by mark, the one issued last first.

    Shape: none that is deleted, or whose dossier has no result (any more).
    """
    found: dict[bytes, list[CheckedResult]] = {mark: [] for mark in marks}
    if not found:
        return found
    rows = connection.execute(_ASKED[connection.dialect.name], {"marks": sorted(found)})
    for row in rows:
        one = CheckedResult(*row)
        for mark in {one.number_index, one.symbol_index}:
            if mark in found:
                found[mark].append(one)
    return found
