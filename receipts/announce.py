"""The words beside a number that say what it is: "MST", "CCCD", "SĐT", "(là mã số thuế)"."""

import re
from bisect import bisect_left
from typing import NamedTuple

from receipts.clean import fold
from receipts.style import Lookalike

# Long names count only where they announce a number ("số căn cước …"): a dossier may be about
# an identity card or an insurance book, and its code is a code all the same.
_ID_NAMES = (
    r"(?:can cuoc(?: cong dan)?|chung minh(?: nhan dan| thu)?|dinh danh(?: ca nhan)?|ho chieu)"
)
_INSURANCE_NAMES = r"bao hiem(?: xa hoi| y te)?"
_OF = r"(?:ma so|so|ma|the)(?: the)?"


def _announced(names: str) -> str:
    return rf"{_OF} {names}|{names}(?: so| la|(?=\s?:))"


_WORDS = {
    Lookalike.TAX_NUMBER: r"ms thue|mst|ma(?: so)? thue|tax(?: code| id| no)?|msdn|dkkd|gpkd|"
    r"ma(?: so)? (?:doanh nghiep|dn|cong ty|dkkd|(?:ho )?kinh doanh|hkd)",
    Lookalike.CITIZEN_ID: r"m?ddcn|cccd|cmnd|cmtnd|cmt|passport|so giay to|sgt|"
    + _announced(_ID_NAMES),
    Lookalike.INSURANCE: r"bhxh|bhyt|" + _announced(_INSURANCE_NAMES),
    Lookalike.PHONE: r"sdt|(?:so )?(?:dien thoai|dt)|phone|mobile|di dong|hotline|tel|fax|so may",
    Lookalike.ACCOUNT: r"stk|so tk|so tai khoan|tai khoan(?: so|(?=\s?:))",
    Lookalike.PARCEL: r"(?:ma |so )?(?:van don|buu gui|don hang)",
}
_DOSSIER = (
    r"ho so|m?hs|mahs|bien nhan|mbn|sbn|giay hen|phieu hen|ma so|ms|tra cuu|tracuu|receipt|code"
)
_MONEY = r"d|vnd|dong|trieu|usd"
_KINDS: tuple[Lookalike | None, ...] = (*_WORDS, None)
_LABEL = re.compile(
    r"(?=[a-z])(?<![^\W\d_])(?:"
    + "|".join(f"({words})" for words in (*_WORDS.values(), _DOSSIER, _MONEY))
    + r")(?![^\W\d_])"
)
# A label stands right before the number, or in the same clause with no other number between;
# or behind it: "0101701234 (MST)", "… là mã số thuế", "1500000000 đồng".
_REACH = 32
_GAP = re.compile(rf"[\s:=.\-#(_]{{0,6}}|[^,;!?.\n0-9]{{0,{_REACH}}}")
_GAP_BEHIND = re.compile(r"[ (\[:-]{0,3}(?:la )?(?:so )?")
_GAP_BEHIND_AT_MOST = 9
_ITS_OWN_NUMBER = re.compile(rf"[^,;!?\n0-9]{{0,{_REACH}}}[0-9]")

_GLUED_WORDS = (
    "ma so ms maso hs mhs mahs mahoso hoso sohs sohoso sbn mbn bn bien nhan biennhan sobiennhan "
    "mabiennhan code tracuu cuu la"
)
DOSSIER_WORDS = frozenset(_GLUED_WORDS.split())
"""Words that may stand glued before a code: "mãH56.14-…", "MHS0101701234"."""


class Labels(NamedTuple):
    """Where labels stand in a folded text, in order, and what each calls its number."""

    words: str
    starts: list[int]
    ends: list[int]
    groups: list[int]

    def before(self, since: int, start: int) -> Lookalike | None:
        """What the nearest label between `since` and `start` calls a number that begins there."""
        at = bisect_left(self.starts, start) - 1
        if at < 0 or self.starts[at] < since or start - self.ends[at] > _REACH:
            return None
        if self.groups[at] > len(_WORDS) or not _GAP.fullmatch(self.words, self.ends[at], start):
            return None
        return _KINDS[self.groups[at] - 1]

    def behind(self, end: int) -> Lookalike | None:
        """What a label right behind a number calls it, unless that label has its own number."""
        at = bisect_left(self.starts, end)
        if at == len(self.starts) or self.starts[at] - end > _GAP_BEHIND_AT_MOST:
            return None
        if not _GAP_BEHIND.fullmatch(self.words, end, self.starts[at]):
            return None
        if self.groups[at] > len(_KINDS):
            return Lookalike.ACCOUNT
        own = _ITS_OWN_NUMBER.match(self.words, self.ends[at])
        return None if own else _KINDS[self.groups[at] - 1]


def labels_of(text: str) -> Labels:
    """All labels of a clean text."""
    words = fold(text)
    labels = Labels(words, [], [], [])
    for match in _LABEL.finditer(words):
        labels.starts.append(match.start())
        labels.ends.append(match.end())
        labels.groups.append(match.lastindex or 0)
    return labels
