"""Sets strips on pages: page sizes and margins, and where a page ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from receipts.slip.marks import MM, Placed
from receipts.slip.strips import LEADING, Strip

_SLACK = 0.01


class Paper(StrEnum):
    """Paper sizes, upright."""

    A5 = "A5"
    A4 = "A4"
    A3 = "A3"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's size and margins in points, the size of its letters and of its lines.

    Units: `leading` is a line's height in its letters' size, `after` points below each paragraph.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    letters: float
    leading: float = LEADING
    after: float = 1.2

    @property
    def room(self) -> float:
        """Between the left and the right margin."""
        return self.width - self.left - self.right

    @property
    def column(self) -> float:
        """Between the upper and the lower margin."""
        return self.height - self.top - self.bottom


# A4: margins of the templates in use (domain-facts 1.1); A5: what desk printers can print, and
# room to punch on the left.
SHEETS = {
    Paper.A5: Sheet(148 * MM, 210 * MM, 15 * MM, 10 * MM, 8 * MM, 7 * MM, 9.6),
    Paper.A4: Sheet(210 * MM, 297 * MM, 30 * MM, 20 * MM, 20 * MM, 15 * MM, 12.0),
}


def _groups(strips: Sequence[Strip]) -> Iterator[list[Strip]]:
    """Strips that stay together."""
    group: list[Strip] = []
    for strip in strips:
        group.append(strip)
        if not strip.with_next:
            yield group
            group = []
    if group:
        yield group


def height_of(strips: Sequence[Strip]) -> float:
    """Points the strips take below one another, on a page without end."""
    return sum(strip.height for strip in strips)


@dataclass(slots=True)
class _Column:
    """The pages so far; `x`, `top` and `rooms` (the first page's, every other's) in points."""

    x: float
    top: float
    rooms: tuple[float, float]
    pages: list[list[Placed]]
    used: float = 0.0

    @property
    def room(self) -> float:
        return self.rooms[0 if len(self.pages) == 1 else 1] - self.used

    @property
    def _page_top(self) -> float:
        """Below the head of the page, where there is one."""
        return self.top + (self.rooms[0] - self.rooms[1] if len(self.pages) > 1 else 0.0)

    def add(self, strip: Strip) -> None:
        self.pages[-1].append(Placed(self.x, self._page_top + self.used, strip.marks))
        self.used += strip.height

    def turn(self, head: Strip | None) -> None:
        self.pages.append([])
        self.used = 0.0
        if head is not None:
            self.add(head)


def on_pages(
    strips: Sequence[Strip], sheet: Sheet, foot: float, running_head: float
) -> list[list[Placed]]:
    """The strips on as many pages as they need, at least one.

    Units:  `foot` points are kept free at each page's end, `running_head` at the top of each page
            but the first.
    Errors: ValueError for a strip that is higher than a page.
    """
    column = sheet.column - foot
    pages = _Column(sheet.left, sheet.top, (column, column - running_head), [[]])
    for group in _groups(strips):
        fits = height_of(group) <= pages.room + _SLACK
        if not fits and pages.used > 0 and height_of(group) <= pages.rooms[1]:
            pages.turn(group[0].head)
        for strip in group:
            if strip.height > pages.rooms[0]:
                raise ValueError("a name or a note is too long for the page")
            if strip.height > pages.room + _SLACK and pages.used > 0:
                pages.turn(strip.head)
            pages.add(strip)
    return pages.pages
