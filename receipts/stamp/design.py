"""What a stamp looks like: QR, caption, the code in clear, and bars where they are wanted."""

from dataclasses import dataclass
from functools import lru_cache

from receipts import barcode as bars
from receipts.barcode import Symbology
from receipts.qr import CAPTION
from receipts.slip.faces import SANS, SANS_BOLD, width_of
from receipts.slip.lines import Stretch
from receipts.slip.marks import MM, Cells, Mark
from receipts.slip.strips import Align, Setting, Strip, moved, paragraph, space, stacked
from receipts.slip.symbols import DPI, bar_cells, qr_cells, quiet_of, side_of

_CAPTION_SIZE = 6.0
_CODE_SIZE = 7.5
_TEXT_ROOM = 33 * MM  # beside the QR: the caption in three lines
_GAP = 1.0 * MM
_BAR_HEIGHT = 6.0 * MM


@dataclass(frozen=True, slots=True)
class Design:
    """A stamp's marks in its own box. Units: points from its upper left corner."""

    width: float
    height: float
    marks: tuple[Mark, ...]

    @property
    def millimetres(self) -> str:
        """Its size as people write it."""
        return f"{self.width / MM:.0f} × {self.height / MM:.0f}"


@lru_cache(maxsize=8)  # a page is tried with both, and every page of a file has the same
def designs(
    link: str, code: str, size: float, symbology: Symbology | None = None, dpi: int = DPI
) -> tuple[Design, ...]:
    """The stamp upright (words below the QR) and lying (words beside it), the upright one first.

    Units:  `size` in mm, least side of the QR; it and the bars are whole dots of `dpi`.
    Errors: ValueError for a link or a code that a symbol cannot hold.
    Source: issue "Receipts and the counter" 1, 3; domain-facts 1.2.
    """
    cells = qr_cells(link, size, dpi)
    foot = _bar_strip(code, symbology, dpi) if symbology else None
    return tuple(_whole(shape(cells, code), foot) for shape in (_upright, _lying))


def _upright(cells: Cells, code: str) -> tuple[float, Strip]:
    """The words below the QR, no wider than the code in clear."""
    square = side_of(cells) + 2 * quiet_of(cells)
    width = max(square, _code_width(code) + 2 * _GAP)
    symbol = cells._replace(x=(width - side_of(cells)) / 2, y=quiet_of(cells))
    strip = stacked([Strip(square, (symbol,)), *_words(code, width, 0.0, Align.CENTRE)])
    return width, strip


def _lying(cells: Cells, code: str) -> tuple[float, Strip]:
    """The words to the right of the QR, in the middle of its height."""
    square = side_of(cells) + 2 * quiet_of(cells)
    room = max(_TEXT_ROOM, _code_width(code)) + _GAP
    symbol = cells._replace(x=quiet_of(cells), y=quiet_of(cells))
    told = stacked(_words(code, room, square, Align.LEFT))
    drop = (square - told.height) / 2
    marks = (symbol, *(moved(mark, 0.0, drop) for mark in told.marks))
    return square + room, Strip(square, marks)


def _words(code: str, room: float, x: float, align: Align) -> list[Strip]:
    caption = paragraph([Stretch(CAPTION, SANS)], Setting(_CAPTION_SIZE, room, x, align))
    clear = paragraph([Stretch(code, SANS_BOLD)], Setting(_CODE_SIZE, room, x, align))
    return [*caption, space(_GAP / 2), *clear, space(_GAP)]


def _code_width(code: str) -> float:
    return width_of(code, SANS_BOLD, _CODE_SIZE) + 0.5


def _bar_strip(code: str, symbology: Symbology, dpi: int) -> tuple[float, Strip]:
    cells = bar_cells(code, symbology, _BAR_HEIGHT, dpi)
    quiet = bars.QUIET * cells.cell
    return side_of(cells) + 2 * quiet, Strip(_BAR_HEIGHT + _GAP, (cells._replace(x=quiet),))


def _whole(body: tuple[float, Strip], foot: tuple[float, Strip] | None) -> Design:
    """The body above the bars, the narrower one in the middle of the wider one's width."""
    width, strip = body
    if foot is None:
        return Design(width, strip.height, strip.marks)
    bar_width, bar = foot
    whole = max(width, bar_width)
    both = stacked([_shifted(strip, (whole - width) / 2), _shifted(bar, (whole - bar_width) / 2)])
    return Design(whole, both.height, both.marks)


def _shifted(strip: Strip, right: float) -> Strip:
    return Strip(strip.height, tuple(moved(mark, right, 0.0) for mark in strip.marks))
