"""The last receipt number that an agency gave out on a day."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.counter_tables import code_counter

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def last_number(connection: Connection, agency_code: str, day: date) -> int:
    """What was given out last, without holding it; 0 for none."""
    found = connection.scalar(
        select(code_counter.c.last).where(
            code_counter.c.agency_code == agency_code, code_counter.c.day == day
        )
    )
    return found or 0


def next_number(connection: Connection, agency_code: str, day: date) -> int:
    """Give out the next number; nobody else gets one of that day before this transaction ends.

    A transaction that is taken back gives the number back too.
    """
    first = _INSERTS[connection.dialect.name](code_counter).values(
        agency_code=agency_code, day=day, last=1
    )
    counted = first.on_conflict_do_update(
        index_elements=["agency_code", "day"], set_={"last": code_counter.c.last + 1}
    ).returning(code_counter.c.last)
    number: int = connection.execute(counted).scalar_one()
    return number


def minting_agencies(connection: Connection, day: date) -> list[str]:
    """The agencies that have given out a number on this day."""
    return list(
        connection.scalars(select(code_counter.c.agency_code).where(code_counter.c.day == day))
    )
