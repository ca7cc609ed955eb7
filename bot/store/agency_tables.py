"""Tables of what agencies were called, and of what each says of its notices' rungs."""

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table, UniqueConstraint

from bot.store.tables import Instant, identity, metadata

# Every name that an agency had, has, or will have; none while it was never renamed.
agency_name = Table(
    "agency_name",
    metadata,
    identity(),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("since", Date),  # NULL: from the beginning
    Column("name", String(200), nullable=False),
    Column("sms_name", String(60)),
    Column("begun_at", Instant),  # NULL: it is still to come
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("agency_code", "since"),
)
Index(
    "ix_agency_name_coming",
    agency_name.c.since,
    postgresql_where=agency_name.c.begun_at.is_(None),
    sqlite_where=agency_name.c.begun_at.is_(None),
)

# What an agency says itself; those below it follow until they say otherwise.
agency_ladder = Table(
    "agency_ladder",
    metadata,
    identity(),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("event", String(16), nullable=False),
    Column("rungs", String(60), nullable=False),  # in the ladder's order, commas between
    UniqueConstraint("agency_code", "event"),
)
