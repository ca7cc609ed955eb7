"""What docs/stamping.md and docs/printing.vi.md tell of stamping is what the command takes."""

import argparse
import re

import pytest

from receipts.cli.stamp import COMMAND
from receipts.stamp.order import LARGEST_MM, MARGIN, Corner, Order
from receipts.stamp.paper import stamp
from receipts.stamp.picture_file import MOST_FRAMES, MOST_PIXELS
from receipts.stamp.watch import DONE, EVERY, FAILED
from tests.receipts.stamp.papers import link_of, paper
from tests.rig.tree import CHECKOUT

PAGE = (CHECKOUT / "docs" / "stamping.md").read_text(encoding="utf-8")
OPERATORS = (CHECKOUT / "docs" / "printing.vi.md").read_text(encoding="utf-8")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(exit_on_error=False)
    COMMAND.arguments(made)
    return made


def test_every_option_is_told_and_every_told_option_exists() -> None:
    taken = set(re.findall(r"--[a-z][a-z-]+", parser().format_help())) - {"--help"}
    assert taken <= set(re.findall(r"--[a-z][a-z-]+", PAGE))
    shown = OPERATORS.split("phần mềm cũ\n")[1].split("\n## ")[0]
    assert set(re.findall(r"--[a-z][a-z-]+", shown)) <= taken


@pytest.mark.parametrize("line", re.findall(r"^python -m receipts stamp (.+)$", OPERATORS, re.M))
def test_operators_lines_can_be_typed(line: str) -> None:
    assert parser().parse_args(line.split())


def test_numbers_and_names_are_told_as_they_are() -> None:
    for told in (
        f"| {MARGIN:g};",
        f"20 to {LARGEST_MM:g};",
        f"| {EVERY:g}; seconds",
        f"At most {MOST_PIXELS // 1_000_000} million pixels",
        f"and {MOST_FRAMES} pages",
        *(f"`{corner}`" for corner in Corner),
        f"DIR/{DONE}/",
        f"DIR/{FAILED}/",
    ):
        assert told in " ".join(PAGE.split()) or told in PAGE
    assert b"/XXMotcuaSlip" in stamp(paper(), Order(), link_of).data
