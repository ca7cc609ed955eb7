"""`python -m receipts print`: mini-slips on a thermal printer."""

import argparse

from receipts.cli.command import Command, Refused, text_from
from receipts.cli.slip_link import add_link_arguments, linked
from receipts.slip.from_json import receipts_of
from receipts.slip.mini import DOTS, render_mini
from receipts.slip.printers import PrinterFault, print_images, printer_address


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", required=True, metavar="FILE", help="one receipt or a list")
    parser.add_argument(
        "--escpos",
        required=True,
        metavar="PRINTER",
        help="file:PATH, tcp:HOST[:PORT] or usb:VENDOR:PRODUCT",
    )
    parser.add_argument("--width", type=int, choices=sorted(DOTS), default=80, help="of the paper")
    parser.add_argument("--dots", type=int, help="on a line, where the printer differs")
    add_link_arguments(parser)


def _run(asked: argparse.Namespace) -> int:
    try:
        printer = printer_address(asked.escpos)
        slips = linked(receipts_of(text_from(asked.json)), asked)
        print_images(printer, [render_mini(slip, asked.width, asked.dots) for slip in slips])
    except PrinterFault as fault:
        raise Refused(str(fault)) from fault
    return 0


COMMAND = Command("print", "print mini-slips on a thermal printer", _arguments, _run)
