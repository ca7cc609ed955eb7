"""The list of procedures as a file: read whole, every fault named by row and column."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.counter_cells import READERS, Wrong, plain_key
from bot.core.counter_procedure import ProcedureRule
from bot.core.counter_typing import many_lines

MOST_BYTES, MOST_ROWS, MOST_FAULTS = 4 * 2**20, 5_000, 20
# Names of columns, folded: Vietnamese without accents, or English.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("ma", "ma thu tuc", "ma tthc", "code"),
    "name": ("ten", "ten thu tuc", "ten tthc", "name"),
    "days": ("so ngay", "thoi han", "days"),
    "day_kind": ("loai ngay", "day kind"),
    "same_day": ("trong ngay", "same day"),
    "fees": ("phi", "le phi", "phi le phi", "phi, le phi", "fees"),
    "guide": ("huong dan", "guide"),
    "papers": ("giay to", "thanh phan ho so", "papers"),
}
_NEEDED = ("code", "name")
_EXAMPLE = "ma, ten, so_ngay, loai_ngay, trong_ngay, phi, huong_dan, giay_to"


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault; `row` as in the file, 1 is the header, 0 the file itself."""

    row: int
    column: str
    words: str

    def __str__(self) -> str:
        if not self.row:
            return self.words
        place = f"Dòng {self.row}, cột “{self.column}”" if self.column else f"Dòng {self.row}"
        return f"{place}: {self.words}"


@dataclass(frozen=True, slots=True)
class ProcedureFile:
    """What a file says: the procedures, or up to 20 faults and then none of them counts."""

    rules: tuple[ProcedureRule, ...] = ()
    faults: tuple[RowFault, ...] = ()


def read_procedures(content: bytes) -> ProcedureFile:
    """Read the file, comma, semicolon or tab between its columns, with or without a BOM."""
    try:
        rows = file_rows(content, "thủ tục", MOST_BYTES, MOST_ROWS)
        head = head_of(rows[0][1], _COLUMNS, _NEEDED, _EXAMPLE)
    except Wrong as fault:
        return ProcedureFile(faults=(RowFault(0, "", str(fault)),))
    rules: list[ProcedureRule] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for number, cells in rows[1:]:
        faults += _misfit(number, cells, rows[0][1])
        rule, wrong = _rule(number, cells, head)
        faults += wrong
        if rule.code in seen:
            words = f"mã “{rule.code}” đã có ở dòng {seen[rule.code]}; mỗi thủ tục chỉ một dòng"
            faults.append(RowFault(number, _shown(head, rows[0][1], "code"), words))
        elif rule.code:
            seen[rule.code] = number
        rules.append(rule)
    named = tuple(_renamed(fault, head, rows[0][1]) for fault in faults[:MOST_FAULTS])
    return ProcedureFile(faults=named) if named else ProcedureFile(tuple(rules))


def file_rows(
    content: bytes, what: str, most_bytes: int, most_rows: int
) -> list[tuple[int, list[str]]]:
    """Rows that hold something, each with its number as spreadsheets count them.

    Shape:  `what` a row tells of, in words; the first row is the head.
    Errors: Wrong with the words for what cannot be read.
    """
    if len(content) > most_bytes:
        raise Wrong(f"Tệp lớn hơn {most_bytes // 2**20} MB. Chia thành nhiều tệp.")
    text = file_text(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        rows = [
            (number, [many_lines(cell) for cell in cells])
            for number, cells in enumerate(reader, start=1)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        raise Wrong(
            f"Không đọc được tệp gần dòng chữ thứ {reader.line_num}: dấu ngoặc kép chưa đóng. "
            "Mở bằng Excel và lưu lại dạng “CSV UTF-8”."
        ) from None
    if len(rows) < 2:
        raise Wrong(f"Tệp không có {what} nào. Dòng đầu là tên cột, mỗi dòng sau là một {what}.")
    if len(rows) > most_rows:
        raise Wrong(f"Tệp có {len(rows)} dòng, tối đa {most_rows}. Chia thành nhiều tệp.")
    return rows


def head_of(
    cells: Sequence[str], columns: Mapping[str, Sequence[str]], needed: Sequence[str], example: str
) -> dict[str, int]:
    """Where each column of a file's head stands.

    Shape:  `columns` have the names that each may have, folded, the usual one first; `example`
            lists them for who has to write such a head.
    Errors: Wrong with the words for a column that is unknown, is there twice or is missing.
    """
    head: dict[str, int] = {}
    for place, cell in enumerate(cells):
        column = next((name for name, known in columns.items() if plain_key(cell) in known), None)
        if column is None and cell:
            raise Wrong(f"Dòng 1: không có cột nào tên “{cell[:40]}”. Các cột: {example}.")
        if column in head:
            raise Wrong(f"Dòng 1: cột “{cell[:40]}” có hai lần. Bỏ một cột.")
        if column is not None:
            head[column] = place
    for column in needed:
        if column not in head:
            raise Wrong(f"Dòng 1: thiếu cột “{columns[column][0]}”. Thêm cột này.")
    return head


def file_text(content: bytes) -> str:
    """The text of a file that came from a spreadsheet, whichever way it was saved.

    Errors: Wrong with the words for what cannot be read.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode Text"
        return content.decode("utf-16", errors="replace")
    if content.startswith(b"PK"):
        raise Wrong("Đây là tệp Excel (.xlsx). Trong Excel chọn “Lưu thành” → “CSV UTF-8”.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Wrong(
            "Tệp không phải UTF-8. Trong Excel chọn “Lưu thành” → “CSV UTF-8” rồi nhập lại."
        ) from None
    if "\0" in text:
        raise Wrong("Tệp không phải là văn bản. Trong Excel chọn “Lưu thành” → “CSV UTF-8”.")
    return text


def delimiter_of(text: str) -> str:
    """What parts the columns: what the header, which has no commas of its own, has most of."""
    head = text.lstrip().split("\n", 1)[0]
    return max(";\t,", key=head.count)


def _misfit(number: int, cells: Sequence[str], head: Sequence[str]) -> Iterator[RowFault]:
    if len(cells) > len(head) and any(cells[len(head) :]):
        words = f"có {len(cells)} ô, dòng đầu chỉ có {len(head)} cột; xem lại dấu ngăn cách"
        yield RowFault(number, "", words)


def _shown(head: Mapping[str, int], names: Sequence[str], column: str) -> str:
    return names[head[column]] if column in head else column


def _renamed(fault: RowFault, head: Mapping[str, int], names: Sequence[str]) -> RowFault:
    """A fault under the name that its column has in this file."""
    return RowFault(fault.row, _shown(head, names, fault.column), fault.words)


def _rule(
    number: int, cells: Sequence[str], head: Mapping[str, int]
) -> tuple[ProcedureRule, list[RowFault]]:
    """One row; what cannot be read of it is named and left empty."""
    faults: list[RowFault] = []

    def cell(column: str) -> str:
        place = head.get(column)
        return cells[place] if place is not None and place < len(cells) else ""

    read: dict[str, object] = {}
    for column, reader in READERS.items():
        try:
            read[column] = reader(cell(column))
        except Wrong as fault:
            faults.append(RowFault(number, column, str(fault)))
    rule = ProcedureRule(**{"code": "", "name": "", **read})  # type: ignore[arg-type]
    if not rule.same_day and rule.days == 0:
        words = "0 ngày: để trống, hoặc ghi “có” ở cột trong_ngay nếu trả ngay trong ngày"
        faults.append(RowFault(number, "days", words))
    return rule, faults
