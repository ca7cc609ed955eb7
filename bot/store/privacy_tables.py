"""The tables of personal data's own books: who is being forgotten, and what was purged when."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.store.tables import Id, Instant, identity, metadata

# A wish to be forgotten while it is carried out. What tells whom it is about is wiped at the end.
erasure = Table(
    "erasure",
    metadata,
    identity(),
    Column("how", String(12), nullable=False),  # chat | withdraw | command
    Column("phone_index", LargeBinary),  # of a phone; NULL for a chat, and once done
    Column("user_id", String(64)),  # of a chat; NULL for a phone, and once done
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),  # when to go on; NULL once done
    Column("done_at", Instant),
    Column("erased", Text, nullable=False),  # JSON: how many of what
)
Index(
    "ix_erasure_due_at",
    erasure.c.due_at,
    postgresql_where=erasure.c.due_at.is_not(None),
    sqlite_where=erasure.c.due_at.is_not(None),
)

# One purge: what was past its keeping time, and what became of it, rule by rule.
purge_run = Table(
    "purge_run",
    metadata,
    identity(),
    Column("how", String(8), nullable=False),  # nightly | command
    Column("dry_run", Boolean, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

purge_line = Table(
    "purge_line",
    metadata,
    Column("run_id", Id, ForeignKey("purge_run.id"), primary_key=True, autoincrement=False),
    Column("rule", String(60), primary_key=True),
    Column("counted", Integer, nullable=False),  # past their time when the rule began
    Column("purged", Integer, nullable=False),
    Column("oldest_left", Instant),  # of what the rule is about; NULL when nothing is left
    Column("finished_at", Instant),
)

# A month of a table that grows by the month, dropped; what is told one by one begins behind it.
month_dropped = Table(
    "month_dropped",
    metadata,
    Column("table_name", String(40), primary_key=True),
    Column("month", String(7), primary_key=True),  # yyyy-mm; of all before, the last of them
    Column("until", Instant, nullable=False),  # the first moment that is not dropped
    Column("dropped", BigInteger, nullable=False),  # rows
    Column("kept", BigInteger, nullable=False),  # rows that what lives on still needs
    Column("dropped_at", Instant, nullable=False),
)
