"""The table of sources that are read from us: how far each has been read."""

from sqlalchemy import Column, String, Table

from bot.store.tables import Instant, metadata

# How far a source that is read from us has been read; advanced only once a page is stored.
pull_cursor = Table(
    "pull_cursor",
    metadata,
    Column("source", String(80), primary_key=True),  # service, and a mark of its address
    Column("since", Instant),  # NULL: from the beginning
    Column("until", Instant),  # NULL while no window is open
    Column("page", String(300), nullable=False),
    Column("succeeded_at", Instant),  # when a window was last read to its end
    Column("tried_at", Instant),
    Column("fault", String(300)),
)
