"""What a read replica says of itself."""

from datetime import timedelta

from sqlalchemy import Connection, text

# A replica that has replayed all that it was sent is of this moment, however long ago its newest
# change was made. Source: PostgreSQL, "Recovery Information Functions".
_HOW_OLD = text(
    "SELECT pg_is_in_recovery(), CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() "
    "AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0 "
    "ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END"
)
_MOST = text(
    "SELECT current_setting('max_connections')::int "
    "- current_setting('superuser_reserved_connections')::int"
)


def how_old(connection: Connection) -> tuple[bool, timedelta | None]:
    """Whether this is a replica, and how long ago what it holds was true; None when unknown."""
    is_replica, seconds = connection.execute(_HOW_OLD).one()
    return is_replica, None if seconds is None else timedelta(seconds=float(seconds))


def most_connections(connection: Connection) -> int:
    """How many connections the server has for everybody who is no superuser."""
    return int(connection.scalar(_MOST) or 0)


def session_zone(connection: Connection) -> str:
    """The time zone that moments are told in."""
    return str(connection.scalar(text("SHOW timezone")))
