"""What Alembic runs: the migrations on the database it is given."""

import os
from time import sleep
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.pool import NullPool

from bot.store import (  # noqa: F401  (their tables join the metadata)
    account_tables,
    agency_tables,
    announcement_tables,
    audit_tables,
    book_tables,
    calendar_tables,
    counter_tables,
    document_tables,
    feed_tables,
    notice_tables,
    post_tables,
    privacy_tables,
    pull_tables,
    text_tables,
    watch_tables,
)
from bot.store.migration_patience import AT_ONCE, patiently
from bot.store.partitions import is_partition
from bot.store.tables import Instant, metadata

# One number for this product, so that two starts at once migrate one after the other.
MIGRATION_LOCK = 7_204_113
LOCK_LOOK_SECONDS = 0.2
BUSY_SECONDS = 15


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as plain ones: a landed migration must not follow our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def wait_for_others(connection: Connection) -> None:
    """Hold the lock of migrations for as long as this connection lasts.

    Asked for again and again: whoever waited inside the database would be waited for by an index
    that the first one builds concurrently.
    """
    lock = text("SELECT pg_try_advisory_lock(:n)").bindparams(n=MIGRATION_LOCK)
    while not connection.scalar(lock):
        connection.commit()
        sleep(LOCK_LOOK_SECONDS)
    connection.commit()


def is_no_partition(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether the tables of the code are to be compared with a thing of this name."""
    return kind != "table" or name is None or not is_partition(name)


def engine_of(url: str) -> Engine:
    """An engine on whose databases a migration is done whole or not at all, DDL included.

    Source: sqlite3, "Transaction control" (by itself the driver begins none for DDL).
    """
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, poolclass=NullPool)
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        connection.execute("PRAGMA foreign_keys=OFF")  # a table is made anew while others point

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def migrate(connection: Connection) -> None:
    """Each migration in a transaction of its own; those that are done already are not repeated."""
    connection.rollback()  # where a try before broke off
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{AT_ONCE}'"))
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=plain_types,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        transaction_per_migration=True,
        include_name=is_no_partition,
    )
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    """Migrate; a second run waits for the first, and nobody at work waits long for either."""
    engine = engine_of(context.config.attributes.get("url") or os.environ["DATABASE_URL"])
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            wait_for_others(connection)
        patiently(lambda: migrate(connection))


run()
