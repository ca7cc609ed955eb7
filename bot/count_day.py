"""What a day counts besides dossiers and notices."""

from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import Connection

from bot.core.apology import beginning
from bot.store.book_counts import (
    OPEN_IN_TIME,
    Counts,
    counted,
    following_now,
    has_count,
    in_work_now,
)

# Of every hour; the dossiers in work are read one by one, so not at each run of the job.
FIRST_MINUTES = 5


def count_day(connection: Connection, day: date, zone: tzinfo, now: datetime) -> Counts:
    """Lookups, followers, replies and complaints of a local day.

    Shape: how many follow, and how many dossiers are in work, is known only while the day lasts.
    """
    since, until = beginning(day, zone), beginning(day + timedelta(days=1), zone)
    found = dict(counted(connection, since, until))
    if since <= now < until:
        found["", "follower.now"] = following_now(connection)
        if now.minute < FIRST_MINUTES or not has_count(connection, day.isoformat(), OPEN_IN_TIME):
            found |= in_work_now(connection, since)
    return found
