"""The postal service's list of item codes as a file: read whole, every bad line named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.counter_cells import Wrong, plain_key
from bot.core.counter_csv import RowFault, file_rows
from bot.core.post_item import NoItemCode, read_item_code
from receipts.code import read_one

MOST_BYTES, MOST_ROWS, MOST_FAULTS = 4 * 2**20, 2_000, 50
# Names of columns, folded: as an order file has them, or in Vietnamese.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("ordernumber", "order number", "ma ho so", "so don hang", "so hieu don hang"),
    "message": ("statusmessage", "status message", "trang thai", "tinh trang"),
    "item": ("itemcode", "item code", "ma buu gui", "ma van don", "so hieu buu gui"),
}
_WORDS = {"number": "OrderNumber", "item": "ItemCode"}
_MAY_LACK = frozenset({"message"})
MOST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One line: the dossier's code as it reads, its item code, and where it stands.

    Shape: `message` is what the postal service says of the parcel, "" where it says no more than
           that it has it.
    """

    row: int
    number: str
    item: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class ItemFile:
    """What a file says: its lines, and what is wrong with it; with a fault no line counts."""

    lines: tuple[ItemLine, ...] = ()
    faults: tuple[RowFault, ...] = ()


def read_items(content: bytes) -> ItemFile:
    """Read the file, comma, semicolon or tab between its columns; others are left aside.

    A line without an item code is one that the postal service has not taken yet.
    """
    try:
        rows = file_rows(content, "bưu gửi", MOST_BYTES, MOST_ROWS)
        head = _head(rows[0][1])
    except Wrong as fault:
        return ItemFile(faults=(RowFault(0, "", str(fault)),))
    lines: list[ItemLine] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for row, cells in rows[1:]:
        number, item = (_cell(cells, head[name]) for name in ("number", "item"))
        if not item:
            continue
        message = _cell(cells, head["message"])[:MOST_MESSAGE] if "message" in head else ""
        line = _line(row, (number, item, message), seen)
        if isinstance(line, RowFault):
            faults.append(line)
        else:
            lines.append(line)
    if not lines and not faults:
        words = "Tệp không có mã bưu gửi nào: cột ItemCode trống ở mọi dòng."
        faults.append(RowFault(0, "", words))
    return ItemFile(tuple(lines), tuple(faults))


def _line(row: int, cells: tuple[str, str, str], seen: dict[str, int]) -> ItemLine | RowFault:
    typed, item, message = cells
    number = read_one(typed)
    if number is None:
        words = f"“{typed[:40]}” không phải mã hồ sơ; giữ nguyên cột OrderNumber của tệp gửi đi"
        return RowFault(row, _WORDS["number"], words)
    try:
        code = str(read_item_code(item))
    except NoItemCode as fault:
        return RowFault(row, _WORDS["item"], str(fault))
    for name, value in (("number", number), ("item", code)):
        if value in seen:
            words = f"“{value}” đã có ở dòng {seen[value]}; mỗi hồ sơ một dòng, mỗi mã một lần"
            return RowFault(row, _WORDS[name], words)
        seen[value] = row
    return ItemLine(row, number, code, message)


def _head(cells: Sequence[str]) -> Mapping[str, int]:
    """Where each column stands. Errors: Wrong naming what is missing."""
    names = [plain_key(cell) for cell in cells]
    found = {}
    for column, known in _COLUMNS.items():
        places = [place for place, name in enumerate(names) if name in known]
        if not places and column in _MAY_LACK:
            continue
        if not places:
            raise Wrong(
                f"Tệp thiếu cột {_WORDS[column]}. Dòng đầu phải có OrderNumber (mã hồ sơ) và "
                "ItemCode (mã bưu gửi)."
            )
        found[column] = places[0]
    return found


def _cell(cells: Sequence[str], place: int) -> str:
    text = cells[place] if place < len(cells) else ""
    return " ".join(text.split()).lstrip("'")
