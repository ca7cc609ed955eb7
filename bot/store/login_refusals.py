"""Log-ins that were refused, by the place that they came from."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from bot.store.account_tables import login_refusal
from bot.store.counter_tables import audit_entry, staff


def note_refusal(connection: Connection, place: str, now: datetime) -> None:
    """One more log-in from there was refused."""
    connection.execute(insert(login_refusal).values(place=place, at=now))


def refused_before(
    connection: Connection, place: str, since: datetime, most: int
) -> datetime | None:
    """When the refusal that is `most`-th from the end was; None when there were fewer."""
    found: datetime | None = connection.scalar(
        select(login_refusal.c.at)
        .where(login_refusal.c.place == place, login_refusal.c.at > since)
        .order_by(login_refusal.c.at.desc())
        .offset(most - 1)
        .limit(1)
    )
    return found


def logged_in_from(connection: Connection, login: str, address: str, since: datetime) -> bool:
    """Whether this account logged in from this address since then."""
    entry = audit_entry.c
    whose = select(staff.c.id).where(staff.c.login == login).scalar_subquery()
    known = exists().where(
        entry.staff_id == whose,
        entry.at > since,
        entry.action == "login.ok",
        entry.address == address,
    )
    return bool(connection.scalar(select(known)))


def forget_refusals(connection: Connection, before: datetime) -> None:
    """Drop those of before that moment."""
    connection.execute(delete(login_refusal).where(login_refusal.c.at < before))
