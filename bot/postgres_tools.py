"""PostgreSQL's own programs, told where the database is without its password on a command line."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import make_url

STOP_SECONDS = 5.0


class ToolFailed(Exception):
    """A program that is missing or that failed; the text says which, why and what to do."""


def tool(name: str) -> str:
    """Where a program of PostgreSQL's client lies; Errors: ToolFailed when there is none."""
    found = shutil.which(name)
    if found is None:
        raise ToolFailed(
            f"database: {name} is not installed; type: apt-get install -y postgresql-client"
        )
    return found


def address(url: str) -> str:
    """A database's address as libpq takes it, without the password.

    Shape: of several hosts (`?host=a:1&host=b:2`) all stay, with their ports.
    """
    parts = make_url(url)
    _, named = parts.get_dialect()().create_connect_args(parts)
    named.pop("password", None)
    return make_conninfo(**{key: str(value) for key, value in named.items() if value is not None})


def start(
    words: Sequence[str], url: str, said: Path, stdin: int | IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program with its standard output for us to read; what it complains goes to `said`.

    Shape: the first word is the program's name; the password stands in its environment only.
    """
    program = tool(words[0])
    password = make_url(url).password
    environ = {**os.environ, "PGCONNECT_TIMEOUT": "10", "LC_ALL": "C"}
    if isinstance(password, str):
        environ["PGPASSWORD"] = password
    with said.open("wb") as errors:
        return subprocess.Popen(  # noqa: S603  (our own words only)
            [program, *words[1:]],
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environ,
        )


def finish(process: subprocess.Popen[bytes], name: str, said: Path) -> None:
    """Wait for a program's end; Errors: ToolFailed with its last line when it ended badly."""
    code = process.wait()
    if code:
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = lines[-1] if lines else "it said nothing"
        raise ToolFailed(f"database: {name} ended with {code}: {last}; mend that, then try again")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program that is not needed any more, however it takes it."""
    if process.poll() is None:
        process.kill()
    process.wait(STOP_SECONDS)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what it did not want to read any more
                pipe.close()
