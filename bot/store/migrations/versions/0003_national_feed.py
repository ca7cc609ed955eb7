"""what the national exchange told of dossiers, and how far a source was read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "dossier_sync",
        sa.Column("dossier_id", number, autoincrement=False, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_sync_dossier_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossier_sync")),
    )
    op.create_table(
        "dossier_progress",
        sa.Column("id", number, sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", number, nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("handler", sa.LargeBinary(), nullable=True),
        sa.Column("handler_mark", sa.LargeBinary(), nullable=False),
        sa.Column("step", sa.String(length=200), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("feed_key_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_progress_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_progress")),
        sa.UniqueConstraint(
            "dossier_id",
            "moment",
            "status",
            "handler_mark",
            name=op.f("uq_dossier_progress_dossier_id_moment_status_handler_mark"),
        ),
    )
    op.create_table(
        "pull_cursor",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("page", sa.String(length=300), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_pull_cursor")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("pull_cursor")
    op.drop_table("dossier_progress")
    op.drop_table("dossier_sync")
