"""A whole database as a stream of bytes, all of one moment, while the house goes on writing."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from bot.database import make_engine, present_schema, reading
from bot.postgres_tools import address, end, finish, start
from bot.store.whole import export_snapshot, row_counts

PART = 1 << 20
NOTHING = "DATABASE_URL: that database holds no schema, so there is nothing to back up"


class NothingToBackUp(Exception):
    """The database holds no schema yet."""


@dataclass(frozen=True, slots=True, repr=False)
class Dump:
    """A database at one moment: its revision, its rows by table, and its bytes, read once."""

    kind: str
    schema: str
    counts: Mapping[str, int]
    parts: Iterator[bytes]


@contextmanager
def dumped(url: str, scratch: Path) -> Iterator[Dump]:
    """The database of this address as it is now.

    Shape: `scratch` is a folder of ours; SQLite's copy lies there for as long as it is read.
    Errors: NothingToBackUp, ToolFailed (here or while it is read), those of the database.
    """
    if make_url(url).get_backend_name() == "sqlite":
        with _sqlite(url, scratch) as dump:
            yield dump
        return
    engine = make_engine(url, pool_size=1)
    try:
        with _postgres(engine, url, scratch) as dump:
            yield dump
    finally:
        engine.dispose()


@contextmanager
def _postgres(engine: Engine, url: str, scratch: Path) -> Iterator[Dump]:
    """pg_dump under a snapshot of ours, so that the rows counted are those that are dumped.

    The transaction stands open for as long as the dump takes, which pg_dump's own does too; it
    holds nothing that anybody waits for.
    """
    once = engine.execution_options(isolation_level="REPEATABLE READ")
    with once.connect() as connection, connection.begin():
        schema = present_schema(connection)
        if schema is None:
            raise NothingToBackUp(NOTHING)
        words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"]
        words.append(f"--snapshot={export_snapshot(connection)}")
        counts = row_counts(connection)
        yield Dump("postgresql", schema, counts, _of_pg_dump(words, url, scratch))


def _of_pg_dump(words: list[str], url: str, scratch: Path) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        said = Path(folder) / "said"
        process = start([*words, f"--dbname={address(url)}"], url, said)
        try:
            assert process.stdout is not None
            while part := process.stdout.read(PART):
                yield part
            finish(process, "pg_dump", said)
        finally:
            end(process)


@contextmanager
def _sqlite(url: str, scratch: Path) -> Iterator[Dump]:
    """A copy by SQLite's backup interface, in one step: writers go on beside it (WAL)."""
    place = make_url(url).database or ""
    if not Path(place).is_file():
        raise NothingToBackUp(NOTHING)
    handle, name = tempfile.mkstemp(prefix="copy-", suffix=".part", dir=scratch)
    os.close(handle)
    copy = Path(name)
    try:
        source = sqlite3.connect(f"file:{place}?mode=ro", uri=True)
        with closing(source), closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        schema, counts = _look_into(copy)
        yield Dump("sqlite", schema, counts, _of_file(copy))
    finally:
        copy.unlink(missing_ok=True)


def _look_into(copy: Path) -> tuple[str, dict[str, int]]:
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    with reading(engine) as connection:
        schema = present_schema(connection)
        if schema is None:
            raise NothingToBackUp(NOTHING)
        return schema, row_counts(connection)


def _of_file(place: Path) -> Iterator[bytes]:
    with place.open("rb") as copy:
        while part := copy.read(PART):
            yield part
