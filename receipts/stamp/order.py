"""What is asked of a stamp: where it goes, how large, on which pages, for which code."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from receipts.barcode import Symbology
from receipts.qr import LEAST_MM

MARGIN = 8.0
"""Millimetres left free at the paper's edge; most printers reach within five."""

LARGEST_MM = 100.0


class Corner(StrEnum):
    """The corners, in the order in which they are tried."""

    TOP_RIGHT = "top-right"
    TOP_LEFT = "top-left"
    BOTTOM_RIGHT = "bottom-right"
    BOTTOM_LEFT = "bottom-left"

    @property
    def right(self) -> bool:
        """Whether it lies on the right."""
        return self in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT)

    @property
    def bottom(self) -> bool:
        """Whether it lies at the foot."""
        return self in (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT)

    @property
    def vietnamese(self) -> str:
        """Its name at the desk."""
        return f"{'dưới' if self.bottom else 'trên'}, bên {'phải' if self.right else 'trái'}"


@dataclass(frozen=True, slots=True)
class Near:
    """Beside or below these words of the page; accents and case do not matter."""

    words: str


@dataclass(frozen=True, slots=True)
class Box:
    """Within this part of the page. Units: millimetres from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, text: str) -> Self:
        """Read `X,Y,WIDTH,HEIGHT`. Errors: ValueError for anything else."""
        try:
            x, y, width, height = (float(part) for part in text.split(","))
        except ValueError:
            raise ValueError(f"{text!r} is no box; {_BOX_FORM}") from None
        if not all(map(math.isfinite, (x, y, width, height))) or min(width, height) <= 0:
            raise ValueError(f"{text!r} is no box; {_BOX_FORM}")
        return cls(x, y, width, height)

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g},{self.width:g},{self.height:g}"


_BOX_FORM = "expected X,Y,WIDTH,HEIGHT in mm from the upper left, such as 150,10,45,40"
Place = Corner | Near | Box


@dataclass(frozen=True, slots=True)
class Order:
    """One order, the same for every paper of a folder.

    Units: `margin` and `size` (a side of the QR without its white) in millimetres, `dpi` dots an
           inch of an image that does not tell its own.
    Shape: `place` None is wherever the page is free; `page` counts from 1, None is every page;
           `code` None is read off the paper, after the words `code_after` when these are given.
    """

    place: Place | None = None
    code: str | None = None
    code_after: str | None = None
    margin: float = MARGIN
    size: float = LEAST_MM
    page: int | None = 1
    symbology: Symbology | None = None
    again: bool = False
    break_signature: bool = False
    password: str | None = None
    dpi: int | None = None

    def __post_init__(self) -> None:
        """Errors: ValueError for a size or a margin that no stamp can have."""
        if not LEAST_MM <= self.size <= LARGEST_MM:
            raise ValueError(
                f"{self.size:g} mm is no size of a QR; expected {LEAST_MM:g} to {LARGEST_MM:g}: "
                "smaller ones are not read off paper"
            )
        if not 0 <= self.margin <= LARGEST_MM:
            raise ValueError(f"{self.margin:g} mm is no margin; expected 0 to {LARGEST_MM:g}")
        if self.page is not None and self.page < 1:
            raise ValueError(f"page {self.page} does not exist; pages count from 1")
