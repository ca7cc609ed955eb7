"""The local ten-digit receipt code, and the phones and numbers that must not pass for one."""

import re
from typing import NamedTuple

from receipts.announce import DOSSIER_WORDS, Labels
from receipts.national import A_OR_B, TAIL, digits, enough_digits, glued_word
from receipts.style import Finding, Lookalike, ReceiptCode, Style

WIDTH = 10
KEYED = "\x02"  # stands for the keyword, a link's code parameter, our own link
DROPPED = "\x03"  # stands for any other parameter of a link

_GROUP = r"[OoIl|]{0,4}[0-9][0-9OoIl|]*+"
RUN_REST = (
    r"(?:(?<=[0-9])|(?<=[OoIl|])(?<![^\W_].)[OoIl|]{0,3}[0-9])[0-9OoIl|]*+"
    rf"(?:[ .]{{1,3}}(?!{A_OR_B}){_GROUP})*+"
)
KEYED_REST = rf"(?<={KEYED}[0-9OoIl|])[0-9OoIl|]{{9}}(?![0-9OoIl|])"
"""After the keyword even ten letters ("OIOIIOIIOI") are tried as ten digits."""

# domain-facts 5: 032-039; 052, 055, 056, 058, 059; 070, 076-079; 081-089; 090-094, 096-099.
MOBILE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}")

_GROUPED = re.compile(r"[^ .]+")
_SOLID_BETWEEN_BLANKS = re.compile(r"(?<![0-9OoIl.])[0-9OoIl]{10}(?![0-9OoIl.])")
_SOLID = re.compile(r"[0-9OoIl|]{10}")
_DOTTED_DATE = re.compile(r"(?<![0-9])[0-3]?[0-9]\.[01]?[0-9]\.(?:19|20)[0-9]{2}(?![0-9])")
# 1.000.000.000 đồng and 192.168.1.100 are ten digits with dots too.
_AMOUNT_OR_ADDRESS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{1,3}){3}")
_TAIL = re.compile(TAIL)
_NUMBER_BEFORE = re.compile(r"[0-9][-/_]|(?s:.?)\+")
_NUMBER_AFTER = re.compile(r"@|[-/_](?![0-9OoIl|]{10}(?![^\W_]))[0-9]|/[^\W_]")
_TAX_BRANCH = re.compile(r"-[0-9]{3}(?![^\W_])")
_JOINS = frozenset("@-/_+")
_LINK = re.compile(r"://|www\.|\.[a-z]{2,4}/", re.IGNORECASE)
_LINK_REACH = 200


class Ten(NamedTuple):
    """Ten digits in a row or in groups, as typed; `token` leaves the separators out."""

    start: int
    end: int
    token: str


def _written_solid(run: str, offset: int) -> list[Ten]:
    return [
        Ten(offset + match.start(), offset + match.end(), match[0])
        for match in _SOLID_BETWEEN_BLANKS.finditer(run)
    ]


def _written_in_groups(run: str, offset: int) -> list[Ten]:
    """The run cut into tens, or nothing when it does not come out even."""
    tens, start, token = [], 0, ""
    for group in _GROUPED.finditer(run):
        if not token:
            start = offset + group.start()
        token += group[0]
        if len(token) > WIDTH:
            return []
        if len(token) == WIDTH:
            tens.append(Ten(start, offset + group.end(), token))
            token = ""
    return [] if token else tens


def tens(text: str, start: int, end: int, keyed: bool) -> list[Ten]:
    """Cut a run of digits and separators into ten-digit numbers.

    Shape:  a run of 9, 11 or 12 digits gives none; a solid ten between blanks counts by itself.
    Source: domain-facts 2.3, rule 8.
    """
    while end < len(text) and text[end].isalpha() and text[end - 1] in "OoIl":
        end -= 1  # "…1234oi": the letters belong to the word glued on
    run = text[start:end]
    if len(run) == WIDTH and _SOLID.fullmatch(run):
        return [Ten(start, end, run)]
    even = _written_in_groups(run, start)
    if even and (_DOTTED_DATE.search(run) or (not keyed and _AMOUNT_OR_ADDRESS.fullmatch(run))):
        even = []
    # The fields of a QR stand between "|".
    return even or _written_solid(run.replace("|", " ") if "|" in run else run, start)


def _in_link(text: str, start: int) -> bool:
    before = text[max(0, start - _LINK_REACH) : start].rsplit(None, 1)
    return bool(before) and _LINK.search(before[-1]) is not None


def _part_of_another_number(text: str, start: int, end: int, keyed: bool) -> Lookalike | None:
    if _TAX_BRANCH.match(text, end):
        return Lookalike.TAX_NUMBER
    after = _NUMBER_AFTER.match(text, end)
    if after is not None and keyed and not after[0][-1].isdigit():
        after = None
    before = _NUMBER_BEFORE.fullmatch(text, max(0, start - 2), start)
    if (after is None and before is None) or _in_link(text, start):
        return None
    return Lookalike.DOCUMENT_NUMBER if after and "/" in after[0] else Lookalike.PARTIAL_CODE


def _touched(text: str, ten: Ten, keyed: bool, before: str, behind: str) -> Lookalike | None:
    """What the characters right beside ten digits make of them."""
    if behind in _JOINS or before in _JOINS:
        return _part_of_another_number(text, ten.start, ten.end, keyed)
    if behind.isalnum() and _TAIL.match(text, ten.end) is None:
        return Lookalike.PARTIAL_CODE
    if before.isalpha() and glued_word(text, ten.start) not in DOSSIER_WORDS:
        return Lookalike.PARTIAL_CODE
    return None


def local(text: str, labels: Labels, ten: Ten, since: int, always: bool) -> Finding:
    """Judge ten digits: a local receipt code, a phone, or another number.

    Shape:  `labels` are the text's; `since` is where the number before it ended; `always` says
            that ten digits are never a phone here (the feed, an inbound SMS).
    Source: domain-facts 2.3, rule 8; interfaces 5 (a bare phone is never looked up).
    """
    start, end, token = ten
    before = text[start - 1 : start]
    keyed = before == KEYED
    plain = token.isdigit()
    if before == DROPPED or not (plain or keyed or enough_digits(token)):
        return Finding(start)
    number = token if plain else digits(token)
    named = labels.starts and not (keyed and not always)
    other = (labels.before(since, start) or labels.behind(end)) if named else None
    other = other or _touched(text, ten, keyed, before, text[end : end + 1])
    if other is None and not (keyed or always) and MOBILE.fullmatch(number):
        other = Lookalike.PHONE
    if other is not None:
        return Finding(start, other=other)
    return Finding(start, code=ReceiptCode(number, Style.LOCAL))
