"""What Alembic runs: the migrations on the database it is given."""

import os
from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bot.store import (  # noqa: F401  (their tables join the metadata)
    account_tables,
    agency_tables,
    announcement_tables,
    audit_tables,
    book_tables,
    calendar_tables,
    counter_tables,
    feed_tables,
    notice_tables,
    privacy_tables,
    pull_tables,
    text_tables,
    watch_tables,
)
from bot.store.tables import Instant, metadata

# One number for this product, so that two starts at once migrate one after the other.
MIGRATION_LOCK = 7_204_113


def plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column types as plain ones: a landed migration must not follow our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate inside one transaction; a second migration waits for the first."""
    url = context.config.attributes.get("url") or os.environ["DATABASE_URL"]
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": MIGRATION_LOCK})
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            render_item=plain_types,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
