"""`python -m receipts stamp`, and the key file that it works with, as an operator runs them."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from receipts.cli.main import main
from receipts.qr import slip_address
from receipts.signature import signing_key
from tests.receipts.stamp.papers import CODE, OTHER, locked, paper, picture, symbols
from tests.rig.child import wait_until
from tests.rig.tree import CHECKOUT
from tests.rig.warm_python import warm_run

SECRET = "a secret of the tests, with more than 32 characters"
URL = "https://dvc.example.gov.vn"
SETTINGS = {"SECRET_KEY": SECRET, "PUBLIC_URL": URL}


class Done(NamedTuple):
    """How a command ended."""

    code: int
    out: bytes
    told: str


def link(code: str) -> str:
    return slip_address(URL, signing_key(SECRET), code)


def environment(given: Mapping[str, str], tmp_path: Path) -> dict[str, str]:
    """Ours, without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, "VAR_DIR": str(tmp_path / "var"), **given}


def program(*arguments: str, given: Mapping[str, str], tmp_path: Path, data: bytes = b"") -> Done:
    """One command of the checkout, in a process of its own."""
    done = warm_run(arguments, environment(given, tmp_path), data)
    return Done(done.returncode, done.stdout, done.stderr.decode())


class Stamp(Protocol):
    """`receipts stamp` with these arguments and settings."""

    def __call__(self, *arguments: object, given: Mapping[str, str] = SETTINGS) -> Done:
        """Exit code and what was said."""


@pytest.fixture
def stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Stamp:
    """The command without the second that a process of its own takes to start."""

    def run(*arguments: object, given: Mapping[str, str] = SETTINGS) -> Done:
        monkeypatch.setattr(os, "environ", environment(given, tmp_path))
        with pytest.raises(SystemExit) as left:
            main(["stamp", *map(str, arguments)])
        out, err = capfd.readouterr()
        return Done(int(left.value.code or 0), out.encode(), err)

    return run


@pytest.fixture
def slip(tmp_path: Path) -> Path:
    """A paper of other software."""
    path = tmp_path / "phieu.pdf"
    path.write_bytes(paper())
    return path


