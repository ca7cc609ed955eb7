"""Agencies."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.agency import Agency
from bot.store.among import by_dialect
from bot.store.tables import agency

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# What bot.core.agency.Agency calls otherwise than its table.
_COLUMN_OF = {"parent": "parent_code", "successor": "successor_code"}
_COLUMNS = (
    agency.c.code,
    agency.c.name,
    agency.c.sms_name,
    agency.c.parent_code,
    agency.c.same_day_notices,
    agency.c.step_sms,
    agency.c.result_hold_minutes,
    agency.c.sms_unicode,
    agency.c.address,
    agency.c.open_hours,
    agency.c.hotline,
    agency.c.place,
    agency.c.desk_name,
    agency.c.work_hours,
    agency.c.code_head,
    agency.c.valid_from,
    agency.c.valid_to,
    agency.c.successor_code,
    agency.c.served_by,
    agency.c.ladder,
)


def all_agencies(connection: Connection, hold: bool = False) -> list[Agency]:
    """Every agency, by code; held, so that nobody else changes one before this transaction ends.

    Rows that only refer to an agency need not wait.
    """
    chosen = select(*_COLUMNS).order_by(agency.c.code)
    if hold:
        chosen = chosen.with_for_update(key_share=True)
    return [Agency(*row) for row in connection.execute(chosen)]


_serving = agency.alias("serving")
_AMONG = by_dialect(
    lambda among: select(*_COLUMNS).where(
        or_(
            among(agency.c.code, "codes"),
            agency.c.code.in_(select(_serving.c.served_by).where(among(_serving.c.code, "codes"))),
        )
    )
)


def agencies_among(connection: Connection, codes: Collection[str]) -> dict[str, Agency]:
    """Those of these agencies that are known, and those that do their work today; by code."""
    if not codes:
        return {}
    rows = connection.execute(_AMONG[connection.dialect.name], {"codes": sorted(codes)})
    return {row[0]: Agency(*row) for row in rows}


def agency_by_code(connection: Connection, code: str) -> Agency | None:
    """One agency; None when the code is not known."""
    row = connection.execute(select(*_COLUMNS).where(agency.c.code == code)).one_or_none()
    return Agency(*row) if row else None


received_at = agency.alias("received")  # the agency that a dossier counts under, beside `agency`
SERVES = agency.c.code == func.coalesce(received_at.c.served_by, received_at.c.code)


def serving_agency(connection: Connection, code: str) -> Agency | None:
    """The agency that does the work of one today: itself, or down the line of its successors."""
    row = connection.execute(
        select(*_COLUMNS).join(received_at, SERVES).where(received_at.c.code == code)
    ).one_or_none()
    return Agency(*row) if row else None


def joined_serving(chosen: Select[Any], code: ColumnElement[Any]) -> Select[Any]:
    """A statement, joined with `agency` as the one that does its work today.

    Shape: `code` is where the row was received; `agency` then is where its citizen has to go.
    """
    return chosen.join(received_at, received_at.c.code == code).join(agency, SERVES)


def agency_parents(connection: Connection) -> dict[str, str | None]:
    """The code of the agency above, as things stand today, for every agency."""
    above = func.coalesce(agency.c.served_by, agency.c.parent_code)
    rows = connection.execute(select(agency.c.code, above))
    return {row[0]: row[1] for row in rows}


def add_agency(connection: Connection, code: str, values: Mapping[str, Any], now: datetime) -> bool:
    """Store an agency; False when the code is known. `values` by bot.core.agency.Agency's names."""
    row = {"code": code, **_row(values), "created_at": now}
    added = _INSERTS[connection.dialect.name](agency).values(**row).on_conflict_do_nothing()
    return connection.execute(added.returning(agency.c.code)).scalar_one_or_none() is not None


def update_agency(connection: Connection, code: str, values: Mapping[str, Any]) -> bool:
    """Change what is given, by bot.core.agency.Agency's names; False for an unknown code."""
    if not values:
        return agency_by_code(connection, code) is not None
    changed = connection.execute(update(agency).where(agency.c.code == code).values(**_row(values)))
    return changed.rowcount == 1


def _row(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_COLUMN_OF.get(name, name): value for name, value in values.items()}
