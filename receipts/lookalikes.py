"""Says what stands in a text in the place of a receipt code, when no code stands there."""

import re

from receipts.code import KEYWORD, codes_of, prepared, scan_prepared
from receipts.local import MOBILE, WIDTH
from receipts.national import DIGIT
from receipts.style import Finding, Lookalike, ReceiptCode

_DAY = r"[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_LEFT = r"(?<![^\W_])"
_RIGHT = r"(?![^\W_])"
_JOINT = r"[.\-_/, ]{1,3}"

_HEADLESS = rf"(?<![0-9]){_DAY} ?[-_/.] ?[0-9]{{4,8}}(?![0-9])"
_TAILLESS = (
    rf"{_LEFT}[A-Za-z]{DIGIT}{{2}}(?:{_JOINT}[0-9]{{1,3}}(?![0-9])){{0,4}}"
    rf"(?:{_JOINT}[0-9]{{6}}(?![0-9])(?:{_JOINT}[0-9]{{0,3}})?|(?:{_JOINT})?[0-9]{{9,18}})(?![0-9])"
)
_AGENCY_ALONE = (
    rf"{_LEFT}(?:[0-9]{{3}}\.[0-9]{{2,3}}\.[0-9]{{2,3}}\.[A-Z][0-9]{{2}}"
    rf"|[A-Z][0-9]{{2}}(?:\.[0-9]{{1,3}}){{1,4}})-?{_RIGHT}"
)

_SHAPES = (
    (
        Lookalike.INSURANCE,
        rf"{_LEFT}(?:[0-9]{{5}}/[0-9]{{4}}/[0-9]{{5}}|[A-Z]{{2}}[0-9]{{13}}){_RIGHT}",
    ),
    (Lookalike.PARCEL, rf"(?i:{_LEFT}[a-z]{{2}} ?[0-9]{{9}} ?[a-z]{{2}}{_RIGHT})"),
    (
        Lookalike.PROCEDURE_CODE,
        rf"(?i:{_LEFT}(?:[1-9]\.[0-9]{{6}}(?:\.[0-9]{{3}}\.[0-9]{{2}}\.[0-9]{{2}}\.[a-z][0-9]{{2}})?"
        rf"|[a-z][0-9]{{2}}-[a-z]{{2,4}}[0-9]{{0,3}}|kq\.[a-z][0-9]{{2}}\.[0-9]{{4,8}}){_RIGHT})",
    ),
    (Lookalike.PARTIAL_CODE, rf"{_HEADLESS}|{_TAILLESS}|{_AGENCY_ALONE}"),
)
_DOCUMENT = (
    rf"{_LEFT}[0-9]{{1,6}}/(?:[0-9]{{4}}/)?[A-ZĐ][A-ZĐa-z]{{1,9}}(?:-[0-9A-ZĐ][0-9A-ZĐa-z]*)*"
    rf"|{_LEFT}[0-3]?[0-9]([-/.])[01]?[0-9]\1(?:[12][0-9])?[0-9]{{2}}{_RIGHT}"
    rf"|(?i:{_LEFT}[0-9]{{2}}[a-z][0-9a-z]?[- .]{{0,2}}[0-9]{{3}}\.?[0-9]{{1,2}}){_RIGHT}"
)
_BEFORE_NUMBERS = tuple((kind, re.compile(shape)) for kind, shape in _SHAPES)
_DOCUMENT_NUMBER = re.compile(_DOCUMENT)
_NUMBER = re.compile(
    r"(?<![^\W_])(?:\+ ?|\(\+?)?[0-9](?:[ .\-()]{0,3}[0-9]){6,}+"
    r"(?! ?(?i:đ|d|đồng|dong|vnđ|vnd|triệu)(?![^\W_]))"
)
_DIGIT = re.compile("[0-9]")
_NOT_DIGIT = re.compile("[^0-9]")
_LANDLINE = re.compile(
    r"02(?:0[3-9]|1[0-689]|2[0-25-9]|3[2-9]|5[124-9]|6[0-39]|7[0-7]|9[0-4679])[0-9]{7}"
    r"|02[48][0-9]{8}|1[89]00[0-9]{4}(?:[0-9]{2})?"
)
_FOREIGN_HEAD = re.compile(r"(?:00)?840?(?=[235789])")
_CITIZEN_ID_WIDTHS = (9, 12)
_NEAR_CODE_WIDTHS = range(7, 21)


def _number(typed: str) -> Lookalike | None:
    digits = _NOT_DIGIT.sub("", typed)
    home = _FOREIGN_HEAD.sub("0", digits, count=1) if len(digits) > WIDTH else digits
    if MOBILE.fullmatch(home) or _LANDLINE.fullmatch(home):
        return Lookalike.PHONE
    if len(digits) in _CITIZEN_ID_WIDTHS:
        return Lookalike.CITIZEN_ID
    return Lookalike.PARTIAL_CODE if len(digits) in _NEAR_CODE_WIDTHS else None


def _first_number(text: str) -> Lookalike | None:
    for match in _NUMBER.finditer(text):
        kind = _number(match[0])
        if kind is not None:
            return kind
    return None


def _what_else(text: str, found: list[Finding]) -> Lookalike | None:
    if _DIGIT.search(text) is None:
        return None
    seen = [finding.other for finding in found if finding.other is not None]
    if Lookalike.IMPOSSIBLE_DATE in seen:
        return Lookalike.IMPOSSIBLE_DATE
    for kind, shape in _BEFORE_NUMBERS:
        if shape.search(text) is not None:
            return kind
    if seen:
        return seen[0]
    rest = _DOCUMENT_NUMBER.sub(" ; ", text)
    document = None if rest == text else Lookalike.DOCUMENT_NUMBER
    return _first_number(rest) or document


def codes_or_other(
    text: str, keyword: str = KEYWORD
) -> tuple[tuple[ReceiptCode, ...], Lookalike | None]:
    """The codes in a text; when there are none, what stands in their place, if anything does.

    Shape:  any str. What its words make of a number goes first, then special shapes, then bare
            numbers by their width, then document numbers, dates and plates.
    Source: domain-facts 2.1, "things that look like a dossier code"; 2.3.
    """
    text = prepared(text, keyword)
    found = scan_prepared(text, always=False)
    codes = codes_of(found)
    return codes, None if codes else _what_else(text, found)
