"""The chain over the audit trail: each entry linked to the one before, sealed, checked, cut."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from bot.store.tables import Id, Instant, identity, metadata

# One link for each entry, in the order of linking, without a gap. `digest` is keyed, and goes over
# the digest before and all that the entry says.
audit_link = Table(
    "audit_link",
    metadata,
    Column("place", Id, primary_key=True, autoincrement=False),  # from 1
    Column("entry_id", Id, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
)

# One row for each run of the sealer that linked something: how far the chain goes since.
audit_seal = Table(
    "audit_seal",
    metadata,
    Column("place", Id, primary_key=True, autoincrement=False),  # of the last link then
    Column("top_id", Id, nullable=False),  # the highest entry linked so far
    Column("digest", LargeBinary, nullable=False),  # of the last link
    Column("sealed_at", Instant, nullable=False, index=True),
    Column("mark", LargeBinary, nullable=False),  # keyed hash of the row
)

# Where the chain begins since entries past their keeping time were dropped.
audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("place", Id, primary_key=True, autoincrement=False),  # the last link that was dropped
    Column("digest", LargeBinary, nullable=False),  # of that link
    Column("last_at", Instant, nullable=False),  # the newest entry that was dropped
    Column("made_at", Instant, nullable=False),
    Column("mark", LargeBinary, nullable=False),  # keyed hash of the row
)

# What each verification found.
audit_check = Table(
    "audit_check",
    metadata,
    identity(),
    Column("at", Instant, nullable=False, index=True),
    Column("place", Id, nullable=False),  # how far the chain went
    Column("digest", LargeBinary, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("faults", Integer, nullable=False),
    Column("first", String(300)),  # the first fault, in words
)
