"""The words and links that say "a code follows": the SMS keyword, a link's code parameter."""

import re
from functools import lru_cache

from receipts.local import DROPPED, KEYED

_BETWEEN = r"[\s_:;\-.,=+#/\"'()\[\]<>*]"
_CODE_BEGINS = r"(?=[0-9|]|[OoIl][0-9OoIl|]|[A-Za-z][0-9OoIl|]{2})"
_FILLERS = "mã|ma|số|so|hồ|ho|sơ|biên|bien|nhận|nhan|hs|mhs|ms|là|la"
_MIN_FOR_SLIP = 4

# A parameter named for the dossier code works as the keyword does: its ten digits are a code even
# in the shape of a phone. A parameter that can hold anything is read like typed text; the value
# of any other ("SGT=038…") is never ten digits of ours.
_CODE_PARAMETERS = (
    "ma mahs mhs hs maso code mahoso masohoso sohoso hoso mabiennhan masobiennhan sobiennhan "
    "biennhan mabn sobn mbn sbn sohs hscode codehs dossier dossiercode dossierno receipt "
    "receiptcode receiptno mckh matracuu"
)
_OPEN_PARAMETERS = (
    "q query s search keyword kw key tukhoa text id so no value v data content noidung u url "
    "link target redirect"
)
_NAMES_A_CODE = frozenset(_CODE_PARAMETERS.split())
_HOLDS_ANYTHING = frozenset(_OPEN_PARAMETERS.split())
_PARAMETER = re.compile(r"(?<![^\W_])([A-Za-z][A-Za-z_.\-]{0,30})=")
_OWN_LINK = re.compile(
    r"(?i)/t/([0-9a-z\-]{1,24}+(?:\.[0-9a-z\-]{1,24}+){0,6}?)\.[a-z2-7]{10}(?![^\W_])"
)
_JOINTS = str.maketrans("", "", "_.-")


def _marked_parameter(match: re.Match[str]) -> str:
    name = match[1].translate(_JOINTS).lower()
    if name in _NAMES_A_CODE:
        return KEYED
    return match[0] if name in _HOLDS_ANYTHING else DROPPED


@lru_cache(maxsize=16)
def _spellings(keyword: str) -> tuple[str, ...]:
    """The keyword in lower case, and each way of swapping two neighbours in it ("mchk")."""
    keyword = keyword.lower()
    swapped = {keyword}
    if len(keyword) >= _MIN_FOR_SLIP:
        for at in range(len(keyword) - 1):
            pair = keyword[at + 1] + keyword[at]
            swapped.add(keyword[:at] + pair + keyword[at + 2 :])
    return tuple(sorted(swapped))


def _any_spelling(keyword: str) -> str:
    return "|".join(re.escape(word) for word in _spellings(keyword))


@lru_cache(maxsize=16)
def _before_a_code(keyword: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![^\W_])(?i:{_any_spelling(keyword)}){_BETWEEN}{{0,6}}+"
        rf"(?:(?i:{_FILLERS}){_BETWEEN}{{1,4}}){{0,5}}{_CODE_BEGINS}"
    )


@lru_cache(maxsize=16)
def _at_the_start(keyword: str) -> re.Pattern[str]:
    return re.compile(
        rf"[\W_]{{0,16}}(?i:{_any_spelling(keyword)})"
        rf"(?:{_BETWEEN}+|\Z|{_CODE_BEGINS})"
    )


def marked(text: str, keyword: str) -> str:
    """`text` with each keyword and each link parameter replaced by what it says of its number."""
    text = text.replace(KEYED, " ").replace(DROPPED, " ")
    if "=" in text:
        text = _PARAMETER.sub(_marked_parameter, text)
    lower = text.lower()
    if "/t/" in lower:
        text = _OWN_LINK.sub(rf"/{KEYED}\1 ", text)
    if keyword and any(word in lower for word in _spellings(keyword)):
        text = _before_a_code(keyword).sub(KEYED, text)
    return text


def text_after(text: str, keyword: str) -> str | None:
    """What follows the keyword at the start of the clean `text`; None when it does not start so."""
    start = _at_the_start(keyword).match(text) if keyword else None
    return None if start is None else text[start.end() :].strip()
