"""What accounts are guarded by: recovery codes, passwords that were, refused log-ins."""

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables import Id, Instant, identity, metadata

# Codes that stand in for the second factor, each good once. All of an account are made together.
recovery_code = Table(
    "recovery_code",
    metadata,
    identity(),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("mark", LargeBinary, nullable=False),  # keyed hash of account and code
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    UniqueConstraint("staff_id", "mark"),
)

# Hashes of the passwords that an account had before, so that none comes back too soon.
former_password = Table(
    "former_password",
    metadata,
    identity(),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("password_hash", String(200), nullable=False),
    Column("left_at", Instant, nullable=False),
)

# Log-ins that were refused, by where they came from; kept for the hour that they count.
login_refusal = Table(
    "login_refusal",
    metadata,
    identity(),
    Column("place", String(45), nullable=False),  # an IPv4 address, or an IPv6 network of 64 bits
    Column("at", Instant, nullable=False, index=True),
    Index("ix_login_refusal_place_at", "place", "at"),
)

# Who an account is at the identity provider, by a keyed hash: a provider may name people by the
# numbers of their identity cards.
staff_identity = Table(
    "staff_identity",
    metadata,
    identity(),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("issuer", String(300), nullable=False),
    Column("mark", LargeBinary, nullable=False, unique=True),  # of issuer and subject
    Column("linked_at", Instant, nullable=False),
    UniqueConstraint("staff_id", "issuer"),
)
