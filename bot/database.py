"""One database, SQLite or PostgreSQL: engine, transactions, schema version."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.core.schema import Revision

MIGRATIONS = Path(__file__).resolve().parent / "store" / "migrations"
NAMED = re.compile(r"^(down_)?revision\b.*= *[\"'](\w+)[\"']", re.MULTILINE)
BUSY_SECONDS = 15

# The database cannot be reached or is overloaded: nothing is wrong with what was asked of it.
AWAY = (OperationalError, InterfaceError, PoolTimeout)


def make_engine(url: str, pool_size: int = 8, pooled: bool = False) -> Engine:
    """An engine on either database, told what each needs to be safe.

    Shape: it keeps `pool_size` connections and opens as many again for a moment. `pooled` when
           PgBouncer stands before the database and lends connections by the transaction: nothing
           may be left in a session then, neither a prepared statement nor an option.
    Source: floors.md 5 (SQLite: WAL, BEGIN IMMEDIATE for writes, a busy timeout).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, pool_size)
    if pooled:
        session: dict[str, Any] = {"prepare_threshold": None}
    else:
        session = {"options": "-c timezone=UTC"}
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, **session},
    )


def _sqlite(url: str, pool_size: int) -> Engine:
    place = make_url(url).database
    if place:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=pool_size,
        max_overflow=pool_size,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, see begin() below
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "cache_size=-1000",  # kibibytes, of each connection: more only made workers larger
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A write that began as a read fails at once when another writer came first
        # (SQLITE_BUSY_SNAPSHOT); IMMEDIATE waits its turn instead.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads: on SQLite it waits for no writer."""
    with engine.connect().execution_options(reading=True) as connection, connection.begin():
        yield connection


def plan_anew(connection: Connection) -> None:
    """Until this transaction ends, plan each statement for the values it is given.

    A plan that PostgreSQL kept from when a table was small reads it whole for ever after, until
    the table is analysed: seen with lists of 200 codes, 80 ms each over 5,000 dossiers.
    Source: PostgreSQL, PREPARE ("plan_cache_mode").
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


@cache
def newest_schema() -> str:
    """The revision that this code was written for: the one that no migration goes on from.

    Read from the migrations' text: every command asks, and Alembic takes longer to load than
    most commands take to run.
    """
    named = _named_revisions()
    followed = {revision for down, revision in named if down}
    return next((one for down, one in named if not down and one not in followed), "")


def knows_schema(revision: str) -> bool:
    """Whether this code has the migration of that name, and so can migrate on from it."""
    return any(one == revision for _, one in _named_revisions())


def _named_revisions() -> list[tuple[bool, str]]:
    return [
        (bool(down), revision)
        for path in (MIGRATIONS / "versions").glob("*.py")
        for down, revision in NAMED.findall(path.read_text(encoding="utf-8"))
    ]


def schema_fault(present: str | None) -> str | None:
    """Why this code cannot work on a database of that revision, and what to do; None if it can.

    A newer schema is worked on as long as nothing was taken away that this code needs; its name
    says so (bot.core.schema).
    """
    newest = newest_schema()
    if present is not None and Revision(present).serves(newest):
        return None
    if is_ahead(present):
        return (
            f"its schema is {present}, which this version (of {newest}) cannot work on any more; "
            "start the newer version again"
        )
    return (
        f"its schema is {present or 'empty'}, this version needs {newest}; "
        "run: python -m bot migrate"
    )


def is_ahead(present: str | None) -> bool:
    """Whether a newer version has migrated this database."""
    return present is not None and Revision(present).number > Revision(newest_schema()).number


def present_schema(connection: Connection) -> str | None:
    """The revision that the database is at; None when it holds no schema."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def answers(engine: Engine) -> None:
    """Ask the database for one row, or raise what its driver raises."""
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
