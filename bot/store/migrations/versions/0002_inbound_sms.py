"""inbound sms: what citizens asked the short code, and what they were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sms_inbound",
        sa.Column("id", number, sa.Identity(always=False), nullable=False),
        sa.Column("aggregator", sa.String(length=8), nullable=False),
        sa.Column("request_key", sa.String(length=100), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("short_code", sa.String(length=20), nullable=False),
        sa.Column("sender_index", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sms_inbound")),
        sa.UniqueConstraint(
            "aggregator",
            "request_key",
            "turn",
            name=op.f("uq_sms_inbound_aggregator_request_key_turn"),
        ),
    )
    op.create_index("ix_sms_inbound_arrived_at", "sms_inbound", ["arrived_at"])
    op.create_index("ix_sms_inbound_sender_index", "sms_inbound", ["sender_index"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_sms_inbound_sender_index", "sms_inbound")
    op.drop_index("ix_sms_inbound_arrived_at", "sms_inbound")
    op.drop_table("sms_inbound")
