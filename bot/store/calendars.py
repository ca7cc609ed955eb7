"""The working calendar as it was entered: years, single days by hand, and its version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.calendar import CalendarYear, DayRule
from bot.store.calendar_tables import calendar_day, calendar_version, calendar_year
from bot.store.counter_tables import staff

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ONLY = 1
_VERSION = select(calendar_version.c.version)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changed the calendar last, and when; no login for a command at the machine."""

    at: datetime
    login: str | None = None


@dataclass(frozen=True, slots=True)
class HandDay:
    """A day that somebody entered by itself."""

    day: date
    rule: DayRule
    hand: Hand


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, when, and the version that the calendar has once it is written."""

    version: str
    at: datetime
    staff_id: int | None


def calendar_version_now(connection: Connection) -> str | None:
    """What the stored calendar's content is known by; None as long as nothing was ever entered."""
    found: str | None = connection.execute(_VERSION).scalar()
    return found


def hold_calendar(connection: Connection, writing: Writing) -> None:
    """Let nobody else change the calendar before this transaction ends.

    The first row ever has a version of its own: what is read before the change is not to be kept
    under the one that comes after it.
    """
    values = {**_values(writing), "version": f"{writing.version}-first"}
    first = _INSERTS[connection.dialect.name](calendar_version).values(id=_ONLY, **values)
    connection.execute(first.on_conflict_do_nothing(index_elements=["id"]))
    connection.execute(_VERSION.with_for_update())


def renew_version(connection: Connection, writing: Writing) -> None:
    """Give what is stored now its new version; the last statement of a change, after its rows."""
    connection.execute(
        update(calendar_version).where(calendar_version.c.id == _ONLY).values(_values(writing))
    )


def _values(writing: Writing) -> dict[str, Any]:
    return {"version": writing.version, "at": writing.at, "staff_id": writing.staff_id}


def entered_years(connection: Connection, year: int | None = None) -> list[CalendarYear]:
    """The years that were entered, or the one of them; each with its own list."""
    chosen = select(calendar_year).order_by(calendar_year.c.year)
    days = select(calendar_day).where(calendar_day.c.by_hand.is_(False))
    if year is not None:
        chosen = chosen.where(calendar_year.c.year == year)
        days = days.where(_of(year))
    rules: dict[int, dict[date, DayRule]] = {}
    for row in connection.execute(days.order_by(calendar_day.c.day)):
        rules.setdefault(row.day.year, {})[row.day] = DayRule(row.works, row.why)
    return [
        CalendarYear(row.year, row.mark, rules.get(row.year, {}), row.source, row.note)
        for row in connection.execute(chosen)
    ]


def entered_by(connection: Connection, year: int) -> Hand | None:
    """Who entered a year's list."""
    row = connection.execute(
        select(calendar_year.c.at, staff.c.login)
        .outerjoin(staff, staff.c.id == calendar_year.c.staff_id)
        .where(calendar_year.c.year == year)
    ).one_or_none()
    return Hand(row.at, row.login) if row else None


def last_hand(connection: Connection) -> Hand | None:
    """Who changed anything of the calendar last."""
    row = connection.execute(
        select(calendar_version.c.at, staff.c.login).outerjoin(
            staff, staff.c.id == calendar_version.c.staff_id
        )
    ).one_or_none()
    return Hand(row.at, row.login) if row else None


def hand_days(connection: Connection, year: int | None = None) -> list[HandDay]:
    """The days that were entered by hand, of all years or one, in order."""
    chosen = (
        select(calendar_day, staff.c.login)
        .outerjoin(staff, staff.c.id == calendar_day.c.staff_id)
        .where(calendar_day.c.by_hand.is_(True))
        .order_by(calendar_day.c.day)
    )
    if year is not None:
        chosen = chosen.where(_of(year))
    return [
        HandDay(row.day, DayRule(row.works, row.why), Hand(row.at, row.login))
        for row in connection.execute(chosen)
    ]


def put_year(connection: Connection, one: CalendarYear, writing: Writing) -> None:
    """Store a year's list in place of the one before; days entered by hand stay."""
    connection.execute(delete(calendar_day).where(calendar_day.c.by_hand.is_(False), _of(one.year)))
    connection.execute(delete(calendar_year).where(calendar_year.c.year == one.year))
    connection.execute(
        insert(calendar_year).values(
            year=one.year,
            mark=one.mark,
            source=one.source,
            note=one.note,
            at=writing.at,
            staff_id=writing.staff_id,
        )
    )
    _put_days(connection, one.rules, by_hand=False, writing=writing)


def put_hand_day(connection: Connection, day: date, rule: DayRule, writing: Writing) -> None:
    """Store a day that was entered by hand.

    Errors: IntegrityError when there is one already.
    """
    _put_days(connection, {day: rule}, by_hand=True, writing=writing)


def drop_hand_day(connection: Connection, day: date) -> None:
    """Take a day back that was entered by hand."""
    connection.execute(
        delete(calendar_day).where(calendar_day.c.by_hand.is_(True), calendar_day.c.day == day)
    )


def _put_days(
    connection: Connection, rules: Mapping[date, DayRule], by_hand: bool, writing: Writing
) -> None:
    rows = [
        {
            "day": day,
            "by_hand": by_hand,
            "works": rule.works,
            "why": rule.why,
            "at": writing.at,
            "staff_id": writing.staff_id,
        }
        for day, rule in rules.items()
    ]
    if rows:
        connection.execute(insert(calendar_day), rows)


def _of(year: int) -> ColumnElement[bool]:
    return and_(
        calendar_day.c.day >= date(year, 1, 1),
        calendar_day.c.day <= date(year, 12, 31),
    )
