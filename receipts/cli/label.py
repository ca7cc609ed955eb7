"""`python -m receipts label`: the sticky labels of dossiers."""

import argparse

from receipts.cli.command import Command, text_from, write
from receipts.cli.slip_link import add_link_arguments, linked
from receipts.slip.from_json import receipts_of
from receipts.slip.label import label_size, render_labels
from receipts.slip.raster import THERMAL_DPI


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", required=True, metavar="FILE", help="one receipt or a list")
    parser.add_argument("--out", required=True, metavar="FILE", help="the PDF; - writes it out")
    parser.add_argument("--size", default="80x40", metavar="WxH", help="in mm (80x40)")
    parser.add_argument("--dpi", type=int, default=THERMAL_DPI, help="of the printer (203)")
    add_link_arguments(parser)


def _run(asked: argparse.Namespace) -> int:
    slips = linked(receipts_of(text_from(asked.json)), asked)
    write(asked.out, render_labels(slips, label_size(asked.size), asked.dpi))
    return 0


COMMAND = Command("label", "print dossier labels, one a page", _arguments, _run)
