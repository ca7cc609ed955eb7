"""The faces of the slips: their files, the width of words, and what a face cannot write."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFont

SERIF, SERIF_BOLD, SERIF_ITALIC = "serif", "serif-bold", "serif-italic"
SANS, SANS_BOLD = "sans", "sans-bold"
_FOLDER = Path(__file__).resolve().parents[1] / "fonts"
_FILES = {
    SERIF: "LiberationSerif-Regular.ttf",
    SERIF_BOLD: "LiberationSerif-Bold.ttf",
    SERIF_ITALIC: "LiberationSerif-Italic.ttf",
    SANS: "NotoSans-Regular.ttf",
    SANS_BOLD: "NotoSans-Bold.ttf",
}
BOLD_OF = {SERIF: SERIF_BOLD, SERIF_ITALIC: SERIF_BOLD, SANS: SANS_BOLD}
ASCENT = 0.92  # of the size: from a line's top to its base line, room for "Ẩ"
_UNKNOWN = "?"


def file_of(face: str) -> Path:
    """The face's TrueType file."""
    return _FOLDER / _FILES[face]


@cache
def font(face: str) -> TTFont:
    """The face as the PDF library knows it; loaded once, on its first use."""
    return TTFont(face, file_of(face))


@cache
def _widths(face: str) -> dict[int, float]:
    return dict(font(face).face.charWidths)


@lru_cache(maxsize=8_000)
def _units(text: str, face: str) -> float:
    widths = _widths(face)
    return sum(widths.get(ord(char), 0.0) for char in text)


def width_of(text: str, face: str, size: float) -> float:
    """Points that a text takes on one line; Units: `size` in points."""
    return _units(text, face) * size / 1000


@lru_cache(maxsize=1_000)
def printable(text: str) -> str:
    """A text as every face can write it: composed, in one line, strange characters as "?".

    Shape:  any str. Blanks of any kind and control characters become a blank, marks that cannot be
            seen are left out, and typing in another script is not lost silently.
    """
    known = _widths(SERIF).keys() & _widths(SANS).keys()
    chars = []
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if kind in ("Cc", "Zs", "Zl", "Zp"):
            chars.append(" ")
        elif kind != "Cf":
            chars.append(char if ord(char) in known else _UNKNOWN)
    return " ".join("".join(chars).split())
