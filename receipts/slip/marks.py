"""What stands on a page: words, lines, frames, areas and dark cells, before anything is drawn.

Units are points (1/72 inch) from the upper left corner, downward. A painter turns marks into a PDF
or into a printer's dots.
"""

from dataclasses import dataclass
from typing import NamedTuple

from receipts.qr import Rectangle

MM = 72 / 25.4
"""Points of one millimetre."""

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)


class Words(NamedTuple):
    """A stretch of one line in one face; `x` is its left, `y` its base line."""

    x: float
    y: float
    text: str
    face: str
    size: float
    colour: Colour = BLACK


class Line(NamedTuple):
    """A straight line, level or upright."""

    x: float
    y: float
    x2: float
    y2: float
    weight: float = 0.5


class Frame(NamedTuple):
    """The outline of a box."""

    x: float
    y: float
    width: float
    height: float
    weight: float = 0.5


class Area(NamedTuple):
    """A filled box."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


class Cells(NamedTuple):
    """A QR or a bar code: dark rectangles in whole cells of `cell` × `cell_height` points."""

    x: float
    y: float
    cell: float
    cell_height: float
    dark: tuple[Rectangle, ...]


Mark = Words | Line | Frame | Area | Cells


@dataclass(frozen=True, slots=True)
class Placed:
    """A group of marks and where its own upper left corner lies on the page."""

    x: float
    y: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in points and all that stands on it."""

    width: float
    height: float
    placed: tuple[Placed, ...]
