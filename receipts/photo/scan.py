"""Asks zxing-cpp what it sees in a picture: texts, and QR codes it found but could not read."""

import math
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image
from zxingcpp import Barcode, BarcodeFormat, BarcodeFormats, read_barcodes

from receipts.photo.words import VERSIONS

Point = tuple[float, float]
_LEAST_SIDE = 25.0  # pixels; what is smaller holds no module that could be told from the next
# What a slip may bear beside its QR: the code in bars (domain-facts 1.2, 10 row 3).
_LINEAR = BarcodeFormats([BarcodeFormat.Code128, BarcodeFormat.Code39])
_QR = BarcodeFormats(BarcodeFormat.QRCodeModel2)


class Suspect(NamedTuple):
    """A QR code that was found and not read. Units: pixels; corners clockwise from its own
    upper left one."""

    corners: tuple[Point, Point, Point, Point]
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look gave."""

    texts: tuple[str, ...]
    suspects: tuple[Suspect, ...] = ()


def qr_codes(image: Image.Image) -> Seen:
    """The QR codes of a grey picture."""
    found = read_barcodes(image, formats=_QR, return_errors=True)
    texts = [one.text for one in found if one.valid and one.text]
    suspects = (_suspect(one) for one in found if not one.valid)
    return Seen(tuple(dict.fromkeys(texts)), tuple(one for one in suspects if one is not None))


def qr_text(image: Image.Image) -> str | None:
    """The text of a QR code that was drawn cleanly."""
    found = read_barcodes(image, formats=_QR, try_invert=False)
    return next((one.text for one in found if one.text), None)


def bar_codes(image: Image.Image) -> tuple[str, ...]:
    """The texts of Code 128 and Code 39 in a grey picture."""
    found = read_barcodes(image, formats=_LINEAR, try_invert=False)
    return tuple(dict.fromkeys(one.text for one in found if one.text))


def _suspect(found: Barcode) -> Suspect | None:
    extra = found.extra
    told = str(extra.get("Version", "")) if isinstance(extra, dict) else ""
    if not told.isdigit() or int(told) not in VERSIONS:
        return None
    place = found.position
    corners = tuple(
        (float(point.x), float(point.y))
        for point in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
    sides = [math.dist(corners[at], corners[at - 1]) for at in range(4)]
    if min(sides) < _LEAST_SIDE or max(sides) > 4 * min(sides):
        return None
    return Suspect((corners[0], corners[1], corners[2], corners[3]), int(told))
