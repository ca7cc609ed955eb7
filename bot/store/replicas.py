"""What a database server says of itself: whether it is a replica, how many it serves, its zone."""

from sqlalchemy import Connection, text

_MOST = text(
    "SELECT current_setting('max_connections')::int "
    "- current_setting('superuser_reserved_connections')::int"
)


def is_replica(connection: Connection) -> bool:
    """Whether the server only takes over what another writes.

    Source: PostgreSQL, "Recovery Information Functions".
    """
    return bool(connection.scalar(text("SELECT pg_is_in_recovery()")))


def most_connections(connection: Connection) -> int:
    """How many connections the server has for everybody who is no superuser."""
    return int(connection.scalar(_MOST) or 0)


def session_zone(connection: Connection) -> str:
    """The time zone that moments are told in."""
    return str(connection.scalar(text("SHOW timezone")))
