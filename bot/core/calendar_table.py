"""Days off as a table: CSV of three columns, or the form of calendar.toml."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from bot.core.calendar import CONFIRMED
from bot.core.calendar_reading import MOST_WHY, Reading, Told, Unread
from bot.core.counter_cells import Wrong, plain_key
from bot.core.counter_typing import one_line, read_day

# Names of columns, folded.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "day": ("ngay", "date", "day"),
    "kind": ("loai", "loai ngay", "kind"),
    "why": ("ghi chu", "ly do", "note", "why"),
}
_KINDS = {
    "nghi": False,
    "ngay nghi": False,
    "off": False,
    "lam bu": True,
    "lam viec": True,
    "ngay lam bu": True,
    "worked": True,
    "work": True,
}
HEADS = ("ngày", "loại", "ghi chú")
OFF_WORD, WORKED_WORD = "nghỉ", "làm bù"


def is_table(text: str) -> bool:
    """Whether the first line that says anything is the head of such a CSV."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = [plain_key(cell.strip('"')) for cell in first.split(_delimiter(first))]
    return bool(cells) and cells[0] in _COLUMNS["day"] and len(cells) > 1


def read_table(text: str) -> Reading:
    """Read the rows; each that is not understood is named with what was expected there."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip())
    reader = csv.reader(io.StringIO("\n".join(lines[start:])), delimiter=_delimiter(lines[start]))
    try:
        rows = list(enumerate(reader, start + 1))
        head = _head(rows[0][1])
    except csv.Error:
        return Reading(fault="Bảng CSV có dấu ngoặc kép chưa đóng. Lưu lại dạng “CSV UTF-8”.")
    except Wrong as fault:
        return Reading(fault=str(fault))
    told: list[Told] = []
    unread: list[Unread] = []
    for number, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            told.append(_row(number, cells, head))
        except Wrong as fault:
            words = one_line(", ".join(cells))[:MOST_WHY]
            unread.append(Unread(number, words, str(fault)))
    return Reading(told=tuple(told), unread=tuple(unread), whole=True)


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


def _head(cells: Sequence[str]) -> dict[str, int]:
    head: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = next((one for one, known in _COLUMNS.items() if plain_key(cell) in known), None)
        if name is None and cell.strip():
            raise Wrong(
                f"Dòng đầu: không có cột nào tên “{cell[:40]}”. Các cột: {', '.join(HEADS)}."
            )
        if name is not None:
            head.setdefault(name, place)
    for name, words in zip(_COLUMNS, HEADS, strict=True):
        if name not in head and name != "why":
            raise Wrong(f"Dòng đầu: thiếu cột “{words}”. Các cột: {', '.join(HEADS)}.")
    return head


def _row(number: int, cells: Sequence[str], head: Mapping[str, int]) -> Told:
    def cell(name: str) -> str:
        place = head.get(name)
        return one_line(cells[place]) if place is not None and place < len(cells) else ""

    day = _day(cell("day"))
    works = _KINDS.get(plain_key(cell("kind")))
    if works is None:
        raise Wrong(f"“{cell('kind')[:40]}” không phải loại ngày; ghi “nghỉ” hoặc “làm bù”")
    return Told(day, works, cell("why").removeprefix("'")[:MOST_WHY], number)


def _day(typed: str) -> date:
    read = read_day(typed)
    if read is not None:
        return read[0]
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Wrong(f"“{typed[:40]}” không phải ngày; ghi như 24/11/2026") from None


def is_toml(text: str) -> bool:
    """Whether a line of its own names a year's table: [2027]."""
    lines = (line.strip() for line in text.splitlines())
    return any(line.startswith("[") and line[1:5].isdecimal() and line[5:] == "]" for line in lines)


def read_toml(text: str, year: int) -> Reading:
    """Read one year's table out of the form of calendar.toml; other years are left alone."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return Reading(fault=f"Tệp TOML viết sai ({fault}). Sửa chỗ đó rồi nhập lại.")
    table = tables.get(str(year))
    if not isinstance(table, dict):
        return Reading(fault=f"Tệp TOML không có bảng [{year}], chỉ có: {', '.join(tables)}.")
    told = [*_listed(table, "off"), *_listed(table, "worked")]
    days = tuple(one for one in told if isinstance(one, Told))
    unread = tuple(one for one in told if isinstance(one, Unread))
    source, note = (one_line(str(table.get(name, ""))) for name in ("source", "notes"))
    notice = source if table.get("mark") == CONFIRMED else ""
    return Reading(days, unread, whole=True, number=notice, note=note)


def _listed(table: Mapping[str, object], field: str) -> Iterator[Told | Unread]:
    days = table.get(field, [])
    if not isinstance(days, list):
        yield Unread(0, "", f"“{field}” phải là danh sách ngày, như [2027-02-05]")
        return
    for day in days:
        if isinstance(day, date) and not isinstance(day, datetime):
            yield Told(day, works=field == "worked")
        else:
            words = f"“{field}” có {day!r}"[:MOST_WHY]
            yield Unread(0, "", f"{words}, không phải ngày; ghi như 2027-02-05")
