"""The migrations lead to the tables the code was written for, and back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, inspect

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


@contextmanager
def kept_of_each_moment(place: Path) -> Iterator[list[Path]]:
    """What a kill at any statement would leave of an SQLite file: a copy of each state it had."""
    seen: list[str] = []
    copies: list[Path] = []

    def look(*_: object) -> None:
        with closing(sqlite3.connect(place)) as source:
            state = "\n".join(source.iterdump())
            if state not in seen:
                seen.append(state)
                copies.append(place.with_name(f"killed-{len(seen)}.db"))
                with closing(sqlite3.connect(copies[-1])) as copy:
                    source.backup(copy)

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield copies
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def told_of(place: Path) -> tuple[list[Any], list[Any]]:
    with closing(sqlite3.connect(place)) as connection:
        schema = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
        rows = connection.execute("SELECT id, notice_id, request_id, notice_made_at FROM attempt")
        return schema.fetchall(), rows.fetchall()


def test_migrating_an_sqlite_file_that_was_killed_at_any_statement_goes_on(tmp_path: Path) -> None:
    place = tmp_path / "bot.db"
    command.upgrade(migrations_of(f"sqlite:///{place}"), "0014")
    with closing(sqlite3.connect(place)) as connection, connection:
        made = "'2026-11-25 00:00:00.000000'"
        connection.execute(
            "INSERT INTO notice (key, lane, event, changed_at, recipient, agency_code, "
            "procedure_code, state, late, refusals, created_at, expires_at) VALUES "
            f"('otp:1', 'urgent', 'otp', {made}, '', '', '', 'sent', 0, 0, {made}, {made})"
        )
        connection.execute(
            "INSERT INTO attempt (notice_id, rung, recipient, turn, carrier, request_id, "
            "text_mark, state, begun_at) "
            f"VALUES (1, 'sms', '', 1, 'esms', 'r', 'm', 'sent', {made})"
        )
    with kept_of_each_moment(place) as copies:
        migrate(f"sqlite:///{place}")
    for copy in copies:
        migrate(f"sqlite:///{copy}")
        assert told_of(copy) == told_of(place)
    assert len(copies) == int(newest_schema()) - 14, "each migration is done whole or not at all"
