"""accounts: second factor, recovery, ageing, reviews, and the chain of the audit trail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
BYTES = sa.LargeBinary()
OF_STAFF: dict[str, Any] = {
    "disabled_why": sa.String(16),
    "reopened_at": MOMENT,
    "second_factor": BYTES,
    "second_factor_at": MOMENT,
    "second_factor_step": sa.BigInteger(),
    "reviewed_at": MOMENT,
    "reviewed_by": sa.String(40),
}
NEW_TABLES = (
    "audit_check",
    "audit_checkpoint",
    "audit_seal",
    "audit_link",
    "login_refusal",
    "former_password",
    "recovery_code",
)

# An entry, and its link, may go once a checkpoint stands for it; nothing else of the trail may
# be changed or dropped. The condition tells whether OLD is still kept.
KEPT = {
    "audit_entry": "NOT EXISTS (SELECT 1 FROM audit_link JOIN audit_checkpoint "
    "ON audit_link.place <= audit_checkpoint.place WHERE audit_link.entry_id = OLD.id)",
    "audit_link": "NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE place >= OLD.place)",
    "audit_seal": "NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE place >= OLD.place)",
    "audit_checkpoint": "NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE place > OLD.place)",
}


def upgrade() -> None:
    """Go forward."""
    for name, kind in OF_STAFF.items():
        op.add_column("staff", sa.Column(name, kind, nullable=True))
    op.add_column("staff_session", sa.Column("factor_at", MOMENT, nullable=True))
    _guards_of_accounts()
    _chain()
    for table, kept in KEPT.items():
        _append_only(table, kept)


def _guards_of_accounts() -> None:
    op.create_table(
        "recovery_code",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("mark", BYTES, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_code_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("staff_id", "mark", name=op.f("uq_recovery_code_staff_id_mark")),
    )
    op.create_table(
        "former_password",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_former_password_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    op.create_index(op.f("ix_former_password_staff_id"), "former_password", ["staff_id"])
    op.create_table(
        "login_refusal",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("place", sa.String(45), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_refusal")),
    )
    op.create_index(op.f("ix_login_refusal_at"), "login_refusal", ["at"])
    op.create_index("ix_login_refusal_place_at", "login_refusal", ["place", "at"])


def _chain() -> None:
    op.create_table(
        "audit_link",
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("entry_id", NUMBER, nullable=False),
        sa.Column("digest", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_link")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_link_entry_id")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("top_id", NUMBER, nullable=False),
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.Column("mark", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_seal")),
    )
    op.create_index(op.f("ix_audit_seal_sealed_at"), "audit_seal", ["sealed_at"])
    op.create_table(
        "audit_checkpoint",
        sa.Column("place", NUMBER, autoincrement=False, nullable=False),
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("mark", BYTES, nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "audit_check",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("digest", BYTES, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("first", sa.String(300), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index(op.f("ix_audit_check_at"), "audit_check", ["at"])


def _append_only(table: str, kept: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event, condition in (("UPDATE", ""), ("DELETE", f"WHEN {kept} ")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} {condition}"
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {kept} THEN NULL; ELSE RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    for event, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {table}_guard()"
        )


def downgrade() -> None:
    """Go back: the trail stays, without its chain and its guards."""
    for table in KEPT:
        _changeable(table)
    for table in NEW_TABLES:
        op.drop_table(table)
    with op.batch_alter_table("staff_session") as session:
        session.drop_column("factor_at")
    with op.batch_alter_table("staff") as staff:
        for name in OF_STAFF:
            staff.drop_column(name)


def _changeable(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{event}")
        return
    op.execute(f"DROP FUNCTION {table}_guard() CASCADE")