def test_a_paper_is_stamped_and_the_original_stays(
    slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    out, second = tmp_path / "out.pdf", tmp_path / "2.pdf"
    assert stamp(slip, "--out", out) == (0, b"", f"{slip}: stamped, {CODE}\n")
    assert symbols(picture(out.read_bytes())) == [link(CODE)]
    assert slip.read_bytes() == paper()
    assert stamp(out, "--out", second) == (0, b"", f"{out}: already stamped, {CODE}\n")
    assert second.read_bytes() == out.read_bytes()


def test_a_paper_may_come_and_go_through_pipes(tmp_path: Path) -> None:
    asked = ("receipts", "stamp", "-", "--out", "-", "--code", " h56.14-240823-0002 ")
    done = program(*asked, given=SETTINGS, data=paper(code=""), tmp_path=tmp_path)
    assert done.code == 0
    assert symbols(picture(done.out)) == [link(OTHER)]


@pytest.mark.parametrize(
    "asked",
    [
        ("--corner", "bottom-left", "--margin", "12"),
        ("--near", "mã hồ sơ", "--all-pages"),
        ("--box", "140,5,60,45", "--page", "1"),
        ("--size", "25", "--barcode", "code39"),
        ("--code-after", "Mã hồ sơ:"),
    ],
)
def test_every_place_bar_code_and_page_can_be_asked_for(
    asked: tuple[str, ...], slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert stamp(slip, "--out", out, *asked).code == 0
    assert link(CODE) in symbols(picture((out / "phieu.pdf").read_bytes(), dpi=200))


def test_an_encrypted_paper_is_stamped_with_its_password_file(tmp_path: Path, stamp: Stamp) -> None:
    closed, word, out = (tmp_path / name for name in ("khoa.pdf", "mat-khau.txt", "out.pdf"))
    closed.write_bytes(locked("mo ra"))
    word.write_text("mo ra\r\n", encoding="utf-8")
    refused = stamp(closed, "--out", out)
    assert (refused.code, "--password-file" in refused.told) == (2, True)
    assert stamp(closed, "--out", out, "--password-file", word).code == 0


# The key


def test_a_machine_that_only_stamps_needs_the_key_file_alone(
    slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    key, out = tmp_path / "slip.key", tmp_path / "out.pdf"
    made = program("bot", "slip-key", "--out", str(key), given=SETTINGS, tmp_path=tmp_path)
    assert (made.code, made.out) == (0, b"")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert SECRET not in key.read_text(encoding="utf-8")
    assert stamp(slip, "--out", out, "--key-file", key, given={}).code == 0
    assert symbols(picture(out.read_bytes())) == [link(CODE)]
    shown = program("bot", "slip-key", given=SETTINGS, tmp_path=tmp_path)
    assert shown.out == key.read_bytes()


def test_the_rehearsals_settings_are_found_as_the_house_finds_them(
    slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    (tmp_path / "var").mkdir()
    kept = f"SECRET_KEY={SECRET}\nPUBLIC_URL=http://127.0.0.1:8000\n"
    (tmp_path / "var" / "env").write_text(kept, encoding="utf-8")
    out = tmp_path / "out.pdf"
    assert stamp(slip, "--out", out, given={}).code == 0
    [read] = symbols(picture(out.read_bytes()))
    assert read.startswith("HTTP://127.0.0.1:8000/T/")
    assert stamp(slip, "--out", out, "--public-url", URL, given={}).code == 0
    assert symbols(picture(out.read_bytes())) == [link(CODE)]


# Folders


def test_a_folder_ends_with_1_when_some_failed(slip: Path, tmp_path: Path, stamp: Stamp) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    slip.rename(source / "a.pdf")
    (source / "b.pdf").write_bytes(b"khong phai PDF")
    done = stamp("--in", source, "--out", out)
    assert done.code == 1
    assert done.told.splitlines()[-1] == "1 stamped, 0 already stamped, 1 failed"
    (source / "b.pdf").unlink()
    assert stamp("--in", source, "--out", out).code == 0


def watching(tmp_path: Path) -> subprocess.Popen[bytes]:
    """The program beside the old software."""
    source, out = str(tmp_path / "in"), str(tmp_path / "out")
    command = [sys.executable, "-m", "receipts", "stamp", "--watch", source, "--out", out]
    return subprocess.Popen(
        [*command, "--every", "0.1"],
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        env=environment(SETTINGS, tmp_path),
    )


def test_killed_again_and_again_no_paper_is_lost_or_half(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    papers = {f"{n}.pdf": paper(code=f"H46.16-261123-{n:04d}") for n in range(1, 41)}
    for name, data in papers.items():
        (source / name).write_bytes(data)

    def stamped() -> int:
        return len(list(out.glob("*.pdf"))) if out.exists() else 0

    for enough in (1, 12, 25):
        with watching(tmp_path) as started:
            wait_until(lambda least=enough: stamped() >= least, "papers")  # type: ignore[misc]
            started.send_signal(signal.SIGKILL)
    with watching(tmp_path) as started:
        wait_until(lambda: not list(source.glob("*.pdf")), "all papers")
        started.send_signal(signal.SIGTERM)
        assert started.wait(10) == 0
        assert started.stderr is not None
        assert started.stderr.read().decode().splitlines()[-1].endswith(" stopped")
    assert sorted(one.name for one in out.iterdir()) == sorted(papers)
    for name, data in papers.items():
        code = f"H46.16-261123-{int(name[:-4]):04d}"
        assert symbols(picture((out / name).read_bytes())) == [link(code)]
        assert (source / "done" / name).read_bytes() == data


# What it cannot use


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", "x.pdf"), "one of the arguments FILE --in --watch is required"),
        (("{slip}",), "required: --out"),
        (("{slip}", "--in", "{dir}", "--out", "x"), "not allowed with"),
        (("nowhere.pdf", "--out", "x.pdf"), "nowhere.pdf: No such file"),
        (("{slip}", "--out", "{slip}"), "is the paper itself"),
        (("{slip}", "--out", "{dir}/nowhere/x.pdf"), "No such file"),
        (("{slip}", "--out", "{dir}/x.pdf", "--code", "12"), "'12' is no receipt code"),
        (("{slip}", "--out", "{dir}/x.pdf", "--page", "2"), "has 1 pages, page 2"),
        (("{slip}", "--out", "{dir}/x.pdf", "--page", "0"), "pages count from 1"),
        (("{slip}", "--out", "{dir}/x.pdf", "--size", "12"), "expected 20 to 100"),
        (("{slip}", "--out", "{dir}/x.pdf", "--box", "1,2"), "such as 150,10,45,40"),
        (("{slip}", "--out", "{dir}/x.pdf", "--corner", "middle"), "invalid choice"),
        (("{slip}", "--out", "{dir}/x.pdf", "--near", "Kính gửi"), "does not hold the words"),
        (("{slip}", "--out", "{dir}/x.pdf", "--password-file", "no.txt"), "no.txt: No such file"),
        (("{slip}", "--out", "{dir}/x.pdf", "--key-file", "no.key"), "no.key: No such file"),
        (("{slip}", "--out", "{dir}/x.pdf", "--key-file", "{slip}"), "PUBLIC_URL and SLIP_KEY"),
        (("{slip}", "--out", "{dir}/x.pdf", "--public-url", "https://a.vn/b"), "without a path"),
        (("--in", "{dir}/none", "--out", "x"), "is no folder"),
        (("--in", "{dir}/empty", "--out", "x"), "has no PDF, PNG, JPEG or TIFF"),
        (("--in", "{dir}", "--out", "{dir}"), "is used for the originals"),
        (("--watch", "{dir}", "--out", "{dir}/done"), "is used for the originals"),
        (("--watch", "{dir}", "--out", "{slip}"), "is no folder"),
        (("--watch", "{dir}", "--out", "{dir}/o", "--code", CODE), "codes of their own"),
        (("--watch", "{dir}", "--out", "{dir}/o", "--every", "0"), "expected 0.1 to 3600"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    arguments: tuple[str, ...], told: str, slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    (tmp_path / "empty").mkdir()
    done = stamp(*[argument.format(slip=slip, dir=tmp_path) for argument in arguments])
    assert (done.code, done.out) == (2, b"")
    [line] = done.told.splitlines()
    assert line.startswith("receipts: ")
    assert told in line
    assert SECRET not in line


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "--key-file FILE (written by: python -m bot slip-key)"),
        ({"SECRET_KEY": SECRET}, "set SECRET_KEY and PUBLIC_URL"),
        ({"SECRET_KEY": "short", "PUBLIC_URL": URL}, "at least 32 characters"),
    ],
)
def test_without_key_or_address_it_says_where_they_come_from(
    given: dict[str, str], told: str, slip: Path, tmp_path: Path, stamp: Stamp
) -> None:
    done = stamp(slip, "--out", tmp_path / "out.pdf", given=given)
    assert done.code == 2
    assert told in done.told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"SECRET_KEY": SECRET}, "PUBLIC_URL: is not set"),
        ({**SETTINGS, "PUBLIC_URL": f"{URL}/một-cửa"}, "without a path"),
    ],
)
def test_no_key_file_is_written_of_settings_that_no_slip_could_have(
    given: dict[str, str], told: str, tmp_path: Path
) -> None:
    done = program("bot", "slip-key", given=given, tmp_path=tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert told in done.told


def test_a_paper_that_is_not_there_is_named_with_what_to_do(stamp: Stamp, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    out.write_bytes(b"an earlier one")
    done = stamp(tmp_path / "nofile.pdf", "--out", out)
    assert done.code == 2
    assert "nofile.pdf: No such file or directory; give a file that can be read" in done.told
    assert out.read_bytes() == b"an earlier one"
