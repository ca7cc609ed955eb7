"""PostgreSQL databases as copies of one that was migrated before: a tenth of migrating each."""

from collections.abc import Callable
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url


def without_name(database_url: str) -> str:
    """The address of the server that a database is on."""
    return make_url(database_url).set(database="").render_as_string(hide_password=False)


def is_empty(database_url: str) -> bool:
    """Whether a database holds no schema yet."""
    with psycopg.connect(_plain(database_url)) as connection:
        row = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    return row == (None,)


def migrated_template(server: str, migrate: Callable[[str], None]) -> str:
    """Create and migrate a database of this server; its name."""
    name = f"migrated_{uuid4().hex[:12]}"
    _order(server, sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    migrate(make_url(server).set(database=name).render_as_string(hide_password=False))
    return name


def become_copy(database_url: str, template: str) -> None:
    """Replace an empty database by a copy of the template, under its own name."""
    name = sql.Identifier(str(make_url(database_url).database))
    _order(
        database_url,
        sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name),
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, sql.Identifier(template)),
    )


def _order(place: str, *orders: sql.Composed) -> None:
    plain = make_url(_plain(place)).set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        for order in orders:
            connection.execute(order)


def _plain(database_url: str) -> str:
    """The address as the driver takes it."""
    url = make_url(database_url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)
