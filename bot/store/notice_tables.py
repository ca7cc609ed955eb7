"""The tables of notices, their attempts, and of who is told: phones proved, dossiers followed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.tables import Id, Instant, identity, metadata

# One owed message per (dossier, event, changed_at, recipient); `key` says all four.
notice = Table(
    "notice",
    metadata,
    identity(),
    Column("key", String(200), nullable=False, unique=True),
    Column("lane", String(8), nullable=False),  # urgent | normal | mass
    Column("dossier_id", Id, ForeignKey("dossier.id")),  # NULL for a one-time code
    Column("event", String(16), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("recipient", String(64), nullable=False),  # hex of the phone's blind index, or ""
    Column("agency_code", String(40), nullable=False),
    Column("procedure_code", String(64), nullable=False),
    Column("step", String(200)),
    Column("promised_at", Instant),  # the dossier's due date when the notice was owed
    Column("late", Boolean, nullable=False, default=False),
    Column("phone", LargeBinary),  # sealed; only where no dossier tells it
    Column("secret", LargeBinary),  # sealed one-time code; dropped when the notice is closed
    Column("state", String(12), nullable=False),
    Column("due_at", Instant),  # when to look at it next; NULL once closed
    Column("claim", String(40)),
    Column("refusals", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("handed_at", Instant),  # when a carrier first took it
    Column("closed_at", Instant),
    Column("channel", String(16)),
    Column("reason", String(300)),
    Column("request_id", String(64)),  # of the web request that earned it
    Column("first_due_at", Instant),  # of one held back: when it was first to go
    Index("ix_notice_dossier_id_event", "dossier_id", "event"),
    # What attempts lean on, so that each says truly when its notice was made.
    Index("uq_notice_id_created_at", "id", "created_at", unique=True),
)
# The few that were held back: the promptness of their day is reckoned by it.
Index(
    "ix_notice_first_due_at",
    notice.c.first_due_at,
    postgresql_where=notice.c.first_due_at.is_not(None),
    sqlite_where=notice.c.first_due_at.is_not(None),
)
Index(
    "ix_notice_due",
    notice.c.lane,
    notice.c.due_at,
    notice.c.id,
    postgresql_where=notice.c.due_at.is_not(None),
    sqlite_where=notice.c.due_at.is_not(None),
)

# Every hand-over to a carrier, stored before the network is touched. On PostgreSQL by the month in
# which its notice was made (bot/store/partitions.py): a notice has one such moment, and a request
# id one notice, so what is unique together with it is unique.
attempt = Table(
    "attempt",
    metadata,
    identity(),
    Column("notice_id", Id, nullable=False),
    Column("rung", String(16), nullable=False),  # chat | template_uid | template_phone | sms
    Column("recipient", String(80), nullable=False),  # user id, or hex of the phone's blind index
    Column("turn", SmallInteger, nullable=False, default=1),
    Column("carrier", String(16), nullable=False),  # zalo | zbs | esms | speedsms | vietguys
    Column("request_id", String(48), nullable=False),  # ours, unguessable
    Column("text_mark", LargeBinary, nullable=False),  # keyed hash of the text
    Column("state", String(12), nullable=False),  # sending sent delivered unsure failed
    Column("claimer", String(40)),  # the process that made it, by whose journal it is judged
    Column("carrier_id", String(80), index=True),
    Column("code", String(40)),
    Column("said", String(300)),
    Column("parts", SmallInteger),
    Column("cost_dong", Integer),
    Column("begun_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("delivered_at", Instant),
    Column("seen_at", Instant),
    Column("notice_made_at", Instant, nullable=False),  # created_at of its notice
    ForeignKeyConstraint(["notice_id", "notice_made_at"], ["notice.id", "notice.created_at"]),
    UniqueConstraint("notice_id", "rung", "recipient", "turn", "notice_made_at"),
    UniqueConstraint("request_id", "notice_made_at"),
    Index("ix_attempt_recipient_text_mark", "recipient", "text_mark"),
)
# An attempt and its notice: of a table in partitions only that notice's month is looked into.
OF_NOTICE = (notice.c.id == attempt.c.notice_id) & (notice.c.created_at == attempt.c.notice_made_at)

# What carriers reported of messages, each report once; kept because a report may come before
# our own record of the answer it belongs to.
delivery_receipt = Table(
    "delivery_receipt",
    metadata,
    identity(),
    Column("carrier", String(16), nullable=False),
    Column("ref", String(80), nullable=False),  # the carrier's id, or our request id
    Column("state", String(12), nullable=False),  # delivered | seen | failed
    Column("code", String(40)),
    Column("said", String(300)),
    Column("at", Instant, nullable=False),
    Column("arrived_at", Instant, nullable=False, index=True),
    UniqueConstraint("carrier", "ref", "state"),
)

# What was learned of a phone by sending to it.
phone_state = Table(
    "phone_state",
    metadata,
    Column("phone_index", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False, default=0),  # permanent ones, by SMS
    Column("bad_at", Instant),
    Column("no_template_until", Instant),  # no Zalo, or refused: not asked again before
    Column("updated_at", Instant, nullable=False),
)
# The few numbers that failed: desks look through them.
Index(
    "ix_phone_state_bad",
    phone_state.c.phone_index,
    postgresql_where=phone_state.c.bad_at.is_not(None),
    sqlite_where=phone_state.c.bad_at.is_not(None),
)

# A phone that a citizen proved at a carrier; a family may share one, a citizen may have several.
phone_link = Table(
    "phone_link",
    metadata,
    identity(),
    Column("user_id", String(64), ForeignKey("follower.user_id"), nullable=False),
    Column("phone_index", LargeBinary, nullable=False),
    Column("phone", LargeBinary, nullable=False),  # sealed E.164
    Column("how", String(16), nullable=False),  # template_phone | sms
    Column("proved_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(16)),  # stop | forget | unfollow | withdraw | reclaimed
)
Index(
    "uq_phone_link_open",
    phone_link.c.user_id,
    phone_link.c.phone_index,
    unique=True,
    postgresql_where=phone_link.c.ended_at.is_(None),
    sqlite_where=phone_link.c.ended_at.is_(None),
)
Index(
    "ix_phone_link_phone",
    phone_link.c.phone_index,
    postgresql_where=phone_link.c.ended_at.is_(None),
    sqlite_where=phone_link.c.ended_at.is_(None),
)

# One dossier followed with the slip in hand, without a phone.
dossier_follow = Table(
    "dossier_follow",
    metadata,
    identity(),
    Column("user_id", String(64), ForeignKey("follower.user_id"), nullable=False),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False),
    Column("how", String(16), nullable=False),  # link | photo
    Column("since", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(16)),
)
Index(
    "uq_dossier_follow_open",
    dossier_follow.c.user_id,
    dossier_follow.c.dossier_id,
    unique=True,
    postgresql_where=dossier_follow.c.ended_at.is_(None),
    sqlite_where=dossier_follow.c.ended_at.is_(None),
)
Index(
    "ix_dossier_follow_dossier",
    dossier_follow.c.dossier_id,
    postgresql_where=dossier_follow.c.ended_at.is_(None),
    sqlite_where=dossier_follow.c.ended_at.is_(None),
)

# Append only: which words a citizen agreed to, when and how, and when that was taken back.
consent = Table(
    "consent",
    metadata,
    identity(),
    Column("user_id", String(64), nullable=False, index=True),
    Column("about", String(12), nullable=False),  # phone | dossier
    Column("link_id", Id, nullable=False),  # of phone_link or dossier_follow
    Column("given", Boolean, nullable=False),
    Column("how", String(24), nullable=False),
    Column("words", String(1000), nullable=False),
    Column("at", Instant, nullable=False),
)

# A phone on its way to being proved: the code that was sent to it, and how often it was tried.
phone_proof = Table(
    "phone_proof",
    metadata,
    identity(),
    Column("user_id", String(64), ForeignKey("follower.user_id"), nullable=False),
    Column("phone_index", LargeBinary, nullable=False),
    Column("phone", LargeBinary, nullable=False),  # sealed E.164
    Column("code_mark", LargeBinary, nullable=False),  # keyed hash of the digits
    Column("how", String(16), nullable=False),  # typed | shared
    Column("state", String(12), nullable=False),  # open | proved | dead | replaced
    Column("tries", Integer, nullable=False, default=0),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("words_digest", String(64)),  # of the words that asked for consent
    Index("ix_phone_proof_user_id_asked_at", "user_id", "asked_at"),
    Index("ix_phone_proof_phone_index_asked_at", "phone_index", "asked_at"),
)

# One evening's apologies: how far they have been decided, so that a killed run goes on.
apology_run = Table(
    "apology_run",
    metadata,
    Column("day", String(10), primary_key=True),  # yyyy-mm-dd where the province is
    Column("reached_id", BigInteger, nullable=False, default=0),
    Column("owed", Integer, nullable=False, default=0),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
)

# What Zalo told of our templates by webhook.
template_state = Table(
    "template_state",
    metadata,
    Column("template_id", String(40), primary_key=True),
    Column("status", String(24)),
    Column("quality", String(16)),
    Column("reason", String(300)),
    Column("changed_at", Instant, nullable=False),
)
