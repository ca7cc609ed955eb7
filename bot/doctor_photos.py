"""What the doctor says of reading photos: whether the program that does it starts and reads."""

from collections.abc import Iterator
from contextlib import closing
from time import monotonic

from bot.finding import Finding
from bot.photo_reader import Outcome, PhotoReader
from bot.settings import Settings
from receipts.qr import qr_matrix, qr_png

DPI = 300
# A link of no slip: nothing that could be mistaken for one may be printed by a check.
EXAMPLE = "HTTPS://EXAMPLE.ORG/T/H56.14-240823-0001.AAAAAAAAAA"


def photo_findings(settings: Settings) -> Iterator[Finding]:
    """Whether a drawn QR is read by a process like the worker's, and whence photos may come."""
    yield _reader()
    if not settings.zalo_media_hosts:
        yield Finding(
            "warn",
            "photo.hosts",
            "ZALO_MEDIA_HOSTS is empty, so no photo of a citizen is fetched",
            "set it to zdn.vn,zadn.vn,zalo.me",
        )


def _reader() -> Finding:
    picture = qr_png(qr_matrix(EXAMPLE), DPI)
    began = monotonic()
    with closing(PhotoReader()) as reader:
        outcome = reader.read(picture).outcome
    if outcome is Outcome.FOUND:
        milliseconds = round(1000 * (monotonic() - began))
        return Finding("ok", "photo.reader", f"starts and reads a QR, in {milliseconds} ms")
    return Finding(
        "fail",
        "photo.reader",
        f"the program that reads photos did not read a drawn QR: {outcome}",
        "run: python -m receipts.photo 805306368 8, and install what it misses",
    )
