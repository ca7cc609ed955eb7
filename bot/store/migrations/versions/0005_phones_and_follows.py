"""phones proved, dossiers followed, consents."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "consent",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("link_id", NUMBER, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_user_id", "consent", ["user_id"])

    op.create_table(
        "phone_link",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("proved_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["follower.user_id"], name=op.f("fk_phone_link_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_link")),
    )
    op.create_index(
        "ix_phone_link_phone",
        "phone_link",
        ["phone_index"],
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_phone_link_open",
        "phone_link",
        ["user_id", "phone_index"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "phone_proof",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("code_mark", sa.LargeBinary(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["follower.user_id"], name=op.f("fk_phone_proof_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_proof")),
    )
    op.create_index(
        "ix_phone_proof_phone_index_asked_at", "phone_proof", ["phone_index", "asked_at"]
    )
    op.create_index("ix_phone_proof_user_id_asked_at", "phone_proof", ["user_id", "asked_at"])

    op.create_table(
        "dossier_follow",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_follow_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["follower.user_id"], name=op.f("fk_dossier_follow_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_follow")),
    )
    op.create_index(
        "ix_dossier_follow_dossier",
        "dossier_follow",
        ["dossier_id"],
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_dossier_follow_open",
        "dossier_follow",
        ["user_id", "dossier_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("dossier_follow")
    op.drop_table("phone_proof")
    op.drop_table("phone_link")
    op.drop_table("consent")
