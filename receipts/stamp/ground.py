"""The free places of a page: every position at which a box of a given size covers nothing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from receipts.stamp.ink import Mask

Counts = npt.NDArray[np.int32]


class Extent(NamedTuple):
    """A box on a page. Units: points from the upper left corner of the page as it is seen."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)  # no slots: the sums are reckoned when they are first asked for
class Ground:
    """A page as cells that are taken or free, rows from the top. Units: points."""

    width: float
    height: float
    cells: Mask

    @classmethod
    def of(cls, taken: Mask, size: tuple[float, float], boxes: Iterable[Extent] = ()) -> Self:
        """A page of this size in points, taken where the picture says so or a box lies."""
        cells = taken.copy()
        rows, columns = cells.shape
        width, height = size
        across, down = columns / width, rows / height
        for box in boxes:
            top, bottom = _span(box.top * down, box.bottom * down, rows)
            left, right = _span(box.left * across, box.right * across, columns)
            cells[top:bottom, left:right] = True
        return cls(width, height, cells)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        rows, columns = self.cells.shape
        return rows, columns

    @cached_property
    def _sums(self) -> Counts:
        """How many cells are taken above and to the left of each: any box is four of them."""
        rows, columns = self.shape
        sums = np.zeros((rows + 1, columns + 1), np.int32)
        sums[1:, 1:] = self.cells.cumsum(0, np.int32).cumsum(1, np.int32)
        return sums

    def is_free(self, box: Extent) -> bool:
        """Whether nothing stands in this box; what lies outside the page is empty."""
        rows, columns = self.shape
        top, bottom = _span(box.top * rows / self.height, box.bottom * rows / self.height, rows)
        left, right = _span(
            box.left * columns / self.width, box.right * columns / self.width, columns
        )
        return not self.cells[top:bottom, left:right].any()

    def free_places(
        self, width: float, height: float, around: float, margin: float
    ) -> npt.NDArray[np.float64]:
        """Upper left corners of all boxes of this size that are free, `around` them too.

        Units: points; none reaches into the page's margin.
        Shape: n rows of (x, y), row by row from the page's top.
        """
        rows, columns = self.shape
        across, down = columns / self.width, rows / self.height
        wide = math.ceil((width + 2 * around) * across) + 1
        high = math.ceil((height + 2 * around) * down) + 1
        if wide > columns or high > rows:
            return np.empty((0, 2))
        sums = self._sums
        taken = (
            sums[high:, wide:] - sums[:-high, wide:] - sums[high:, :-wide] + sums[:-high, :-wide]
        )
        ys, xs = np.nonzero(taken == 0)
        places = np.column_stack((xs / across + around, ys / down + around))
        return places[self._inside(places, width, height, margin)]

    def _inside(
        self, places: npt.NDArray[np.float64], width: float, height: float, margin: float
    ) -> npt.NDArray[np.bool_]:
        x, y = places[:, 0], places[:, 1]
        wide: npt.NDArray[np.bool_] = (x >= margin) & (x + width <= self.width - margin)
        return wide & (y >= margin) & (y + height <= self.height - margin)


def _span(begin: float, end: float, limit: int) -> tuple[int, int]:
    """Whole cells that a stretch touches, within the page."""
    first = min(max(math.floor(begin), 0), limit)
    return first, min(max(math.ceil(end), first), limit)
