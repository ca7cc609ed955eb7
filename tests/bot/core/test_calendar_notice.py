"""A yearly notice in the words that notices use: what is off, what is worked, what is not read."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.calendar_notice import read_words
from bot.core.calendar_reading import Told

NOTICE = """\
THÔNG BÁO
Về việc nghỉ Tết Nguyên đán và nghỉ lễ năm 2026
Số: 9441/TB-BNV ngày 15 tháng 10 năm 2025
1. Nghỉ Tết Nguyên đán 09 ngày, từ thứ Bảy, ngày 14/02/2026 đến hết Chủ nhật, ngày 22/02/2026 (tức \
từ ngày 27 tháng Chạp năm Ất Tỵ đến hết ngày mùng 6 tháng Giêng năm Bính Ngọ).
2. Nghỉ Quốc khánh từ thứ Bảy 29/8/2026 đến hết thứ Tư 02/9/2026; làm bù thứ Bảy 22/8/2026 cho thứ \
Hai 31/8/2026.
Nơi nhận: Văn phòng, ngày 16/10/2025
"""


def short(told: tuple[Told, ...]) -> dict[str, bool]:
    """Each day that was read, and whether it is worked; the later line wins."""
    return {f"{one.day:%d/%m}": one.works for one in told}


@pytest.mark.parametrize(
    ("line", "off", "worked"),
    [
        pytest.param("từ 16/02/2026 đến 18/02/2026", "16/02 17/02 18/02", "", id="a span"),
        pytest.param("nghỉ từ 16/02 đến hết ngày 17/02/2026", "16/02 17/02", "", id="year once"),
        pytest.param("Nghỉ Tết từ 16 đến 17/02/2026", "16/02 17/02", "", id="month once"),
        pytest.param(
            "nghỉ từ ngày 01 tháng 9 đến ngày 02 tháng 9 năm 2026", "01/09 02/09", "", id="words"
        ),
        pytest.param("Nghỉ từ 14.02.2026 – 15.02.2026", "14/02 15/02", "", id="dots and a dash"),
        pytest.param("nghỉ các ngày 16, 17 và 18/02/2026", "16/02 17/02 18/02", "", id="a list"),
        pytest.param("- Ngày Chiến thắng: 30/4", "30/04", "", id="a holiday, no verb, no year"),
        pytest.param(
            "Giỗ Tổ Hùng Vương (10/3 âm lịch): nghỉ thứ Hai 27/4/2026", "27/04", "", id="lunar"
        ),
        pytest.param("Nghỉ bù ngày 27/4/2026", "27/04", "", id="made up"),
        pytest.param("31/8/2026: nghỉ", "31/08", "", id="the verb behind"),
        pytest.param("làm bù thứ Bảy 22/8/2026 cho thứ Hai 31/8/2026", "31/08", "22/08", id="swap"),
        pytest.param(
            "Hoán đổi từ ngày làm việc thứ Hai 31/8/2026 sang ngày nghỉ thứ Bảy 22/8/2026",
            "31/08",
            "22/08",
            id="the official words of a swap",
        ),
        pytest.param(
            "nghỉ làm việc ngày thứ Sáu 02/01/2026 và đi làm bù vào thứ Bảy ngày 10/01/2026",
            "02/01",
            "10/01",
            id="off first",
        ),
        pytest.param(
            "làm bù thứ Bảy 22/8/2026 cho thứ Hai 31/8/2026 và thứ Bảy 10/1/2026 cho thứ Sáu "
            "02/01/2026",
            "31/08 02/01",
            "22/08 10/01",
            id="two swaps",
        ),
        pytest.param(
            "Nghỉ Tết từ thứ Hai, ngày 16/02/2026 đến hết thứ\nBa, ngày 17/02/2026 (tức từ ngày\n"
            "29 tháng Chạp đến mùng 1 tháng Giêng)\nlàm bù thứ Bảy 22/8/2026",
            "16/02 17/02",
            "22/08",
            id="lines broken as on paper",
        ),
        pytest.param("NGHỈ TỪ 16/02/2026 ĐẾN 16/02/2026", None, None, id="no span at all"),
        pytest.param("nghỉ từ 01/02/2026 đến 30/11/2026", None, None, id="a span of months"),
        pytest.param("nghỉ ngày 31/02/2026", None, None, id="no such day"),
        pytest.param("Hà Nội, ngày 15 tháng 10 năm 2025", None, None, id="a letterhead"),
        pytest.param("làm việc trở lại từ ngày 23/02/2026", None, None, id="back to work"),
        pytest.param("nghỉ 05 ngày", None, None, id="a count is no day"),
        pytest.param("Nghị quyết số 28/2026/QH16", None, None, id="a law's number is no day"),
    ],
)
def test_a_line_says_which_days_are_off_and_which_are_worked(
    line: str, off: str | None, worked: str | None
) -> None:
    reading = read_words(line, 2026)
    if off is None or worked is None:
        assert reading.told == ()
        return
    days = short(reading.told)
    assert [day for day, works in days.items() if not works] == off.split()
    assert [day for day, works in days.items() if works] == worked.split()


@pytest.mark.parametrize("composed", [True, False])
def test_a_notice_is_read_whole_and_what_is_not_understood_is_named(composed: bool) -> None:
    reading = read_words(unicodedata.normalize("NFC" if composed else "NFD", NOTICE), 2026)
    assert (reading.number, reading.issued) == ("9441/TB-BNV", date(2025, 10, 15))
    days = short(reading.told)
    assert days["22/08"] is True
    assert [day for day, works in days.items() if not works and day.endswith("/08")] == [
        "29/08",
        "30/08",
        "31/08",
    ]
    assert {one.line: one.dated for one in reading.unread} == {1: False, 2: False, 6: True}
    reasons = {f"{one.day:%d/%m}": one.why for one in reading.told}
    assert reasons["16/02"] == "Tết Nguyên đán"
    assert reasons["31/08"] == "Nghỉ hoán đổi, làm bù 22/08/2026"
    assert reasons["22/08"] == "Làm bù cho thứ Hai 31/08/2026"


def test_a_line_that_is_too_long_to_be_read_is_named() -> None:
    [unread] = read_words("nghỉ 30/4/2026 " * 200, 2026).unread
    assert "dài quá 2000 ký tự" in unread.why


def test_a_weekday_that_is_not_the_days_own_is_told() -> None:
    reading = read_words("làm bù thứ Bảy 21/8/2026 cho thứ Hai 31/8/2026", 2026)
    [remark] = reading.remarks
    assert remark == "Dòng 1: ghi thứ Bảy nhưng 21/08/2026 là thứ Sáu; xem lại ngày."


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_named_and_nothing_breaks(text: str) -> None:
    reading = read_words(text, 2026)
    lines = [place for place, line in enumerate(text.splitlines(), 1) if line.strip()]
    told = {one.line for one in reading.told} | {one.line for one in reading.unread}
    assert told <= set(lines)
