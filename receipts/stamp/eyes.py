"""Looks at a PDF as a reader shows it: its picture, its text, and where the words stand."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image
from pypdfium2 import PdfDocument, PdfiumError, PdfPage, PdfTextPage, raw

from receipts.stamp.ink import Grey
from receipts.stamp.refusal import Refusal, StampRefused

GROUND_DPI = 72
READING_DPI = 200  # bar codes of 0.25 mm need so many
PROOF_DPI = 150
_INCH = 72.0
_MOST_PIXELS = 4_000_000  # of a picture of a whole page, however large its paper

Bounds = tuple[float, float, float, float]


class Letter(NamedTuple):
    """One letter without accents and case, and its number on the page."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a page as shares of its width and height, from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class Eyes:
    """One PDF, opened to be looked at. Boxes are (left, bottom, right, top) in page units.

    A page stays in hand until another one is asked for: reading it in takes longer than a look.
    """

    def __init__(self, document: PdfDocument) -> None:
        self._document = document
        self._held: tuple[int, PdfPage] | None = None
        self._told: PdfTextPage | None = None

    def picture(self, page: int, dpi: float = GROUND_DPI) -> Image.Image:
        """The page in grey; coarser than asked where the paper is huge."""
        sheet = self._page(page)
        width, height = sheet.get_size()
        scale = dpi / _INCH
        scale *= min(1.0, (_MOST_PIXELS / (width * height * scale * scale)) ** 0.5)
        return _drawn(sheet, scale)

    def grey(self, page: int) -> Grey:
        """The page's picture as numbers, rows from the top."""
        return np.asarray(self.picture(page))

    def part(self, page: int, cut: Cut, dpi: float) -> Image.Image:
        """A part of the page in grey. Units: `dpi` in units of the page."""
        sheet = self._page(page)
        width, height = sheet.get_size()
        crop = (
            max(0.0, cut.left * width),
            max(0.0, (1 - cut.bottom) * height),
            max(0.0, (1 - cut.right) * width),
            max(0.0, cut.top * height),
        )
        return _drawn(sheet, dpi / _INCH, crop)

    def text(self, page: int) -> str:
        """All text of the page, unseen layers of scans included."""
        text: str = self._text(page).get_text_range()
        return text

    def lines(self, page: int) -> list[Bounds]:
        """A box about each stretch of text."""
        told = self._text(page)
        return [told.get_rect(number) for number in range(told.count_rects())]

    def words(self, page: int, words: str) -> Bounds | None:
        """The box about these words where they stand first; accents, case, blanks do not matter."""
        wanted = _folded(words)
        told = self._text(page)
        letters = list(_letters(told))
        at = "".join(letter.text for letter in letters).find(wanted) if wanted else -1
        if at < 0:
            return None
        boxes = [told.get_charbox(one.at) for one in letters[at : at + len(wanted)]]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    def release(self) -> None:
        """Let go of the page in hand."""
        if self._told is not None:
            self._told.close()
        if self._held is not None:
            self._held[1].close()
        self._held = self._told = None

    def _page(self, number: int) -> PdfPage:
        if self._held is None or self._held[0] != number:
            self.release()
            try:
                self._held = number, self._document[number - 1]
            except PdfiumError as fault:
                raise StampRefused(Refusal.BROKEN, detail=f"page {number}: {fault}") from None
        return self._held[1]

    def _text(self, number: int) -> PdfTextPage:
        page = self._page(number)
        if self._told is None:
            self._told = page.get_textpage()
        return self._told


@contextmanager
def open_eyes(data: bytes, password: str | None = None) -> Iterator[Eyes]:
    """The PDF to look at. Errors: StampRefused for what cannot be drawn."""
    try:
        document = PdfDocument(data, password=password)
    except PdfiumError as fault:
        raise StampRefused(Refusal.BROKEN, detail=str(fault)) from None
    eyes = Eyes(document)
    try:
        yield eyes
    finally:
        eyes.release()
        document.close()


def _drawn(page: PdfPage, scale: float, crop: Bounds = (0.0, 0.0, 0.0, 0.0)) -> Image.Image:
    bitmap = page.render(scale=scale, crop=crop, grayscale=True, optimize_mode="print")
    try:
        picture: Image.Image = bitmap.to_pil().convert("L")  # a copy in any case
        return picture
    finally:
        bitmap.close()


def _letters(told: PdfTextPage) -> Iterator[Letter]:
    """The page's letters folded, blanks left out: what a reader sees as blank is often none."""
    for at in range(told.count_chars()):
        for char in _folded(chr(raw.FPDFText_GetUnicode(told, at))):
            yield Letter(char, at)


def _folded(text: str) -> str:
    """Lower case, no accents, no blanks; as letters come, composed or not."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in parted if not unicodedata.combining(char) and char.isprintable())
    return "".join(kept).replace(" ", "").replace("đ", "d")
