"""A Vietnamese phone number: read as desks type it, hidden when printed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# The one third-party import of the core: tables and pure functions, no input or output.
from phonenumbers import PhoneNumber, PhoneNumberType, number_type

from bot.core.phone_plan import (
    ABSENT_WORDS,
    AREA_CODES,
    BETWEEN_WORDS,
    EXTENSION_WORDS,
    MIGRATED_HEADS,
    MOBILE_HEADS,
    OLD_LANDLINE_HEADS,
    OTHER_NUMBER_WORDS,
)

MAX_LENGTH = 200
_RAW_LENGTH = 1000  # Room for the invisible characters that are removed before counting.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u20e3\u3164\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
# A run of O's touching a digit, unless it belongs to a word ("zalo0905…", "…456Ong Hùng").
_LETTER_O = re.compile(r"(?<![^\W\d_])[oO]+(?=[0-9])|(?<=[0-9])[oO]+(?![^\W\d_])")
_BRACKETED_O = re.compile(r"\([oO]\)")
_ADDRESS_PART = re.compile(r"[^\s,;/|]*@[^\s,;/|]*")
# A spreadsheet's float: "905123456.0". A number typed by hand would begin with a zero.
_FLOAT_TAIL = re.compile(r"(?<![0-9.])([1-9][0-9]{8,11})\.0(?![0-9])")
# "+66 - 812345678": the dash does not part two numbers but a country code from its number.
_COUNTRY_CODE = re.compile(r"((?:\+ ?\(?|(?<![0-9])00)[0-9]{1,3}\)?) ?[-,:/] ?(?=[(0-9])")


def _any_word(words: tuple[str, ...]) -> str:
    """Give a pattern for one of these folded words standing alone."""
    return f"(?<![a-z])(?:{'|'.join(words)})(?![a-z])"


_EXTENSION = re.compile(_any_word(EXTENSION_WORDS))
_OTHER_NUMBER = re.compile(_any_word(OTHER_NUMBER_WORDS))
# What always parts two numbers: signs, words, a line's end, the colon after a numbered label
# ("ĐT1: …"), the plus of the next number.
_HARD_BREAK = re.compile(
    rf"[/\\;|&、\n]|(?<=[0-9]) ?:|{_any_word(BETWEEN_WORDS)}|(?<![a-z0-9])(?=\+)"
)
# What parts two numbers only where the parts are numbers: some people group digits by them.
_SOFT_BREAK = re.compile(r",| -+ ?|-+ ")
# A day in either order; "1990-05-03 00:00" would otherwise pass as an old number of head 0199.
_DATE = re.compile(
    r"(?<![0-9.-])(?:[0-3]?[0-9]([.-])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9.-])"
    r"|(?:19|20)[0-9]{2}([.-])[01]?[0-9]\2[0-3]?[0-9](?![0-9]))"
)
_GROUPED = re.compile(r"[0-9 .()_'·•-]+")


class Line(StrEnum):
    """What kind of line a field holds, from the view of someone who wants to send to it."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    INVALID = "invalid"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A Vietnamese mobile number; printing it shows its mask, never its digits.

    Shape:  E.164 "+84" and the nine digits of today's plan.
    Errors: ValueError for anything else; the message does not repeat the digits.
    """

    e164: str

    def __post_init__(self) -> None:
        if not (self.e164.startswith("+84") and looks_mobile("0" + self.e164[3:])):
            raise ValueError("not a Vietnamese mobile number in E.164 form")

    @property
    def zalo(self) -> str:
        """The form Zalo's interfaces take: 84905123456."""
        return self.e164[1:]

    @property
    def national(self) -> str:
        """The form people dial: 0905123456."""
        return "0" + self.e164[3:]

    @property
    def shown(self) -> str:
        """The form for staff: 0905 123 456."""
        return f"{self.national[:4]} {self.national[4:7]} {self.national[7:]}"

    @property
    def masked(self) -> str:
        """The form for logs and for people who need not know it: 090***3456."""
        return f"{self.national[:3]}***{self.national[-4:]}"

    def __repr__(self) -> str:
        return f"Phone({self.masked})"

    def __str__(self) -> str:
        return self.masked


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What a phone field says.

    Shape: `phone` is set for MOBILE only, so that what is there can be sent to. `doubtful` wants
           a look by staff: an old landline may hide behind it, or the numbering library does not
           know this range. It is never a reason not to send.
    """

    line: Line
    phone: Phone | None = None
    doubtful: bool = False


_INVALID = PhoneReading(Line.INVALID)
_MISSING = PhoneReading(Line.MISSING)


def read_phone(text: str | None) -> PhoneReading:
    """Read a phone field as desks fill it.

    Shape:  any text; what lies beyond 200 characters is not read. Time grows with the length.
    Result: of several numbers the first mobile; LANDLINE when there are only landlines.
    Source: numbering plan since 2018 (mobile heads 11 to 10 digits) and 2017 (area codes 02x).
    """
    clean, cut = _clean(text or "")
    folded = _fold(clean)
    if not cut and _says_none(folded):
        return _MISSING
    for piece_pattern in (_SOFT_BREAK, None):
        found = [
            reading
            for piece in _pieces(_COUNTRY_CODE.sub(r"\1 ", folded), piece_pattern)
            for reading in _read_piece(piece)
        ]
        mobiles = [reading for reading in found if reading.line is Line.MOBILE]
        if found:
            return (mobiles or found)[0]
    return _INVALID


def looks_mobile(digits: str) -> bool:
    """Say whether this is a mobile number of today in national form.

    Shape: exactly ten ASCII digits, the trunk zero first.
    """
    return (
        len(digits) == 10
        and digits.isascii()
        and digits.isdecimal()
        and digits[0] == "0"
        and digits[1:3] in MOBILE_HEADS
    )


def _clean(text: str) -> tuple[str, bool]:
    """Bring look-alike characters to one form; say also whether the text had to be cut."""
    raw = text.strip()
    kept = "".join(map(_plain_character, unicodedata.normalize("NFKC", raw[:_RAW_LENGTH])))
    kept = _DASHES.sub("-", _INVISIBLE.sub("", kept))
    lines = (" ".join(line.split()) for line in kept.splitlines())
    kept = "\n".join(lines).strip()
    cut = len(raw) > _RAW_LENGTH or len(kept) > MAX_LENGTH
    if cut:  # The last number may have lost its end, and the rest could pass for another one.
        kept = kept[:MAX_LENGTH].rstrip("0123456789oO .,+-()_'·•")
    return kept, cut


def _plain_character(char: str) -> str:
    """Drop an invisible character (zero width, direction); turn any script's digit into ASCII."""
    if unicodedata.category(char) in ("Cf", "Cc") and not char.isspace():
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return char


