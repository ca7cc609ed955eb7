"""`procedure` from outside: a file imported, its faults, the list."""

import json
from pathlib import Path

import pytest

from tests.doors.command import Shell, make_shell
from tests.rig.tree import CHECKOUT

SAMPLE = CHECKOUT / "docs" / "examples" / "thu-tuc.csv"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = make_shell(tmp_path)
    assert shell.bot("agency", "add", "H56", "--name", "UBND tỉnh").code == 0
    return shell


def test_the_sample_is_imported_and_listed(shell: Shell) -> None:
    words = ("procedure", "import", str(SAMPLE), "--agency", "H56")
    assert "would be stored" in shell.bot(*words, "--dry-run").out
    assert shell.bot("procedure", "list").out == ""
    told = shell.bot(*words)
    assert (told.code, told.out.endswith("0 retired: stored\n")) == (0, True), told
    listed = json.loads(shell.bot("procedure", "list", "--json").out)
    assert len(listed) >= 5
    assert {one["agency"] for one in listed} == {"H56"}
    assert any(one["same_day"] for one in listed)
    assert {one["day_kind"] for one in listed} == {"working", "calendar"}
    assert all(one["papers"] for one in listed)
    assert "ngày làm việc" in shell.bot("procedure", "list", "--agency", "H56").out


def test_faults_of_a_file_are_a_line_each(shell: Shell) -> None:
    file = shell.folder / "sai.csv"
    file.write_text("ma,ten,so_ngay\n,Tên,ba\n", encoding="utf-8")
    told = shell.bot("procedure", "import", str(file), "--agency", "H56")
    assert (told.code, told.out, len(told.lines)) == (2, "", 2)
    assert told.lines[0].startswith("Dòng 2, cột “ma”:")
