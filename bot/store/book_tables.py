"""The tables of the books: days as they were frozen and as they stand, bills, complaints."""

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.notice_tables import attempt, notice
from bot.store.tables import Id, Instant, dossier_change, identity, lookup, metadata, outbox

# What a closed notice said before it was changed once more: renewed, or reported late. With it
# any moment of the past can be told again exactly.
notice_restated = Table(
    "notice_restated",
    metadata,
    identity(),
    Column("notice_id", Id, ForeignKey("notice.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),  # until then it said the following
    Column("state", String(12), nullable=False),
    Column("channel", String(16)),
    Column("reason", String(300)),
    Column("closed_at", Instant, nullable=False),
)

# What a dossier's documents came to from a moment on, written down at each change of it. So a past
# midnight is told again, also when the documents themselves are forgotten with their person.
document_count = Table(
    "document_count",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False, index=True),
    Column("results", Integer, nullable=False),
    Column("papers", Integer, nullable=False),
    Column("digitised", Integer, nullable=False),  # papers that are there as data
    Column("reused", Integer, nullable=False),  # papers taken from what was there before
)

# One local day of the books.
book_day = Table(
    "book_day",
    metadata,
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("frozen_at", Instant),  # NULL while the day is not over
    Column("frozen_open", Integer),  # differences in the frozen edition
    Column("reckoned_at", Instant),  # when the latest edition was last made
    Column("latest_open", Integer),
    Column("unsettled", Integer),  # notices that may still change their outcome
)


# Dossiers and messages of a period in an edition, by agency and procedure.
# Period: yyyy-mm-dd or yyyy-mm. Edition: frozen | latest. Procedure "": all of them together.
def _place() -> tuple[Column[str], ...]:
    return (
        Column("period", String(10), primary_key=True),
        Column("edition", String(6), primary_key=True),
        Column("procedure_code", String(64), primary_key=True),
        Column("agency_code", String(40), primary_key=True),
    )


# Of the dossiers resolved: those with an electronic result; with that or a digitised paper; their
# papers; of these, the re-used ones. Older code that runs beside knows nothing of them.
DOCUMENT_FIGURES = ("resolved_electronic", "resolved_digitised", "papers", "papers_reused")
LINE_FIGURES = (
    "received",
    "taken_over",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "late_apologised",
    *DOCUMENT_FIGURES,
    "reopened",
    "ended",
    "phone_missing",
    "phone_invalid",
    "phone_landline",
    "due",
    "sent",
    "delivered",
    "skipped",
    "failed",
    "pending",
    "apologies",
    "attempts",
    "parts",
    "cost_dong",
)
book_line = Table(
    "book_line",
    metadata,
    *_place(),
    *(
        Column(
            name,
            Integer,
            nullable=False,
            default=0,
            server_default=text("0") if name in DOCUMENT_FIGURES else None,
        )
        for name in LINE_FIGURES
    ),
    Index("ix_book_line_agency_code_period", "agency_code", "period"),
)

# Messages of a period by event, outcome, channel and reason.
TALLY_FIGURES = ("due", "notices", "attempts", "parts", "cost_dong")
book_tally = Table(
    "book_tally",
    metadata,
    *_place(),
    Column("event", String(16), primary_key=True),
    Column("outcome", String(12), primary_key=True),  # bot/core/book.py, Outcome
    Column("channel", String(16), primary_key=True),
    Column("reason", String(24), primary_key=True),  # bot/core/book_reason.py, Reason
    *(Column(name, Integer, nullable=False, default=0) for name in TALLY_FIGURES),
    Index("ix_book_tally_agency_code_period", "agency_code", "period"),
)

# Everything else that is counted of a day or a month, by a dotted word.
book_count = Table(
    "book_count",
    metadata,
    Column("period", String(10), primary_key=True),
    Column("agency_code", String(40), primary_key=True),  # "": of no agency
    Column("what", String(32), primary_key=True),  # lookup.typed, follower.new, reply.10, …
    Column("number", Integer, nullable=False),
)

# What procedures are called, by the newest dossier that moved.
book_procedure = Table(
    "book_procedure",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
)

# A gateway's own list of a month's SMS, as it was imported, and what it says that we do not.
sms_bill = Table(
    "sms_bill",
    metadata,
    identity(),
    Column("gateway", String(16), nullable=False),
    Column("month", String(7), nullable=False),  # yyyy-mm
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the file
    Column("staff_id", Id, ForeignKey("staff.id")),
    Column("imported_at", Instant, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("cost_dong", Integer, nullable=False),
    Column("our_lines", Integer, nullable=False),
    Column("our_parts", Integer, nullable=False),
    Column("our_cost_dong", Integer, nullable=False),
    UniqueConstraint("gateway", "month", "digest"),
)

sms_bill_difference = Table(
    "sms_bill_difference",
    metadata,
    Column("bill_id", Id, ForeignKey("sms_bill.id"), primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(12), nullable=False),  # theirs | ours | parts | cost | twice
    Column("file_line", Integer),  # of the imported file, from 1
    Column("reference", String(80)),
    Column("attempt_id", Id),
    Column("day", Date),
    Column("their_parts", Integer),
    Column("our_parts", Integer),
    Column("their_cost", Integer),
    Column("our_cost", Integer),
)

# "Tôi đến nhưng chưa có kết quả": a case for the agency.
complaint = Table(
    "complaint",
    metadata,
    identity(),
    Column("dossier_id", Id, ForeignKey("dossier.id"), nullable=False),
    Column("user_id", String(64), ForeignKey("follower.user_id"), nullable=False),
    Column("agency_code", String(40), ForeignKey("agency.code"), nullable=False),
    Column("procedure_code", String(64), nullable=False),
    Column("notice_id", Id, ForeignKey("notice.id"), nullable=False),
    Column("event", String(16), nullable=False),  # result | supplement
    Column("opened_at", Instant, nullable=False),
    Column("words", LargeBinary),  # sealed; what the citizen wrote, where it was no button
    Column("answered_at", Instant),
    Column("answered_by", Id, ForeignKey("staff.id")),
    Column("verdict", String(12)),  # bot/core/complaint.py, Verdict
    Column("answer", LargeBinary),  # sealed
    Column("outbox_key", String(160)),  # of the answer that was told
    Index("ix_complaint_agency_code_answered_at", "agency_code", "answered_at"),
    Index("ix_complaint_opened_at", "opened_at"),
)
Index(
    "uq_complaint_open",
    complaint.c.dossier_id,
    complaint.c.user_id,
    unique=True,
    postgresql_where=complaint.c.answered_at.is_(None),
    sqlite_where=complaint.c.answered_at.is_(None),
)

# A day's rows, found without reading the rest. What is appended and then often changed is
# indexed by ranges of pages where the database can: that costs next to nothing at each change.
Index("ix_dossier_change_arrived_at", dossier_change.c.arrived_at)
Index("ix_notice_created_at", notice.c.created_at, postgresql_using="brin")
Index("ix_attempt_begun_at", attempt.c.begun_at, postgresql_using="brin")
Index("ix_outbox_asked_at", outbox.c.asked_at, postgresql_using="brin")
Index("ix_lookup_at", lookup.c.at)
