"""Strips: what is set below one another and not parted by a page's end: lines, rows, blocks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from receipts.slip.faces import ASCENT
from receipts.slip.lines import Piece, Stretch, broken
from receipts.slip.marks import Frame, Line, Mark, Words

_NARROWER = (0.5, 0.6, 0.7, 0.8, 0.9)
LEADING = 1.22  # a line's height in its size: Vietnamese letters stack two marks


class Align(StrEnum):
    """Where a line lies in its room."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Strip:
    """Marks of a given height; Units: points, from the strip's own upper left corner.

    `head` is set again when a page begins with this strip (a table's head); `with_next` keeps the
    strip on the page of the one that follows.
    """

    height: float
    marks: tuple[Mark, ...] = ()
    head: "Strip | None" = None
    with_next: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text is set: its size, its room from `x`, and where it lies in it. Units: points.

    `leading` is a line's height in its size.
    """

    size: float
    room: float
    x: float = 0.0
    align: Align = Align.LEFT
    leading: float = LEADING

    @property
    def height(self) -> float:
        """One line's height."""
        return self.size * self.leading


def _start(line: Sequence[Piece], setting: Setting) -> float:
    if setting.align is Align.LEFT or not line:
        return setting.x
    free = setting.room - (line[-1].x + line[-1].width)
    return setting.x + (free / 2 if setting.align is Align.CENTRE else free)


def _balanced(stretches: Sequence[Stretch], setting: Setting) -> list[list[Piece]]:
    """The text's lines; centred ones about as long as one another, for no word stands alone."""
    lines = broken(stretches, setting.size, setting.room)
    if len(lines) == 1 or setting.align is not Align.CENTRE:
        return lines
    for narrower in _NARROWER:
        tried = broken(stretches, setting.size, setting.room * narrower)
        if len(tried) == len(lines):
            return tried
    return lines


def words_of(stretches: Iterable[Stretch], setting: Setting, top: float = 0.0) -> list[Words]:
    """A text's lines as words on a page, the first line's top at `top`."""
    return [words for line in _lines(stretches, setting, top) for words in line]


def _lines(stretches: Iterable[Stretch], setting: Setting, top: float) -> list[list[Words]]:
    size = setting.size
    found: list[list[Words]] = []
    for number, line in enumerate(_balanced(list(stretches), setting)):
        base = top + number * setting.height + ASCENT * size
        start = _start(line, setting)
        found.append([Words(start + piece.x, base, piece.text, piece.face, size) for piece in line])
    return found


def foot_of(words: Sequence[Words], setting: Setting) -> float:
    """Where the lines end that `words_of` set: the last one's lower edge; one line for none."""
    raised = ASCENT * setting.size
    return max((one.y for one in words), default=raised) - raised + setting.height


