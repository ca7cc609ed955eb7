"""The words that notices of days off are written in, folded, as patterns."""

import re
from dataclasses import dataclass

from bot.core.calendar_reading import WEEKDAYS
from receipts.clean import fold

# What a holiday is called in notices, folded, and how its days are told of.
OCCASIONS = (
    ("tet duong lich", "Tết Dương lịch"),
    ("tet", "Tết Nguyên đán"),
    ("hung vuong", "Giỗ Tổ Hùng Vương"),
    ("chien thang", "Ngày Chiến thắng 30/4"),
    ("giai phong", "Ngày Chiến thắng 30/4"),
    ("quoc te lao dong", "Ngày Quốc tế lao động 1/5"),
    ("quoc khanh", "Quốc khánh 2/9"),
    ("van hoa viet nam", "Ngày Văn hóa Việt Nam"),
)
NUMBER = re.compile(r"(?<![\w/])(\d{1,6}/[A-ZĐ][-A-ZĐ0-9]*[A-ZĐ0-9])")
_DATE = (
    r"\d{1,2}(?:\s*/\s*|\s+thang\s+)\d{1,2}(?:\s*/\s*|\s+nam\s+)\d{4}|\d{1,2}[-.]\d{1,2}[-.]\d{4}"
)
ISSUED = re.compile(rf"^\s*,?\s*ngay\s+({_DATE})(?!\d)")
# The lunar calendar beside ours: "(tức ngày 27 tháng Chạp năm Ất Tỵ)", "10/3 âm lịch".
LUNAR = re.compile(
    r"\([^()]*\b(?:am lich|chap|gieng|mung|tuc)\b[^()]*\)"
    r"|\d{1,2}(?:\s*/\s*|\s+thang\s+)\d{1,2}\s+(?:\(\s*)?am lich(?:\s*\))?"
)
EMPTY_REMARK = re.compile(r"\([^()\d]*\)")  # "(nghỉ thứ Hai, làm bù thứ Bảy)" names no day
TOKEN = re.compile(
    r"(?P<weekday>\bthu (?:hai|ba|tu|nam|sau|bay|[2-7])\b|\bchu nhat\b)"
    r"|(?P<iso>(?<![\d/.-])\d{4}-\d{2}-\d{2}(?!\d))"
    r"|(?P<day>(?<![\d/.-])\d{1,2}[-.]\d{1,2}[-.]\d{4}(?!\d))"
    r"|(?P<days>(?<![\d/.-])\d{1,2}(?:\s*(?:,|;|\bva\b)\s*(?:ngay\s+)?\d{1,2}){0,30}"
    r"(?:\s*/\s*|\s+thang\s+)\d{1,2}(?:(?:\s*/\s*|\s+nam\s+)\d{4})?(?![\d/]))"
    r"|(?P<bare>(?<![\d/.-])\d{1,2}(?=\s*(?:-|den\b)\s*(?:het\s+)?(?:ngay\s+)?\d{1,2}"
    r"(?:\s*/|\s+thang)))"
    r"|(?P<swap>\bhoan doi\b)"
    r"|(?P<plain>\bngay (?:lam viec|nghi)\b|\blam viec (?:binh thuong|tro lai)"
    r"|\bdi lam (?:lai|tro))"
    r"|(?P<off>\b(?:duoc |cho )?nghi\b(?: lam viec)?(?: bu)?)"
    r"|(?P<work>\b(?:di )?lam (?:viec )?bu\b|\blam viec\b|\bdi lam\b)"
    r"|(?P<sang>\bsang\b|\bqua\b)"
    r"|(?P<until>\b(?:den|toi)\b|-)"
    r"|(?P<since>\btu\b)"
    r"|(?P<instead>\bthay\b|\bcho\b)"
)
# "31/8/2026: nghỉ": what the day is stands behind it, at the end of the line.
LATE = re.compile(
    r"^([^a-z]*(?:(?!nghi|lam |hoan )[a-z][^a-z]*)*\d)\s*[:-]?\s*"
    r"((?:duoc )?nghi(?: bu)?|lam (?:viec )?bu|di lam)\b(\D*)$"
)
WEEKDAY = {fold(name): number for number, name in enumerate(WEEKDAYS)} | {
    f"thu {number + 2}": number for number in range(6)
}
# How a line ends whose sentence goes on: "… đến hết Chủ", "… (tức ngày".
DANGLING = re.compile(
    r"(?:[,(-]|\b(?:tu|den|het|ngay|thang|nam|thu|chu|va|cho|thay|sang|vao|bu|tuc|mung))$|\([^()]*$"
)
BESIDE = re.compile(r"^[\s,(]*(?:ngay\s*)?$")


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention of one or more days of a month; what is not said of month and year is None."""

    days: tuple[int, ...]
    month: int | None
    year: int | None
    words: str


def mention_of(kind: str, words: str) -> Mention | None:
    """The days that a token of this kind names; None when it names none."""
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    if kind == "iso":
        return Mention((numbers[2],), numbers[1], numbers[0], words)
    if kind == "day":
        return Mention((numbers[0],), numbers[1], numbers[2], words)
    if kind == "bare":
        return Mention((numbers[0],), None, None, words)
    if kind == "days":
        dated = len(numbers) > 2 and numbers[-1] > 999
        *days, month = numbers[:-1] if dated else numbers
        return Mention(tuple(days), month, numbers[-1] if dated else None, words)
    return None
