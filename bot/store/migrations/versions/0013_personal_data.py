"""personal data: what was purged, exported and forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "erasure",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("erased", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(
        "ix_erasure_due_at",
        "erasure",
        ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )

    op.create_table(
        "purge_run",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
    )

    op.create_table(
        "purge_line",
        sa.Column("run_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("purged", sa.Integer(), nullable=False),
        sa.Column("oldest_left", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["purge_run.id"], name=op.f("fk_purge_line_run_id")),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_purge_line")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("purge_line")
    op.drop_table("purge_run")
    op.drop_index("ix_erasure_due_at", table_name="erasure")
    op.drop_table("erasure")
