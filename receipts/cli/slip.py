"""`python -m receipts slip`: the legal forms from JSON to PDF, one or a day's."""

import argparse
import sys
from io import BytesIO
from pathlib import Path

from receipts.cli.command import Command, Refused, text_from, write
from receipts.cli.slip_link import add_link_arguments, linked
from receipts.slip.from_json import records_of
from receipts.slip.pages import Paper
from receipts.slip.render import Progress, render_batch


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", required=True, metavar="FILE", help="one slip or a list; - reads")
    parser.add_argument("--out", required=True, metavar="FILE", help="the PDF; - writes it out")
    parser.add_argument("--paper", choices=[Paper.A5, Paper.A4], default=Paper.A5, help="A5 or A4")
    parser.add_argument("--copies", type=int, help="of each slip; default as many as its form has")
    add_link_arguments(parser)


def _run(asked: argparse.Namespace) -> int:
    records = linked(records_of(text_from(asked.json)), asked)
    progress = _shown(len(records)) if len(records) > 1 else None
    if asked.out == "-":
        stream = BytesIO()
        render_batch(records, stream, asked.paper, asked.copies, progress)
        write("-", stream.getvalue())
        return 0
    try:
        render_batch(records, Path(asked.out), asked.paper, asked.copies, progress)
    except OSError as fault:
        raise Refused(f"{asked.out}: {fault.strerror}; give a place that can be written") from fault
    return 0


def _shown(total: int) -> Progress:
    """Progress on standard error: a line that is rewritten on a screen, the last one in a log."""
    screen = sys.stderr.isatty()

    def show(count: int) -> None:
        if screen:
            print(f"\r{count}/{total}", end="", file=sys.stderr, flush=True)
        if count == total:
            print("" if screen else f"{count}/{total}", file=sys.stderr)

    return show


COMMAND = Command("slip", "print slips: JSON to PDF, A5 or A4", _arguments, _run)
