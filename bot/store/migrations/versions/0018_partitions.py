"""partitions: events and attempts by month, on PostgreSQL; SQLite keeps one table of each.

The version before works on beside it and on what it leaves: until the last moment it writes into
the table as ever, afterwards what it writes without the new column is put where it belongs by a
trigger. Nothing long happens while anybody waits: rows are filled in parts, indexes are built
concurrently, constraints are validated apart, and only then, in one short transaction, the table
becomes the partition of all time up to a border. That lies a whole month ahead, so that a run that
was killed stops no writing at the next month's beginning, and behind every row that a clock which
once ran ahead has left. An interrupted run goes on where it was.
"""

# Every statement below is put together from names that stand in this file.
# ruff: noqa: S608

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import sqlalchemy as sa
from alembic import op

from bot.store.migration_patience import AT_ONCE, StillInUse, patiently

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
VIETNAM = timezone(timedelta(hours=7))  # months begin at its midnight, whatever TZ_NAME is
AHEAD = 3  # months that are made beforehand
BATCH = 20_000
LETS_GO_SECONDS = 30  # for clearing up after a run that failed

COLUMNS = (
    "id, notice_id, rung, recipient, turn, carrier, request_id, text_mark, state, claimer, "
    "carrier_id, code, said, parts, cost_dong, begun_at, answered_at, delivered_at, seen_at"
)
UNIQUE_TURN = "uq_attempt_notice_id_rung_recipient_turn"
UNIQUE_REQUEST = "uq_attempt_request_id"
MADE = "notice_made_at"
# (name, columns) of what is unique and of the plain indexes; the names are those of the parent.
KEYS = {
    "attempt": (
        ("pk_attempt", f"id, {MADE}"),
        (f"{UNIQUE_REQUEST}_{MADE}", f"request_id, {MADE}"),
        (f"{UNIQUE_TURN}_{MADE}", f"notice_id, rung, recipient, turn, {MADE}"),
    ),
    "dossier_change": (("pk_dossier_change", "id, arrived_at"),),
}
INDEXES = {
    "attempt": (
        ("ix_attempt_carrier_id", "btree (carrier_id)"),
        ("ix_attempt_recipient_text_mark", "btree (recipient, text_mark)"),
        ("ix_attempt_begun_at", "brin (begun_at)"),
    ),
    "dossier_change": (
        ("ix_dossier_change_dossier_id_changed_at", "btree (dossier_id, changed_at)"),
        ("ix_dossier_change_arrived_at", "btree (arrived_at)"),
    ),
}
OLD_CONSTRAINTS = {
    "attempt": ("pk_attempt", UNIQUE_REQUEST, UNIQUE_TURN, "fk_attempt_notice_id"),
    "dossier_change": ("pk_dossier_change",),
}
PARENTS = {
    "attempt": (
        f"fk_attempt_notice_id_{MADE}",
        f"FOREIGN KEY (notice_id, {MADE}) REFERENCES notice (id, created_at)",
    ),
    "dossier_change": (
        "fk_dossier_change_dossier_id",
        "FOREIGN KEY (dossier_id) REFERENCES dossier (id)",
    ),
}
MONTHLY = {"attempt": MADE, "dossier_change": "arrived_at"}
ABOVE = {"attempt": "notice", "dossier_change": "dossier"}  # what their foreign keys point to


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "sqlite":
        _one_table(made=True)
    else:
        with op.get_context().autocommit_block():
            _by_month()
    op.create_table(
        "month_dropped",
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("table_name", "month", name=op.f("pk_month_dropped")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("month_dropped")
    if op.get_bind().dialect.name == "sqlite":
        _one_table(made=False)
    else:
        # Before all else: what is written while a table is copied would be lost.
        held = ", ".join((*ABOVE.values(), *MONTHLY))
        op.execute(f"LOCK TABLE {held} IN ACCESS EXCLUSIVE MODE")
        _whole_again("attempt", COLUMNS)
        _whole_again("dossier_change", "*")
        op.execute("DROP FUNCTION attempt_of_older_code()")
    op.execute("DROP INDEX uq_notice_id_created_at")


# PostgreSQL, forward


def _by_month() -> None:
    """Part each table that an earlier run, cut off after it, has not parted."""
    left = [table for table in MONTHLY if not _is_partitioned(table)]
    for table in left:
        _lift_border(table)
    for table in left:
        try:
            border = _prepare(table, MONTHLY[table])
            _step(table, partial(_part, table=table, border=border))
        except BaseException:
            with suppress(sa.exc.DBAPIError, StillInUse):
                _lift_border(table, LETS_GO_SECONDS)
            raise


def _is_partitioned(table: str) -> bool:
    kind = sa.text("SELECT relkind FROM pg_class WHERE oid = to_regclass(:name)")
    return op.get_bind().scalar(kind, {"name": table}) in ("p", b"p")


def _step(
    table: str, work: str | Callable[[sa.Connection], None], seconds: float | None = None
) -> None:
    """A short transaction of its own, for which nobody waits long; see patience.

    The first lock is in the way of nobody who reads or writes: it sends the server's own cleaning
    away, which gives way only to who waits longer than we ask for the second.
    """
    engine = op.get_bind().engine

    def once() -> None:
        with engine.begin() as connection:
            run = connection.exec_driver_sql
            run("SET LOCAL lock_timeout = '5s'")
            run(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
            run(f"SET LOCAL lock_timeout = '{AT_ONCE}'")
            if isinstance(work, str):
                run(work)
            else:
                work(connection)

    patiently(once, seconds)


def _lift_border(table: str, seconds: float | None = None) -> None:
    """Let the table take rows of any time again, where a run before has set a border."""
    held = sa.text("SELECT 1 FROM pg_constraint WHERE conname = :name")
    with op.get_bind().engine.connect() as connection:
        is_held = connection.scalar(held, {"name": f"before_{table}"})
    if is_held:
        _step(table, f"ALTER TABLE {table} DROP CONSTRAINT before_{table}", seconds)


def _prepare(table: str, column: str) -> datetime:
    """All that takes long, without anybody waiting for it; the border of the first partition."""
    name, key = PARENTS[table]
    if table == "attempt":
        _tell_when_made()
    _index_apart("uq_" if table == "attempt" else "", table)
    latest = op.get_bind().scalar(sa.text(f"SELECT max({column}) FROM {table}"))
    now = datetime.now(UTC)
    border = _month_start(max(now, latest or now), 2)
    _step(
        table,
        f"ALTER TABLE {table} ADD CONSTRAINT before_{table} "
        f"CHECK ({column} IS NOT NULL AND {column} < {_quoted(border)}) NOT VALID",
    )
    _step(table, f"ALTER TABLE {table} VALIDATE CONSTRAINT before_{table}")
    if table == "attempt":
        add = f"ADD CONSTRAINT {name} {key} NOT VALID"
        _step(table, f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}, {add}")
        _step(table, f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
    return border


def _tell_when_made() -> None:
    """Every attempt learns when its notice was made; a trigger fills in what is written now."""
    _step("attempt", f"ALTER TABLE attempt ADD COLUMN IF NOT EXISTS {MADE} timestamptz")
    _step("attempt", _fill_what_is_written)
    last = op.get_bind().scalar(sa.text("SELECT max(id) FROM attempt")) or 0
    for after in range(0, last, BATCH):
        _step(
            "attempt",
            f"UPDATE attempt SET {MADE} = notice.created_at FROM notice "
            f"WHERE notice.id = attempt.notice_id AND attempt.{MADE} IS NULL "
            f"AND attempt.id > {after} AND attempt.id <= {after + BATCH}",
        )


def _fill_what_is_written(connection: sa.Connection) -> None:
    run = connection.exec_driver_sql
    run(
        "CREATE OR REPLACE FUNCTION attempt_of_older_code() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF NEW.{MADE} IS NULL THEN "
        f"SELECT created_at INTO NEW.{MADE} FROM notice WHERE id = NEW.notice_id; "
        "IF TG_NARGS = 0 THEN RETURN NEW; END IF; "
        f"IF NEW.{MADE} IS NOT NULL THEN INSERT INTO attempt SELECT NEW.*; RETURN NULL; END IF; "
        "END IF; RETURN NEW; END $$"
    )
    run("DROP TRIGGER IF EXISTS of_older_code ON attempt")
    run(
        "CREATE TRIGGER of_older_code BEFORE INSERT ON attempt "
        "FOR EACH ROW EXECUTE FUNCTION attempt_of_older_code()"
    )


def _index_apart(also: str, table: str) -> None:
    """Build what is unique by month; an index that an interrupted run left half is built anew.

    It waits for everybody who works on the table, as long as they take, and nobody waits for it.
    """
    op.execute("SET lock_timeout = 0")
    wanted = [(f"{name}_before", table, columns) for name, columns in KEYS[table]]
    if also:
        wanted.append(("uq_notice_id_created_at", "notice", "id, created_at"))
    half = sa.text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    for name, place, columns in wanted:
        short = name[:63]
        if op.get_bind().scalar(half, {"name": short}):
            op.execute(f"DROP INDEX CONCURRENTLY {short}")
        op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {short} ON {place} ({columns})")
    op.execute(f"SET lock_timeout = '{AT_ONCE}'")


def _part(connection: sa.Connection, table: str, border: datetime) -> None:
    """The table becomes the first partition of one that bears its name: a moment, or a fault."""
    before, column, (name, key) = f"{table}_before", MONTHLY[table], PARENTS[table]
    run = connection.exec_driver_sql
    run(f"LOCK TABLE {ABOVE[table]}, {table} IN ACCESS EXCLUSIVE MODE")
    number = run(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))").scalar_one()
    run(f"DROP TRIGGER IF EXISTS of_older_code ON {table}")
    for old in OLD_CONSTRAINTS[table]:
        run(f"ALTER TABLE {table} DROP CONSTRAINT {old}")
    run(f"ALTER TABLE {table} ALTER COLUMN id DROP IDENTITY")
    run(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL")
    run(f"ALTER TABLE {table} RENAME TO {before}")
    for one, _ in INDEXES[table]:
        run(f"ALTER INDEX {one} RENAME TO {one}_before")
    for one, _ in KEYS[table]:
        short = f"{one}_before"[:63]
        kind = "PRIMARY KEY" if one.startswith("pk_") else "UNIQUE"
        run(f"ALTER TABLE {before} ADD CONSTRAINT {short} {kind} USING INDEX {short}")
    run(f"CREATE TABLE {table} (LIKE {before}) PARTITION BY RANGE ({column})")
    run(
        f"ALTER TABLE {table} ALTER COLUMN id "
        f"ADD GENERATED BY DEFAULT AS IDENTITY (START WITH {number})"
    )
    for one, columns in KEYS[table]:
        kind = "PRIMARY KEY" if one.startswith("pk_") else "UNIQUE"
        run(f"ALTER TABLE {table} ADD CONSTRAINT {one} {kind} ({columns})")
    for one, columns in INDEXES[table]:
        run(f"CREATE INDEX {one} ON {table} USING {columns}")
    run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {key}")
    _attach(connection, table, border)


def _attach(connection: sa.Connection, table: str, border: datetime) -> None:
    run, before = connection.exec_driver_sql, f"{table}_before"
    span = f"FROM (MINVALUE) TO ({_quoted(border)})"
    run(f"ALTER TABLE {table} ATTACH PARTITION {before} FOR VALUES {span}")
    run(f"ALTER TABLE {before} DROP CONSTRAINT before_{table}")
    end = _month_start(datetime.now(UTC), AHEAD + 1)
    while border < end:
        name, since = f"{table}_{border:%Y_%m}", border
        border = _month_start(since, 1)
        span = f"FROM ({_quoted(since)}) TO ({_quoted(border)})"
        run(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES {span}")
    run(f"CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT")
    if table == "attempt":
        # What the version before writes has no month: it falls here, and is sent on.
        run(
            "CREATE TRIGGER of_older_code BEFORE INSERT ON attempt_rest "
            "FOR EACH ROW EXECUTE FUNCTION attempt_of_older_code('rest')"
        )


def _month_start(moment: datetime, ahead: int) -> datetime:
    """The first moment of a month of Vietnam, counted from the one that a moment lies in."""
    local = moment.astimezone(VIETNAM)
    month = local.year * 12 + local.month - 1 + ahead
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=VIETNAM)


def _quoted(moment: datetime) -> str:
    return f"TIMESTAMPTZ '{moment.isoformat()}'"


# PostgreSQL, back


def _whole_again(table: str, columns: str) -> None:
    """One table of all partitions, as the schema before had it."""
    number = op.get_bind().scalar(
        sa.text(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
    )
    op.execute(f"CREATE TABLE {table}_whole AS SELECT {columns} FROM {table}")
    required = sa.text(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(:name) "
        "AND attnum > 0 AND attnotnull"
    )
    needed = [row[0] for row in op.get_bind().execute(required, {"name": table})]
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_whole RENAME TO {table}")
    for one in needed:
        if one != MADE:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {one} SET NOT NULL")
    op.execute(
        f"ALTER TABLE {table} ALTER COLUMN id "
        f"ADD GENERATED BY DEFAULT AS IDENTITY (START WITH {number})"
    )
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY (id)")
    if table == "attempt":
        op.execute(f"ALTER TABLE attempt ADD CONSTRAINT {UNIQUE_REQUEST} UNIQUE (request_id)")
        turn = "notice_id, rung, recipient, turn"
        op.execute(f"ALTER TABLE attempt ADD CONSTRAINT {UNIQUE_TURN} UNIQUE ({turn})")
        key = "fk_attempt_notice_id FOREIGN KEY (notice_id) REFERENCES notice (id)"
        op.execute(f"ALTER TABLE attempt ADD CONSTRAINT {key}")
    else:
        name, key = PARENTS[table]
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {key}")
    for one, words in INDEXES[table]:
        op.execute(f"CREATE INDEX {one} ON {table} USING {words}")


# SQLite, both ways


def _one_table(made: bool) -> None:
    """The table of attempts anew, with or without the moment at which its notice was made."""
    column = f"{MADE} DATETIME DEFAULT '1970-01-01 00:00:00.000000' NOT NULL, " if made else ""
    also, parent = (f", {MADE}", "id, created_at") if made else ("", "id")
    end = f"_{MADE}" if made else ""
    if made:
        op.execute("CREATE UNIQUE INDEX uq_notice_id_created_at ON notice (id, created_at)")
    op.execute(
        "CREATE TABLE attempt_anew (id INTEGER NOT NULL, notice_id INTEGER NOT NULL, "
        "rung VARCHAR(16) NOT NULL, recipient VARCHAR(80) NOT NULL, turn SMALLINT NOT NULL, "
        "carrier VARCHAR(16) NOT NULL, request_id VARCHAR(48) NOT NULL, text_mark BLOB NOT NULL, "
        "state VARCHAR(12) NOT NULL, claimer VARCHAR(40), carrier_id VARCHAR(80), "
        "code VARCHAR(40), said VARCHAR(300), parts SMALLINT, cost_dong INTEGER, "
        f"begun_at DATETIME NOT NULL, answered_at DATETIME, delivered_at DATETIME, "
        f"seen_at DATETIME, {column}CONSTRAINT pk_attempt PRIMARY KEY (id), "
        f"CONSTRAINT fk_attempt_notice_id{end} FOREIGN KEY (notice_id{also}) "
        f"REFERENCES notice ({parent}), "
        f"CONSTRAINT {UNIQUE_TURN}{end} UNIQUE (notice_id, rung, recipient, turn{also}), "
        f"CONSTRAINT {UNIQUE_REQUEST}{end} UNIQUE (request_id{also}))"
    )
    moment = ", (SELECT created_at FROM notice WHERE notice.id = attempt.notice_id)" if made else ""
    op.execute(f"INSERT INTO attempt_anew ({COLUMNS}{also}) SELECT {COLUMNS}{moment} FROM attempt")
    op.execute("DROP TABLE attempt")
    op.execute("ALTER TABLE attempt_anew RENAME TO attempt")
    op.execute("CREATE INDEX ix_attempt_carrier_id ON attempt (carrier_id)")
    op.execute("CREATE INDEX ix_attempt_recipient_text_mark ON attempt (recipient, text_mark)")
    op.execute("CREATE INDEX ix_attempt_begun_at ON attempt (begun_at)")
    if made:
        # What the version before writes does not say when its notice was made.
        op.execute(
            "CREATE TRIGGER attempt_of_older_code AFTER INSERT ON attempt "
            f"WHEN NEW.{MADE} = '1970-01-01 00:00:00.000000' BEGIN UPDATE attempt SET {MADE} = "
            "(SELECT created_at FROM notice WHERE notice.id = NEW.notice_id) "
            "WHERE id = NEW.id; END"
        )
