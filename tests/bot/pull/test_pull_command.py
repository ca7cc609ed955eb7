"""`python -m bot pull`, and what the doctor and the settings say of it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest
from werkzeug.wrappers import Response

from tests.bot.pull.source import PROGRESS, SYNC, Pages
from tests.doors.command import Shell, make_shell
from tests.rig.tree import CHECKOUT
from tests.webhooks.national_feeding import make_national, make_progress


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = make_shell(tmp_path)
    made.bot("agency", "add", "H32", "--name", "Ủy ban nhân dân tỉnh")
    made.bot("agency", "add", "H32.15", "--name", "Sở Nông nghiệp", "--parent", "H32")
    return made


def pulling(pages: Pages) -> dict[str, str]:
    return {"PULL_URL": f"{pages.url}/", "PULL_AGENCY": "H32", "PULL_TOKEN": "a token"}


def test_once_reads_what_is_new_and_ends(shell: Shell, pages: Pages) -> None:
    pages.pages = {(SYNC, "1"): [make_national()], (PROGRESS, "1"): [make_progress()]}
    told = shell.bot("pull", "--once", **pulling(pages))
    assert (told.code, told.out) == (0, "pulled: changed 1, new 1\n")
    again = shell.bot("pull", "--once", "--service", SYNC, **pulling(pages))
    assert (again.code, again.out) == (0, "pulled: repeat 1\n")
    assert "tuNgay" in pages.asked[-1].parameters
    shell.bot("pull", "--once", "--again", **pulling(pages))
    assert "tuNgay" not in pages.asked[-1].parameters


def test_the_address_and_agency_may_be_given(shell: Shell, pages: Pages) -> None:
    told = shell.bot("pull", "--once", "--url", pages.url, "--agency", "H32")
    assert (told.code, told.out) == (0, "pulled: nothing new\n")
    assert {one.authorization for one in pages.asked} == {None}


def test_what_was_refused_or_could_not_be_read_is_a_finding(shell: Shell, pages: Pages) -> None:
    pages.pages = {(SYNC, "1"): [make_national(1), make_national(2, MaTTHC=...)]}
    pages.before = lambda asked: Response("", 401) if asked.service == PROGRESS else None
    told = shell.bot("pull", "--once", **pulling(pages))
    assert (told.code, told.out) == (1, "pulled: new 1, refused 1\n")
    assert "refused 000.00.17.H32-261122-0002: missing: MaTTHC" in told.err
    assert f"pull {PROGRESS}: it answered HTTP 401; the token was refused" in told.err
    assert "a token" not in told.err


@pytest.mark.parametrize(
    ("words", "environ", "named"),
    [
        (["--once"], {}, "PULL_URL"),
        (["--once", "--url", "ftp://x", "--agency", "H32"], {}, "--url"),
        (["--once", "--url", "http://127.0.0.1:9"], {}, "PULL_AGENCY"),
        (["--once"], {"PULL_EVERY_MINUTES": "5"}, "PULL_URL"),
        (["--once"], {"PULL_URL": "lgsp", "PULL_AGENCY": "H32"}, "PULL_URL"),
        (["--once"], {"PULL_EVERY_MINUTES": "0", "PULL_URL": "http://x"}, "PULL_EVERY_MINUTES"),
        (["--service", "LayThuTuc"], {}, "--service"),
    ],
)
def test_what_is_missing_is_one_line_and_exit_2(
    shell: Shell, words: list[str], environ: dict[str, str], named: str
) -> None:
    told = shell.bot("pull", *words, **environ)
    assert (told.code, len(told.lines)) == (2, 1)
    assert named in told.err


def doctor_says(shell: Shell, pages: Pages) -> dict[str, str]:
    zalo = {"ZALO_OPENAPI_URL": "http://127.0.0.1:9", "PULL_EVERY_MINUTES": "5"}
    told = shell.bot("doctor", "--json", **pulling(pages), **zalo)
    found: list[dict[str, str]] = json.loads(told.out)
    [line] = [one for one in found if one["what"] == "pull"]
    return line


def test_the_doctor_says_how_long_ago_it_was_read(shell: Shell, pages: Pages) -> None:
    before = doctor_says(shell, pages)
    assert (before["level"], "never read" in before["why"]) == ("warn", True)
    shell.bot("pull", "--once", **pulling(pages))
    line = doctor_says(shell, pages)
    assert (line["level"], line["do"]) == ("ok", "")
    assert f"{SYNC} read 0 min ago" in line["why"]
    pages.before = lambda _: Response("", 500)
    shell.bot("pull", "--once", **pulling(pages))
    line = doctor_says(shell, pages)
    assert (line["level"], "HTTP 500" in line["why"]) == ("warn", True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_command_stopped_between_pages_goes_on_where_it_stood(
    shell: Shell, pages: Pages, how: signal.Signals
) -> None:
    pages.pages = {(SYNC, str(n)): [make_national(n)] for n in range(1, 4)}
    pages.before = lambda asked: sleep(3) if asked.parameters["trang"] == "2" else None
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "pull"],
        env={**shell.environ, **pulling(pages)},
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = monotonic() + 30
        while pages.named() != ["1", "2"] and monotonic() < ends:
            sleep(0.05)
        os.kill(child.pid, how)
        assert child.wait(20) == (0 if how != signal.SIGKILL else -signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    pages.before = lambda _: None
    assert shell.bot("pull", "--once", **pulling(pages)).out == "pulled: new 2\n"
    assert pages.named() == ["1", "2", "2", "3", "4"]
