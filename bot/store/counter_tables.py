"""The tables of the counter: staff and what they did, procedures, intake, talks handed over."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.tables import Id, Instant, identity, metadata

# A console account. Roles are words separated by commas; no agency means every agency.
staff = Table(
    "staff",
    metadata,
    identity(),
    Column("login", String(40), nullable=False, unique=True),  # lower case
    Column("name", LargeBinary),  # sealed; printed on slips as who took them in
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("roles", String(100), nullable=False),
    Column("agency_code", String(40), ForeignKey("agency.code"), index=True),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("failures", Integer, nullable=False, default=0),  # wrong passwords in a row
    Column("locked_until", Instant),
    Column("password_changed_at", Instant, nullable=False),
    Column("last_login_at", Instant),
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("disabled_why", String(16)),  # unused | review; NULL: somebody closed it
    Column("reopened_at", Instant),
    Column("second_factor", LargeBinary),  # sealed secret of the codes; NULL: there is none
    Column("second_factor_at", Instant),
    Column("second_factor_step", BigInteger),  # the newest code taken: 30 s steps since 1970
    Column("reviewed_at", Instant),  # when an administrator last confirmed it
    Column("reviewed_by", String(40)),
    Column("sign_on", String(8)),  # allowed | only: by the identity provider; NULL: by password
)

staff_session = Table(
    "staff_session",
    metadata,
    identity(),
    Column("token_mark", LargeBinary, nullable=False, unique=True),  # SHA-256 of the cookie's token
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(16)),  # bot/core/log_in.py, EndedWhy
    Column("factor_at", Instant),  # when the second factor was proved in it
    Column("way", String(8)),  # provider, prov-2fa (asked for a factor, too); NULL: a password
    Column("provider_token", LargeBinary),  # sealed; says to the provider whose session ends
    Column("identity_mark", LargeBinary),  # whom to link once our second factor is proved
)

# What staff did, each in the transaction that did it. Nothing personal of a citizen.
audit_entry = Table(
    "audit_entry",
    metadata,
    identity(),
    Column("at", Instant, nullable=False, index=True),
    Column("staff_id", Id, ForeignKey("staff.id")),  # NULL: nobody who is known, or a command
    Column("login", String(40), nullable=False),  # as it was then; "" for a command
    Column("address", String(45), nullable=False),
    Column("action", String(40), nullable=False),  # dotted: login.ok, intake.saved, slip.printed
    Column("agency_code", String(40)),
    Column("about", String(16)),  # dossier | staff | procedure | agency | handover | batch
    Column("about_key", String(80)),
    Column("detail", Text),  # JSON
    Index("ix_audit_entry_staff_id_at", "staff_id", "at"),
    Index("ix_audit_entry_about", "about", "about_key"),
)

# What an agency's desk takes in. A procedure of an agency is offered by all below it too.
procedure = Table(
    "procedure",
    metadata,
    identity(),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("code", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("days", SmallInteger),  # NULL: no promised day
    Column("day_kind", String(8), nullable=False),  # working | calendar
    Column("same_day", Boolean, nullable=False, default=False),
    Column("fees", String(200)),
    Column("guide", Text),  # what "In hướng dẫn thực hiện thủ tục" prints besides the papers
    Column("updated_at", Instant, nullable=False),
    Column("retired_at", Instant),
    UniqueConstraint("agency_code", "code"),
)

procedure_paper = Table(
    "procedure_paper",
    metadata,
    identity(),
    Column("procedure_id", Id, ForeignKey("procedure.id"), nullable=False),
    Column("place", SmallInteger, nullable=False),  # from 1
    Column("name", String(500), nullable=False),
    Column("originals", SmallInteger),
    Column("certified", SmallInteger),
    Column("copies", SmallInteger),
    UniqueConstraint("procedure_id", "place"),
)

# The last number given out by an agency on a day; counted up in the transaction that stores the
# dossier, so that a number is neither lost nor given twice.
code_counter = Table(
    "code_counter",
    metadata,
    Column("agency_code", String(40), ForeignKey("agency.code"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("last", Integer, nullable=False),
)

# What the slip of a dossier says and no feed tells. Its dossiers have this counter as source.
intake = Table(
    "intake",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossier.id"), primary_key=True, autoincrement=False),
    Column(
        "press", String(40), nullable=False, unique=True
    ),  # one press of the button, one dossier
    Column("procedure_id", Id, ForeignKey("procedure.id"), nullable=False),
    Column("facts", LargeBinary, nullable=False),  # sealed JSON: submitter, address, papers, …
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("agency_code", String(40), nullable=False),
    Column("taken_at", Instant, nullable=False),
    Index("ix_intake_agency_code_taken_at", "agency_code", "taken_at"),
)

# Keyed hashes of a dossier's owner name and of each of its endings ("nguyen van an", "van an",
# "an"), so that a name is found as people say it and is readable nowhere.
dossier_name = Table(
    "dossier_name",
    metadata,
    Column("mark", LargeBinary, primary_key=True),  # 10 bytes
    Column("agency_code", String(40), primary_key=True),
    Column("dossier_id", Id, ForeignKey("dossier.id"), primary_key=True, autoincrement=False),
    Index("ix_dossier_name_dossier_id", "dossier_id"),
)

# A number that the desk corrected here. It holds for as long as the feed repeats the wrong one.
phone_correction = Table(
    "phone_correction",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossier.id"), primary_key=True, autoincrement=False),
    Column("wrong_mark", LargeBinary, nullable=False),  # keyed hash of what the feed says
    Column("phone", LargeBinary, nullable=False),  # sealed, as typed
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

# Many slips in one file, drawn by a worker while the clerk sees how far it is.
slip_batch = Table(
    "slip_batch",
    metadata,
    identity(),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("agency_code", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("paper", String(4), nullable=False),  # A5 | A4
    Column("state", String(8), nullable=False),  # waiting | drawing | ready | failed
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("lease_until", Instant),
    Column("tries", Integer, nullable=False, default=0),
    Column("pdf", LargeBinary),  # sealed; dropped after a day
    Column("fault", String(300)),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index("ix_slip_batch_state", "state", "id"),
)

# A citizen's talk with the clerks of an agency ("gặp cán bộ"); one at a time.
handover = Table(
    "handover",
    metadata,
    identity(),
    Column("user_id", String(64), ForeignKey("follower.user_id"), nullable=False),
    Column("agency_code", String(40), ForeignKey("agency.code")),  # NULL: asked for, desk unknown
    Column("dossier_id", Id, ForeignKey("dossier.id")),
    Column("opened_at", Instant, nullable=False),
    Column("taken_by", Id, ForeignKey("staff.id")),
    Column("last_asked_at", Instant, nullable=False),  # when the citizen last wrote
    Column("last_answered_at", Instant),
    Column("closed_at", Instant),
    Column("closed_why", String(16)),  # bot/core/handover.py, Ending
    Index("ix_handover_agency_code_closed_at", "agency_code", "closed_at"),
)
Index(
    "uq_handover_open",
    handover.c.user_id,
    unique=True,
    postgresql_where=handover.c.closed_at.is_(None),
    sqlite_where=handover.c.closed_at.is_(None),
)

handover_line = Table(
    "handover_line",
    metadata,
    identity(),
    Column("handover_id", Id, ForeignKey("handover.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id")),  # NULL: the citizen
    Column("text", LargeBinary, nullable=False),  # sealed
    Column("key", String(160), nullable=False, unique=True),  # the event's, or the outbox row's
)
