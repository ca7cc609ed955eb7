"""One database, SQLite or PostgreSQL: engine, transactions, schema version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

MIGRATIONS = Path(__file__).resolve().parent / "store" / "migrations"
BUSY_SECONDS = 15

# The database cannot be reached or is overloaded: nothing is wrong with what was asked of it.
AWAY = (OperationalError, InterfaceError, PoolTimeout)


def make_engine(url: str, pool_size: int = 8) -> Engine:
    """An engine on either database, told what each needs to be safe.

    Source: floors.md 5 (SQLite: WAL, BEGIN IMMEDIATE for writes, a busy timeout).
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, pool_size)
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={"connect_timeout": 5, "options": "-c timezone=UTC"},
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
            "cache_size=-8000",  # kibibytes, of each connection: more only made workers larger
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


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database to the newest schema; an SQLite file's folder is made when missing."""
    place = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and place:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(_config(url), "head")


def newest_schema() -> str:
    """The revision that this code was written for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def present_schema(connection: Connection) -> str | None:
    """The revision that the database is at; None when it holds no schema."""
    return MigrationContext.configure(connection).get_current_revision()


def answers(engine: Engine) -> None:
    """Ask the database for one row, or raise what its driver raises."""
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
