"""The table of wordings: every version of every text that citizens were ever told."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.tables import Id, Instant, identity, metadata

# Append only. The greatest id is the version of all words, which processes compare theirs with:
# whoever adds a row holds a lock until it is committed, so that ids are seen in their order.
text_wording = Table(
    "text_wording",
    metadata,
    identity(),
    Column("key", String(80), nullable=False),  # of the catalogue: talk.welcome
    Column("version", Integer, nullable=False),  # of this text, from 1
    Column("source", String(12), nullable=False),  # shipped | changed | restored
    Column("words", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # SHA-256 of the words, in hex
    Column("since", Instant, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),  # NULL: an upgrade
    Column("why", String(300), nullable=False),
    UniqueConstraint("key", "version"),
    Index("ix_text_wording_key_digest", "key", "digest"),
)
