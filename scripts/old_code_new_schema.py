"""Runs an older version's own tests against a database that this version has migrated.

    .venv/bin/python -m scripts.old_code_new_schema REF [pytest's words …]

Run by hand before a release, REF being the version in use. Its files come out of git into a folder
of their own; its `migrate` is this version's, so that whatever it asks of its database is asked of
the new schema, on SQLite and PostgreSQL. Tests of the migrations themselves are left out.
Source: docs/install.md, "Upgrading": expand, move, contract.
"""

# Every command below is written here; only git's name of a version comes from outside.
# ruff: noqa: S603, S607

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
TESTS = ("tests/bot", "tests/webhooks", "tests/console", "tests/web")
# Commands in processes of their own ask for the schema of their time: an older version from before
# names told who may run on them (0014 and earlier) refuses there, as it does in use.
LEFT_OUT = ("tests/bot/store/test_migrations.py", "tests/bot/pull/test_pull_command.py")
# A plugin of pytest inside the older code: the older `migrate` becomes the newer one, in a process
# of its own, and the older code is told to take the newer schema for its own.
PLUGIN = '''
"""The older code on the newer schema."""
import importlib, os, subprocess, sys
NEW = os.environ["NEW_CHECKOUT"]
def ask(code, *words):
    words = [sys.executable, "-c", code, *words]
    done = subprocess.run(words, cwd=NEW, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
FIND = """
import sys
try:
    from bot.migrate import migrate
except ImportError:
    from bot.database import migrate
"""
HEAD = ask("from bot.database import newest_schema; print(newest_schema())")
def migrate(url):
    ask(FIND + "migrate(sys.argv[1])", url)
for name in ("bot.database", "bot.migrate", "bot.up", "bot.cli.main"):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    for word, value in (("migrate", migrate), ("newest_schema", lambda: HEAD)):
        if hasattr(module, word):
            setattr(module, word, value)
'''


def main(words: list[str]) -> int:
    """Run them; pytest's exit code."""
    if not words:
        print("old_code_new_schema: name the older version, such as: v1.2.0", file=sys.stderr)
        return 2
    ref, *more = words
    with tempfile.TemporaryDirectory() as name:
        old, plugin = Path(name) / "old", Path(name) / "plugin"
        old.mkdir()
        plugin.mkdir()
        archive = subprocess.run(["git", "archive", ref], cwd=CHECKOUT, capture_output=True)
        if archive.returncode:
            print(f"old_code_new_schema: {archive.stderr.decode().strip()}", file=sys.stderr)
            return 2
        subprocess.run(["tar", "-x", "-C", old], input=archive.stdout, check=True)
        (plugin / "newer_schema.py").write_text(PLUGIN, encoding="utf-8")
        environ = {
            **os.environ,
            "NEW_CHECKOUT": str(CHECKOUT),
            "PYTHONPATH": f"{plugin}{os.pathsep}{old}",
        }
        command = [sys.executable, "-m", "pytest", "-p", "newer_schema", "-q", *(more or TESTS)]
        command += [f"--ignore={one}" for one in LEFT_OUT]
        return subprocess.run(command, cwd=old, env=environ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
