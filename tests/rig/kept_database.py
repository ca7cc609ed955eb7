"""One PostgreSQL database for test after test: emptied, where making it anew costs five times that.

It is kept only while nothing but rows is in it: a test that changed its schema, let it be analysed,
or filled it leaves it to be dropped, and the next one gets a copy of its own.
"""

from collections.abc import Callable

import psycopg

from tests.rig.child import DidNotHappen, wait_until
from tests.rig.postgres_server import PostgresServer

# Where a table is larger, what was deleted from it would be in the way of what follows.
MOST_BYTES = 32 * 8192
LOCK_SECONDS = 3

# All that DDL, ANALYZE and VACUUM leave in the catalogue. Rows of ours change none of it.
_CATALOGUE = """
SELECT (SELECT array[count(*), sum(xmin::text::bigint), sum(relpages), sum(reltuples::bigint),
                     sum(relfilenode::bigint), sum(relchecks)] FROM pg_class),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_attribute),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_constraint),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_index),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_trigger),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_proc),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_statistic),
       (SELECT array[count(*), sum(xmin::text::bigint)] FROM pg_namespace),
       (SELECT setconfig FROM pg_db_role_setting
         WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
_LARGEST = """
SELECT coalesce(max(pg_total_relation_size(oid)), 0) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
DO $$
DECLARE one record;
BEGIN
    FOR one IN SELECT oid::regclass AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                  AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0
    LOOP
        EXECUTE format('DELETE FROM ONLY %s', one.name);
    END LOOP;
    FOR one IN SELECT seqrelid::regclass AS name, seqstart FROM pg_sequence
                WHERE pg_sequence_last_value(seqrelid) IS NOT NULL
    LOOP
        PERFORM setval(one.name, one.seqstart, false);
    END LOOP;
END $$
"""


class KeptDatabase:
    """The database of one server that tests take one after the other.

    `template` names the migrated database that it is a copy of, once there is one.
    """

    def __init__(self, server: PostgresServer, template: Callable[[], str]) -> None:
        self._server = server
        self._template = template
        self._name = server.unused_name()
        self._inside: psycopg.Connection[tuple[object, ...]] | None = None
        self._fresh: object = None

    @property
    def name(self) -> str:
        """Its name: of no database yet, or of an empty one at the newest schema."""
        return self._name

    def give_back(self) -> None:
        """Empty it for the next test, or drop it."""
        try:
            kept = self._emptied()
        except (psycopg.Error, DidNotHappen):  # a test may have left it in any state
            kept = False
        if not kept:
            self.close()
            self._name = self._server.unused_name()

    def close(self) -> None:
        """Drop it."""
        if self._inside is not None:
            self._inside.close()
            self._inside = None
        self._server.drop_database(self._name)

    def _emptied(self) -> bool:
        if self._inside is None:
            self._inside = self._opened(self._name)
            self._inside.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
            self._inside.execute("SET session_replication_role = replica")  # no trigger refuses
        if self._fresh is None:
            with self._opened(self._template()) as copied:
                self._fresh = self._catalogue(copied)
        # The server's own way to wait for their end looks ten times a second.
        wait_until(
            lambda: not self._are_others(), "nobody else in the database", timeout=5, every=0.001
        )
        if self._catalogue(self._inside) != self._fresh or self._largest() > MOST_BYTES:
            return False
        self._inside.execute(_EMPTY)
        return True

    def _are_others(self) -> bool:
        assert self._inside is not None
        return self._inside.execute(_OTHERS).fetchone() is not None

    def _largest(self) -> int:
        assert self._inside is not None
        row = self._inside.execute(_LARGEST).fetchone()
        return int(str(row[0])) if row else 0

    def _opened(self, name: str) -> psycopg.Connection[tuple[object, ...]]:
        url = self._server.url(name).replace("+psycopg", "")
        return psycopg.connect(url, autocommit=True)

    @staticmethod
    def _catalogue(connection: psycopg.Connection[tuple[object, ...]]) -> object:
        return connection.execute(_CATALOGUE).fetchone()