def paragraph(
    stretches: Iterable[Stretch], setting: Setting, after: float = 0.0, *, with_next: bool = False
) -> list[Strip]:
    """A text as one strip a line, so that it may go on on the next page.

    The last strip carries the space `after`; the first two lines, and the last two, stay together.
    """
    height = setting.height
    lines = _lines(stretches, setting, 0.0)
    strips = []
    for number, line in enumerate(lines):
        lifted = tuple(words._replace(y=words.y - number * height) for words in line)
        last = number == len(lines) - 1
        edge = number == 0 or number == len(lines) - 2
        strips.append(
            Strip(
                height + (after if last else 0.0),
                lifted,
                with_next=with_next if last else edge,
            )
        )
    return strips


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a grid: its place, how far it reaches, and its lines.

    `texts` are set below one another; `least` is its least height.
    """

    column: int
    row: int
    texts: tuple[tuple[Stretch, ...], ...] = ()
    columns: int = 1
    rows: int = 1
    align: Align = Align.LEFT
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table's columns and letters. Units: points."""

    edges: tuple[float, ...]
    size: float
    pad: float = 2.5
    leading: float = LEADING
    weight: float = 0.5

    def strip(self, cells: Sequence[Cell]) -> Strip:
        """The cells as one ruled strip; rows as high as their cells need."""
        set_cells = [(cell, self._set(cell)) for cell in cells]
        tops = self._tops([(cell, height) for cell, (_, height) in set_cells])
        marks: list[Mark] = []
        for cell, (words, height) in set_cells:
            top, bottom = tops[cell.row], tops[cell.row + cell.rows]
            left, right = self._sides(cell)
            marks.append(Frame(left, top, right - left, bottom - top, self.weight))
            drop = top + self.pad
            if cell.align is Align.CENTRE:
                drop = top + (bottom - top - height) / 2
            marks += [word._replace(y=word.y + drop) for word in words]
        return Strip(tops[-1], tuple(marks))

    def long_row(self, cells: Sequence[Cell]) -> list[Strip]:
        """A row higher than a page can hold, as one open strip a line, ruled at the sides."""
        height = self.size * self.leading
        columns = [self._set(cell) for cell in cells]
        count = max(round(words_height / height) for _, words_height in columns)
        strips = []
        for number in range(count):
            top, bottom = number * height, (number + 1) * height
            marks: list[Mark] = [
                word._replace(y=word.y - top)
                for words, _ in columns
                for word in words
                if top <= word.y - ASCENT * self.size + 0.1 < bottom
            ]
            marks += [Line(x, 0.0, x, height, self.weight) for x in self.edges]
            ends = ([0.0] if number == 0 else []) + ([height] if number == count - 1 else [])
            marks += [Line(self.edges[0], y, self.edges[-1], y, self.weight) for y in ends]
            strips.append(Strip(height, tuple(marks)))
        return strips

    def _sides(self, cell: Cell) -> tuple[float, float]:
        return self.edges[cell.column], self.edges[cell.column + cell.columns]

    def _set(self, cell: Cell) -> tuple[list[Words], float]:
        left, right = self._sides(cell)
        room = right - left - 2 * self.pad
        setting = Setting(self.size, room, left + self.pad, cell.align, self.leading)
        words: list[Words] = []
        height = 0.0
        for text in cell.texts:
            lines = words_of(text, setting, height)
            words += lines
            height = foot_of(lines, setting) if lines else height + setting.height
        return words, height

    def _tops(self, sized: Sequence[tuple[Cell, float]]) -> list[float]:
        """The top of each row, and the last one's bottom."""
        rows = max(cell.row + cell.rows for cell, _ in sized)
        heights = [0.0] * rows
        for cell, height in sorted(sized, key=lambda one: one[0].rows):
            wanted = max(height + 2 * self.pad, cell.least)
            reached = slice(cell.row, cell.row + cell.rows)
            missing = wanted - sum(heights[reached])
            if missing > 0:
                heights[cell.row + cell.rows - 1] += missing
        tops = [0.0]
        for height in heights:
            tops.append(tops[-1] + height)
        return tops


def beside(strips: Sequence[Strip], moves: Sequence[float]) -> Strip:
    """Strips next to one another as one strip; Units: each one's move to the right."""
    marks = [
        moved(mark, dx, 0.0)
        for strip, dx in zip(strips, moves, strict=True)
        for mark in strip.marks
    ]
    return Strip(max(strip.height for strip in strips), tuple(marks))


def stacked(strips: Iterable[Strip]) -> Strip:
    """Strips below one another as one strip that no page's end parts."""
    marks: list[Mark] = []
    height = 0.0
    for strip in strips:
        marks += [moved(mark, 0.0, height) for mark in strip.marks]
        height += strip.height
    return Strip(height, tuple(marks))


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The mark, so many points further right and down."""
    if isinstance(mark, Line):
        return Line(mark.x + dx, mark.y + dy, mark.x2 + dx, mark.y2 + dy, mark.weight)
    return mark._replace(x=mark.x + dx, y=mark.y + dy)


def space(height: float, *, with_next: bool = False) -> Strip:
    """Nothing, so many points high."""
    return Strip(height, with_next=with_next)


def under_head(rows: Iterable[Strip], head: Strip) -> list[Strip]:
    """A table's strips, its head first; the head comes again on each page it goes on to."""
    return [replace(head, with_next=True), *(replace(row, head=head) for row in rows)]
