"""The migrations lead to the tables the code was written for, and back."""

from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from bot.database import MIGRATIONS, newest_schema
from bot.migrate import migrate, migrations_of
from bot.store.partitions import is_partition
from bot.store.tables import metadata


def without_partitions(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or not is_partition(name or "")


def test_the_migrated_database_is_what_the_tables_say(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.connect() as connection:
        compared = {"compare_type": True, "include_name": without_partitions}
        context = MigrationContext.configure(connection, opts=compared)
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_the_migrations_go_back_to_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    command.downgrade(migrations_of(empty_database_url), "base")
    engine = create_engine(empty_database_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_there_is_one_newest_migration_and_every_command_reads_which_it_is() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_schema()]
