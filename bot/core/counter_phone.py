"""What a clerk is told of a phone number while typing it: the number as read, or what is wrong."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.core.phone import Line, Phone, PhoneReading, read_phone
from bot.core.phone_plan import MIGRATED_HEADS, MOBILE_HEADS, OLD_LANDLINE_HEADS

MOBILE_DIGITS, IDENTITY_DIGITS = 10, 12


class Level(StrEnum):
    """How sure a number is; WARNING has to be confirmed before anything is stored."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True, repr=False)
class PhoneAdvice:
    """What to say beside the field.

    Shape: `words` Vietnamese, may be empty when all is well; `normalised` as staff read numbers,
           "0905 123 456", empty when there is none to send to.
    """

    level: Level
    words: str
    normalised: str


def phone_advice(typed: str) -> PhoneAdvice:
    """Judge a number as typed at the desk; a plain reason where it will not do.

    Source: domain-facts 5, 5.1, 5.3.
    """
    reading = read_phone(typed)
    if reading.phone is not None:
        return _of_mobile(typed, reading, reading.phone)
    if reading.line is Line.MISSING:
        return PhoneAdvice(Level.EMPTY, "Chưa có số điện thoại: sẽ không gửi được tin nhắn.", "")
    if reading.line is Line.LANDLINE:
        words = "Đây là số cố định, không nhận được tin nhắn. Hỏi thêm số di động."
        return PhoneAdvice(Level.WARNING, words, "")
    return PhoneAdvice(Level.WARNING, _why_not(_digits(typed)), "")


def _of_mobile(typed: str, reading: PhoneReading, phone: Phone) -> PhoneAdvice:
    digits = _digits(typed)
    old = _old_head(digits)
    if old is not None:
        words = f"Đầu số {old} (11 số) đã đổi từ năm 2018. Số mới: {phone.shown}, xin đọc lại."
        return PhoneAdvice(Level.NOTE, words, phone.shown)
    # What is written down today cannot be a landline of the old plan, so 08… is no doubt here.
    if reading.doubtful and not phone.national[1:].startswith(OLD_LANDLINE_HEADS):
        words = f"Đọc là {phone.shown}. Đầu số này ít gặp, xin đọc lại."
        return PhoneAdvice(Level.NOTE, words, phone.shown)
    if len(digits) > MOBILE_DIGITS and phone.national[1:] not in digits:
        return PhoneAdvice(Level.NOTE, f"Đọc là {phone.shown}, xin đọc lại.", phone.shown)
    if len(digits) > IDENTITY_DIGITS:
        words = f"Có nhiều số: tin nhắn gửi đến {phone.shown}."
        return PhoneAdvice(Level.NOTE, words, phone.shown)
    return PhoneAdvice(Level.OK, "", phone.shown)


def _digits(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(str(unicodedata.decimal(char)) for char in plain if char.isdecimal())


def _national(digits: str) -> str:
    """With the trunk zero, without the country code."""
    rest = re.sub(r"^(?:0084|84(?=\d{9}))", "", digits)
    return rest if rest.startswith("0") else f"0{rest}"


def _old_head(digits: str) -> str | None:
    national = _national(digits)
    is_old = len(national) == MOBILE_DIGITS + 1 and national[1:4] in MIGRATED_HEADS
    return national[:4] if is_old else None


def _why_not(digits: str) -> str:
    """The plain reason why digits are no mobile number of today."""
    for fits, words in _REASONS:
        if fits(digits):
            return words.format(count=len(digits), head=_national(digits)[:3])
    return "Không đọc được số điện thoại này. Số di động có 10 chữ số, như 0905 123 456."


_REASONS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (
        lambda digits: not digits,
        "Không có chữ số nào. Số di động có 10 chữ số, như 0905 123 456; để trống nếu không có số.",
    ),
    (
        lambda digits: digits.startswith(("1800", "1900")),
        "Đây là số tổng đài, không nhận được tin nhắn.",
    ),
    (
        lambda digits: len(digits) == IDENTITY_DIGITS and not digits.startswith("84"),
        "Có 12 chữ số, giống số căn cước. Số di động có 10 chữ số.",
    ),
    (
        lambda digits: len(_national(digits)) < MOBILE_DIGITS,
        "Thiếu số: mới có {count} chữ số, số di động có 10.",
    ),
    (
        lambda digits: (
            len(_national(digits)) == MOBILE_DIGITS and _national(digits)[1:3] not in MOBILE_HEADS
        ),
        "Không có đầu số di động {head}. Xin hỏi lại.",
    ),
    (
        lambda digits: len(_national(digits)) > MOBILE_DIGITS,
        "Thừa số: có {count} chữ số, số di động có 10.",
    ),
)
