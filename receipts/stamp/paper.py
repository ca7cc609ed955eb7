"""Stamps one paper, whatever it is: a PDF, or an image of a page."""

from receipts.stamp.order import Order
from receipts.stamp.pdf import stamp_pdf
from receipts.stamp.picture import stamp_picture
from receipts.stamp.refusal import Refusal, StampRefused
from receipts.stamp.stamped import LinkOf, Stamped

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
_HEAD = b"%PDF-"
_HEAD_WITHIN = 1024  # bytes; mail and scanners put lines of their own before it


def stamp(data: bytes, order: Order, link_of: LinkOf) -> Stamped:
    """The paper with the QR of its receipt code.

    Shape:  `link_of` gives the link of a canonical code.
    Errors: StampRefused, which says in words why the paper stays as it is.
    Source: issue "Receipts and the counter", 3.
    """
    if not data.strip(b"\x00\t\r\n "):
        raise StampRefused(Refusal.EMPTY)
    if is_pdf(data):
        return stamp_pdf(data, order, link_of)
    return stamp_picture(data, order, link_of)


def is_pdf(data: bytes) -> bool:
    """Whether this begins as a PDF does."""
    return _HEAD in data[:_HEAD_WITHIN]
