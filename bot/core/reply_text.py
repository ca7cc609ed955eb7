"""Cuts a long answer into messages that a carrier takes."""

import re
import unicodedata

ZALO_LIMIT = 2000

# The dot, or whatever ends the sentence, with the brackets and quotes that close after it.
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)")
LINE_END = re.compile(r"(?=\n)")
BLANK = re.compile(r"(?=\s)")
JOINER = "\u200d"  # holds the parts of one emoji together


def split_text(text: str, limit: int = ZALO_LIMIT) -> list[str]:
    """Cut `text` into pieces of at most `limit` characters.

    Units:  characters (code points) after NFC.
    Shape:  cut at the last sentence end that fits, else at the last line break, else at the last
            blank, else inside the word, but not between a letter and its combining marks. White
            space at a cut is dropped, nothing else. White space alone gives no piece.
    Errors: ValueError for a limit below 1.
    Source: zalo-platform 3.1 (2,000 characters) and 0 (count after NFC).
    """
    if limit < 1:
        raise ValueError("a piece needs room for at least one character")
    rest = unicodedata.normalize("NFC", text)
    pieces = []
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece.strip()]


def _cut(text: str, limit: int) -> int:
    """Where to cut a text longer than `limit`; from 1 to `limit`."""
    # One character more than fits, so that a sentence that just fits is seen to end.
    window = text[: limit + 1]
    for place in (SENTENCE_END, LINE_END, BLANK):
        ends = [found.end() for found in place.finditer(window)]
        # White space at the very start would give an empty piece and is dropped anyway.
        ends = [end for end in ends if text[:end].strip()]
        if ends:
            return ends[-1]
    return _inside_word(text, limit)


def _inside_word(text: str, limit: int) -> int:
    cut = limit
    while cut > 1 and _belongs_together(text[cut - 1], text[cut]):
        cut -= 1
    # A heap of marks longer than a whole piece has no better place.
    return cut if cut > 1 or not _belongs_together(text[0], text[1]) else limit


def _belongs_together(left: str, right: str) -> bool:
    return unicodedata.category(right).startswith("M") or JOINER in (left, right)
