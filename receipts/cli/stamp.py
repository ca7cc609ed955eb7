"""`python -m receipts stamp`: QR, caption and code onto papers of other software."""

import argparse
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from receipts.barcode import Symbology
from receipts.cli.command import Command, Refused, write
from receipts.cli.slip_link import add_link_arguments, link_of
from receipts.code import read_one
from receipts.qr import LEAST_MM
from receipts.stamp.files import write_whole
from receipts.stamp.folder import papers_in, stamp_folder
from receipts.stamp.order import MARGIN, Box, Corner, Near, Order, Place
from receipts.stamp.paper import stamp
from receipts.stamp.refusal import StampRefused
from receipts.stamp.stamped import LinkOf
from receipts.stamp.watch import DONE, EVERY, FAILED, Watch

_FINDING = 1


def _arguments(parser: argparse.ArgumentParser) -> None:
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("file", nargs="?", metavar="FILE", help="a PDF, PNG, JPEG or TIFF; - reads")
    given.add_argument("--in", dest="source", metavar="DIR", help="every paper of a folder")
    given.add_argument("--watch", metavar="DIR", help="every paper that comes into a folder")
    parser.add_argument("--out", required=True, metavar="PATH", help="file, or folder for folders")
    parser.add_argument("--every", type=float, default=EVERY, metavar="S", help="between two looks")
    parser.add_argument("--code", help="the receipt code; else it is read off the paper")
    parser.add_argument("--code-after", metavar="WORDS", help='such as "Mã hồ sơ:", when several')
    add_link_arguments(parser)
    _place_arguments(parser)
    parser.add_argument("--again", action="store_true", help="replace the stamp of a stamped PDF")
    parser.add_argument("--break-signature", action="store_true", help="stamp signed PDFs too")
    parser.add_argument("--password-file", metavar="FILE", help="of encrypted PDFs")
    parser.add_argument("--dpi", type=int, help="of an image that does not tell its own")


def _place_arguments(parser: argparse.ArgumentParser) -> None:
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--corner", choices=list(Corner), help="else wherever is free")
    place.add_argument("--near", metavar="WORDS", help="beside or below these words")
    place.add_argument("--box", type=_box, metavar="X,Y,W,H", help="mm from the upper left")
    parser.add_argument("--margin", type=float, default=MARGIN, metavar="MM", help="at the edge")
    parser.add_argument("--size", type=float, default=LEAST_MM, metavar="MM", help="of the QR (20)")
    parser.add_argument("--barcode", choices=list(Symbology), help="put the code in bars too")
    pages = parser.add_mutually_exclusive_group()
    pages.add_argument("--page", type=int, default=1, help="which page (1)")
    pages.add_argument("--all-pages", action="store_true")


def _box(text: str) -> Box:
    try:
        return Box.of(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault


def _run(asked: argparse.Namespace) -> int:
    order, link = _order(asked), link_of(asked)
    if asked.watch is not None:
        return _watch(asked, order, link)
    if asked.source is not None:
        return _folder(asked, order, link)
    return _one(asked, order, link)


def _order(asked: argparse.Namespace) -> Order:
    code = None
    if asked.code is not None:
        if asked.file is None:
            raise Refused("--code: a folder's papers have codes of their own; leave it out")
        code = read_one(asked.code)
        if code is None:
            raise Refused(f"--code: {asked.code!r} is no receipt code such as H56.14-240823-0001")
    return Order(
        place=_place(asked),
        code=code,
        code_after=asked.code_after,
        margin=asked.margin,
        size=asked.size,
        page=None if asked.all_pages else asked.page,
        symbology=Symbology(asked.barcode) if asked.barcode else None,
        again=asked.again,
        break_signature=asked.break_signature,
        password=_password(asked.password_file),
        dpi=asked.dpi,
    )


def _place(asked: argparse.Namespace) -> Place | None:
    if asked.corner:
        return Corner(asked.corner)
    if asked.near:
        return Near(asked.near)
    box: Box | None = asked.box
    return box


def _password(file: str | None) -> str | None:
    """The file's first line. Errors: Refused when it cannot be read."""
    if file is None:
        return None
    try:
        return (
            Path(file).read_text(encoding="utf-8", errors="replace").partition("\n")[0].rstrip("\r")
        )
    except OSError as fault:
        raise Refused(f"{file}: {fault.strerror}; give a password file that can be read") from fault


# One paper


def _one(asked: argparse.Namespace, order: Order, link: LinkOf) -> int:
    out = Path(asked.out) / Path(asked.file).name if Path(asked.out).is_dir() else Path(asked.out)
    try:
        data = sys.stdin.buffer.read() if asked.file == "-" else Path(asked.file).read_bytes()
    except OSError as fault:
        raise Refused(f"{asked.file}: {fault.strerror}; give a file that can be read") from fault
    if asked.file != "-" and out.exists() and out.samefile(asked.file):
        raise Refused(f"--out: {out} is the paper itself; give another name, the original stays")
    try:
        stamped = stamp(data, order, link)
    except StampRefused as refused:
        raise Refused(f"{asked.file}: {refused}") from refused
    if asked.out == "-":
        write("-", stamped.data)
    else:
        _written(out, stamped.data)
    print(f"{asked.file}: {stamped.told}, {stamped.code}", file=sys.stderr)
    return 0


def _written(out: Path, data: bytes) -> None:
    try:
        write_whole(out, data)
    except OSError as fault:
        raise Refused(f"{out}: {fault.strerror}; give a place that can be written") from fault


# Folders


def _folder(asked: argparse.Namespace, order: Order, link: LinkOf) -> int:
    source, out = _folders(asked.source, asked.out)
    if not papers_in(source):
        raise Refused(f"--in: {source} has no PDF, PNG, JPEG or TIFF; name the folder of papers")
    try:
        tally = stamp_folder(source, out, order, link, _say)
    except OSError as fault:
        where = fault.filename or out
        raise Refused(f"{where}: {fault.strerror}; give folders that can be used") from fault
    print(f"{tally}", file=sys.stderr)
    return _FINDING if tally.failed else 0


def _watch(asked: argparse.Namespace, order: Order, link: LinkOf) -> int:
    source, out = _folders(asked.watch, asked.out)
    if not 0.1 <= asked.every <= 3600:
        raise Refused(f"--every: {asked.every:g} s is no pause; expected 0.1 to 3600")
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _say(f"watching {source}, stamped papers go to {out}")
    try:
        Watch(source, out, order, link, _say, asked.every).run(stop)
    except OSError as fault:
        where = fault.filename or out
        raise Refused(f"{where}: {fault.strerror}; give folders that can be used") from fault
    _say("stopped")
    return 0


def _folders(source_name: str, out_name: str) -> tuple[Path, Path]:
    source, out = Path(source_name), Path(out_name)
    if not source.is_dir():
        raise Refused(f"{source}: is no folder; name the one that papers come into")
    if out.exists() and not out.is_dir():
        raise Refused(f"--out: {out} is no folder; a folder's papers go into a folder")
    taken = (source, source / DONE, source / FAILED)
    if out.resolve() in [one.resolve() for one in taken]:
        raise Refused(f"--out: {out} is used for the originals; name another folder")
    return source, out


def _say(line: str) -> None:
    """One line of the log."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", file=sys.stderr, flush=True)


COMMAND = Command("stamp", "put QR, caption and code onto existing papers", _arguments, _run)
