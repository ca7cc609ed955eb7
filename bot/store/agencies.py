"""Agencies."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.core.agency import Agency
from bot.store.among import by_dialect
from bot.store.tables import agency

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
)


def all_agencies(connection: Connection) -> list[Agency]:
    """Every agency, by code."""
    return [Agency(*row) for row in connection.execute(select(*_COLUMNS).order_by(agency.c.code))]


_AMONG = by_dialect(lambda among: select(*_COLUMNS).where(among(agency.c.code, "codes")))


def agencies_among(connection: Connection, codes: Collection[str]) -> dict[str, Agency]:
    """Those of these agencies that are known, by code."""
    if not codes:
        return {}
    rows = connection.execute(_AMONG[connection.dialect.name], {"codes": sorted(codes)})
    return {row[0]: Agency(*row) for row in rows}


def agency_by_code(connection: Connection, code: str) -> Agency | None:
    """One agency; None when the code is not known."""
    row = connection.execute(select(*_COLUMNS).where(agency.c.code == code)).one_or_none()
    return Agency(*row) if row else None


def agency_parents(connection: Connection) -> dict[str, str | None]:
    """The code of the agency above, for every agency."""
    rows = connection.execute(select(agency.c.code, agency.c.parent_code))
    return {row[0]: row[1] for row in rows}


def insert_agency(connection: Connection, values: Mapping[str, Any], now: datetime) -> None:
    """Store an agency that is not known yet."""
    connection.execute(insert(agency).values(**values, created_at=now))


def update_agency(connection: Connection, code: str, values: Mapping[str, Any]) -> bool:
    """Change what is given; False when the code is not known."""
    if not values:
        return agency_by_code(connection, code) is not None
    changed = connection.execute(update(agency).where(agency.c.code == code).values(**values))
    return changed.rowcount == 1
