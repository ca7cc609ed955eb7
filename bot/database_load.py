"""A dump into an empty database, held from its first moment; all of it or nothing."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import PIPE
from threading import Thread
from typing import IO

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.database import make_engine, reading
from bot.postgres_tools import ToolFailed, end, finish, start
from bot.postgres_tools import address as libpq_address
from bot.store.restored_mark import mark_as_sql, mark_restored
from bot.store.whole import is_empty

PART = 1 << 16
# Written by newer clients, not known to servers before 17: it changes nothing here.
NOT_EVERYWHERE = b"SET transaction_timeout = 0;\n"


class NotEmpty(Exception):
    """The database that was to be restored into holds something; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the restored house is marked with, in the transaction that brings its data."""

    as_of: datetime
    now: datetime
    reason: str


def refuse_unless_empty(url: str) -> None:
    """Errors: NotEmpty with what to do; ToolFailed when the database does not answer."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        place = Path(parts.database or "")
        if place.exists() and place.stat().st_size:
            raise NotEmpty(
                f"--into: {place} exists; move it away, or name a file that does not exist yet"
            )
        return
    engine = make_engine(url, pool_size=1)
    try:
        with reading(engine) as connection:
            empty = is_empty(connection)
    except SQLAlchemyError as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        raise ToolFailed(
            f"--into: the database does not answer ({why}); make it first: createdb …"
        ) from fault
    finally:
        engine.dispose()
    if not empty:
        raise NotEmpty(
            f"--into: database {parts.database} holds tables already; make an empty one (createdb) "
            "and name that: nothing is ever restored over what is there"
        )


def load(kind: str, url: str, dump: Iterator[bytes], mark: Mark) -> None:
    """Bring a dump into an empty database; on any fault the database is as empty as before.

    Errors: what reading the dump raises; ToolFailed.
    """
    if kind == "sqlite":
        _load_sqlite(Path(make_url(url).database or ""), dump, mark)
    else:
        _load_postgres(url, dump, mark)


def _load_sqlite(place: Path, dump: Iterator[bytes], mark: Mark) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="restore-", suffix=".part", dir=place.parent)
    copy = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in dump:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        with closing(sqlite3.connect(copy)) as connection:
            told = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if told != "ok":
            raise ToolFailed(f"--into: SQLite finds the restored file damaged: {told}")
        with create_engine(f"sqlite:///{copy}", poolclass=NullPool).begin() as begun:
            mark_restored(begun, mark.as_of, mark.now, mark.reason)
        with suppress(FileNotFoundError):
            place.unlink()  # an empty file was let through
        os.link(copy, place)  # fails where a file has come meanwhile
    finally:
        copy.unlink(missing_ok=True)


def _load_postgres(url: str, dump: Iterator[bytes], mark: Mark) -> None:
    """pg_restore writes the dump as SQL, psql runs it and the mark in one transaction.

    Nobody sees the data without the mark. psql would commit what came before an early end of its
    input; so where anything fails it is killed, and the server rolls all of it back.
    """
    with tempfile.TemporaryDirectory() as folder:
        told, run = Path(folder) / "pg_restore", Path(folder) / "psql"
        words = ["pg_restore", "--no-owner", "--no-privileges", "--file=-"]
        reader = start(words, url, told, stdin=PIPE)
        words = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--file=-"]
        words += ["--set=ON_ERROR_STOP=1", f"--dbname={libpq_address(url)}"]
        writer = start(words, url, run, stdin=PIPE)
        feeder = _Feeder(dump, reader.stdin)
        drain = Thread(target=_drain, args=(writer.stdout,), daemon=True)
        try:
            feeder.start()
            drain.start()
            assert reader.stdout is not None
            assert writer.stdin is not None
            _pass_on(reader.stdout, writer.stdin, lambda: finish(writer, "psql", run))
            feeder.join()
            if feeder.fault is not None:
                raise feeder.fault
            finish(reader, "pg_restore", told)
            writer.stdin.write(f"RESET search_path;\n{_mark_line(mark)}\n".encode())
            writer.stdin.close()
            finish(writer, "psql", run)
        finally:
            end(writer)
            end(reader)
            feeder.join()
            drain.join()


def _mark_line(mark: Mark) -> str:
    return mark_as_sql(mark.as_of, mark.now, mark.reason)


def _pass_on(source: IO[bytes], target: IO[bytes], explain: Callable[[], None]) -> None:
    """Copy until the source ends; a target that has ended is asked why."""
    first = True
    while part := source.read(PART):
        if first:
            part, first = part.replace(NOT_EVERYWHERE, b""), False
        try:
            target.write(part)
        except BrokenPipeError:
            explain()
            raise
    with suppress(BrokenPipeError):
        target.flush()


def _drain(pipe: IO[bytes] | None) -> None:
    """Read what nobody wants to know, so that the program is not held up by it."""
    if pipe is not None:
        with suppress(ValueError):
            while pipe.read(PART):
                pass


class _Feeder(Thread):
    """Gives a program its input, and keeps what went wrong with the source."""

    def __init__(self, source: Iterator[bytes], pipe: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        self._source, self._pipe = source, pipe
        self.fault: Exception | None = None

    def run(self) -> None:
        """Feed until the source ends, or the program does not want more."""
        assert self._pipe is not None
        try:
            for part in self._source:
                self._pipe.write(part)
        except BrokenPipeError:
            pass  # the program has ended; its own words say why
        except Exception as fault:
            self.fault = fault
        finally:
            with suppress(OSError):
                self._pipe.close()
