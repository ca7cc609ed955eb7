"""Reads receipt codes out of whatever a citizen, a clerk's software or a QR has written."""

import re

from receipts.announce import labels_of
from receipts.clean import clean, unescape
from receipts.keyword import marked, text_after
from receipts.local import KEYED, KEYED_REST, RUN_REST, WIDTH, local, tens
from receipts.national import A_COMPACT_REST, A_REST, B_REST, national
from receipts.style import Finding, ReceiptCode, Style

__all__ = ["ReceiptCode", "Style", "after_keyword", "clean", "find_codes", "read_one"]

KEYWORD = "MCKH"
_STYLES = {"a": Style.NATIONAL_A, "compact": Style.NATIONAL_A, "b": Style.NATIONAL_B}
# The first character is consumed alone: it lets the engine skip what can begin nothing.
_TOKEN = re.compile(
    r"[0-9A-Za-z|](?:(?<=[0-9|])|(?=[0-9OoIl|]))(?<![0-9][\s\S])"
    rf"(?:(?P<a>{A_REST})|(?P<compact>{A_COMPACT_REST})|(?P<b>{B_REST})"
    rf"|{KEYED_REST}|{RUN_REST})"
)


def scan_prepared(text: str, always: bool) -> list[Finding]:
    """What stands in a prepared text, in order; `always`: ten digits are never a phone here."""
    found: list[Finding] = []
    since, labels = 0, None
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        style = _STYLES.get(match.lastgroup or "")
        if style is not None:
            found.append(national(text, match[0], style, since, start))
            since = end
            continue
        if end - start < WIDTH:
            continue
        labels = labels or labels_of(text)
        for ten in tens(text, start, end, always or text[start - 1 : start] == KEYED):
            found.append(local(text, labels, ten, since, always))
            since = ten.end
    return found


def prepared(text: str, keyword: str) -> str:
    """`text` cleaned, its links unescaped, keyword and link parameters marked."""
    return marked(unescape(clean(text)), keyword)


def codes_of(found: list[Finding]) -> tuple[ReceiptCode, ...]:
    """The codes among the findings, each once."""
    codes = {f.code.canonical: f.code for f in found if f.code is not None}
    return tuple(codes.values())


def find_codes(text: str, keyword: str = KEYWORD) -> tuple[ReceiptCode, ...]:
    """All receipt codes in what a citizen typed, in order of appearance, each once.

    Shape:  any str. Codes in links count; a ten-digit number of mobile shape is a code only after
            the keyword, in a link's parameter named for the dossier code, or in our own link.
    Source: domain-facts 2.3, rules 4 to 10; interfaces 5.
    """
    return codes_of(scan_prepared(prepared(text, keyword), always=False))


def read_one(text: str) -> str | None:
    """The canonical form of the one code that `text` is, as a feed or a short code sends it.

    Shape:  ten digits are always a code here, never a phone; words around it are forgiven unless
            they make it another thing ("MST …").
    Result: None when there is no code, or more than one.
    Source: domain-facts 2.3, rule 8; interfaces 4, field `code`.
    """
    found = scan_prepared(prepared(f"{KEYWORD} {text}", KEYWORD), always=True)
    codes = codes_of(found)
    return codes[0].canonical if len(codes) == 1 else None


def after_keyword(text: str, keyword: str) -> str | None:
    """What an inbound SMS says after its keyword ("mckh_0101…" too), or None without keyword.

    Shape:  the empty string for the keyword alone; two neighbouring letters may be swapped.
    Source: domain-facts 2.3, rule 8 and the typical slips below it.
    """
    return text_after(clean(text), keyword)
