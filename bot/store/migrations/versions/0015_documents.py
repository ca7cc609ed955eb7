"""documents: digitised papers and results of dossiers."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
PLACES = ("agency_code", "procedure_code", "type_code", "issued_on")
MARKS = ("number_index", "symbol_index", "owner_index")
# Figures of the books, of dossiers that were resolved.
FIGURES = ("resolved_electronic", "resolved_digitised", "papers", "papers_reused")
# Partial indexes by what they hold: what the register is asked for and few rows are.
FEW = {"ix_document_revoked": "revoked_on IS NOT NULL", "ix_document_lacking": "lacks > 0"}


def upgrade() -> None:
    """Go forward."""
    op.add_column("dossier", sa.Column("documents_mark", sa.LargeBinary(), nullable=True))

    op.create_table(
        "document",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("source_ref", sa.String(length=64), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("procedure_code", sa.String(length=64), nullable=False),
        sa.Column("type_code", sa.String(length=64), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("valid_forever", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("digitised", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("from_national_store", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("digitised_at", MOMENT, nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("lacks", sa.SmallInteger(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=True),
        sa.Column("number_index", sa.LargeBinary(), nullable=True),
        sa.Column("symbol_index", sa.LargeBinary(), nullable=True),
        sa.Column("owner_index", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_document_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint(
            "dossier_id", "kind", "source_ref", name=op.f("uq_document_dossier_id_kind_source_ref")
        ),
    )
    for column in PLACES:
        op.create_index(f"ix_document_{column}", "document", [column, "id"])
    for column in MARKS:
        held = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_document_{column}",
            "document",
            [column],
            postgresql_where=held,
            sqlite_where=held,
        )
    for name, words in FEW.items():
        held = sa.text(words)
        op.create_index(name, "document", ["id"], postgresql_where=held, sqlite_where=held)

    op.create_table(
        "document_count",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("results", "papers", "digitised", "reused")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_document_count_dossier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_count")),
    )
    for column in ("dossier_id", "at"):
        op.create_index(op.f(f"ix_document_count_{column}"), "document_count", [column])
    for name in FIGURES:
        op.add_column(
            "book_line",
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False),
        )


def downgrade() -> None:
    """Go back."""
    for name in FIGURES:
        op.drop_column("book_line", name)
    op.drop_table("document_count")
    for name in FEW:
        op.drop_index(name, table_name="document")
    for column in (*PLACES, *MARKS):
        op.drop_index(f"ix_document_{column}", table_name="document")
    op.drop_table("document")
    op.drop_column("dossier", "documents_mark")
