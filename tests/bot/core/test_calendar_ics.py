"""The calendar file that calendar programs read."""

from datetime import UTC, date, datetime

from bot.core.calendar import DayRule
from bot.core.calendar_ics import MOST_OCTETS, write_ics

STAMP = datetime(2026, 11, 25, 2, tzinfo=UTC)
LONG = "Nghỉ hoán đổi; làm bù 22/08/2026, theo Công điện của Chủ tịch Ủy ban nhân dân tỉnh"


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_each_day_is_an_event_of_a_whole_day() -> None:
    days = {date(2026, 12, 31): DayRule(False, LONG), date(2026, 8, 22): DayRule(True)}
    text = write_ics(days, STAMP, "tinh.example")
    lines = unfolded(text)
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.index("SUMMARY:Làm việc") < lines.index("DTSTART;VALUE=DATE:20261231")
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "UID:lich-20261231@tinh.example" in lines
    assert lines.count("DTSTAMP:20261125T020000Z") == 2
    escaped = LONG.replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:Nghỉ: {escaped}" in lines


def test_lines_are_folded_by_octets_and_no_letter_is_cut() -> None:
    text = write_ics({date(2026, 1, 1): DayRule(False, LONG)}, STAMP, "tinh.example")
    lines = text.encode().split(b"\r\n")
    assert max(map(len, lines)) <= MOST_OCTETS
    assert all(line.decode() for line in lines[:-1])
