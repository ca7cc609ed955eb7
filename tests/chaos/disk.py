"""A disk that is full, for an account that may not mount one.

Processes of the product and Redis: RLIMIT_FSIZE, which refuses every write that makes a file
longer (EFBIG where a full disk says ENOSPC). PostgreSQL would end at that while it writes its log,
so there a trigger of each table refuses what is written with its own error for a full disk, 53100.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil
from sqlalchemy import Engine, inspect

SCHEMA = "chaos"
ROOM = f"""
CREATE SCHEMA {SCHEMA};
CREATE TABLE {SCHEMA}.disk (is_full boolean NOT NULL);
INSERT INTO {SCHEMA}.disk VALUES (false);
CREATE FUNCTION {SCHEMA}.room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT is_full FROM {SCHEMA}.disk) THEN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END IF;
    RETURN NULL;
END $$;
"""


@contextmanager
def no_room_for(processes: Callable[[], Sequence[psutil.Process]]) -> Iterator[None]:
    """No file that they write grows; whoever is started by them meanwhile inherits it."""
    _limit(processes(), full=True)
    try:
        yield
    finally:
        for _ in range(2):  # once more for those that were being started
            _limit(processes(), full=False)


def _limit(processes: Sequence[psutil.Process], full: bool) -> None:
    for one in processes:
        with suppress(psutil.Error, OSError):
            hard = one.rlimit(psutil.RLIMIT_FSIZE)[1]
            one.rlimit(psutil.RLIMIT_FSIZE, (0 if full else hard, hard))


def prepare_postgres(engine: Engine) -> None:
    """Give every table the trigger; it lets everything pass until the disk is full."""
    with engine.begin() as connection:
        connection.exec_driver_sql(ROOM)
        for name in inspect(connection).get_table_names():
            connection.exec_driver_sql(
                f'CREATE TRIGGER chaos_room BEFORE INSERT OR UPDATE ON "{name}" '
                f"FOR EACH STATEMENT EXECUTE FUNCTION {SCHEMA}.room()"
            )


def fill_postgres(engine: Engine, full: bool) -> None:
    """From now on it refuses to store anything, or takes everything again."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {SCHEMA}.disk SET is_full = {full}")
