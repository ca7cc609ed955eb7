"""What a day counts besides dossiers and notices."""

from datetime import datetime

from sqlalchemy import Connection

from bot.store.book_counts import Counts, counted, following_now


def count_day(connection: Connection, since: datetime, until: datetime, now: datetime) -> Counts:
    """Lookups, followers, replies and complaints of a day.

    Shape: how many follow is known only while the day lasts.
    """
    found = dict(counted(connection, since, until))
    if since <= now < until:
        found["", "follower.now"] = following_now(connection)
    return found
