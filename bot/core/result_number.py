"""Whether a result is in force: the number that somebody typed, and the word that answers it."""

import re
from collections.abc import Iterable
from enum import StrEnum

from bot.core.document import MOST_TYPED_NUMBER, Validity, normal_number
from receipts.clean import clean, fold


class Standing(StrEnum):
    """What whoever holds a result is told of its number, and no more."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


# "KQ …", "kết quả …", "kiểm tra giúp em kết quả …", "xác minh KQ …". The full stop is none of the
# separators: "KQ.G15.000031" is a type of result, not somebody's.
_ASKS = re.compile(
    r"[\W_]{0,16}(?:(?:kiem tra|kiemtra|ktra|check|xac minh|xacminh|xac thuc|doi chieu|tra cuu|"
    r"tracuu|xem)(?: (?:giup|ho|cho|lai|toi|em|minh)){0,3} +)?"
    r"(?:kq|ket qua|ketqua)(?: dien tu)?(?:[\s:;,\-_=#]+|(?=[0-9]))"
)
# What people write behind a number: whether it counts, a full stop, a courtesy.
_BEHIND = re.compile(
    r"(?:[\s,;.?!]+(?:(?:con|het|co)? ?(?:hieu luc|gia tri)[a-z ]*|khong|ko|a|ah|nhe|nha|voi|vay|"
    r"giup|di)|[\s,;:.?!\-_/]+)+\Z"
)
# Words of a question about a dossier, which stand in no number.
_QUESTION = (
    "hs hoso cua toi minh ngay thang nop chua khong bao khi nao roi xong lay nhan duoc tra hen mst "
    "cccd cmnd sdt"
)
_NO_NUMBER = frozenset(_QUESTION.split())
_MOST_WORDS = 4  # without a digit: "12/GP - UBND Loc Tho"
_LEAST = 3  # letters and digits; fewer tell nothing apart
_DATE = re.compile(r"[0-3]?[0-9]\.[01]?[0-9]\.(?:[12][0-9])?[0-9]{2}")
_SEAM = re.compile("(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")
_STOP_AT_SEAM = re.compile(r"(?<=[A-Z])\.(?=[0-9])|(?<=[0-9])\.(?=[A-Z])")
_IDENTITY_WIDTHS = (9, 10, 11, 12)  # a bare number of these is a person's, or a phone


def asked_number(text: str) -> str | None:
    """The number or symbol whose result a text asks for, as typed; None where it asks for none.

    Shape:  any str, in linear time; diacritics or not. A bare number in the width of an identity
            paper or a phone is never taken for one, nor is a date.
    Source: domain-facts 8.1 ("exact number"); 2.3.
    """
    typed = clean(text)
    begin = _ASKS.match(fold(typed))
    if begin is None:
        return None
    rest = typed[begin.end() : begin.end() + 2 * MOST_TYPED_NUMBER]
    behind = _BEHIND.search(fold(rest))
    number = (rest[: behind.start()] if behind else rest).strip()
    return number if len(number) <= MOST_TYPED_NUMBER and _is_number(number) else None


def is_readable(typed: str) -> bool:
    """Whether something typed into a field of its own can be a number or symbol at all."""
    plain = normal_number(typed).replace(".", "")
    few = len(plain) < _LEAST or len(typed.strip()) > MOST_TYPED_NUMBER
    return not few and any(char.isdigit() for char in plain)


def _is_number(typed: str) -> bool:
    if not is_readable(typed):
        return False
    normal = normal_number(typed)
    plain = normal.replace(".", "")
    if plain.isdigit() and (len(plain) in _IDENTITY_WIDTHS or _DATE.fullmatch(normal)):
        return False
    words = [word for word in fold(typed).split() if word.isalpha()]
    return len(words) <= _MOST_WORDS and _NO_NUMBER.isdisjoint(words)


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
