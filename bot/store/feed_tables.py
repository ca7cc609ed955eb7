"""The tables of feeds: keys of the programs that feed, what they were used for, who was fed."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table

from bot.store.tables import Instant, metadata

feed_key = Table(
    "feed_key",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("secret", LargeBinary, nullable=False),  # sealed
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("all_agencies", Boolean, nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("note", String(100)),  # whose program it is, in the maker's words
    Column("made_by", String(64)),  # a login; NULL: by a command at the machine
    Column("revoked_by", String(64)),
    Column("last_used_at", Instant),  # within a minute
)

# What the keys of the feed were used for, hour by hour. Key "": calls under no key that is known.
feed_key_use = Table(
    "feed_key_use",
    metadata,
    Column("key_id", String(40), primary_key=True),
    Column("hour", Instant, primary_key=True),
    Column("outcome", String(12), primary_key=True),  # taken | key | signature | clock | form | …
    Column("calls", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

# On which local days an agency's dossiers were fed, and when last.
agency_feed = Table(
    "agency_feed",
    metadata,
    Column("agency_code", String(40), primary_key=True),
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("calls", Integer, nullable=False),
    Column("dossiers", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)
