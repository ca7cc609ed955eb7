"""watching: what each timed job and each agency's feed last did."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# All may be NULL, so that the version before goes on writing beside this one.
NEW_COLUMNS = (
    ("feed_key", "note", sa.String(length=100)),
    ("feed_key", "made_by", sa.String(length=64)),
    ("feed_key", "revoked_by", sa.String(length=64)),
    ("feed_key", "last_used_at", MOMENT),
    ("timed_job", "succeeded_at", MOMENT),
    ("inbox", "request_id", sa.String(length=64)),
    ("outbox", "request_id", sa.String(length=64)),
    ("notice", "request_id", sa.String(length=64)),
    ("notice", "first_due_at", MOMENT),
)
HELD_BACK = sa.text("first_due_at IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    for table, name, kind in NEW_COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_index(
        "ix_notice_first_due_at",
        "notice",
        ["first_due_at"],
        postgresql_where=HELD_BACK,
        sqlite_where=HELD_BACK,
    )
    op.create_table(
        "feed_key_use",
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "hour", "outcome", name=op.f("pk_feed_key_use")),
    )
    op.create_table(
        "agency_feed",
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("agency_code", "day", name=op.f("pk_agency_feed")),
    )
    op.create_table(
        "gateway_balance",
        sa.Column("gateway", sa.String(length=16), nullable=False),
        sa.Column("dong", sa.BigInteger(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("fault", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("gateway", name=op.f("pk_gateway_balance")),
    )
    op.create_table(
        "prompt_day",
        sa.Column("day", sa.Date(), autoincrement=False, nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("prompt", sa.Integer(), nullable=False),
        sa.Column("reckoned_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_prompt_day")),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("prompt_day", "gateway_balance", "agency_feed", "feed_key_use"):
        op.drop_table(table)
    op.drop_index("ix_notice_first_due_at", table_name="notice")
    for table, name, _ in reversed(NEW_COLUMNS):
        op.drop_column(table, name)
