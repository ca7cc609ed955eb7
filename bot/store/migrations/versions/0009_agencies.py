"""agencies: how long they are valid, who follows them, what they were called, their ladders."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OPEN_STATUSES = "status IN (1, 2, 4, 5, 6, 8)"
COMING = "begun_at IS NULL"


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("agency") as agency:
        agency.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        agency.add_column(sa.Column("valid_to", sa.Date(), nullable=True))
        agency.add_column(sa.Column("successor_code", sa.String(length=40), nullable=True))
        agency.add_column(sa.Column("served_by", sa.String(length=40), nullable=True))
        agency.add_column(
            sa.Column("ladder", sa.String(length=800), server_default="", nullable=False)
        )
    op.create_table(
        "agency_name",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sms_name", sa.String(length=60), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_agency_name_agency_code_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_name")),
        sa.UniqueConstraint("agency_code", "since", name=op.f("uq_agency_name_agency_code_since")),
    )
    op.create_index(
        "ix_agency_name_coming",
        "agency_name",
        ["since"],
        postgresql_where=sa.text(COMING),
        sqlite_where=sa.text(COMING),
    )
    op.create_table(
        "agency_ladder",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("rungs", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_agency_ladder_agency_code_agency")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_ladder")),
        sa.UniqueConstraint(
            "agency_code", "event", name=op.f("uq_agency_ladder_agency_code_event")
        ),
    )
    op.create_index(
        "ix_dossier_open",
        "dossier",
        ["agency_code"],
        postgresql_where=sa.text(OPEN_STATUSES),
        sqlite_where=sa.text(OPEN_STATUSES),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(
        "ix_dossier_open",
        table_name="dossier",
        postgresql_where=sa.text(OPEN_STATUSES),
        sqlite_where=sa.text(OPEN_STATUSES),
    )
    op.drop_table("agency_ladder")
    op.drop_table("agency_name")
    with op.batch_alter_table("agency") as agency:
        for column in ("ladder", "served_by", "successor_code", "valid_to", "valid_from"):
            agency.drop_column(column)
