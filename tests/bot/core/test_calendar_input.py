"""A year handed in as a table of ours, what the list would be then, and what is odd about it."""

from datetime import date

import pytest

from bot.calendar_file import new_year, packaged_year
from bot.core.calendar import CalendarYear
from bot.core.calendar_change import Proposal, changed_since, propose
from bot.core.calendar_input import likely_year, read_notice

NOTICE_2027 = """\
Nghỉ Tết Nguyên đán từ thứ Sáu 05/02/2027 đến hết Chủ nhật 14/02/2027
Nghỉ Quốc khánh từ 01/9/2027 đến 02/9/2027
Làm bù thứ Bảy 17/4/2027 cho thứ Hai 12/4/2027
"""
TOML = """\
[2026]
mark = "computed"
off = [2026-01-01]
worked = []
source = ""
notes = ""

[2027]
mark = "confirmed"
off = [2027-01-01, 2027-02-05]
worked = [2027-04-17]
source = "1234/TB-BNV"
notes = "Tập huấn"
"""


def proposed(text: str, year: int = 2027, source: str = "1/TB-BNV") -> Proposal:
    reading = read_notice(text, year)
    assert not reading.fault, reading.fault
    return propose(packaged_year(year), reading, source, new_year(year))


def off(one: CalendarYear) -> str:
    return " ".join(f"{day.day}/{day.month}" for day in one.days(works=False))


def test_a_notice_changes_the_holidays_it_speaks_of_and_keeps_the_others() -> None:
    proposal = proposed(NOTICE_2027)
    assert off(proposal.year) == ("1/1 5/2 8/2 9/2 10/2 11/2 12/2 12/4 16/4 30/4 3/5 1/9 2/9 24/11")
    assert proposal.year.days(works=True) == [date(2027, 4, 17)]
    assert [f"{one.day:%d/%m}{'+' if one.will.works else '-'}" for one in proposal.changes] == [
        "04/02+",
        "11/02-",
        "12/02-",
        "12/04-",
        "17/04+",
        "01/09-",
        "03/09+",
    ]
    assert proposal.year.confirmed
    assert proposal.warnings == ()


def test_a_table_is_the_list_of_the_whole_year() -> None:
    rows = "\n".join(f"{day:%d/%m/%Y};nghỉ;" for day in packaged_year(2027).days(works=False))
    proposal = proposed(f"Ngày;Loại;Ghi chú\n{rows}\n17/04/2027;làm bù;Tập huấn\n")
    assert [one.day for one in proposal.changes] == [date(2027, 4, 17)]
    assert proposal.year.rules[date(2027, 4, 17)].why == "Tập huấn"
    assert proposal.warnings == (
        "Chỉ có 10 ngày nghỉ (không tính ngày hoán đổi và 24/11), Điều 112 Bộ luật Lao động "
        "cho 11 ngày.",
    )


def test_our_toml_form_is_read_for_the_year_that_is_asked_for() -> None:
    reading = read_notice(TOML, 2027)
    assert [(one.day.isoformat(), one.works) for one in reading.told] == [
        ("2027-01-01", False),
        ("2027-02-05", False),
        ("2027-04-17", True),
    ]
    assert (reading.number, reading.note, reading.whole) == ("1234/TB-BNV", "Tập huấn", True)
    assert read_notice(TOML, 2026).number == ""
    assert "[2028]" in read_notice(TOML, 2028).fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "Chưa có nội dung", id="nothing"),
        pytest.param("Kính gửi các cơ quan", "Không đọc được ngày nào", id="no day"),
        pytest.param("ngày,loại\n30/02/2027,nghỉ", "Dòng 2: “30/02/2027, nghỉ”", id="no such day"),
        pytest.param("ngày,loại\n01/01/2027,ốm", "“ốm” không phải loại ngày", id="no such kind"),
        pytest.param("ngày,ghi chú\n01/01/2027,x", "thiếu cột “loại”", id="a column is missing"),
        pytest.param("ngày,loại,màu\n01/01/2027,nghỉ,đỏ", "tên “màu”", id="a strange column"),
        pytest.param("[2027]\noff = [2027-02-05", "viết sai", id="broken TOML"),
        pytest.param('[2027]\noff = ["5/2"]', "không phải ngày", id="TOML with text for a day"),
        pytest.param("BEGIN:VCALENDAR\r\n", "chỉ để xuất ra", id="iCalendar"),
        pytest.param("nghỉ 01/01/2027\n" * 3_000, "quá dài", id="far too much"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, words: str) -> None:
    assert words in read_notice(text, 2027).fault


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nghỉ Chủ nhật 14/02/2027", "Chủ nhật 14/02/2027 là ngày cuối tuần, không cần ghi nghỉ"),
        ("làm bù 16/4/2027 cho 12/4/2027", "thứ Sáu 16/04/2027 ghi làm bù nhưng không phải"),
        ("nghỉ thứ Hai 03/01/2028", "không thuộc năm 2027"),
        ("nghỉ thứ Ba 12/4/2027", "ghi thứ Ba nhưng 12/04/2027 là thứ Hai"),
        ("nghỉ Tết 05/02/2027", "(mùng một là 06/02/2027) thiếu ngày 08/02"),
    ],
)
def test_what_is_odd_about_a_notice_is_warned_of(line: str, words: str) -> None:
    assert any(words in one for one in proposed(line).warnings), proposed(line).warnings


def test_a_list_that_falls_short_of_the_law_is_warned_of() -> None:
    warnings = proposed("ngày,loại\n01/01/2027,nghỉ\n").warnings
    assert [words.split(" là ")[0].split(" thiếu")[0][:30] for words in warnings] == [
        "Ngày Chiến thắng 30/4",
        "Tết Nguyên đán (mùng một",
        "Quốc khánh 2/9",
        "Ngày Văn hóa Việt Nam 24/11",
        "Chỉ có 1 ngày nghỉ (không tính",
    ]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("computed 2027-01-01-", "computed 2027-01-01-", []),
        (
            "computed 2027-01-01- 2027-02-04-",
            "confirmed 2027-01-01- 2027-04-17+",
            [
                "thứ Bảy 17/04/2027 nay là ngày làm việc",
                "lịch đã được xác nhận",
                "thứ Năm 04/02/2027 không còn là ngày nghỉ",
            ],
        ),
        ("confirmed", "confirmed *2027-03-01-", ["thứ Hai 01/03/2027 nay là ngày nghỉ nhập riêng"]),
        ("ill <formed>", "confirmed", ["lịch đã được xác nhận"]),
    ],
)
def test_whoever_comes_second_is_told_what_changed(was: str, now: str, told: list[str]) -> None:
    assert changed_since(was, now) == told


def test_the_year_is_the_one_that_most_days_are_of() -> None:
    assert likely_year("Ngày 15/10/2026: " + NOTICE_2027) == 2027
    assert likely_year("không có năm") is None
