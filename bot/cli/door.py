"""What every command begins with: settings, a runtime, and one line for what is wrong."""

import json
import os
import sys
from collections.abc import Collection
from typing import Any, NoReturn

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.database import present_schema, reading, schema_fault
from bot.logs import configure_logs
from bot.runtime import Runtime, build_runtime
from bot.settings import DATA_NEEDS, Settings, SettingsError, load_settings

INPUT_ERROR = 2
FINDING = 1


def refuse(line: str) -> NoReturn:
    """End with exit code 2 and one line on standard error: what came, what to do."""
    click.echo(line, err=True)
    sys.exit(INPUT_ERROR)


def settings_for(needs: Collection[str] = DATA_NEEDS) -> Settings:
    """The settings, or exit code 2 with one line that names every fault."""
    configure_logs()
    try:
        return load_settings(os.environ, needs)
    except SettingsError as error:
        refuse(str(error))


def runtime_for(needs: Collection[str] = DATA_NEEDS, service: bool = False) -> Runtime:
    """A runtime on a reachable, migrated database, or exit code 2 with one line."""
    settings = with_embedded_redis(settings_for(needs))
    runtime = build_runtime(settings, service=service)
    fault = database_fault(runtime)
    if fault:
        refuse(fault)
    return runtime


def with_embedded_redis(settings: Settings) -> Settings:
    """Use the Redis of a running `bot up` when REDIS_URL is empty."""
    socket = settings.embedded_redis_socket
    if not settings.redis_url and socket.exists():
        return settings.model_copy(update={"redis_url": f"unix://{socket}"})
    return settings


def database_fault(runtime: Runtime) -> str | None:
    """Why the database cannot be worked on: what, why, what to do; None when it can."""
    try:
        with reading(runtime.engine) as connection:
            schema = present_schema(connection)
    except SQLAlchemyError as fault:
        why = str(getattr(fault, "orig", None) or fault).splitlines()[0]
        return f"database: does not answer ({why}); start it or correct DATABASE_URL"
    schema_is = schema_fault(schema)
    return f"database: {schema_is}" if schema_is else None


def print_json(value: Any) -> None:
    """Machine-read output, alone on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def write_new(place: str, content: bytes, command: str) -> None:
    """Write a file that was not there, readable by its owner alone, and say so.

    Errors: ends with exit code 2 and one line when it is there already or cannot be written.
    """
    try:
        file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as fault:
        refuse(f"{command}: --out {place} cannot be written ({fault.strerror}); name another")
    with os.fdopen(file, "wb") as written:
        written.write(content)
    click.echo(f"written: {place}", err=True)
