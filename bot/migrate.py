"""Bring a database to the newest schema: what Alembic is for, and nothing else of it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from bot.database import MIGRATIONS, is_ahead, present_schema, schema_fault


class SchemaAhead(Exception):
    """A newer version has migrated the database, and this one cannot work on it any more."""


def migrate(url: str) -> None:
    """Bring the database to the newest schema; an SQLite file's folder is made when missing.

    One that a newer version only added to is left as it is: this version works on it.
    Errors: SchemaAhead; those of the database.
    """
    place = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and place:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
    with create_engine(url, poolclass=NullPool).connect() as connection:
        present = present_schema(connection)
    if not is_ahead(present):
        command.upgrade(migrations_of(url), "head")
    elif fault := schema_fault(present):
        raise SchemaAhead(f"database: {fault}")


def migrations_of(url: str) -> Config:
    """The migrations, to be run on this database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config
