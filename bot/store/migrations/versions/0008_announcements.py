"""announcements: what is told, who approved it, whom it reaches, who wants none."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "announcement_optout",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_announcement_optout")),
    )
    op.create_table(
        "carrier_quota",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_carrier_quota")),
    )
    op.create_table(
        "follower_tag",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower_tag")),
        sa.UniqueConstraint(
            "tag", "source", "user_id", name=op.f("uq_follower_tag_tag_source_user_id")
        ),
    )
    op.create_index("ix_follower_tag_user_id", "follower_tag", ["user_id"])
    op.create_table(
        "page_tag",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_page_tag")),
    )
    op.create_table(
        "announcement_picture",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_announcement_picture_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_picture")),
        sa.UniqueConstraint("token", name=op.f("uq_announcement_picture_token")),
    )
    op.create_table(
        "announcement_tester",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_announcement_tester_staff_id")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_announcement_tester")),
    )
    op.create_index(op.f("ix_announcement_tester_staff_id"), "announcement_tester", ["staff_id"])
    op.create_table(
        "invitation",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("code_mark", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("tag", sa.String(length=100), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=True),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_invitation_agency_code")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitation_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_mark", name=op.f("uq_invitation_code_mark")),
    )
    op.create_table(
        "announcement",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("agency_code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("picture_id", NUMBER, nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("roads", sa.String(length=60), nullable=False),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_mark", sa.LargeBinary(), nullable=False),
        sa.Column("text_mark", sa.LargeBinary(), nullable=False),
        sa.Column("audience_mark", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("written_by", NUMBER, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("approved_by", NUMBER, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_mark", sa.LargeBinary(), nullable=True),
        sa.Column("repeat_confirmed", sa.Boolean(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("plan_reached", sa.String(length=80), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("link_token", sa.String(length=20), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> written_by", name="ck_announcement_two_persons"
        ),
        sa.ForeignKeyConstraint(
            ["agency_code"], ["agency.code"], name=op.f("fk_announcement_agency_code")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["staff.id"], name=op.f("fk_announcement_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["announcement_picture.id"], name=op.f("fk_announcement_picture_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["staff.id"], name=op.f("fk_announcement_written_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("link_token", name=op.f("uq_announcement_link_token")),
    )
    op.create_index(op.f("ix_announcement_agency_code"), "announcement", ["agency_code"])
    op.create_index("ix_announcement_state", "announcement", ["state", "due_at"])
    op.create_index("ix_announcement_text_mark", "announcement", ["text_mark"])
    op.create_table(
        "announcement_article",
        sa.Column("announcement_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=200), nullable=True),
        sa.Column("article_id", sa.String(length=80), nullable=True),
        sa.Column("carrier_id", sa.String(length=80), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_article_announcement_id"),
        ),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_announcement_article")),
    )
    op.create_table(
        "announcement_pace",
        sa.Column("announcement_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("minute", MOMENT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_pace_announcement_id"),
        ),
        sa.PrimaryKeyConstraint("announcement_id", "minute", name=op.f("pk_announcement_pace")),
    )
    op.create_table(
        "announcement_phone",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_phone_announcement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_phone")),
        sa.UniqueConstraint(
            "announcement_id",
            "phone_index",
            name=op.f("uq_announcement_phone_announcement_id_phone_index"),
        ),
    )
    op.create_table(
        "announcement_recipient",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("turn", sa.SmallInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("road", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("claim", sa.String(length=40), nullable=True),
        sa.Column("refusals", sa.SmallInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("carrier_id", sa.String(length=80), nullable=True),
        sa.Column("cost_dong", sa.Integer(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_recipient_announcement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_recipient")),
        sa.UniqueConstraint(
            "announcement_id",
            "turn",
            "recipient",
            name=op.f("uq_announcement_recipient_announcement_id_turn_recipient"),
        ),
    )
    op.create_index(
        "ix_announcement_recipient_carrier_id",
        "announcement_recipient",
        ["carrier_id"],
        unique=False,
        postgresql_where=sa.text("carrier_id IS NOT NULL"),
        sqlite_where=sa.text("carrier_id IS NOT NULL"),
    )
    op.create_index(
        "ix_announcement_recipient_due",
        "announcement_recipient",
        ["announcement_id", "turn", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_announcement_recipient_test",
        "announcement_recipient",
        ["announcement_id", "turn"],
        unique=False,
        postgresql_where=sa.text("turn > 0 AND due_at IS NOT NULL"),
        sqlite_where=sa.text("turn > 0 AND due_at IS NOT NULL"),
    )
    op.create_table(
        "announcement_tally",
        sa.Column("announcement_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("road", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("cost_dong", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_tally_announcement_id"),
        ),
        sa.PrimaryKeyConstraint(
            "announcement_id", "road", "state", "code", name=op.f("pk_announcement_tally")
        ),
    )
    op.create_table(
        "announcement_version",
        sa.Column("id", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("announcement_id", NUMBER, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("staff_id", NUMBER, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcement.id"],
            name=op.f("fk_announcement_version_announcement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_announcement_version_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_version")),
        sa.UniqueConstraint(
            "announcement_id",
            "revision",
            name=op.f("uq_announcement_version_announcement_id_revision"),
        ),
    )
    op.create_index(
        "ix_follower_unfollowed_at",
        "follower",
        ["unfollowed_at"],
        unique=False,
        postgresql_where=sa.text("unfollowed_at IS NOT NULL"),
        sqlite_where=sa.text("unfollowed_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(
        "ix_follower_unfollowed_at",
        table_name="follower",
        postgresql_where=sa.text("unfollowed_at IS NOT NULL"),
        sqlite_where=sa.text("unfollowed_at IS NOT NULL"),
    )
    op.drop_table("announcement_version")
    op.drop_table("announcement_tally")
    op.drop_index(
        "ix_announcement_recipient_test",
        table_name="announcement_recipient",
        postgresql_where=sa.text("turn > 0 AND due_at IS NOT NULL"),
        sqlite_where=sa.text("turn > 0 AND due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_announcement_recipient_due",
        table_name="announcement_recipient",
        postgresql_where=sa.text("due_at IS NOT NULL"),
        sqlite_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_announcement_recipient_carrier_id",
        table_name="announcement_recipient",
        postgresql_where=sa.text("carrier_id IS NOT NULL"),
        sqlite_where=sa.text("carrier_id IS NOT NULL"),
    )
    op.drop_table("announcement_recipient")
    op.drop_table("announcement_phone")
    op.drop_table("announcement_pace")
    op.drop_table("announcement_article")
    op.drop_index("ix_announcement_text_mark", table_name="announcement")
    op.drop_index("ix_announcement_state", table_name="announcement")
    op.drop_index(op.f("ix_announcement_agency_code"), table_name="announcement")
    op.drop_table("announcement")
    op.drop_table("invitation")
    op.drop_index(op.f("ix_announcement_tester_staff_id"), table_name="announcement_tester")
    op.drop_table("announcement_tester")
    op.drop_table("announcement_picture")
    op.drop_table("page_tag")
    op.drop_index("ix_follower_tag_user_id", table_name="follower_tag")
    op.drop_table("follower_tag")
    op.drop_table("carrier_quota")
    op.drop_table("announcement_optout")
