"""`subject`, `purge` and `breach-pack` as an operator calls them."""

import json
from pathlib import Path

import pytest

from tests.bot.notice_stage import CODE, make_stage
from tests.doors.command import Shell, make_shell
from tests.make import NOW


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell on a database with one dossier of 0905123456."""
    shell = make_shell(tmp_path)
    make_stage(f"sqlite:///{tmp_path / 'bot.db'}", NOW)
    return shell


def test_a_phone_is_exported_forgotten_and_then_unknown(shell: Shell) -> None:
    place = shell.folder / "copy.json"
    told = shell.bot("subject", "export", "--phone", "+84 905.123.456", "--out", str(place))
    assert (told.code, told.out) == (0, "")
    assert place.stat().st_mode & 0o777 == 0o600
    copy = json.loads(place.read_text(encoding="utf-8"))
    assert (copy["schema"], copy["dossiers"][0]["code"]) == ("subject/1", CODE)
    again = shell.bot("subject", "export", "--phone", "0905123456", "--out", str(place))
    assert (again.code, len(again.lines)) == (2, 1)

    gone = shell.bot("subject", "forget", "--phone", "84905123456")
    assert gone.code == 0
    assert "erased: dossiers 1" in gone.out
    assert "kept: audit" in gone.out
    assert "0905123456" not in gone.out + gone.err
    shown = shell.bot("subject", "show", "--phone", "0905 123 456")
    assert (shown.code, "nothing is held" in shown.out) == (0, True)


def test_what_is_no_mobile_number_is_one_line_that_does_not_repeat_it(shell: Shell) -> None:
    told = shell.bot("subject", "show", "--phone", "0258 3822 100")
    assert (told.code, len(told.lines)) == (2, 1)
    assert "a landline came" in told.err
    assert "3822" not in told.err


def test_a_dry_run_prints_a_line_for_each_rule(shell: Shell) -> None:
    told = shell.bot("purge", "--dry-run")
    assert told.code == 0
    lines = told.out.splitlines()
    assert lines[0].startswith("rule\ttable\tdays")
    assert any(line.startswith("dossier_person\tdossier\t365\t") for line in lines)


def test_a_breach_pack_is_written_and_its_summary_shown(shell: Shell) -> None:
    place = shell.folder / "pack.xlsx"
    span = ("--from", "2026-11-24", "--to", "2026-11-26T00:00")
    told = shell.bot("breach-pack", *span, "--out", str(place))
    assert (told.code, "72 giờ" in told.out) == (0, True)
    assert place.read_bytes()[:2] == b"PK"
    wrong = shell.bot("breach-pack", "--from", "2026-11-26", "--to", "hôm qua")
    assert (wrong.code, len(wrong.lines)) == (2, 1)
    assert "hôm qua" in wrong.err
