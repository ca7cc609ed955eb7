"""The audit trail, read back: newest first, page by page."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.store.counter_tables import audit_entry, staff


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done; `login` is empty for a command, or for a stranger."""

    id: int
    at: datetime
    login: str
    address: str
    action: str
    agency_code: str | None
    about: str | None
    about_key: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of these agencies (None: all), of an account, of a time, about a thing.

    Shape: `since` is in, `until` is not; `login` finds what an account did and what was done
           to it; `before` is the id that the page before ended with.
    """

    agencies: Collection[str] | None
    login: str = ""
    about_keys: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    about: str = ""  # the kind of thing, where the key alone might be another's


def entries(connection: Connection, wanted: Wanted, most: int) -> list[Entry]:
    """The newest entries of those wanted, at most `most`."""
    chosen = select(
        audit_entry.c.id,
        audit_entry.c.at,
        audit_entry.c.login,
        audit_entry.c.address,
        audit_entry.c.action,
        audit_entry.c.agency_code,
        audit_entry.c.about,
        audit_entry.c.about_key,
        audit_entry.c.detail,
    )
    for condition in _conditions(wanted):
        chosen = chosen.where(condition)
    rows = connection.execute(chosen.order_by(audit_entry.c.id.desc()).limit(most))
    return [Entry(*row[:-1], json.loads(row.detail) if row.detail else {}) for row in rows]


def _conditions(wanted: Wanted) -> list[Any]:
    entry = audit_entry.c
    found: list[Any] = []
    if wanted.agencies is not None:
        found.append(entry.agency_code.in_(wanted.agencies))
    if wanted.login:
        done_by = select(staff.c.id).where(staff.c.login == wanted.login).scalar_subquery()
        done_to = (entry.about == "staff") & (entry.about_key == wanted.login)
        found.append((entry.staff_id == done_by) | done_to)
    if wanted.about:
        found.append(entry.about == wanted.about)
    if wanted.about_keys:
        found.append(entry.about_key.in_(wanted.about_keys))
    if wanted.since is not None:
        found.append(entry.at >= wanted.since)
    if wanted.until is not None:
        found.append(entry.at < wanted.until)
    if wanted.before is not None:
        found.append(entry.id < wanted.before)
    return found
