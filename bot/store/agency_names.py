"""What agencies were, are and will be called."""

from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.core.agency_names import AgencyName
from bot.store.agency_tables import agency_name

_COLUMNS = (
    agency_name.c.id,
    agency_name.c.since,
    agency_name.c.name,
    agency_name.c.sms_name,
    agency_name.c.begun_at.is_not(None),
)


def names_of(connection: Connection, code: str) -> list[AgencyName]:
    """Every name of an agency that was ever renamed, or is to be; in no order."""
    rows = connection.execute(select(*_COLUMNS).where(agency_name.c.agency_code == code))
    return [AgencyName(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def names_due(connection: Connection, day: date) -> list[tuple[str, AgencyName]]:
    """The names that are to begin on that day or before, with their agencies' codes, in turn."""
    rows = connection.execute(
        select(agency_name.c.agency_code, *_COLUMNS)
        .where(agency_name.c.begun_at.is_(None), agency_name.c.since <= day)
        .order_by(agency_name.c.since, agency_name.c.id)
    )
    return [(row[0], AgencyName(row[1], row[2], row[3], row[4], bool(row[5]))) for row in rows]


def add_name(
    connection: Connection,
    code: str,
    name: AgencyName,
    now: datetime,
) -> None:
    """Keep a name; one that has begun did so now, or before it was kept."""
    connection.execute(
        insert(agency_name).values(
            agency_code=code,
            since=name.since,
            name=name.name,
            sms_name=name.sms_name,
            begun_at=now if name.begun else None,
            created_at=now,
        )
    )


def begin_name(connection: Connection, name_id: int, now: datetime) -> None:
    """A name that was to come is in force."""
    connection.execute(update(agency_name).where(agency_name.c.id == name_id).values(begun_at=now))


def correct_name(connection: Connection, name_id: int, name: str, sms_name: str | None) -> None:
    """A name is spelt otherwise than it was kept."""
    connection.execute(
        update(agency_name).where(agency_name.c.id == name_id).values(name=name, sms_name=sms_name)
    )


def drop_name(connection: Connection, name_id: int) -> None:
    """A name that was to come does not."""
    connection.execute(
        delete(agency_name).where(agency_name.c.id == name_id, agency_name.c.begun_at.is_(None))
    )