def _fold(text: str) -> str:
    """Make letters comparable and mend what typing and spreadsheets did to digits."""
    text = _ADDRESS_PART.sub(" email ", text)
    text = _LETTER_O.sub(lambda run: "0" * len(run[0]), _BRACKETED_O.sub("(0)", text))
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return _FLOAT_TAIL.sub(r"\1", bare.lower().replace("đ", "d"))


def _says_none(folded: str) -> bool:
    """Say whether the field states that there is no number, in whatever words."""
    words = re.findall(r"[^\W_]+", folded)
    return all(word in ABSENT_WORDS for word in words)


def _pieces(folded: str, soft: re.Pattern[str] | None) -> Iterator[str]:
    """Part a field that holds several numbers; without `soft`, commas and dashes group digits."""
    for piece in _HARD_BREAK.split(folded):
        if soft is None:
            yield _SOFT_BREAK.sub(" ", piece)
        else:
            yield from soft.split(piece)


def _read_piece(piece: str) -> list[PhoneReading]:
    """Read the numbers of one piece; empty when it does not wholly consist of numbers."""
    digits_at = re.search(r"[0-9]", piece)
    if digits_at is None or _DATE.search(piece):
        return []
    before, rest = piece[: digits_at.start()], piece[digits_at.start() :]
    if _OTHER_NUMBER.search(before):
        return []
    extension = _EXTENSION.search(rest)
    if extension:
        rest = rest[: extension.start()]
    last = max(at for at, char in enumerate(rest) if char in "0123456789")
    core = rest[: last + 1]
    if not _GROUPED.fullmatch(core):
        return []  # Letters or foreign signs between digits.
    plus = before.rstrip(" (").endswith("+") and core[0] != "0"  # "+ 0905…" is a list's bullet.
    groups = re.findall(r"[0-9]+", core)
    whole = _read_digits("".join(groups), plus)
    return [whole] if whole else _read_run(groups, plus)


def _read_run(groups: list[str], plus: bool) -> list[PhoneReading]:
    """Read several whole numbers that only blanks, dots or dashes part; all must be numbers."""
    found: list[PhoneReading] = []
    grown = ""
    for group in groups:
        grown += group
        whole = grown.startswith(("0", "84")) or (plus and not found)
        reading = _read_digits(grown, plus and not found) if whole else None
        if reading:
            found.append(reading)
            grown = ""
    return [] if grown else found


def _read_digits(digits: str, plus: bool) -> PhoneReading | None:
    """Classify the digits of one number by the plan; None when the plan has no such number."""
    significant = _significant(digits, plus)
    if len(significant) == 9 and significant[:2] in MOBILE_HEADS:
        return _mobile(significant, old_shape=significant.startswith(OLD_LANDLINE_HEADS))
    if len(significant) != 10:
        return None
    if significant[:3] in MIGRATED_HEADS:
        return _mobile(MIGRATED_HEADS[significant[:3]] + significant[3:], old_shape=False)
    if significant.startswith(AREA_CODES):
        known = _library_type(significant) == PhoneNumberType.FIXED_LINE
        return PhoneReading(Line.LANDLINE, doubtful=not known)
    return None


def _significant(digits: str, plus: bool) -> str:
    """Strip country code and trunk zero; a zero lost in a spreadsheet is simply not there."""
    if plus:
        rest = digits[2:] if digits.startswith("84") else ""
    elif digits.startswith("0084"):
        rest = digits[4:]
    elif digits.startswith("84") and len(digits) >= 11:
        rest = digits[2:]
    else:  # Nine digits that begin with 84 are a mobile number without its zero.
        rest = digits
    return rest.removeprefix("0")


def _mobile(significant: str, *, old_shape: bool) -> PhoneReading:
    """Build the reading of a mobile number, with its doubt."""
    known = _library_type(significant) == PhoneNumberType.MOBILE
    return PhoneReading(Line.MOBILE, Phone("+84" + significant), old_shape or not known)


def _library_type(significant: str) -> int:
    """Ask the numbering library, which sees finer ranges than heads do but misses new ones."""
    return number_type(PhoneNumber(country_code=84, national_number=int(significant)))
