"""`python -m receipts`, as an operator runs it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from receipts.link_key import LinkKey, key_file
from receipts.qr import slip_address
from receipts.signature import signing_key
from tests.receipts.slip.printed import CODE, LINK, Printed
from tests.rig.warm_python import warm_run

SLIP: dict[str, Any] = {
    "office": {"name": "Ủy ban nhân dân xã Lệ Thủy"},
    "code": CODE,
    "link": LINK,
    "issued_at": "2026-11-23T08:05:00+07:00",
    "submitter": {"name": "Nguyễn Thị Phương Thảo"},
    "procedure": "Đăng ký khai sinh",
}


def receipts(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return warm_run(["receipts", *arguments], os.environ, given)


@pytest.fixture
def one(tmp_path: Path) -> str:
    """A file with one slip."""
    path = tmp_path / "slip.json"
    path.write_text(json.dumps(SLIP), encoding="utf-8")
    return str(path)


def test_a_slip_is_printed_on_the_paper_asked_for(one: str, tmp_path: Path) -> None:
    out = tmp_path / "slip.pdf"
    done = receipts("slip", "--json", one, "--out", str(out), "--paper", "A4", "--copies", "1")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    page = Printed(out.read_bytes())
    assert page.size() == (210.0, 297.0)
    assert page.symbols() == {"qrcode": LINK, "code128": CODE}


def test_slips_may_come_and_go_through_pipes_with_progress_aside() -> None:
    done = receipts("slip", "--json", "-", "--out", "-", given=json.dumps([SLIP] * 3).encode())
    assert done.returncode == 0
    assert Printed(done.stdout).pages == 6
    assert done.stderr.decode().strip() == "3/3"


def test_labels_posters_and_mini_slips_are_made(one: str, tmp_path: Path) -> None:
    label, poster, mini = (str(tmp_path / name) for name in ("label.pdf", "poster.pdf", "mini.bin"))
    assert receipts("label", "--json", one, "--out", label, "--size", "100x50").returncode == 0
    assert Printed(Path(label).read_bytes()).size() == (100.0, 50.0)
    asked = ("--agency", "UBND xã Lệ Thủy", "--oa", "123456", "--short-code", "8083")
    assert receipts("poster", *asked, "--paper", "A3", "--out", poster).returncode == 0
    assert Printed(Path(poster).read_bytes()).size() == (297.0, 420.0)
    done = receipts("print", "--json", one, "--escpos", f"file:{mini}", "--width", "58")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert Path(mini).read_bytes().count(b"\x1dv0\x00") >= 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "required: COMMAND"),
        (("fold",), "invalid choice"),
        (("slip",), "required: --json, --out"),
        (("slip", "--json", "nowhere.json", "--out", "x.pdf"), "nowhere.json: No such file"),
        (("slip", "--json", "-", "--out", "x.pdf"), "no JSON"),
        (("slip", "--json", "{one}", "--out", "nowhere/x.pdf"), "nowhere/x.pdf: No such file"),
        (("slip", "--json", "{one}", "--out", "x.pdf", "--paper", "A3"), "invalid choice"),
        (("slip", "--json", "{one}", "--out", "x.pdf", "--copies", "0"), "1 to 9"),
        (("label", "--json", "{one}", "--out", "x.pdf", "--size", "big"), "WIDTHxHEIGHT"),
        (("poster", "--agency", "a", "--oa", "abc", "--out", "x.pdf"), "expected digits"),
        (("print", "--json", "{one}", "--escpos", "lpt:1"), "expected file:PATH"),
        (("print", "--json", "{one}", "--escpos", "tcp:127.0.0.1:1"), "tcp:127.0.0.1:1: "),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    arguments: tuple[str, ...], told: str, one: str
) -> None:
    done = receipts(*(argument.format(one=one) for argument in arguments))
    assert done.returncode == 2
    assert done.stdout == b""
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("receipts: ")
    assert told in line


def test_a_personal_name_is_not_repeated_in_an_error() -> None:
    slip = {**SLIP, "submitter": {"name": "Nguyễn Thị Phương Thảo", "phone": 912345678}}
    done = receipts("slip", "--json", "-", "--out", "x.pdf", given=json.dumps(slip).encode())
    assert done.returncode == 2
    assert "912345678" not in done.stderr.decode()
    assert "Thảo" not in done.stderr.decode()


def test_a_slip_without_a_link_gets_the_house_s_by_its_key_file(tmp_path: Path) -> None:
    bare = {name: value for name, value in SLIP.items() if name != "link"}
    key = LinkKey(
        "https://dvc.example.vn", signing_key("only for this test, 32 or more characters")
    )
    (tmp_path / "slip.key").write_text(key_file(key), encoding="utf-8")
    told = json.dumps(bare).encode()
    out, file = tmp_path / "slip.pdf", tmp_path / "slip.key"
    receipts("slip", "--json", "-", "--out", str(out), given=told)
    assert "qrcode" not in Printed(out.read_bytes()).symbols()
    receipts("slip", "--json", "-", "--out", str(out), "--key-file", str(file), given=told)
    link = slip_address(key.public_url, key.key, CODE)
    assert Printed(out.read_bytes()).symbols()["qrcode"] == link
