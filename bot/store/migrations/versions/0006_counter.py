"""staff, procedures, intake, talks handed over, and what an agency's desk says of itself."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "code_counter",
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_code_counter_agency_code")
        ),
        sa.PrimaryKeyConstraint("agency_code", "day", name=op.f("pk_code_counter")),
    )
    op.create_table(
        "procedure",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=True),
        sa.Column("day_kind", sa.String(length=8), nullable=False),
        sa.Column("same_day", sa.Boolean(), nullable=False),
        sa.Column("fees", sa.String(length=200), nullable=True),
        sa.Column("guide", sa.Text(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_procedure_agency_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("agency_code", "code", name=op.f("uq_procedure_agency_code_code")),
    )
    op.create_table(
        "staff",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.String(length=100), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", MOMENT, nullable=True),
        sa.Column("password_changed_at", MOMENT, nullable=False),
        sa.Column("last_login_at", MOMENT, nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_staff_agency_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_index(op.f("ix_staff_agency_code"), "staff", ["agency_code"])

    op.create_table(
        "audit_entry",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=True),
        sa.Column("about", sa.String(length=16), nullable=True),
        sa.Column("about_key", sa.String(length=80), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_entry_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_about", "audit_entry", ["about", "about_key"])
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    op.create_index("ix_audit_entry_staff_id_at", "audit_entry", ["staff_id", "at"])

    op.create_table(
        "dossier_name",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("dossier_id", NUMBER, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_name_dossier_id")
        ),
        sa.PrimaryKeyConstraint("mark", "agency_code", "dossier_id", name=op.f("pk_dossier_name")),
    )
    op.create_index("ix_dossier_name_dossier_id", "dossier_name", ["dossier_id"])

    op.create_table(
        "handover",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=True),
        sa.Column("dossier_id", NUMBER, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("taken_by", NUMBER, nullable=True),
        sa.Column("last_asked_at", MOMENT, nullable=False),
        sa.Column("last_answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_handover_agency_code")
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_handover_dossier_id")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["staff.id"], name=op.f("fk_handover_taken_by")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["follower.user_id"], name=op.f("fk_handover_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_agency_code_closed_at", "handover", ["agency_code", "closed_at"])
    op.create_index(
        "uq_handover_open",
        "handover",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "intake",
        sa.Column("dossier_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("press", sa.String(length=40), nullable=False),
        sa.Column("procedure_id", NUMBER, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_intake_dossier_id")),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_intake_procedure_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_intake_staff_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_intake")),
        sa.UniqueConstraint("press", name=op.f("uq_intake_press")),
    )
    op.create_index("ix_intake_agency_code_taken_at", "intake", ["agency_code", "taken_at"])

    op.create_table(
        "phone_correction",
        sa.Column("dossier_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("wrong_mark", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"], ["dossier.id"], name=op.f("fk_phone_correction_dossier_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_phone_correction_staff_id")
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_phone_correction")),
    )
    op.create_table(
        "procedure_paper",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("procedure_id", NUMBER, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("originals", sa.SmallInteger(), nullable=True),
        sa.Column("certified", sa.SmallInteger(), nullable=True),
        sa.Column("copies", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_procedure_paper_procedure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_paper")),
        sa.UniqueConstraint(
            "procedure_id", "place", name=op.f("uq_procedure_paper_procedure_id_place")
        ),
    )
    op.create_table(
        "slip_batch",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("paper", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_slip_batch_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_batch")),
    )
    op.create_index("ix_slip_batch_state", "slip_batch", ["state", "id"])

    op.create_table(
        "staff_session",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("token_mark", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_mark", name=op.f("uq_staff_session_token_mark")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])

    op.create_table(
        "handover_line",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("handover_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("staff_id", NUMBER, nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_line_handover_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_handover_line_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_line")),
        sa.UniqueConstraint("key", name=op.f("uq_handover_line_key")),
    )
    op.create_index(op.f("ix_handover_line_handover_id"), "handover_line", ["handover_id"])

    dubious = sa.text(
        "status IN (1, 2, 4, 5, 6, 9) AND (phone_line != 'mobile' OR received_at < '2018-11-15')"
    )
    op.create_index(
        "ix_dossier_dubious_phone",
        "dossier",
        ["agency_code", "id"],
        postgresql_where=dubious,
        sqlite_where=dubious,
    )
    op.create_index(
        "ix_phone_state_bad",
        "phone_state",
        ["phone_index"],
        postgresql_where=sa.text("bad_at IS NOT NULL"),
        sqlite_where=sa.text("bad_at IS NOT NULL"),
    )

    with op.batch_alter_table("agency", schema=None) as batch_op:
        batch_op.add_column(sa.Column("address", sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column("open_hours", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("hotline", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("place", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("desk_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("work_hours", sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column("code_head", sa.String(length=40), nullable=True))
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimer", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.drop_column("claimer")
    with op.batch_alter_table("agency", schema=None) as batch_op:
        for name in ("code_head", "work_hours", "desk_name", "place", "hotline", "open_hours"):
            batch_op.drop_column(name)
        batch_op.drop_column("address")
    op.drop_index("ix_phone_state_bad", table_name="phone_state")
    op.drop_index("ix_dossier_dubious_phone", table_name="dossier")
    op.drop_table("handover_line")
    op.drop_table("staff_session")
    op.drop_table("slip_batch")
    op.drop_table("procedure_paper")
    op.drop_table("phone_correction")
    op.drop_table("intake")
    op.drop_table("handover")
    op.drop_table("dossier_name")
    op.drop_table("audit_entry")
    op.drop_table("staff")
    op.drop_table("procedure")
    op.drop_table("code_counter")
