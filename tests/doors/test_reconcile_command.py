"""`reconcile` as machines call it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import delete

from bot.database import make_engine
from bot.store.notice_tables import notice
from tests.bot.notice_stage import make_stage
from tests.doors.command import Shell, make_shell
from tests.make import NOW

DAY = "2026-11-25"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = make_shell(tmp_path)
    stage = make_stage(f"sqlite:///{tmp_path / 'bot.db'}", NOW)
    stage.feed(9, "Trả kết quả")
    return shell


def test_a_day_that_closes_ends_with_0_and_json_alone(shell: Shell) -> None:
    told = shell.bot("reconcile", "--day", DAY, "--json")
    assert (told.code, told.err) == (0, "")
    [row] = json.loads(told.out)
    assert {name: row[name] for name in ("agency", "event", "due", "pending", "difference")} == {
        "agency": "H32", "event": "result", "due": 1, "pending": 1, "difference": 0,
    }  # fmt: skip


def test_a_day_that_does_not_close_ends_with_1_and_names_the_dossier(
    shell: Shell, tmp_path: Path
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'bot.db'}")
    with engine.begin() as connection:
        connection.execute(delete(notice))
    engine.dispose()
    told = shell.bot("reconcile", "--day", DAY)
    assert told.code == 1
    assert "000.00.17.H32-261122-0001: a message was due" in told.out
    assert "does not close" in told.out


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2999-01-01"])
def test_a_day_that_cannot_be_is_one_line(shell: Shell, day: str) -> None:
    told = shell.bot("reconcile", "--day", day)
    assert (told.code, len(told.lines)) == (2, 1)
    assert day in told.err
