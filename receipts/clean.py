"""Brings typed text into one form before anything is read from it, in linear time for any input."""

import re
import unicodedata
from urllib.parse import unquote

CAP = 2_000  # characters kept after NFKC; Zalo itself carries no more
_RAW_CAP = 3 * CAP  # a decomposed Vietnamese letter takes at most three code points
_CHUNK = 128  # one code point can become 18 (U+FDFA): normalise piece by piece, stop at the cap
_MARKS_KEPT = 4  # a Vietnamese letter carries two; reordering a long run is quadratic in Python

_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef]+"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SIGNS = re.compile(rf"[^\w\x00-\x7f]{{{_MARKS_KEPT + 1},}}")  # accents are signs, not letters
_LINK = re.compile("[=/]|%(?:2[df]|3[adf])", re.IGNORECASE)


def _few_marks(run: re.Match[str]) -> str:
    """A run of signs with at most four accents in a row."""
    kept, marks = [], 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS_KEPT:
            kept.append(char)
    return "".join(kept)


def _fold_table() -> dict[int, str]:
    table = {0x111: "d", 0x110: "D"}
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(point))[0]
        if base.isascii() and base.isalpha():
            table[point] = base
    return table


_FOLDED = _fold_table()


def _compatible(text: str) -> str:
    """NFKC of at least the first CAP resulting characters, never of more than is needed."""
    if unicodedata.is_normalized("NFKC", text):
        return text
    pieces: list[str] = []
    start = total = 0
    while start < len(text) and total < CAP:
        end = start + _CHUNK
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1  # never part a letter from its accents
        pieces.append(unicodedata.normalize("NFKC", text[start:end]))
        total += len(pieces[-1])
        start = end
    return "".join(pieces)


def clean(text: str) -> str:
    """Compose `text`, drop what cannot be seen, and make every dash "-" and every blank " ".

    Units:  at most 2,000 characters, counted after NFKC.
    Shape:  any str, also lone surrogates; the same text again when it is already clean.
    Source: domain-facts 2.3, rules 1 and 10.
    """
    text = text[:_RAW_CAP]
    if text.isascii():
        return text[:CAP]
    text = _compatible(_SIGNS.sub(_few_marks, _INVISIBLE.sub("", text)))
    text = _DASHES.sub("-", _SIGNS.sub(_few_marks, text))
    return unicodedata.normalize("NFC", text[:CAP])


def fold(text: str) -> str:
    """Lower case without diacritics, as long as the clean `text` it comes from ("Đã" -> "da")."""
    return text.lower() if text.isascii() else text.translate(_FOLDED).lower()


def unescape(text: str) -> str:
    """Undo the percent-escapes of links, twice at most: a redirect's target is escaped again."""
    for _ in range(2):
        if "%" not in text or _LINK.search(text) is None:
            break
        text = clean(unquote(text, errors="replace"))
    return text
