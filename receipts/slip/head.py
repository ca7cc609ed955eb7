"""The upper part of every form: agency, state, number and date, QR, bar code, title."""

from dataclasses import dataclass

from receipts.slip.faces import SERIF, SERIF_BOLD, SERIF_ITALIC, printable, width_of
from receipts.slip.facts import Facts
from receipts.slip.forms import Form
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import Cells, Line, Mark
from receipts.slip.pages import Sheet
from receipts.slip.records import Record
from receipts.slip.strips import (
    Align,
    Setting,
    Strip,
    beside,
    paragraph,
    space,
    stacked,
)
from receipts.slip.symbols import bar_cells, qr_cells, quiet_of, side_of

_LEFT = 0.40  # of the room; the state's name and the bar code on the right need more
_BAR_HEIGHT = 24.0
_CAPTION = 0.68  # letters of the caption in those of the page
_TITLE = 1.3
_GAP = 4.0
_LEADING = 1.17


@dataclass(frozen=True, slots=True)
class Head:
    """The head as one strip; `code_line` is the top of the line with code and copy, if any.

    That line differs between the copies, so it is not in the strip. Units: points in the strip.
    """

    strip: Strip
    code_line: float | None


def head_of(record: Record, form: Form, facts: Facts, sheet: Sheet) -> Head:
    """The head of a record's form.

    Source: domain-facts 1.2, H1 to T2; 10.3 (QR upper left under the agency).
    """
    size = sheet.letters * _TITLE
    wide = width_of(form.title, SERIF_BOLD, size)
    size = max(min(size, size * sheet.room / wide), sheet.letters)
    above = stacked(
        [
            _names(record, form, sheet),
            _numbers(form, facts, sheet),
            *_symbols(record, form, sheet),
            space(_GAP),
            _centred(form.title, SERIF_BOLD, size, sheet.room),
        ]
    )
    if record.code is None:
        return Head(stacked([above, space(_GAP)]), None)
    return Head(stacked([above, space(sheet.letters * sheet.leading + _GAP)]), above.height)


def _centred(text: str, face: str, size: float, room: float) -> Strip:
    setting = Setting(size, room, align=Align.CENTRE, leading=_LEADING)
    return stacked(paragraph([Stretch(printable(text), face)], setting))


def _ruled(strip: Strip, room: float, width: float) -> Strip:
    """A strip with a short line under it."""
    y, start = strip.height + 2.0, (room - width) / 2
    line = Line(start, y, start + width, y, 0.7)
    return Strip(strip.height + 5.0, (*strip.marks, line))


def _columns(left: Strip, right: Strip, sheet: Sheet) -> Strip:
    return beside([left, right], [0.0, sheet.room * _LEFT])


def _names(record: Record, form: Form, sheet: Sheet) -> Strip:
    left_room, right_room = sheet.room * _LEFT, sheet.room * (1 - _LEFT)
    nation, motto = form.words["nation"], form.words["motto"]
    size = sheet.letters * 0.96
    fits = min(size, size * right_room / width_of(nation, SERIF_BOLD, size))
    left = stacked(
        [
            *_name_lines(record.office.name, SERIF, size, left_room - 6),
            *_name_lines(record.office.desk, SERIF_BOLD, size, left_room - 6),
        ]
    )
    right = stacked(
        [
            _centred(nation, SERIF_BOLD, fits, right_room),
            _centred(motto, SERIF_BOLD, size * 1.04, right_room),
        ]
    )
    motto_width = width_of(motto, SERIF_BOLD, size * 1.04)
    return _columns(
        _ruled(left, left_room - 6, left_room * 0.35),
        _ruled(right, right_room, motto_width),
        sheet,
    )


def _name_lines(name: str, face: str, size: float, room: float) -> list[Strip]:
    """An agency's name in capitals, each of its own lines for itself."""
    return [_centred(line.upper(), face, size, room) for line in name.split("\n")]


def _numbers(form: Form, facts: Facts, sheet: Sheet) -> Strip:
    left_room, right_room = sheet.room * _LEFT, sheet.room * (1 - _LEFT)
    size = sheet.letters
    told = {**facts, "number": facts["number"] or "........../..........", "place": facts["place"]}
    if told["place"] is None:
        told["place"] = "...................."
    left = Setting(size, left_room - 6, align=Align.CENTRE, leading=_LEADING)
    right = Setting(size, right_room, align=Align.CENTRE, leading=_LEADING)
    return _columns(
        stacked(paragraph(filled(form.words["number"], told, SERIF), left)),
        stacked(paragraph(filled(form.words["dated"], told, SERIF_ITALIC), right)),
        sheet,
    )


def _symbols(record: Record, form: Form, sheet: Sheet) -> list[Strip]:
    """QR with its caption on the left, bar code and code in clear on the right."""
    if record.code is None:
        return [space(_GAP * 2)]
    left_room, right_room = sheet.room * _LEFT, sheet.room * (1 - _LEFT)
    bars = bar_cells(record.code, record.office.symbology, _BAR_HEIGHT)
    right = _bar_strip(bars, record.code, right_room, sheet.letters)
    if record.link is None:
        left = space(0.0)
    else:
        caption = sheet.letters * _CAPTION
        left = _qr_strip(qr_cells(record.link), form.words["qr"], left_room - 6, caption)
    if side_of(bars) <= right_room:
        lowered = max(0.0, (left.height - right.height) / 2)
        return [_columns(left, stacked([space(lowered), right]), sheet), space(_GAP)]
    wide = _bar_strip(bars, record.code, sheet.room, sheet.letters)
    return [left, wide, space(_GAP)]


def _qr_strip(cells: Cells, caption: str, room: float, size: float) -> Strip:
    quiet, side = quiet_of(cells), side_of(cells)
    code = cells._replace(x=(room - side) / 2, y=quiet)
    text = _centred(caption, SERIF_ITALIC, size, room)
    return stacked([Strip(side + 2 * quiet, (code,)), text])


def _bar_strip(cells: Cells, code: str, room: float, size: float) -> Strip:
    marks: tuple[Mark, ...] = (cells._replace(x=(room - side_of(cells)) / 2, y=_GAP),)
    text = _centred(code, SERIF_BOLD, size, room)
    return stacked([Strip(cells.cell_height + _GAP + 2, marks), text])
