"""The shapes of the two national receipt codes, with the typing slips they forgive."""

import re
from itertools import pairwise

from receipts.announce import DOSSIER_WORDS
from receipts.clean import fold
from receipts.style import Finding, Lookalike, ReceiptCode, Style

DIGIT = "[0-9OoIl|]"
_LAST_DIGIT = "[0-9OoIl]"  # a "|" after four digits is a separator of a QR's fields, not a 1
_BREAK = r"[.\-_/, \n\r\t]{1,3}"
_PARTICLES = (
    "a|(?i:ah|ak|ạ|ạh|à|ơi|oi|ới|nhé|nhe|nhá|nha|nghe|nghen|nè|ne|nhỉ|với|voi|đi|di|đây|đấy|"
    "đó|ấy|vậy|thì|là|dạ|rồi|roi|hả|hở|không|khong|ko|em|anh|chị|của|cho|giúp|giup)"
)

# A code ends where no digit or letter follows, but for a particle glued on ("…1234ạ"); "-02"
# or ".2" right behind it makes it another thing, unless that begins the next code.
TAIL = rf"(?:(?![^\W_])|(?=(?:{_PARTICLES})(?![^\W_])))"
_END = rf"{TAIL}(?![-_][0-9]{{1,12}}+(?!\.)|\.[0-9]{{1,3}}(?![0-9A-Za-z.]))"
_DAY_AND_SEQUENCE = rf"{_BREAK}{DIGIT}{{6}}{_BREAK}{DIGIT}{{4}}{_LAST_DIGIT}{{0,4}}{_END}"
_PROVINCE = rf"[A-Za-z]{DIGIT}{{2}}"

# Each shape without its first character, which the scan has already consumed.
A_REST = (
    rf"(?<={DIGIT}){DIGIT}{{2}}{_BREAK}{DIGIT}{{2,3}}{_BREAK}{DIGIT}{{2,3}}{_BREAK}"
    rf"{_PROVINCE}{_DAY_AND_SEQUENCE}"
)
A_COMPACT_REST = rf"(?<={DIGIT})(?<![OoIl].){DIGIT}{{6}}{_PROVINCE}{DIGIT}{{10}}{_END}"
B_REST = (
    rf"(?<=[A-Za-z]){DIGIT}{{2}}(?:{_BREAK}{DIGIT}{{1,3}}(?!{DIGIT})){{0,4}}+{_DAY_AND_SEQUENCE}"
)
A_OR_B = rf"(?:{DIGIT}(?:{A_REST}|{A_COMPACT_REST})|[OoIl]{B_REST})"
"""What may follow a number after a blank, and is not a part of that number."""

_PARTS = re.compile(r"[.\-_/, \n\r\t]+")
_LOOKALIKES = str.maketrans("OoIl|", "00111")
_HAS_LOOKALIKE = re.compile("[OoIl|]")
_REAL_DIGITS = 5  # rule 2: fewer, and it is a word
_POSSIBLE_DAY = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

# Digits that stand right before "H46-200617-0001" are the rest of a style-A code whose head is
# missing. A list's number ("5. ", "16) ", "1.") and a date are not.
_HEAD_TIGHT = re.compile(r"(?<![0-9])(?:[0-9]{2,3}|(?<=[._\-,/])[0-9])[^\w\s()]{1,3}\Z")
_HEAD_BLANK = re.compile(
    r"(?<![0-9])(?<![0-9][ ._\-,/])(?:[0-9]{1,3}[ ._\-,]{1,3}){0,5}[0-9]{2,3} {1,3}\Z"
)
_HEAD_REACH = 32
_GLUED = 16
_LETTER_OF_A = 3
_GROUPS_OF_SHORT_B = 3  # "H46", day, sequence: the only B that can also be the end of an A
_COMPACT_CUTS = (0, 3, 5, 7, 10, 16, 20)


def digits(text: str) -> str:
    """`text` with the letters people type for digits (O, o, I, l, |) turned into digits."""
    return text.translate(_LOOKALIKES)


def enough_digits(token: str) -> bool:
    """True when a token with letters typed for digits still holds at least five real ones."""
    return sum(char in "0123456789" for char in token) >= _REAL_DIGITS


def glued_word(text: str, start: int) -> str:
    """The folded word that stands directly before `start`; "?" when digits are glued to it."""
    begin = start
    while begin > 0 and start - begin < _GLUED and text[begin - 1].isalpha():
        begin -= 1
    return "?" if text[begin - 1 : begin].isalnum() else fold(text[begin:start])


def _headless(text: str, since: int, start: int) -> bool:
    low = max(since, start - _HEAD_REACH)
    if start - low < len("1."):
        return False
    before = text[low:start]
    return _HEAD_TIGHT.search(before) is not None or _HEAD_BLANK.search(before) is not None


def _parts(token: str, letter_at: int) -> list[str] | None:
    """The token's groups with digits for the letters typed in their place; None for a word."""
    parts = _PARTS.split(token)
    if len(parts) == 1:
        parts = [token[low:high] for low, high in pairwise(_COMPACT_CUTS)]
    if _HAS_LOOKALIKE.search(token) is not None:
        if not enough_digits(token):
            return None
        letter = parts[letter_at][0]
        parts = [digits(part) for part in parts]
        parts[letter_at] = letter + parts[letter_at][1:]
    return parts


def national(text: str, token: str, style: Style, since: int, start: int) -> Finding:
    """Judge a token of national shape that stands at `start`.

    Shape:  `token` matched one of the shapes above; `since` is where the code before it ended.
    Result: the code, or the fault that keeps it from being one.
    Source: domain-facts 2.3, rules 2 to 7.
    """
    parts = _parts(token, 0 if style is Style.NATIONAL_B else _LETTER_OF_A)
    if parts is None:
        return Finding(start)
    if text[start - 1 : start].isalpha() and glued_word(text, start) not in DOSSIER_WORDS:
        return Finding(start, other=Lookalike.PARTIAL_CODE)
    if _POSSIBLE_DAY.fullmatch(parts[-2]) is None:
        return Finding(start, other=Lookalike.IMPOSSIBLE_DATE)
    if len(parts) == _GROUPS_OF_SHORT_B and _headless(text, since, start):
        return Finding(start, other=Lookalike.PARTIAL_CODE)
    canonical = f"{'.'.join(parts[:-2])}-{parts[-2]}-{parts[-1]}".upper()
    return Finding(start, code=ReceiptCode(canonical, style))
