"""One short transaction that gives up in time, for a caller who waits for the answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from bot.database import BUSY_SECONDS

PATIENCE_SECONDS = 0.9
_turn = threading.Lock()
_LIMITS = text(
    "SELECT set_config('lock_timeout', :wait, true), set_config('statement_timeout', :wait, true)"
)


@contextmanager
def briefly_writing(engine: Engine, patience: float = PATIENCE_SECONDS) -> Iterator[Connection]:
    """A transaction that waits at most so long for others.

    Units:  seconds, for each lock on PostgreSQL, for the turn to write on SQLite.
    Errors: OperationalError when others take longer; nothing was written.
    """
    writing = _on_postgresql if engine.dialect.name == "postgresql" else _on_sqlite
    with writing(engine, patience) as connection:
        yield connection


@contextmanager
def _on_postgresql(engine: Engine, patience: float) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.execute(_LIMITS, {"wait": f"{round(patience * 1000)}ms"})
        yield connection


@contextmanager
def _on_sqlite(engine: Engine, patience: float) -> Iterator[Connection]:
    """The threads of this process take turns: SQLite's own waiting knows no queue."""
    until = monotonic() + patience
    if not _turn.acquire(timeout=patience):
        raise OperationalError("BEGIN IMMEDIATE", None, TimeoutError("other threads still write"))
    try:
        with engine.connect() as connection:
            _wait_for_others(connection, max(0.0, until - monotonic()))
            try:
                with connection.begin():
                    yield connection
            finally:
                _wait_for_others(connection, BUSY_SECONDS)  # as the pool's next user expects it
    finally:
        _turn.release()


def _wait_for_others(connection: Connection, seconds: float) -> None:
    """Set the busy timeout past SQLAlchemy, which would begin a transaction for it."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}").close()
