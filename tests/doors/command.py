"""Operator's commands as subprocesses, as a person at the shell runs them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.make import FIELD_KEY, SECRET_KEY, fresh_schema, make_settings
from tests.rig.warm_python import warm_run

SETTINGS = make_settings("sqlite://")


@dataclass(frozen=True, slots=True)
class Told:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines of standard error."""
        return self.err.splitlines()


@dataclass(frozen=True, slots=True)
class Shell:
    """A folder of its own, and the environment that a province would set."""

    folder: Path
    environ: Mapping[str, str]

    def bot(self, *words: str, stdin: str = "", **environ: str) -> Told:
        """Run `python -m bot …`; a setting given as "" is left out."""
        return self.run("bot", *words, stdin=stdin, **environ)

    def run(self, *words: str, stdin: str = "", **environ: str) -> Told:
        """Run a module to its end."""
        given = {name: value for name, value in {**self.environ, **environ}.items() if value}
        done = warm_run(words, given, stdin.encode())
        return Told(done.returncode, done.stdout.decode(), done.stderr.decode())


def make_shell(folder: Path, migrated: bool = True) -> Shell:
    """A shell whose settings are whole but for REDIS_URL, on an SQLite file."""
    url = f"sqlite:///{folder / 'bot.db'}"
    if migrated:
        fresh_schema(url)
    nowhere = "http://127.0.0.1:9"  # the discard port: nothing answers there
    return Shell(
        folder,
        {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEYS": FIELD_KEY,
            "ZALO_APP_ID": SETTINGS.zalo_app_id,
            "ZALO_APP_SECRET": SETTINGS.zalo_app_secret,
            "ZALO_OA_ID": SETTINGS.zalo_oa_id,
            "ZALO_OA_SECRET_KEY": SETTINGS.zalo_oa_secret_key,
            "ZALO_OAUTH_URL": nowhere,
            "ZALO_OPENAPI_URL": nowhere,
            "ZALO_BUSINESS_URL": nowhere,
        },
    )
