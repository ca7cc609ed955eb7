"""Which receipt code a paper bears: exactly one in its text, else in its QR and bars."""

import re
from collections.abc import Callable, Sequence

from PIL import Image

from receipts.clean import clean, fold
from receipts.code import read_one
from receipts.photo.ladder import first_pass, read_photo
from receipts.photo.scan import bar_codes
from receipts.scanned import Scanned, codes_in
from receipts.stamp.order import Order
from receipts.stamp.refusal import Refusal, StampRefused

_LABEL_REACH = 100  # characters after the words; a code has no more
_PARTED = re.compile(r"[0-9A-Za-z][.\-]\s*$")  # a line that ends in the midst of a code


def code_of(order: Order, text: str, picture: Callable[[], Image.Image]) -> str:
    """The canonical code: the one asked for, else the only one that the paper bears.

    Shape:  `picture` draws the paper in grey; it is called only when the text has no code.
    Errors: StampRefused for a paper with no code or with several; which are named.
    Source: domain-facts 2.3.
    """
    if order.code is not None:
        return order.code
    if order.code_after is not None:
        return _code_after(order.code_after, text)
    found = codes_in_text(text) or seen_in(picture()).codes
    if not found:
        raise StampRefused(Refusal.NO_CODE)
    if len(found) > 1:
        raise StampRefused(Refusal.SEVERAL_CODES, count=len(found), codes=", ".join(found))
    return found[0]


def codes_in_text(text: str) -> tuple[str, ...]:
    """The codes in a page's text, line by line, each once; a code on two lines is one.

    Ten digits count where they stand alone or under a name of the dossier's code.
    """
    lines = text.splitlines()
    found: dict[str, None] = {}
    for number, line in enumerate(lines):
        following = lines[number + 1].lstrip() if number + 1 < len(lines) else ""
        whole = line.rstrip() + following if _PARTED.search(line) else line
        found.update(dict.fromkeys(codes_in([whole]).codes))
    return tuple(code for code in found if not _is_tail(code, found))


def seen_in(picture: Image.Image) -> Scanned:
    """What the QR and bar codes of a grey picture say.

    A scan lies straight and is sharp: its bars are read as they are before it is treated like a
    photo, which makes fine bars smaller than can be read.
    """
    for read in (_qr_at_a_glance, bar_codes, _with_patience):
        seen = codes_in(read(picture))
        if seen.codes:
            break
    return seen


def _qr_at_a_glance(picture: Image.Image) -> tuple[str, ...]:
    return first_pass(picture, enough=_has_code).texts


def _with_patience(picture: Image.Image) -> tuple[str, ...]:
    return read_photo(picture, enough=_has_code).texts


def _has_code(texts: Sequence[str]) -> bool:
    return bool(codes_in(texts).codes)


def _is_tail(code: str, others: Sequence[str] | dict[str, None]) -> bool:
    """Whether this is but the second line of a longer code."""
    return any(other != code and other.endswith(f".{code}") for other in others)


def _code_after(words: str, text: str) -> str:
    """The code on the line of these words, after them, or else on the next line."""
    lines = [clean(line) for line in text.splitlines()]
    wanted = fold(clean(words))
    found: dict[str, None] = {}
    for number, line in enumerate(lines):
        at = fold(line).find(wanted)
        if at < 0:
            continue
        rest = line[at + len(wanted) :].lstrip(" :.-")[:_LABEL_REACH]
        below = lines[number + 1] if number + 1 < len(lines) else ""
        code = read_one(rest) if rest else read_one(below)
        if code is not None:
            found[code] = None
    if not found:
        raise StampRefused(Refusal.NO_CODE_AFTER, words=words)
    if len(found) > 1:
        raise StampRefused(Refusal.SEVERAL_CODES, count=len(found), codes=", ".join(found))
    return next(iter(found))
