"""The QR of a slip: its address, its modules, and both drawn sharp for a printer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import NamedTuple

from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from receipts.signature import slip_signature

QUIET = 4  # modules of white on every side (ISO/IEC 18004)
LEAST_MM = 20.0  # of the code itself, without the white around it
MM_PER_INCH = 25.4
PRINTERS = (203, 300, 600)  # dots an inch of the printers at the counters
CAPTION = "Mã QR dùng để tra cứu tiến độ giải quyết hồ sơ qua Zalo"
# What alphanumeric mode can hold (ISO/IEC 18004, table 5), without the blank.
_ALPHANUMERIC = re.compile(r"[0-9A-Z$%*+\-./:]+")


class Rectangle(NamedTuple):
    """A dark stretch of one row. Units: modules from the code's upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class QrMatrix:
    """The modules of a code, True where dark, row by row, without the white around them."""

    modules: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules on a side, without the white around them."""
        return len(self.modules)

    def rectangles(self) -> Iterator[Rectangle]:
        """The dark parts as few rectangles, for a vector drawing.

        Shape: neighbours within a row are one; rows are not joined, so that nothing overlaps.
        """
        for y, row in enumerate(self.modules):
            x = 0
            while x < self.size:
                end = x
                while end < self.size and row[end]:
                    end += 1
                if end > x:
                    yield Rectangle(x, y, end - x, 1)
                x = end + 1


def slip_address(public_url: str, key: bytes, code: str) -> str:
    """The link that a slip's QR holds; the same slip has the same link for ever.

    Shape:  `code` in canonical form; `public_url` without a slash at its end.
    Errors: ValueError for an address that cannot be written in capitals and digits alone.
    Source: interfaces 5 (Slip QR).
    """
    address = f"{public_url}/T/{code}.{slip_signature(key, code)}".upper()
    if not _ALPHANUMERIC.fullmatch(address):
        raise ValueError(
            f"{address!r} holds what a QR cannot keep small; PUBLIC_URL may have letters, digits, "
            "dots, hyphens and a port"
        )
    return address


def qr_matrix(address: str) -> QrMatrix:
    """The QR of an address: level M, one alphanumeric segment, the smallest version that fits.

    Errors: ValueError for anything but capitals, digits and $%*+-./:
    """
    if not _ALPHANUMERIC.fullmatch(address):
        raise ValueError("a slip's QR holds only capitals, digits and $%*+-./:")
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(QRData(address, mode=MODE_ALPHA_NUM), optimize=0)
    code.make(fit=True)
    return QrMatrix(tuple(tuple(bool(module) for module in row) for row in code.modules))


def text_matrix(text: str) -> QrMatrix:
    """The QR of any text, for a screen: level M, the smallest version that fits."""
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    return QrMatrix(tuple(tuple(bool(module) for module in row) for row in code.modules))


def dots_per_module(matrix: QrMatrix, dpi: int, least_mm: float = LEAST_MM) -> int:
    """Whole dots of one module, so many that the code is at least so large on paper."""
    return ceil(least_mm / MM_PER_INCH * dpi / matrix.size)


def qr_image(matrix: QrMatrix, dpi: int, least_mm: float = LEAST_MM) -> Image.Image:
    """The code with its white, black and white alone, each module the same whole dots.

    Units: `dpi` dots an inch of the printer; `least_mm` of the code without its white.
    """
    dots = dots_per_module(matrix, dpi, least_mm)
    side = (matrix.size + 2 * QUIET) * dots
    image = Image.new("1", (side, side), 1)
    draw = ImageDraw.Draw(image)
    for x, y, width, height in matrix.rectangles():
        left, top = (x + QUIET) * dots, (y + QUIET) * dots
        draw.rectangle((left, top, left + width * dots - 1, top + height * dots - 1), fill=0)
    return image


def qr_png(matrix: QrMatrix, dpi: int, least_mm: float = LEAST_MM) -> bytes:
    """The same as a PNG that says its dots an inch."""
    stream = BytesIO()
    qr_image(matrix, dpi, least_mm).save(stream, "PNG", dpi=(dpi, dpi))
    return stream.getvalue()
