"""The tables of results that go back by post: returns, their tracking, item codes given out."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.tables import Id, Instant, identity, metadata

# A result that is to go back by post: at most one of each dossier. bot/core/postal.py says what
# the states mean; a row is written before the postal service is called, and after it answered.
post_return = Table(
    "post_return",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False, unique=True),
    Column("receiver", LargeBinary),  # sealed JSON; NULL: a clerk has to ask
    Column("told", LargeBinary),  # sealed: the address as the source wrote it last
    Column("told_mark", LargeBinary),  # keyed hash of it: told again, it is no news
    Column("item_code", LargeBinary),  # sealed
    Column("item_mark", LargeBinary, unique=True),  # keyed hash of it: given out once
    Column("state", String(12), nullable=False),
    Column("due_at", Instant),  # when the worker looks at it next; NULL: it has nothing to do
    Column("claim", String(40)),
    Column("refusals", Integer, nullable=False, default=0),  # tries in a row without an answer
    Column("asked_at", Instant),  # when it was first handed to the postal service
    Column("cancel_at", Instant),  # since when its order is to be cancelled
    Column("reason", LargeBinary),  # sealed: why it stands so, in our words or the service's
    Column("ordered_at", Instant),
    Column("order_day", Date),  # of the order file that it stands in
    Column("collected_at", Instant),
    Column("closed_at", Instant),  # delivered, returned or cancelled
    Column("created_by", String(64), nullable=False),  # the account's login, or "feed"
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_post_return_state", "state", "ordered_at"),
    Index("ix_post_return_order_day", "order_day"),
)
Index(
    "ix_post_return_due",
    post_return.c.due_at,
    post_return.c.id,
    postgresql_where=post_return.c.due_at.is_not(None),
    sqlite_where=post_return.c.due_at.is_not(None),
)

# What the postal service told of a parcel, each line once. The books are reckoned from `earned`.
post_progress = Table(
    "post_progress",
    metadata,
    identity(),
    Column("return_id", Id, ForeignKey("post_return.id"), nullable=False, index=True),
    Column("dossier_id", Id, nullable=False),
    Column("service", String(80), nullable=False),  # name of its cursor; "file" for files
    Column("row_id", BigInteger, nullable=False),  # the service's number
    Column("code", String(40), nullable=False),  # as it came; the list is not public
    Column("message", LargeBinary),  # sealed: it may name who took the parcel
    Column("milestone", String(12), nullable=False),
    Column("at", Instant, nullable=False),  # the service's time, else when it arrived
    Column("arrived_at", Instant, nullable=False, index=True),
    Column("earned", String(16)),  # the event that was owed for it
    Column("agency_code", String(40), nullable=False),  # then; with the next, for the books
    Column("procedure_code", String(64), nullable=False),
    UniqueConstraint("service", "row_id"),
)

# Item codes that the postal service gave us, one row a code, so that none is given out twice and
# no two blocks overlap. To which dossier one went stands sealed in post_return.
post_item = Table(
    "post_item",
    metadata,
    Column("service", String(4), primary_key=True),  # "EEVN": both pairs of letters
    Column("number", Integer, primary_key=True, autoincrement=False),  # without the check digit
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(64), nullable=False),
    Column("given_at", Instant),
)
Index(
    "ix_post_item_free",
    post_item.c.added_at,
    post_item.c.service,
    post_item.c.number,
    postgresql_where=post_item.c.given_at.is_(None),
    sqlite_where=post_item.c.given_at.is_(None),
)

# How far the postal service's tracking has been read; advanced with the lines it brought.
post_cursor = Table(
    "post_cursor",
    metadata,
    Column("name", String(80), primary_key=True),  # "tracking:" and a mark of address and customer
    Column("last_id", BigInteger, nullable=False, default=0),
    Column("unknown", Integer, nullable=False, default=0),  # lines of orders that are not ours
    Column("succeeded_at", Instant),  # when it was last read to its end
    Column("tried_at", Instant),
    Column("fault", String(300)),
)
