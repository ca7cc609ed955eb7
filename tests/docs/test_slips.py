"""What docs/slips.md and docs/printing.vi.md show is what the commands take."""

import json
import re
from dataclasses import fields

import pytest

from receipts.cli.main import COMMANDS
from receipts.slip.forms import form_on
from receipts.slip.from_json import records_of
from receipts.slip.mini import DOTS
from receipts.slip.pages import SHEETS, Paper
from receipts.slip.records import Office, Person, SecondStage, Slip
from receipts.slip.records import Paper as SlipPaper
from receipts.slip.render import render
from tests.receipts.slip.printed import MM, Printed, at
from tests.rig.tree import CHECKOUT

PAGE = (CHECKOUT / "docs" / "slips.md").read_text(encoding="utf-8")
OPERATORS = (CHECKOUT / "docs" / "printing.vi.md").read_text(encoding="utf-8")
EXAMPLE = PAGE.split("```json\n")[1].split("```")[0]


def test_the_example_prints() -> None:
    [slip] = records_of(EXAMPLE)
    page = Printed(render(slip))
    assert page.symbols()["code128"] == json.loads(EXAMPLE)["code"]
    assert "Tờ khai đăng ký khai sinh" in page.text()


@pytest.mark.parametrize("record", [Slip, Office, Person, SecondStage, SlipPaper])
def test_every_field_of_a_receipt_is_in_the_example(record: type) -> None:
    assert [one.name for one in fields(record) if f'"{one.name}"' not in EXAMPLE] == []


def test_every_command_is_shown_to_both_readers() -> None:
    for name in COMMANDS:
        assert f"python -m receipts {name}" in PAGE + OPERATORS


def test_operators_are_told_the_printers_dots_and_the_papers_margins() -> None:
    for width, dots in DOTS.items():
        assert re.search(rf"\| {width} mm \| {dots} \|", OPERATORS)
    sheet = SHEETS[Paper.A5]
    edges = (sheet.left, sheet.right, sheet.top, sheet.bottom)
    told = re.search(r"trái (\d+) mm .*?phải (\d+) mm, trên (\d+) mm, dưới (\d+) mm", OPERATORS)
    assert told
    assert [float(one) for one in told.groups()] == [round(edge / MM, 3) for edge in edges]


def test_the_day_the_forms_change_is_told() -> None:
    assert form_on("receipt", at(14, month=9, year=2025).date()).edition == "2018"
    assert form_on("receipt", at(15, month=9, year=2025).date()).edition == "2025"
    assert "15/9/2025" in PAGE
    assert "15/9/2025" in OPERATORS
