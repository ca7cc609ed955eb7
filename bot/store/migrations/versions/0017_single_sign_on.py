"""single_sign_on: accounts of an identity provider."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
# All may be NULL, so that the version before goes on writing beside this one.
NEW_COLUMNS = (
    ("staff", "sign_on", sa.String(length=8)),
    ("staff_session", "way", sa.String(length=8)),
    ("staff_session", "provider_token", sa.LargeBinary()),
    ("staff_session", "identity_mark", sa.LargeBinary()),
)


def upgrade() -> None:
    """Go forward."""
    for table, name, kind in NEW_COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "staff_identity",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_identity_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_identity")),
        sa.UniqueConstraint("mark", name=op.f("uq_staff_identity_mark")),
        sa.UniqueConstraint("staff_id", "issuer", name=op.f("uq_staff_identity_staff_id_issuer")),
    )


def downgrade() -> None:
    """Go back: who is linked links anew when the version after comes again."""
    op.drop_table("staff_identity")
    for table, name, _ in reversed(NEW_COLUMNS):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(name)
