"""A list of agencies as a file: read whole, every fault named by row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.agency_change import read_change, read_code
from bot.core.agency_faults import Kind, Misfit
from bot.core.counter_cells import Wrong
from bot.core.counter_csv import file_rows, head_of

MOST_BYTES, MOST_ROWS = 1 * 2**20, 1_000
# Names of columns, folded: Vietnamese without accents, or as commands have them.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("ma", "ma co quan", "code"),
    "name": ("ten", "ten co quan", "name"),
    "sms_name": ("ten ngan", "ten sms", "sms name"),
    "parent": ("cap tren", "ma cap tren", "parent"),
    "valid_from": ("tu ngay", "hieu luc tu", "valid from"),
    "valid_to": ("den ngay", "het ngay", "valid to"),
    "successor": ("noi tiep", "co quan noi tiep", "successor"),
    "address": ("dia chi", "address"),
    "open_hours": ("gio tiep dan", "open hours"),
    "hotline": ("dien thoai", "hotline"),
    "place": ("dia danh", "place"),
    "desk_name": ("ten bo phan", "desk name"),
    "work_hours": ("gio lam viec", "work hours"),
    "code_head": ("dau ma", "code head"),
    "same_day_notices": ("bao trong ngay", "same day notices"),
    "step_sms": ("sms chuyen buoc", "step sms"),
    "result_hold_minutes": ("giu ket qua", "result hold minutes"),
    "sms_unicode": ("sms co dau", "sms unicode"),
}
EXAMPLE = "ma, ten, ten_ngan, cap_tren, tu_ngay, den_ngay, noi_tiep, dia_chi, dien_thoai, dau_ma"


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency of a file: what it says of it, read; `number` as spreadsheets count rows."""

    number: int
    code: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RowMisfit:
    """What is wrong with one row, or with the file: `row` 0, and then in words."""

    row: int
    misfit: Misfit | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class AgencyFile:
    """What a file says, and everything that is wrong with it."""

    rows: tuple[AgencyRow, ...] = ()
    misfits: tuple[RowMisfit, ...] = ()


def read_agencies(content: bytes) -> AgencyFile:
    """Read the file, comma, semicolon or tab between its columns, with or without a BOM.

    Shape: a column that is not there leaves what it is of as it stands; an empty cell of one that
           is there takes away what may be missing.
    """
    try:
        rows = file_rows(content, "cơ quan", MOST_BYTES, MOST_ROWS)
        head = head_of(rows[0][1], COLUMNS, ("code",), EXAMPLE)
    except Wrong as fault:
        return AgencyFile(misfits=(RowMisfit(0, words=str(fault)),))
    read: list[AgencyRow] = []
    misfits: list[RowMisfit] = []
    seen: dict[str, int] = {}
    for number, cells in rows[1:]:
        row, wrong = _row(number, cells, head)
        misfits += [RowMisfit(number, one) for one in wrong]
        if row is None:
            continue
        if row.code in seen:
            words = f"mã “{row.code}” đã có ở dòng {seen[row.code]}; mỗi cơ quan chỉ một dòng"
            misfits.append(RowMisfit(number, words=words))
        seen.setdefault(row.code, number)
        read.append(row)
    return AgencyFile(tuple(read), tuple(misfits))


def _row(
    number: int, cells: Sequence[str], head: Mapping[str, int]
) -> tuple[AgencyRow | None, list[Misfit]]:
    misfits = list(_beyond(cells, head))
    typed = {column: cells[place] if place < len(cells) else "" for column, place in head.items()}
    code = read_code(typed.pop("code"))
    values, wrong = read_change(typed)
    misfits += wrong
    if isinstance(code, Misfit):
        return None, [code, *misfits]
    return AgencyRow(number, code, values), misfits


def _beyond(cells: Sequence[str], head: Mapping[str, int]) -> Iterator[Misfit]:
    width = max(head.values()) + 1
    if any(cells[width:]):
        yield Misfit(Kind.CELLS, "", str(len(cells)), str(width))
