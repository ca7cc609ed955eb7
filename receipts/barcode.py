"""A slip's code as a bar code, Code 128 or Code 39, in whole units of width."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, islice

from PIL import Image, ImageDraw
from reportlab.graphics.barcode.code39 import Standard39
from reportlab.graphics.barcode.code128 import Code128

# Receipt codes have nothing else, and Code 39 could hold little more.
_CODE = re.compile(r"[0-9A-Z.\-]+")
_WIDE = 3  # wide to narrow, the steadiest that is allowed (ISO/IEC 16388: 2 to 3)
QUIET = 10  # units of white that each side needs (ISO/IEC 15417, 16388)
LEAST_MM = 0.25  # of the narrowest bar, for any hand-held reader
MM_PER_INCH = 25.4


class Symbology(StrEnum):
    """How the bars are made; the values of SLIP_BARCODE."""

    CODE128 = "code128"
    CODE39 = "code39"


@dataclass(frozen=True, slots=True)
class Barcode:
    """Bars and spaces in turn, a bar first and last, without the white around them.

    Units: `widths` are in units of the narrowest bar.
    """

    widths: tuple[int, ...]

    @property
    def width(self) -> int:
        """Units from the first bar's left to the last bar's right."""
        return sum(self.widths)

    def bars(self) -> Iterator[tuple[int, int]]:
        """(distance from the left, width) of each bar, in units."""
        begins = accumulate(self.widths, initial=0)
        return islice(zip(begins, self.widths, strict=False), 0, None, 2)


def barcode(code: str, symbology: Symbology = Symbology.CODE128) -> Barcode:
    """The bars of a receipt code.

    Shape:  `code` in canonical form.
    Errors: ValueError for anything but capitals, digits, dots and hyphens.
    Source: domain-facts 1.2 (machine-readable part: Code 39 of the dossier code).
    """
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no receipt code in canonical form")
    return _code39(code) if symbology is Symbology.CODE39 else _code128(code)


def _code128(code: str) -> Barcode:
    """Shape: the library writes bars as A, B, C… and spaces as a, b, c…, each its width."""
    drawn = Code128(code, quiet=0)
    drawn.validate()
    drawn.encode()
    return Barcode(tuple(ord(one.lower()) - ord("a") + 1 for one in drawn.decompose()))


def _code39(code: str) -> Barcode:
    """Shape: the library writes b and B for bars, s and S for spaces, i between characters."""
    drawn = Standard39(code, checksum=0, quiet=0)
    drawn.validate()
    drawn.encode()
    return Barcode(tuple(_WIDE if one.isupper() else 1 for one in drawn.decompose()))


def barcode_image(bars: Barcode, dpi: int, height_mm: float) -> Image.Image:
    """The bars with their white, black and white alone, each unit the same whole dots.

    Units: `dpi` dots an inch of the printer.
    """
    dots = dots_per_unit(dpi)
    height = round(height_mm / MM_PER_INCH * dpi)
    image = Image.new("1", ((bars.width + 2 * QUIET) * dots, height), 1)
    draw = ImageDraw.Draw(image)
    for at, width in bars.bars():
        left = (at + QUIET) * dots
        draw.rectangle((left, 0, left + width * dots - 1, height - 1), fill=0)
    return image


def dots_per_unit(dpi: int, narrowest_mm: float = LEAST_MM) -> int:
    """Whole dots of one unit, nearest to this width of the narrowest bar."""
    return max(1, round(narrowest_mm / MM_PER_INCH * dpi))
