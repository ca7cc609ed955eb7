"""Whether a result is in force: the number that somebody typed, and the word that answers it."""

import re
from collections.abc import Iterable
from enum import StrEnum

from bot.core.document import MOST_TYPED_NUMBER, Validity, normal_number
from receipts.clean import clean, fold


class Standing(StrEnum):
    """What whoever holds a result is told of its number: its Validity, or that none is known."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    NO_TERM = "no_term"
    UNKNOWN = "unknown"


# "KQ …", "kết quả số …", "xác minh kết quả …" and nothing else: any free word makes it a question
# to be answered as ever. The full stop does not part: "KQ.G15.000031" is a type of result.
_ASKED = re.compile(
    r"[\W_]{0,16}(?:(?:kiem tra|xac minh) +)?(?:kq|ket ?qua)(?:[\s:;,\-_=#]+|(?=[0-9]))"
    r"(?:(?:giay to so|(?:ma|so)(?: so)?(?: (?:ky hieu|giay to|ket qua))?)[ :.]+)?"
    # One group: "12/GP - UBND", "079090001234.KQ.G15.000031", "BK 123456".
    r"(?P<number>[a-z]{2} [0-9]{6,8}|[a-z0-9]+(?: ?[./_\-]+ ?[a-z0-9]+)*)"
    r"(?:[\s,;.?!]+(?:a|ah|nhe|nha|voi))?[\s,;:.?!\-_/]*"
)
_COMMAND = re.compile(r"[\W_]{0,16}kq(?![a-z])")
# What people write together with a number that is no result's: "15ngay", "sdt0905", "HS 123456".
_QUESTION = (
    "hoso sdt cccd cmnd mst stt ngay thang nam tuan gio phut quay phong tang thua trieu tr nghin "
    "dong diem nguoi lan"
)
_BEFORE = "hs dt sd cc bn ms mh so ma lo to dot lop khoi ban thu h"
_NO_NUMBER, _NO_BEGINNING = frozenset(_QUESTION.split()), frozenset(_BEFORE.split())
_LEAST, _LEAST_BARE = 3, 6  # letters and digits; "8h30" has no stroke, and is none
_LETTERS = re.compile("[a-z]+")
_SEAM = re.compile("(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
_STOP_AT_SEAM = re.compile(r"(?<=[A-Z])\.(?=[0-9])|(?<=[0-9])\.(?=[A-Z])")
# An owner's number with a kind behind it, or a symbol's own number with a stroke.
_DISTINCT = re.compile(r"[0-9]{9,13}(?:-[0-9]{3})?\.[0-9a-z]|[0-9]{1,8}/")


def asked_number(text: str) -> str | None:
    """The number or symbol whose result a text asks for, as typed; None where it asks for none.

    Shape:  any str, in linear time; diacritics or not. The whole text is the question, the number
            is one group of letters and digits: "kết quả số điện thoại …" asks for nothing here.
    Source: domain-facts 8.1 ("exact number"); 2.3; interfaces 5.
    """
    typed = clean(text)
    found = _ASKED.fullmatch(fold(typed))
    if found is None or len(found["number"]) > MOST_TYPED_NUMBER or not _is_number(found["number"]):
        return None
    return typed[slice(*found.span("number"))]


def is_command(text: str) -> bool:
    """Whether a text that asks for a result's number begins with the command itself, "KQ"."""
    return _COMMAND.match(fold(clean(text))) is not None


def is_distinct(number: str) -> bool:
    """Whether a number is a result's, although a phone's or an identity paper's stands in it."""
    return _DISTINCT.match(fold(number)) is not None


def is_readable(typed: str) -> bool:
    """Whether something typed into a field of its own can be a number or symbol at all."""
    plain = normal_number(typed).replace(".", "")
    few = len(plain) < _LEAST or len(typed.strip()) > MOST_TYPED_NUMBER
    return not few and any(char.isdigit() for char in plain)


def _is_number(folded: str) -> bool:
    """Whether a group is a result's number: letters and digits, and no word of a question."""
    first_digit = next((at for at, char in enumerate(folded) if char.isdigit()), None)
    words = _LETTERS.findall(folded)
    if first_digit is None or not words:
        return False
    long_enough = sum(map(str.isalnum, folded)) >= (_LEAST if "/" in folded else _LEAST_BARE)
    beginning = _LETTERS.findall(folded[:first_digit])
    return long_enough and _NO_NUMBER.isdisjoint(words) and _NO_BEGINNING.isdisjoint(beginning)


def readings(typed: str) -> tuple[str, ...]:
    """How a number may stand on the paper, the way it was typed first.

    Shape: a blank between letters and digits is often left out, or put in: "BK 123456" is typed
           "BK123456". Digits are never parted from digits, nor letters from letters.
    """
    normal = normal_number(typed)
    found = (normal, _SEAM.sub(".", normal), _STOP_AT_SEAM.sub("", normal))
    return tuple(dict.fromkeys(one for one in found if one))


def standing_of(found: Iterable[Validity]) -> Standing:
    """The answer for all results that a number or symbol leads to.

    A symbol may be many agencies' ("12/QĐ-UBND"): only what is true of each of them is told.
    """
    different = set(found)
    return Standing(different.pop()) if len(different) == 1 else Standing.UNKNOWN
