"""A PDF page as it is seen: its size, and the way from there into the page's own coordinates."""

from collections.abc import Iterator
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Page

from receipts.stamp.ground import Extent
from receipts.stamp.refusal import Refusal, StampRefused

Matrix = tuple[float, float, float, float, float, float]
_LEAST = 20.0  # points; smaller pages hold nothing that could be stamped
_MOST = 1_000_000.0
_MOST_PARENTS = 100  # a page tree that goes deeper is a ring


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as a reader shows it: cut to its crop box, turned, in real size.

    Units: `width` and `height` in points on paper; `unit` points on paper of one unit of the page.
    """

    left: float
    bottom: float
    right: float
    top: float
    turn: int
    unit: float

    @property
    def width(self) -> float:
        """Points on paper, as seen."""
        return self._wide * self.unit if self.turn in (0, 180) else self._high * self.unit

    @property
    def height(self) -> float:
        """Points on paper, as seen."""
        return self._high * self.unit if self.turn in (0, 180) else self._wide * self.unit

    @property
    def _wide(self) -> float:
        return self.right - self.left

    @property
    def _high(self) -> float:
        return self.top - self.bottom

    def matrix(self, x: float, y: float) -> Matrix:
        """Where a form's origin (its lower left) comes to lie for a place on the page as seen.

        Units:  points from the page's lower left corner as seen.
        Source: ISO 32000-1, 8.3.4 (matrices) and 7.7.3.3 (Rotate turns clockwise, UserUnit).
        """
        a, b, c, d = _TURNS[self.turn]
        across, up = x / self.unit, y / self.unit
        corner_x = self.right if self.turn in (90, 180) else self.left
        corner_y = self.top if self.turn in (180, 270) else self.bottom
        begin_x = corner_x + a * across + c * up
        begin_y = corner_y + b * across + d * up
        scale = 1 / self.unit
        return a * scale, b * scale, c * scale, d * scale, begin_x, begin_y

    def seen(self, left: float, bottom: float, right: float, top: float) -> Extent:
        """A box of the page's own coordinates, as it is seen: from the upper left, downward."""
        if self.turn == 0:
            edges = left - self.left, self.top - top, right - self.left, self.top - bottom
        elif self.turn == 90:
            edges = bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        elif self.turn == 180:
            edges = self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        else:
            edges = self.top - top, self.right - right, self.top - bottom, self.right - left
        return Extent(*(edge * self.unit for edge in edges))


# The first two columns of the matrix for each turn of the page.
_TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def sheet_of(page: Page, number: int) -> Sheet:
    """The page as it is seen. Errors: StampRefused for a page without a usable size."""
    media = _box(_inherited(page.obj, Name.MediaBox)) or (0.0, 0.0, 612.0, 792.0)
    crop = _box(_inherited(page.obj, Name.CropBox)) or media
    shown = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    if shown[2] <= shown[0] or shown[3] <= shown[1]:
        shown = media
    unit = _number(page.obj.get(Name.UserUnit), 1.0)
    turn = round(_number(_inherited(page.obj, Name.Rotate), 0.0)) % 360
    sheet = Sheet(*shown, turn if turn in _TURNS else 0, unit if unit > 0 else 1.0)
    if not _LEAST <= min(sheet.width, sheet.height) <= max(sheet.width, sheet.height) <= _MOST:
        detail = f"{sheet.width:g} × {sheet.height:g} pt"
        raise StampRefused(Refusal.PAGE_SIZE, page=number, detail=detail)
    return sheet


def _inherited(node: Object, name: Name) -> Object | None:
    """A page's attribute, its own or its parents'."""
    for one in _upward(node):
        found = one.get(name)
        if found is not None:
            return found
    return None


def _upward(node: Object) -> Iterator[Object]:
    for _ in range(_MOST_PARENTS):
        yield node
        parent = node.get(Name.Parent)
        if not isinstance(parent, Dictionary):
            return
        node = parent


def _box(given: Object | None) -> tuple[float, float, float, float] | None:
    """Left, bottom, right, top of a rectangle, whichever corners it names; None for none."""
    if not isinstance(given, Array) or len(given) != 4:
        return None
    try:
        x, y, x2, y2 = (float(value) for value in given)
    except (TypeError, ValueError):
        return None
    return min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def _number(given: Object | None, usual: float) -> float:
    try:
        return usual if given is None else float(given)
    except (TypeError, ValueError):
        return usual
