"""`status`, `promptness` and `feed-key list` on the command line."""

import json
from pathlib import Path

import pytest

from tests.doors.command import Shell, make_shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = make_shell(tmp_path)
    assert shell.bot("agency", "add", "H32", "--name", "Tỉnh").code == 0
    return shell


def test_status_tells_machines_and_people_what_is_wrong(shell: Shell) -> None:
    told = shell.bot("status", "--json")
    report = json.loads(told.out)
    assert (told.code, told.err) == (1, "")
    assert {"MotcuaWorkerGone", "MotcuaTokenConsent"} <= {one["alarm"] for one in report["alarms"]}
    assert all(one["do"] for one in report["alarms"])
    assert report["workers"] == {"chat": 0, "notice": 0, "bulk": 0, "clock": 0}
    assert report["disk"]["free"] > 0
    assert "MotcuaWorkerGone\tchat\t" in shell.bot("status").out


def test_keys_are_listed_without_their_secrets(shell: Shell) -> None:
    made = json.loads(shell.bot("feed-key", "add", "H32", "--note", "iGate").out)
    told = shell.bot("feed-key", "list", "--json")
    [row] = json.loads(told.out)
    assert (row["id"], row["agency"], row["note"]) == (made["id"], "H32", "iGate")
    assert (row["last_used_at"], row["taken_24h"], row["revoked_at"]) == (None, 0, None)
    assert made["secret"] not in told.out
    assert shell.bot("feed-key", "revoke", made["id"]).code == 0
    assert shell.bot("feed-key", "list").out.split("\t")[2:4] == ["revoked", "never used"]


def test_a_days_figure_is_reckoned_anew(shell: Shell) -> None:
    told = shell.bot("promptness", "--day", "2020-02-03", "--json")
    assert (told.code, json.loads(told.out)) == (0, {"day": "2020-02-03", "due": 0, "prompt": 0})
    for typed in ("hôm qua", "2999-01-01"):
        refused = shell.bot("promptness", "--day", typed)
        assert (refused.code, len(refused.lines)) == (2, 1)
