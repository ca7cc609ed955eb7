"""A year's days off as somebody hands them in: which form it is, and the notice they come from."""

import re
import unicodedata
from datetime import date

from bot.core.calendar_notice import read_words
from bot.core.calendar_reading import MOST_BYTES, MOST_LINES, Reading
from bot.core.calendar_table import is_table, is_toml, read_table, read_toml
from bot.core.counter_typing import one_line, read_day

YEARS = range(2016, 2100)  # from the first list that we hold to the end of the lunar tables
MOST_NUMBER, MOST_SOURCE, MOST_FAULTS, MOST_YEARS = 200, 300, 20, 20
NOTHING = (
    "Không đọc được ngày nào. Dán các dòng của thông báo, như “nghỉ từ 14/02/2026 đến "
    "22/02/2026”, hoặc bảng CSV có các cột ngày, loại, ghi chú."
)


def read_notice(text: str, year: int) -> Reading:
    """Read a table of ours (CSV, calendar.toml) or the words of a notice, whichever it is."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    if len(text.encode("utf-8", "replace")) > MOST_BYTES or text.count("\n") > MOST_LINES:
        return Reading(fault="Nội dung quá dài: chỉ nhập phần nói về ngày nghỉ của một năm.")
    if not text.strip():
        return Reading(fault="Chưa có nội dung. Dán lời thông báo, hoặc chọn tệp.")
    if text.lstrip().startswith("BEGIN:VCALENDAR"):
        return Reading(fault="Đây là tệp iCalendar (.ics), chỉ để xuất ra. Nhập tệp CSV.")
    if is_toml(text):
        reading = read_toml(text, year)
    elif is_table(text):
        reading = read_table(text)
    else:
        reading = read_words(text, year)
    if reading.fault:
        return reading
    if reading.whole and reading.unread:  # a list of the whole year with a hole in it
        rows = " ".join(str(one) for one in reading.unread[:MOST_FAULTS])
        return Reading(fault=f"Có {len(reading.unread)} dòng không đọc được, chưa ghi gì. {rows}")
    return reading if reading.told else Reading(unread=reading.unread, fault=NOTHING)


def likely_year(text: str) -> int | None:
    """The year that most of the days off and worked in a text are of; None when it names none."""
    named = {int(year) for year in re.findall(r"(?<!\d)(20\d\d)(?!\d)", text)} & {*YEARS}
    if len(named) > MOST_YEARS:
        return None

    def told(year: int) -> tuple[int, int]:
        return sum(one.day.year == year for one in read_notice(text, year).told), year

    return max(named, key=told, default=None)


def read_issued(typed: str) -> date | None:
    """The day of a notice as it was typed."""
    found = read_day(typed)
    return found[0] if found else None


def source_of(number: str, issued: date | None) -> str:
    """What a year is confirmed by, as staff read it."""
    number = one_line(number)
    told = f"{number} ngày {issued:%d/%m/%Y}" if number and issued else number
    return told[:MOST_SOURCE]
