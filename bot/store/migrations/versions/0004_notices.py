"""notices, their attempts, and what carriers told of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "apology_run",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("reached_id", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_apology_run")),
    )
    op.create_table(
        "delivery_receipt",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("carrier", sa.String(length=16), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("said", sa.String(length=300), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_receipt")),
        sa.UniqueConstraint(
            "carrier", "ref", "state", name=op.f("uq_delivery_receipt_carrier_ref_state")
        ),
    )
    op.create_index("ix_delivery_receipt_arrived_at", "delivery_receipt", ["arrived_at"])

    op.create_table(
        "phone_state",
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("bad_at", MOMENT, nullable=True),
        sa.Column("no_template_until", MOMENT, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("phone_index", name=op.f("pk_phone_state")),
    )
    op.create_table(
        "template_state",
        sa.Column("template_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=True),
        sa.Column("quality", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("template_id", name=op.f("pk_template_state")),
    )
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=True),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(length=64), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=200), nullable=True),
        sa.Column("promised_at", MOMENT, nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("handed_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_notice_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index("ix_notice_dossier_id_event", "notice", ["dossier_id", "event"])
    op.create_index(
        "ix_notice_due",
        "notice",
        ["lane", "due_at", "id"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )

    op.create_table(
        "attempt",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("notice_id", NUMBER, nullable=False),
        sa.Column("rung", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("carrier", sa.String(length=16), nullable=False),
        sa.Column("request_id", sa.String(length=48), nullable=False),
        sa.Column("text_mark", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("carrier_id", sa.String(length=80), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("said", sa.String(length=300), nullable=True),
        sa.Column("parts", sa.SmallInteger(), nullable=True),
        sa.Column("cost_dong", sa.Integer(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_attempt_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint(
            "notice_id",
            "rung",
            "recipient",
            "turn",
            name=op.f("uq_attempt_notice_id_rung_recipient_turn"),
        ),
        sa.UniqueConstraint("request_id", name=op.f("uq_attempt_request_id")),
    )
    op.create_index("ix_attempt_carrier_id", "attempt", ["carrier_id"])
    op.create_index("ix_attempt_recipient_text_mark", "attempt", ["recipient", "text_mark"])

    op.add_column(
        "agency", sa.Column("sms_unicode", sa.Boolean(), server_default=sa.false(), nullable=False)
    )

    op.create_index(
        "ix_dossier_promised",
        "dossier",
        ["due_at", "id"],
        postgresql_where=sa.text("status IN (2, 4)"),
        sqlite_where=sa.text("status IN (2, 4)"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_dossier_promised", "dossier")
    op.drop_column("agency", "sms_unicode")
    op.drop_table("attempt")
    op.drop_table("notice")
    op.drop_table("template_state")
    op.drop_table("phone_state")
    op.drop_table("delivery_receipt")
    op.drop_table("apology_run")
