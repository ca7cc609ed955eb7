"""`python -m receipts poster`: an agency's poster for the counter."""

import argparse

from receipts.cli.command import Command, write
from receipts.slip.pages import Paper
from receipts.slip.poster import Poster, render_poster


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agency", required=True, help="the agency's name")
    parser.add_argument("--oa", required=True, metavar="ID", help="number of the Zalo page")
    parser.add_argument("--oa-name", metavar="NAME", help="the Zalo page's name")
    parser.add_argument("--keyword", default="MCKH", help="of the SMS (MCKH)")
    parser.add_argument("--short-code", metavar="NUMBER", help="SMS number; none: no SMS part")
    parser.add_argument("--price", help='of one SMS, as printed: "1.000 đồng"')
    parser.add_argument("--hotline", metavar="PHONE", help="whom to call")
    parser.add_argument("--paper", choices=[Paper.A4, Paper.A3], default=Paper.A4, help="A4 or A3")
    parser.add_argument("--out", required=True, metavar="FILE", help="the PDF; - writes it out")


def _run(asked: argparse.Namespace) -> int:
    poster = Poster(
        agency=asked.agency,
        oa_id=asked.oa,
        oa_name=asked.oa_name,
        keyword=asked.keyword,
        short_code=asked.short_code,
        price=asked.price,
        hotline=asked.hotline,
    )
    write(asked.out, render_poster(poster, asked.paper))
    return 0


COMMAND = Command("poster", "print an agency's poster, A4 or A3", _arguments, _run)
