"""the books: days frozen and as they stand, bills of SMS, complaints, what changes earned."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
LINE_FIGURES = (
    "received",
    "taken_over",
    "resolved_early",
    "resolved_on_time",
    "resolved_late",
    "late_apologised",
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
TALLY_FIGURES = ("due", "notices", "attempts", "parts", "cost_dong")
# What is appended and then often changed: by ranges of pages where the database can.
BY_MOMENT = (
    ("dossier_change", "arrived_at", None),
    ("notice", "created_at", "brin"),
    ("attempt", "begun_at", "brin"),
    ("outbox", "asked_at", "brin"),
    ("lookup", "at", None),
)
NEW_COLUMNS = ("procedure_code", "received_at", "phone_line", "silent", "earned")


def upgrade() -> None:
    """Go forward."""
    op.add_column("dossier_change", sa.Column("procedure_code", sa.String(64), nullable=True))
    op.add_column("dossier_change", sa.Column("received_at", MOMENT, nullable=True))
    op.add_column("dossier_change", sa.Column("phone_line", sa.String(12), nullable=True))
    op.add_column("dossier_change", sa.Column("silent", sa.Boolean(), nullable=True))
    op.add_column("dossier_change", sa.Column("earned", sa.String(16), nullable=True))
    for table, column, using in BY_MOMENT:
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_using=using)
    op.create_table(
        "notice_restated",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("channel", sa.String(16), nullable=True),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_restated_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_restated")),
    )
    op.create_index(op.f("ix_notice_restated_notice_id"), "notice_restated", ["notice_id"])
    _books()
    _bills()
    _complaints()


def _place() -> tuple[sa.Column[str], ...]:
    return (
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("edition", sa.String(6), nullable=False),
        sa.Column("procedure_code", sa.String(64), nullable=False),
        sa.Column("agency_code", sa.String(40), nullable=False),
    )


def _books() -> None:
    op.create_table(
        "book_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("frozen_at", MOMENT, nullable=True),
        sa.Column("frozen_open", sa.Integer(), nullable=True),
        sa.Column("reckoned_at", MOMENT, nullable=True),
        sa.Column("latest_open", sa.Integer(), nullable=True),
        sa.Column("unsettled", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_book_day")),
    )
    place = ("period", "edition", "procedure_code", "agency_code")
    op.create_table(
        "book_line",
        *_place(),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in LINE_FIGURES),
        sa.PrimaryKeyConstraint(*place, name=op.f("pk_book_line")),
    )
    op.create_table(
        "book_tally",
        *_place(),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in TALLY_FIGURES),
        sa.PrimaryKeyConstraint(
            *place, "event", "outcome", "channel", "reason", name=op.f("pk_book_tally")
        ),
    )
    for table in ("book_line", "book_tally"):
        op.create_index(f"ix_{table}_agency_code_period", table, ["agency_code", "period"])
    op.create_table(
        "book_count",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("agency_code", sa.String(40), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "agency_code", "what", name=op.f("pk_book_count")),
    )
    op.create_table(
        "book_procedure",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_book_procedure")),
    )


def _bills() -> None:
    op.create_table(
        "sms_bill",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("gateway", sa.String(16), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("cost_dong", sa.Integer(), nullable=False),
        sa.Column("our_lines", sa.Integer(), nullable=False),
        sa.Column("our_parts", sa.Integer(), nullable=False),
        sa.Column("our_cost_dong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sms_bill_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_bill")),
        sa.UniqueConstraint(
            "gateway", "month", "digest", name=op.f("uq_sms_bill_gateway_month_digest")
        ),
    )
    op.create_table(
        "sms_bill_difference",
        sa.Column("bill_id", NUMBER, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("file_line", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(80), nullable=True),
        sa.Column("attempt_id", NUMBER, nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("their_parts", sa.Integer(), nullable=True),
        sa.Column("our_parts", sa.Integer(), nullable=True),
        sa.Column("their_cost", sa.Integer(), nullable=True),
        sa.Column("our_cost", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["sms_bill.id"], name=op.f("fk_sms_bill_difference_bill_id")
        ),
        sa.PrimaryKeyConstraint("bill_id", "place", name=op.f("pk_sms_bill_difference")),
    )


def _complaints() -> None:
    op.create_table(
        "complaint",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("agency_code", sa.String(40), nullable=False),
        sa.Column("procedure_code", sa.String(64), nullable=False),
        sa.Column("notice_id", NUMBER, nullable=False),
        sa.Column("event", sa.String(16), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("verdict", sa.String(12), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("outbox_key", sa.String(160), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_complaint_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["follower.user_id"], name=op.f("fk_complaint_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_complaint_agency_code")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_complaint_notice_id")),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["staff.id"], name=op.f("fk_complaint_answered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    op.create_index(
        "ix_complaint_agency_code_answered_at", "complaint", ["agency_code", "answered_at"]
    )
    op.create_index("ix_complaint_opened_at", "complaint", ["opened_at"])
    op.create_index(
        "uq_complaint_open",
        "complaint",
        ["dossier_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
        sqlite_where=sa.text("answered_at IS NULL"),
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "complaint",
        "sms_bill_difference",
        "sms_bill",
        "book_procedure",
        "book_count",
        "book_tally",
        "book_line",
        "book_day",
        "notice_restated",
    ):
        op.drop_table(table)
    for table, column, _ in BY_MOMENT:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    with op.batch_alter_table("dossier_change", schema=None) as batch_op:
        for name in NEW_COLUMNS:
            batch_op.drop_column(name)
