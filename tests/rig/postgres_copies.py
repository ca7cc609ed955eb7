"""PostgreSQL databases as copies of one that was migrated before: a tenth of migrating each."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

COPIES_FILES = 150_000  # from this version on a copy may be made file by file, at half the cost


def without_name(database_url: str) -> str:
    """The address of the server that a database is on."""
    return make_url(database_url).set(database="").render_as_string(hide_password=False)


def schema_of(database_url: str) -> str | None:
    """The revision a database is at; None when it holds no schema yet.

    Errors: psycopg.OperationalError when there is no such database.
    """
    with psycopg.connect(_plain(database_url)) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def migrated_template(server: str, migrate: Callable[[str], None]) -> str:
    """Create and migrate a database of this server; its name."""
    name = f"migrated_{uuid4().hex[:12]}"
    with _server_of(server) as connection:
        order = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
        connection.execute(order.format(sql.Identifier(name)))
    migrate(make_url(server).set(database=name).render_as_string(hide_password=False))
    return name


def make_copy(database_url: str, template: str) -> None:
    """Create the database as a copy of the template."""
    name = sql.Identifier(str(make_url(database_url).database))
    order = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template))
    with _server_of(database_url) as connection:
        if connection.info.server_version >= COPIES_FILES:
            order += sql.SQL(" STRATEGY file_copy")
        connection.execute(order)


def _server_of(place: str) -> "psycopg.Connection[tuple[object, ...]]":
    plain = make_url(_plain(place)).set(database="postgres").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _plain(database_url: str) -> str:
    """The address as the driver takes it."""
    url = make_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
