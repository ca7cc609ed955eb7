"""Tables for spreadsheets: one form for every export, written as CSV or XLSX."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import xlsxwriter

Cell = str | int | float | None
# What a spreadsheet would take for a formula. Source: OWASP, CSV Injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, the heads of its columns, its rows (read once, one after the other)."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """A sheet as CSV, line by line.

    Shape: UTF-8 with the mark that spreadsheets look for, commas, CRLF. A text that would be
           read as a formula is kept a text by an apostrophe before it.
    Source: RFC 4180.
    """
    yield "\ufeff" + _line(sheet.heads)
    for row in sheet.rows:
        yield _line([harmless(cell) for cell in row])


def _line(cells: Sequence[Cell]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet reckons with, whatever somebody has typed into a name."""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell


MOST_ROWS = 1_048_576  # of one sheet, its heads included. Source: ECMA-376, 18.3.1.73.
_NO_NAME = re.compile(r"[\[\]:*?/\\]")
MOST_NAME = 31


def write_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """Sheets as one XLSX file; of the rows, one at a time is in memory.

    Shape: text stays text, whatever it begins with; a sheet with more rows than a spreadsheet
           takes goes on on another.
    """
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        for sheet in sheets:
            _write_sheet(book, sheet)
    return written.getvalue()


def _write_sheet(book: xlsxwriter.Workbook, sheet: Sheet) -> None:
    bold = book.add_format({"bold": True})
    page, at, part = None, MOST_ROWS, 0
    for row in _rows_or_none(sheet):
        if at >= MOST_ROWS:
            part, at = part + 1, 1
            page = book.add_worksheet(_sheet_name(sheet.name, part))
            page.write_row(0, 0, sheet.heads, bold)
            page.freeze_panes(1, 0)
        if row is not None and page is not None:
            page.write_row(at, 0, row)
            at += 1


def _rows_or_none(sheet: Sheet) -> Iterator[Sequence[Cell] | None]:
    """The rows behind a None, so that a sheet without any still has its heads."""
    yield None
    yield from sheet.rows


def _sheet_name(name: str, part: int) -> str:
    """A name that spreadsheets take. Source: the limits of Excel's sheet names."""
    ending = f" ({part})" if part > 1 else ""
    return _NO_NAME.sub(" ", name)[: MOST_NAME - len(ending)].strip("' ") + ending
