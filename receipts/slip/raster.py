"""Paints a page in the dots of a thermal printer: black or white, no greys."""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from receipts.slip.faces import file_of, width_of
from receipts.slip.marks import Area, Cells, Frame, Line, Mark, Page, Words

THERMAL_DPI = 203
_INK, _BARE = 0, 1


def painted(page: Page, dpi: int = THERMAL_DPI) -> Image.Image:
    """The page as an image of mode "1", as many dots as the printer sets.

    Units: `dpi` dots an inch.
    """
    scale = dpi / 72
    size = (round(page.width * scale), round(page.height * scale))
    image = Image.new("1", size, _BARE)
    brush = _Brush(ImageDraw.Draw(image), scale)
    for group in page.placed:
        for mark in group.marks:
            brush.paint(mark, group.x, group.y)
    return image


@lru_cache(maxsize=32)
def _font(face: str, dots: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file_of(face), dots, layout_engine=ImageFont.Layout.BASIC)


class _Brush:
    """Draws marks in dots; `scale` dots a point."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float) -> None:
        self._draw = draw
        self._scale = scale

    def paint(self, mark: Mark, dx: float, dy: float) -> None:
        if isinstance(mark, Words):
            self._words(mark, dx, dy)
        elif isinstance(mark, Cells):
            self._cells(mark, dx, dy)
        else:
            self._shape(mark, dx, dy)

    def _words(self, mark: Words, dx: float, dy: float) -> None:
        """Each word for itself, where the page has it: rounded letters must not drift."""
        font = _font(mark.face, round(mark.size * self._scale))
        x = mark.x + dx
        base = round((mark.y + dy) * self._scale)
        ink = _INK if sum(mark.colour) < 1.5 else _BARE
        for word in mark.text.split(" "):
            at = (round(x * self._scale), base)
            self._draw.text(at, word, fill=ink, font=font, anchor="ls")
            x += width_of(f"{word} ", mark.face, mark.size)

    def _cells(self, mark: Cells, dx: float, dy: float) -> None:
        left, top = round((mark.x + dx) * self._scale), round((mark.y + dy) * self._scale)
        wide, high = round(mark.cell * self._scale), round(mark.cell_height * self._scale)
        for x, y, width, height in mark.dark:
            corner = (left + x * wide, top + y * high)
            end = (corner[0] + width * wide - 1, corner[1] + height * high - 1)
            self._draw.rectangle((*corner, *end), fill=_INK)

    def _shape(self, mark: Line | Frame | Area, dx: float, dy: float) -> None:
        x, y = (mark.x + dx) * self._scale, (mark.y + dy) * self._scale
        if isinstance(mark, Line):
            end = ((mark.x2 + dx) * self._scale, (mark.y2 + dy) * self._scale)
            self._draw.line((x, y, *end), fill=_INK, width=self._dots(mark.weight))
            return
        end = (x + mark.width * self._scale - 1, y + mark.height * self._scale - 1)
        if isinstance(mark, Frame):
            self._draw.rectangle((x, y, *end), outline=_INK, width=self._dots(mark.weight))
        else:
            self._draw.rectangle((x, y, *end), fill=_INK if sum(mark.colour) < 1.5 else _BARE)

    def _dots(self, weight: float) -> int:
        return max(1, round(weight * self._scale))
