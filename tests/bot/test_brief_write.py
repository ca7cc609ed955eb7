"""A short write for a caller who waits: it gives up in time and leaves nothing changed behind."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.brief_write import PATIENCE_SECONDS, briefly_writing
from bot.database import BUSY_SECONDS
from bot.runtime import Runtime
from tests.make import make_runtime

MILLISECONDS = round(PATIENCE_SECONDS * 1000)
COUNT = text("SELECT count(*) FROM timed_job")
ADD = text("INSERT INTO timed_job (name, due_at) VALUES (:name, '2026-11-25 00:00:00')")


def break_after_writing(runtime: Runtime) -> None:
    with briefly_writing(runtime.engine) as connection:
        connection.execute(ADD, {"name": "2026-11-25"})
        raise ZeroDivisionError


def test_what_was_written_is_kept_and_a_fault_undoes_it(database_url: str) -> None:
    runtime = make_runtime(database_url)
    with briefly_writing(runtime.engine) as connection:
        connection.execute(ADD, {"name": "2026-11-24"})
    with pytest.raises(ZeroDivisionError):
        break_after_writing(runtime)
    with runtime.engine.connect() as connection:
        assert connection.execute(COUNT).scalar_one() == 1


def test_on_sqlite_it_waits_shortly_and_the_next_user_as_before(sqlite_url: str) -> None:
    runtime = make_runtime(sqlite_url)
    asked = "PRAGMA busy_timeout"
    with briefly_writing(runtime.engine) as connection:
        inside = connection.exec_driver_sql(asked).scalar_one()
    with runtime.engine.connect() as connection:
        after = connection.exec_driver_sql(asked).scalar_one()
    assert 0 < inside <= MILLISECONDS
    assert after == BUSY_SECONDS * 1000


def test_on_postgresql_it_waits_shortly_and_the_next_user_as_before(postgres_url: str) -> None:
    runtime = make_runtime(postgres_url)
    asked = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
    with briefly_writing(runtime.engine) as connection:
        assert connection.exec_driver_sql(asked).one() == (f"{MILLISECONDS}ms",) * 2
    with runtime.engine.connect() as connection:
        assert connection.exec_driver_sql(asked).one() == ("0", "0")


def test_a_writer_outside_makes_it_give_up(sqlite_url: str) -> None:
    ours, other = make_runtime(sqlite_url), make_runtime(sqlite_url)
    with (
        other.engine.begin(),
        pytest.raises(OperationalError),
        briefly_writing(ours.engine, patience=0.05) as connection,
    ):
        connection.execute(COUNT)


def test_another_thread_that_writes_makes_it_give_up(sqlite_url: str) -> None:
    runtime = make_runtime(sqlite_url)
    holding, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with briefly_writing(runtime.engine):
            holding.set()
            leave.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(30)
    with pytest.raises(OperationalError), briefly_writing(runtime.engine, patience=0.05):
        pytest.fail("two threads wrote at once")
    leave.set()
    thread.join()
    with briefly_writing(runtime.engine) as connection:
        assert connection.execute(COUNT).scalar_one() == 0
