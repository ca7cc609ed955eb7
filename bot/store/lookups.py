"""Who looked up what and when: for the limits, and for the books."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select

from bot.core.phone import looks_mobile
from bot.store.tables import lookup

PAPER, NO_PAPER = "paper", "no_paper"  # the number of a result was asked for; whether it was found


_CHECKS = (PAPER, NO_PAPER)
Past = dict[str, list[tuple[datetime, bool]]]


def lookups_since(connection: Connection, askers: Collection[str], since: datetime) -> Past:
    """Per asker, (when, whether the code was known) after `since`; results' numbers left aside."""
    return _past(connection, askers, since, lookup.c.way.not_in(_CHECKS))


def checks_since(connection: Connection, askers: Collection[str], since: datetime) -> Past:
    """The same of results' numbers that were asked for."""
    return _past(connection, askers, since, lookup.c.way.in_(_CHECKS))


def _past(
    connection: Connection, askers: Collection[str], since: datetime, ways: ColumnElement[bool]
) -> Past:
    found: Past = {asker: [] for asker in askers}
    if not found:
        return found
    rows = connection.execute(
        select(lookup.c.asker, lookup.c.at, lookup.c.dossier_id, lookup.c.way).where(
            lookup.c.asker.in_(sorted(found)), lookup.c.at > since, ways
        )
    )
    for asker, at, dossier_id, way in rows:
        found[asker].append((at, dossier_id is not None or way == PAPER))
    return found


def remember_lookups(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store lookups; keys are the table's columns.

    What was looked up as a code, is none and has the shape of a mobile number is somebody's phone
    behind the keyword: of that only the ends are kept.
    """
    if rows:
        connection.execute(insert(lookup), [{**row, "code": _kept_code(row)} for row in rows])


def _kept_code(row: dict[str, Any]) -> str:
    code: str = row["code"]
    return f"{code[:3]}***{code[-4:]}" if row["dossier_id"] is None and looks_mobile(code) else code
