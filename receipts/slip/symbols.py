"""The QR and the bar code of a slip as marks, in whole dots of the printer."""

from functools import lru_cache

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from receipts import barcode as bars
from receipts import qr
from receipts.barcode import Symbology
from receipts.slip.marks import Cells

DPI = 300  # whole dots at 300 and 600 dots an inch; slips go to laser printers
_INCH = 72.0


@lru_cache(maxsize=64)  # a slip is tried in several letter sizes
def qr_cells(link: str, least_mm: float = qr.LEAST_MM, dpi: int = DPI) -> Cells:
    """The QR of a link, its dark part at least so large; the white around it is not in it.

    Errors: ValueError for a link that is not in capitals.
    """
    return _cells(qr.qr_matrix(link), least_mm, dpi)


def page_cells(address: str, least_mm: float, dpi: int = DPI) -> Cells:
    """The QR of any address, letters as they are: a poster has room for a larger code."""
    code: QRCode = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(address)
    code.make(fit=True)
    matrix = qr.QrMatrix(tuple(tuple(bool(module) for module in row) for row in code.modules))
    return _cells(matrix, least_mm, dpi)


def _cells(matrix: qr.QrMatrix, least_mm: float, dpi: int) -> Cells:
    cell = qr.dots_per_module(matrix, dpi, least_mm) * _INCH / dpi
    return Cells(0.0, 0.0, cell, cell, tuple(matrix.rectangles()))


def side_of(cells: Cells) -> float:
    """Points from the left of the symbol to its right."""
    return cells.cell * max(x + width for x, _, width, _ in cells.dark)


def quiet_of(cells: Cells) -> float:
    """Points of white that a QR needs on each side."""
    return qr.QUIET * cells.cell


@lru_cache(maxsize=64)
def bar_cells(
    code: str,
    symbology: Symbology,
    height: float,
    dpi: int = DPI,
    narrowest_mm: float = bars.LEAST_MM,
) -> Cells:
    """The bar code of a receipt code, `height` points high, without its white.

    Errors: ValueError for what is no receipt code in canonical form.
    """
    unit = bars.dots_per_unit(dpi, narrowest_mm) * _INCH / dpi
    drawn = bars.barcode(code, symbology)
    dark = tuple(qr.Rectangle(x, 0, width, 1) for x, width in drawn.bars())
    return Cells(0.0, 0.0, unit, height, dark)
