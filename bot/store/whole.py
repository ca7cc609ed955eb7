"""A database as a whole: whether it is empty, which tables it has and how many rows."""

from sqlalchemy import Connection, func, inspect, select, table, text

from bot.store.restored_mark import is_marked

_ANYTHING = text(
    "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_toast' "
    "AND nspname !~ '^pg_temp' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
)
MARKED = "channel_state"


def is_empty(connection: Connection) -> bool:
    """Whether nobody has made anything in this database yet."""
    if connection.dialect.name == "postgresql":
        return not connection.scalar(_ANYTHING)
    return not inspect(connection).get_table_names()


def row_counts(connection: Connection) -> dict[str, int]:
    """Rows by table, as this transaction sees them; the mark of a restored house not counted."""
    names = sorted(inspect(connection).get_table_names())
    counts = {
        name: connection.scalar(select(func.count()).select_from(table(name))) or 0
        for name in names
    }
    if MARKED in counts and is_marked(connection):
        counts[MARKED] -= 1
    return counts


def export_snapshot(connection: Connection) -> str:
    """The name under which other sessions see what this transaction sees.

    Source: PostgreSQL, "Snapshot Synchronization Functions".
    """
    return str(connection.scalar(text("SELECT pg_export_snapshot()")))
