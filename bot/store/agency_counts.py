"""What there is of each agency: open dossiers, accounts, and when it was last fed."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, exists, func, select, text

from bot.store.counter_tables import staff
from bot.store.feed_tables import agency_feed
from bot.store.notice_tables import dossier_follow, phone_link
from bot.store.tables import OPEN_STATUSES, dossier

_OPEN = text(OPEN_STATUSES)
_FOLLOWED = exists().where(
    dossier_follow.c.dossier_id == dossier.c.id, dossier_follow.c.ended_at.is_(None)
)
_LINKED = exists().where(
    phone_link.c.phone_index == dossier.c.phone_index, phone_link.c.ended_at.is_(None)
)


def open_dossiers(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """How many dossiers of each agency are not at their end; those with none are left out."""
    counted = (
        select(dossier.c.agency_code, func.count())
        .where(_OPEN, dossier.c.agency_code.in_(sorted(codes)))
        .group_by(dossier.c.agency_code)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


def phone_only(connection: Connection, codes: Collection[str]) -> dict[str, int]:
    """The same of those whose citizen can be told by SMS and follows nowhere."""
    counted = (
        select(dossier.c.agency_code, func.count())
        .where(
            _OPEN,
            dossier.c.agency_code.in_(sorted(codes)),
            dossier.c.phone_line == "mobile",
            dossier.c.notify_sms,
            ~_FOLLOWED,
            ~_LINKED,
        )
        .group_by(dossier.c.agency_code)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


def open_accounts(connection: Connection) -> dict[str, int]:
    """How many accounts that are not closed each agency has."""
    counted = (
        select(staff.c.agency_code, func.count())
        .where(staff.c.disabled_at.is_(None), staff.c.agency_code.is_not(None))
        .group_by(staff.c.agency_code)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


def last_fed(connection: Connection) -> dict[str, datetime]:
    """When software last told of each agency's dossiers; those that it never did are left out."""
    newest = select(agency_feed.c.agency_code, func.max(agency_feed.c.last_at)).group_by(
        agency_feed.c.agency_code
    )
    return {row[0]: row[1] for row in connection.execute(newest) if row[1] is not None}
