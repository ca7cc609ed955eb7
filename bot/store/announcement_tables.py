"""The tables of announcements: what is told, who approved it, whom it reaches, who wants none."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

from bot.store.tables import Id, Instant, follower, identity, metadata

# A picture shown with an announcement: public once that is sent, so it is not sealed.
announcement_picture = Table(
    "announcement_picture",
    metadata,
    identity(),
    Column("token", String(40), nullable=False, unique=True),  # its public address, unguessable
    Column("digest", String(64), nullable=False),  # hex SHA-256 of the content
    Column("content", LargeBinary, nullable=False),
    Column("kind", String(4), nullable=False),  # jpg | png
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

# One announcement as it stands now. What is approved is bound to by `approved_mark`.
announcement = Table(
    "announcement",
    metadata,
    identity(),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # event | rules | document | other
    Column("title", String(300), nullable=False),
    Column("text", Text, nullable=False),
    Column("link", String(500), nullable=False),
    Column("picture_id", Id, ForeignKey("announcement_picture.id")),
    Column("audience", Text, nullable=False),  # JSON
    Column("roads", String(60), nullable=False),  # words separated by commas
    Column("send_at", Instant),  # NULL: as soon as it is released
    Column("revision", Integer, nullable=False),  # counts up with each save
    Column("content_mark", LargeBinary, nullable=False),  # SHA-256 of all the above
    Column("text_mark", LargeBinary, nullable=False),  # of the words alone
    Column("audience_mark", LargeBinary, nullable=False),  # of whom it goes to
    Column("state", String(20), nullable=False),
    Column("reason", String(500)),  # why it was rejected, paused or stopped
    Column("written_by", Id, ForeignKey("staff.id"), nullable=False),  # the present revision
    Column("asked_at", Instant),
    Column("approved_by", Id, ForeignKey("staff.id")),
    Column("approved_at", Instant),
    Column("approved_mark", LargeBinary),
    Column("repeat_confirmed", Boolean, nullable=False, default=False),
    Column("due_at", Instant),  # when it begins; NULL unless scheduled
    Column("started_at", Instant),
    Column("plan_reached", String(80), nullable=False, default=""),  # the last one planned
    Column("planned_at", Instant),
    Column("finished_at", Instant),
    Column("link_token", String(20), nullable=False, unique=True),  # of its own short link
    Column("clicks", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    # Two persons: whoever wrote what stands there now has not approved it.
    CheckConstraint(
        "approved_by IS NULL OR approved_by <> written_by", name="ck_announcement_two_persons"
    ),
    Index("ix_announcement_state", "state", "due_at"),
    Index("ix_announcement_text_mark", "text_mark"),
)

# What was written, when and by whom; drafts of one sitting are one version.
announcement_version = Table(
    "announcement_version",
    metadata,
    identity(),
    Column("announcement_id", Id, ForeignKey("announcement.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("content", Text, nullable=False),  # JSON
    UniqueConstraint("announcement_id", "revision"),
)

# The article of a broadcast, and how far it is: each step is one call, none is made twice.
announcement_article = Table(
    "announcement_article",
    metadata,
    Column(
        "announcement_id",
        Id,
        ForeignKey("announcement.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("step", String(10), nullable=False),  # create | verify | send | sent | failed
    Column("claim", String(40)),
    Column("due_at", Instant),  # when to go on; NULL at the end
    Column("tries", Integer, nullable=False, default=0),
    Column("token", String(200)),
    Column("article_id", String(80)),
    Column("carrier_id", String(80)),
    Column("code", String(40)),
    Column("reason", String(300)),
    Column("sent_at", Instant),
)

# Phones of an announcement to a list of numbers.
announcement_phone = Table(
    "announcement_phone",
    metadata,
    identity(),
    Column("announcement_id", Id, ForeignKey("announcement.id"), nullable=False),
    Column("phone_index", LargeBinary, nullable=False),
    Column("phone", LargeBinary, nullable=False),  # sealed E.164
    UniqueConstraint("announcement_id", "phone_index"),
)

# Who gets an announcement; one row a person, so that nobody gets it twice. `turn` 0 is the real
# sending, from 1 on a test. Rows of people whom no way reaches stand here too, closed.
announcement_recipient = Table(
    "announcement_recipient",
    metadata,
    identity(),
    Column("announcement_id", Id, ForeignKey("announcement.id"), nullable=False),
    Column("turn", SmallInteger, nullable=False),
    Column("recipient", String(80), nullable=False),  # user id, or hex of the phone's blind index
    Column("road", String(16), nullable=False),
    Column("state", String(12), nullable=False),  # waiting sending sent unsure failed skipped
    Column("due_at", Instant),  # when to look at it next; NULL once closed
    Column("claim", String(40)),
    Column("refusals", SmallInteger, nullable=False, default=0),
    Column("code", String(40)),  # the carrier's, or a word of ours
    Column("carrier_id", String(80)),
    Column("cost_dong", Integer),
    Column("begun_at", Instant),
    Column("sent_at", Instant),
    Column("received_at", Instant),
    Column("seen_at", Instant),
    UniqueConstraint("announcement_id", "turn", "recipient"),
)
Index(
    "ix_announcement_recipient_due",
    announcement_recipient.c.announcement_id,
    announcement_recipient.c.turn,
    announcement_recipient.c.due_at,
    announcement_recipient.c.id,
    postgresql_where=announcement_recipient.c.due_at.is_not(None),
    sqlite_where=announcement_recipient.c.due_at.is_not(None),
)
Index(
    "ix_announcement_recipient_carrier_id",
    announcement_recipient.c.carrier_id,
    postgresql_where=announcement_recipient.c.carrier_id.is_not(None),
    sqlite_where=announcement_recipient.c.carrier_id.is_not(None),
)

# Test sends are looked for every two seconds, also among a million others.
Index(
    "ix_announcement_recipient_test",
    announcement_recipient.c.announcement_id,
    announcement_recipient.c.turn,
    postgresql_where=and_(
        announcement_recipient.c.turn > 0, announcement_recipient.c.due_at.is_not(None)
    ),
    sqlite_where=and_(
        announcement_recipient.c.turn > 0, announcement_recipient.c.due_at.is_not(None)
    ),
)

# How many recipients of an announcement stand where, kept with each change of theirs: a page that
# is looked at every second must not count a million rows.
announcement_tally = Table(
    "announcement_tally",
    metadata,
    Column(
        "announcement_id",
        Id,
        ForeignKey("announcement.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("road", String(16), primary_key=True),
    Column("state", String(12), primary_key=True),  # as above; and received, seen
    Column("code", String(40), primary_key=True),  # "" for none
    Column("count", Integer, nullable=False),
    Column("cost_dong", Integer, nullable=False),
)

# How many were handed over in each minute.
announcement_pace = Table(
    "announcement_pace",
    metadata,
    Column(
        "announcement_id",
        Id,
        ForeignKey("announcement.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("minute", Instant, primary_key=True),
    Column("count", Integer, nullable=False),
)

# Citizens who want no announcements; notices of their own dossiers are another matter.
announcement_optout = Table(
    "announcement_optout",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("how", String(12), nullable=False),  # news | stop | forget | withdraw
    Column("at", Instant, nullable=False),
)

# Which group a follower belongs to: by an invitation code, or by a tag of the Zalo page.
follower_tag = Table(
    "follower_tag",
    metadata,
    identity(),
    Column("user_id", String(64), nullable=False),
    Column("tag", String(100), nullable=False),
    Column("source", String(8), nullable=False),  # code | page
    Column("since", Instant, nullable=False),
    UniqueConstraint("tag", "source", "user_id"),
    Index("ix_follower_tag_user_id", "user_id"),
)

# Tags of the Zalo page, as Zalo last told of them.
page_tag = Table(
    "page_tag",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("read_at", Instant),
)

# Codes that are typed into the chat to join a group of officials, or the group of testers.
invitation = Table(
    "invitation",
    metadata,
    identity(),
    Column("code_mark", LargeBinary, nullable=False, unique=True),  # keyed hash
    Column("code", LargeBinary, nullable=False),  # sealed, to be shown again
    Column("purpose", String(8), nullable=False),  # official | tester
    Column("tag", String(100), nullable=False),  # "" for testers
    Column("agency_code", String(40), ForeignKey("agency.code")),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("most_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False, default=0),
    Column("ended_at", Instant),
)

# Chats of staff that test sends go to.
announcement_tester = Table(
    "announcement_tester",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("since", Instant, nullable=False),
)

# What a carrier said is left of a quota.
carrier_quota = Table(
    "carrier_quota",
    metadata,
    Column("name", String(16), primary_key=True),  # template
    Column("total", Integer),
    Column("remaining", Integer),
    Column("read_at", Instant, nullable=False),
)

# Who unfollowed after an announcement is found from the few that did.
Index(
    "ix_follower_unfollowed_at",
    follower.c.unfollowed_at,
    postgresql_where=follower.c.unfollowed_at.is_not(None),
    sqlite_where=follower.c.unfollowed_at.is_not(None),
)
