"""Receipt codes in what a scanner read: our link, other links, a bare code, structured text."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from receipts.clean import clean, fold, unescape
from receipts.code import find_codes
from receipts.style import Style

MOST_TEXTS = 20  # of one photo
# Ten digits alone are a code; among other fields only where their name says so: a tax number and
# an opaque id of a link look the same.
_BARE = re.compile(r"\W*[0-9](?:[ .]?[0-9]){9}\W*")
_NAMED = re.compile(
    r"(?<![a-z])(?:ma[ _]?(?:so[ _]?)?(?:ho[ _]?so|hs|bien[ _]?nhan|bn|tra[ _]?cuu)|m?hs|s?bn|mbn"
    r"|so[ _]?(?:ho[ _]?so|hs|bien[ _]?nhan|bn)|ma[ _]?so(?=[\"'\s]{0,2}[=:])"
    r"|(?:receipt|dossier)[ _]?(?:code|no)|code|mckh)"
    r"[\"'\s_:;=]{0,4}([0-9](?:[ .]?[0-9]){9})(?![0-9])"
)
_OWN_LINK = re.compile(
    r"https?://[a-z0-9.:/_\-]{1,200}?/t/([0-9a-z.\-]{8,64})\.[a-z2-7]{10}(?![\w\-])",
    re.IGNORECASE,
)
_NOT_DIGIT = re.compile("[^0-9]")


class Scanned(NamedTuple):
    """What is ours in the texts of one photo, and nothing else of them.

    Shape: `codes` canonical, in order, each once; `links` are links of a slip's form with their
           signature, which whoever follows a dossier by its slip has to show.
    """

    codes: tuple[str, ...]
    links: tuple[str, ...]


def codes_in(texts: Iterable[str]) -> Scanned:
    """The receipt codes in what a scanner read.

    A link's code parameter counts in any case (`mahs`, `MHS`, `code`, `ma_ho_so`), so does its
    path; the value of every other, such as the citizen's number in `SGT`, is dropped here, and so
    is every other field of a structured text.
    Source: domain-facts 1.2 (machine-readable part), 2.3 rule 9.
    """
    codes: dict[str, None] = {}
    links: dict[str, None] = {}
    for text in list(texts)[:MOST_TEXTS]:
        plain = unescape(clean(text))
        own = list(_OWN_LINK.finditer(plain))
        links.update({link[0]: None for link in own})
        meant = _ten_digits(plain) | {link[1] for link in own}
        for code in find_codes(text):
            if code.style is not Style.LOCAL or code.canonical in meant:
                codes[code.canonical] = None
    return Scanned(tuple(codes), tuple(links))


def _ten_digits(plain: str) -> set[str]:
    """The ten digits that stand alone, or under a name of the dossier's code."""
    found = {_NOT_DIGIT.sub("", named) for named in _NAMED.findall(fold(plain))}
    return found | {_NOT_DIGIT.sub("", plain)} if _BARE.fullmatch(plain) else found
