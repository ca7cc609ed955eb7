"""`calendar` from outside: a year shown, a notice imported, and a file that cannot be read."""

import json
from pathlib import Path

import pytest

from tests.doors.command import Shell, make_shell

NOTICE = """\
Thông báo số 1234/TB-BNV ngày 15/10/2026
Nghỉ Tết Nguyên đán từ 05/02/2027 đến 14/02/2027
Nơi nhận: ngày 16/10/2026
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = make_shell(tmp_path)
    (tmp_path / "thong-bao.txt").write_text(NOTICE, encoding="utf-8")
    return shell


def test_a_notice_is_looked_at_imported_and_shown(shell: Shell) -> None:
    file = str(shell.folder / "thong-bao.txt")
    looked = shell.bot("calendar", "import", file, "--dry-run")
    assert (looked.code, looked.err.splitlines()[-1][:7]) == (0, "Dòng 3:"), looked
    assert looked.out.endswith("2027: 3 days change, confirmed: would be stored\n")
    assert "2027-02-04 Thu\tnow worked" in looked.out
    before = json.loads(shell.bot("calendar", "show", "--year", "2027", "--json").out)
    assert (before["origin"], before["confirmed"]) == ("packaged", False)
    done = shell.bot("calendar", "import", file, "--year", "2027")
    assert (done.code, done.out.endswith("confirmed: stored\n")) == (0, True), done
    after = json.loads(shell.bot("calendar", "show", "--year", "2027", "--json").out)
    assert (after["origin"], after["confirmed"]) == ("entered", True)
    assert after["source"] == "1234/TB-BNV ngày 15/10/2026"
    assert {"day": "2027-02-12", "works": False, "why": "Tết Nguyên đán", "by_hand": False} in (
        after["days"]
    )
    assert (
        "2027-02-12 Fri\toff\tTết Nguyên đán" in shell.bot("calendar", "show", "--year", "2027").out
    )


def test_what_cannot_be_imported_is_one_line_and_exit_code_2(shell: Shell) -> None:
    file = shell.folder / "sai.csv"
    file.write_text("ngày,loại\n30/02/2027,nghỉ\n", encoding="utf-8")
    told = shell.bot("calendar", "import", str(file))
    assert (told.code, told.out, len(told.lines)) == (2, "", 1), told
    assert "Dòng 2: “30/02/2027, nghỉ”" in told.err
    file.write_text("nghỉ Tết\n", encoding="utf-8")
    assert "--year YEAR" in shell.bot("calendar", "import", str(file)).err
    assert "cannot be read" in shell.bot("calendar", "import", str(file) + "x").err
