"""post: results returned by post, their tracking, item codes."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DUE = sa.text("due_at IS NOT NULL")
FREE = sa.text("given_at IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "post_return",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("receiver", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.Column("told_mark", sa.LargeBinary(), nullable=True),
        sa.Column("item_code", sa.LargeBinary(), nullable=True),
        sa.Column("item_mark", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("cancel_at", MOMENT, nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("ordered_at", MOMENT, nullable=True),
        sa.Column("order_day", sa.Date(), nullable=True),
        sa.Column("collected_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_post_return_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_return")),
        sa.UniqueConstraint("dossier_id", name=op.f("uq_post_return_dossier_id")),
        sa.UniqueConstraint("item_mark", name=op.f("uq_post_return_item_mark")),
    )
    op.create_index("ix_post_return_state", "post_return", ["state", "ordered_at"])
    op.create_index("ix_post_return_order_day", "post_return", ["order_day"])
    op.create_index(
        "ix_post_return_due",
        "post_return",
        ["due_at", "id"],
        postgresql_where=DUE,
        sqlite_where=DUE,
    )

    op.create_table(
        "post_progress",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("return_id", NUMBER, nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("service", sa.String(length=80), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("milestone", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        sa.Column("earned", sa.String(length=16), nullable=True),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_id"], ["post_return.id"], name=op.f("fk_post_progress_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_progress")),
        sa.UniqueConstraint("service", "row_id", name=op.f("uq_post_progress_service_row_id")),
    )
    op.create_index("ix_post_progress_return_id", "post_progress", ["return_id"])
    op.create_index("ix_post_progress_arrived_at", "post_progress", ["arrived_at"])

    op.create_table(
        "post_item",
        sa.Column("service", sa.String(length=4), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("service", "number", name=op.f("pk_post_item")),
    )
    op.create_index(
        "ix_post_item_free",
        "post_item",
        ["added_at", "service", "number"],
        postgresql_where=FREE,
        sqlite_where=FREE,
    )

    op.create_table(
        "post_cursor",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("succeeded_at", MOMENT, nullable=True),
        sa.Column("tried_at", MOMENT, nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_post_cursor")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("post_cursor")
    op.drop_index("ix_post_item_free", table_name="post_item")
    op.drop_table("post_item")
    op.drop_index("ix_post_progress_arrived_at", table_name="post_progress")
    op.drop_index("ix_post_progress_return_id", table_name="post_progress")
    op.drop_table("post_progress")
    op.drop_index("ix_post_return_due", table_name="post_return")
    op.drop_index("ix_post_return_order_day", table_name="post_return")
    op.drop_index("ix_post_return_state", table_name="post_return")
    op.drop_table("post_return")
