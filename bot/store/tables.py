"""The tables; imported only from this package and from the migrations."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite has no time zones, so it is stored naive there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: nobody could say which clock it was read from."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the moment back aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite counts rowids by itself only for INTEGER; PostgreSQL needs 64 bits.
Id = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[Any]:
    """A surrogate key that the database counts up."""
    return Column("id", Id, Identity(always=False), primary_key=True)


agency = Table(
    "agency",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("sms_name", String(60)),
    Column("parent_code", String(40), ForeignKey("agency.code"), index=True),
    Column("same_day_notices", Boolean, nullable=False, default=False),
    Column("step_sms", Boolean, nullable=False, default=False),
    Column("result_hold_minutes", Integer, nullable=False, default=0),
    Column("sms_unicode", Boolean, nullable=False, default=False, server_default=false()),
    # What slips, the page behind the QR and the counter say of its desk; NULL: not said.
    Column("address", String(300)),
    Column("open_hours", String(200)),  # as citizens read it
    Column("hotline", String(40)),
    Column("place", String(60)),  # before the date on slips: "Lệ Thủy, ngày …"
    Column("desk_name", String(200)),  # default "Bộ phận Tiếp nhận và Trả kết quả"
    Column("work_hours", String(60)),  # "07:00-11:30,13:30-17:00": promised times fall inside
    Column("code_head", String(40)),  # what its receipt codes begin with; default its code
    # The first and the last day on which it takes in, NULL for none; and who follows it. Agencies
    # are never deleted, so that a constraint would say nothing that its writers do not check.
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("successor_code", String(40)),
    # What dates, successors and ladders come to today, written by bot/settle_agencies.py.
    Column("served_by", String(40)),  # NULL: by itself
    Column("ladder", String(800), nullable=False, default="", server_default=""),  # "": the usual
    Column("created_at", Instant, nullable=False),
)

dossier = Table(
    "dossier",
    metadata,
    identity(),
    Column("code", String(64), nullable=False, unique=True),
    Column("local_code", String(64)),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("procedure_code", String(64), nullable=False),
    Column("procedure_name", String(200), nullable=False),
    Column("same_day", Boolean, nullable=False, default=False),
    Column("step", String(200), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("at_desk", Boolean, nullable=False, default=False),
    Column("changed_at", Instant, nullable=False),
    Column("received_at", Instant),
    Column("due_at", Instant),
    Column("finished_at", Instant),
    Column("returned_at", Instant),
    Column("ended_at", Instant),  # when the present end status was first seen
    Column("phone", LargeBinary),  # sealed E.164
    Column("phone_index", LargeBinary, index=True),  # keyed hash of E.164
    Column("phone_line", String(12), nullable=False),
    Column("notify_zalo", Boolean, nullable=False),
    Column("notify_sms", Boolean, nullable=False),
    Column("notify_post", Boolean, nullable=False),
    Column("handler", LargeBinary),  # sealed
    Column("needed", LargeBinary),  # sealed JSON list
    Column("owner_name", LargeBinary),  # sealed
    Column("content", LargeBinary, nullable=False),  # keyed hash of the whole snapshot
    Column("documents_mark", LargeBinary),  # keyed hash of the documents last told by a feed
    Column("first_seen_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# Dossiers that are not at their end, to be counted by agency. As with the phones below, the words
# stand in the index as in the question.
OPEN_STATUSES = "status IN (1, 2, 4, 5, 6, 8)"
Index(
    "ix_dossier_open",
    dossier.c.agency_code,
    postgresql_where=text(OPEN_STATUSES),
    sqlite_where=text(OPEN_STATUSES),
)

# What may be promised for a day and is still being worked on: the evening's apologies read it.
Index(
    "ix_dossier_promised",
    dossier.c.due_at,
    dossier.c.id,
    postgresql_where=dossier.c.status.in_((2, 4)),
    sqlite_where=dossier.c.status.in_((2, 4)),
)

# Open dossiers whose phone the desk is to look at: no mobile number, or written down before the
# numbering plan changed. The words stand in the index as in the question, or no index is used.
DUBIOUS_PHONE = (
    "status IN (1, 2, 4, 5, 6, 9) AND (phone_line != 'mobile' OR received_at < '2018-11-15')"
)
Index(
    "ix_dossier_dubious_phone",
    dossier.c.agency_code,
    dossier.c.id,
    postgresql_where=text(DUBIOUS_PHONE),
    sqlite_where=text(DUBIOUS_PHONE),
)

# One name space for national and local codes, so that a code never leads to two dossiers.
receipt_code = Table(
    "receipt_code",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False, index=True),
)

# On PostgreSQL by the month of their arrival (bot/store/partitions.py).
dossier_change = Table(
    "dossier_change",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("feed_key_id", String(40), nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("step", String(200), nullable=False),
    Column("at_desk", Boolean, nullable=False),
    Column("agency_code", String(40), nullable=False),
    Column("due_at", Instant),
    Column("finished_at", Instant),
    Column("content", LargeBinary, nullable=False),
    # What the books need of it; NULL in rows of before there were books.
    Column("procedure_code", String(64)),
    Column("received_at", Instant),
    Column("phone_line", String(12)),
    Column("silent", Boolean),  # a same-day procedure whose agency wanted no notices then
    Column("earned", String(16)),  # the event that was owed for it
    Index("ix_dossier_change_dossier_id_changed_at", "dossier_id", "changed_at"),
)

follower = Table(
    "follower",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("following", Boolean, nullable=False, default=False),
    Column("relation_at", Instant),  # the newest follow or unfollow applied
    Column("followed_at", Instant),
    Column("unfollowed_at", Instant),
    Column("last_interaction_at", Instant),
    Column("hinted_at", Instant),  # last "please type the code"
    Column("first_seen_at", Instant, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    identity(),
    Column("carrier", String(16), nullable=False),
    Column("event_key", String(160), nullable=False),
    Column("event_name", String(80), nullable=False),
    Column("own", Boolean, nullable=False),  # of our own OA; others are stored, never answered
    Column("event_at", Instant, nullable=False),
    Column("arrived_at", Instant, nullable=False),
    Column("payload", LargeBinary, nullable=False),  # sealed raw body
    Column("due_at", Instant),  # NULL once done with
    Column("attempts", Integer, nullable=False, default=0),
    Column("fault", String(200)),
    Column("request_id", String(64)),  # of the web request that brought it, as in the log
    UniqueConstraint("carrier", "event_key"),
)
Index(
    "ix_inbox_due",
    inbox.c.due_at,
    inbox.c.id,
    postgresql_where=inbox.c.due_at.is_not(None),
    sqlite_where=inbox.c.due_at.is_not(None),
)

outbox = Table(
    "outbox",
    metadata,
    identity(),
    Column("lane", String(8), nullable=False),  # chat | bulk
    Column("event", String(24), nullable=False),
    Column("dedupe_key", String(160), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("dossier_id", Id, ForeignKey("dossier.id"), index=True),
    Column("body", LargeBinary, nullable=False),  # sealed JSON: text, buttons
    Column("text_mark", LargeBinary, nullable=False),  # keyed hash of the text, to know its echo
    Column("state", String(12), nullable=False),
    Column("due_at", Instant),  # when to look at it next; NULL once closed
    Column("claim", String(40)),
    Column("claims", Integer, nullable=False, default=0),
    Column("unsure", Integer, nullable=False, default=0),  # answers lost so far
    Column("refusals", Integer, nullable=False, default=0),  # times put back so far
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("carrier_id", String(80), index=True),
    Column("reason", String(300)),
    Column("request_id", String(64)),  # of the web request that it answers
)
Index(
    "ix_outbox_due",
    outbox.c.lane,
    outbox.c.channel,
    outbox.c.due_at,
    outbox.c.id,
    postgresql_where=outbox.c.due_at.is_not(None),
    sqlite_where=outbox.c.due_at.is_not(None),
)

# What a carrier reported as sent by us; a lost answer is looked up here before any repeat.
echo = Table(
    "echo",
    metadata,
    Column("carrier_id", String(80), primary_key=True),
    Column("recipient", String(80), nullable=False),
    Column("text_mark", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_echo_recipient", "recipient", "text_mark"),
    Index("ix_echo_at", "at"),
)

lookup = Table(
    "lookup",
    metadata,
    identity(),
    Column("asker", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("way", String(8), nullable=False),  # typed | link | photo | sms | paper | no_paper
    Column("code", String(64), nullable=False),
    Column("dossier_id", Id, ForeignKey("dossier.id"), index=True),
    Column("outbox_key", String(160), nullable=False),
    Index("ix_lookup_asker_at", "asker", "at"),
)

# What citizens asked by SMS, each once; the answer is kept because an aggregator may ask again.
sms_inbound = Table(
    "sms_inbound",
    metadata,
    identity(),
    Column("aggregator", String(8), nullable=False),  # esms | 1pay | cpurl
    Column("request_key", String(100), nullable=False),  # its id, or a keyed hash of the message
    Column("turn", Integer, nullable=False),  # counts up where a key may come again later
    Column("short_code", String(20), nullable=False),
    Column("sender_index", LargeBinary, nullable=False),  # keyed hash of the phone
    Column("sender", LargeBinary, nullable=False),  # sealed
    Column("text", LargeBinary, nullable=False),  # sealed
    Column("answer", LargeBinary, nullable=False),  # sealed
    Column("outcome", String(8), nullable=False),  # found | unknown | limited | usage
    Column("arrived_at", Instant, nullable=False),
    Column("answered_at", Instant, nullable=False),
    UniqueConstraint("aggregator", "request_key", "turn"),
    Index("ix_sms_inbound_sender_index", "sender_index"),
    Index("ix_sms_inbound_arrived_at", "arrived_at"),
)

carrier_token = Table(
    "carrier_token",
    metadata,
    Column("carrier", String(16), primary_key=True),
    Column("access", LargeBinary, nullable=False),
    Column("refresh", LargeBinary, nullable=False),
    Column("previous_access", LargeBinary),
    Column("previous_refresh", LargeBinary),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # ok | consent_needed
    Column("fault", String(300)),
    Column("tries", Integer, nullable=False, default=0),  # refreshes begun with this refresh token
    Column("renewer", String(40)),
    Column("renewing_until", Instant),
    Column("retry_at", Instant),
)

carrier_token_event = Table(
    "carrier_token_event",
    metadata,
    identity(),
    Column("carrier", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String(24), nullable=False),
    Column("version", Integer, nullable=False),
    Column("detail", String(300)),
)

channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("paused_until", Instant),
    Column("reason", String(300)),
    Column("since", Instant),
    Column(
        "loud", Boolean, nullable=False, default=False
    ),  # our account is at fault: call a person
)

data_key = Table(
    "data_key",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# What the national exchange told of a dossier: its newest DongBoHoSoMC, and every progress row.
dossier_sync = Table(
    "dossier_sync",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossier.id"), primary_key=True, autoincrement=False),
    Column("moment", Instant, nullable=False),
    Column("status", SmallInteger, nullable=False),
)

dossier_progress = Table(
    "dossier_progress",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False),
    Column("moment", Instant, nullable=False),
    Column("status", SmallInteger, nullable=False),  # 0 when the row says none
    Column("handler", LargeBinary),  # sealed
    Column("handler_mark", LargeBinary, nullable=False),  # keyed hash of the handler
    Column("step", String(200)),
    Column("arrived_at", Instant, nullable=False),
    Column("feed_key_id", String(40), nullable=False),
    UniqueConstraint("dossier_id", "moment", "status", "handler_mark"),
)
