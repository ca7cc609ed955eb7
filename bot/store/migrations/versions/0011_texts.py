"""texts: words changed by the province, and every wording there ever was."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "text_wording",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_text_wording_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_wording")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_text_wording_key_version")),
    )
    op.create_index("ix_text_wording_key_digest", "text_wording", ["key", "digest"])
    # Which words asked for consent when a code was sent: they may have changed until it is typed.
    with op.batch_alter_table("phone_proof") as table:
        table.add_column(sa.Column("words_digest", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("phone_proof") as table:
        table.drop_column("words_digest")
    op.drop_index("ix_text_wording_key_digest", table_name="text_wording")
    op.drop_table("text_wording")
