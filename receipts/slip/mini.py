"""The mini-slip of a thermal printer, 80 or 58 mm wide: a help, not the official form."""

from collections.abc import Sequence

from PIL import Image

from receipts import barcode as bars
from receipts import qr
from receipts.slip.faces import SANS, SANS_BOLD, printable, width_of
from receipts.slip.facts import local
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import MM, Frame, Page, Placed
from receipts.slip.pages import height_of
from receipts.slip.raster import THERMAL_DPI, painted
from receipts.slip.records import Slip
from receipts.slip.strips import Align, Setting, Strip, moved, paragraph, space, stacked
from receipts.slip.symbols import bar_cells, qr_cells, quiet_of, side_of
from receipts.slip.wording import wording

DOTS = {80: 576, 58: 384}
"""Dots that a printer of this paper width (mm) sets on a line."""

_LEAST_QR = {80: 28.0, 58: 24.0}
_SIDE = 2.0 * MM
_BAR_HEIGHT = 9.0 * MM
_CODE = 13.0  # letters of the code, smaller where the paper is narrow


def render_mini(slip: Slip, width_mm: int = 80, dots: int | None = None) -> Image.Image:
    """The mini-slip in the printer's own dots, black and white.

    Units:  `width_mm` 80 or 58; `dots` where a printer sets another number on its line.
    Errors: ValueError for another width, for so few dots that the QR does not fit, for a code or
            link that a symbol cannot hold.
    """
    page = mini_page(slip, width_mm, dots)
    across = DOTS[width_mm] if dots is None else dots
    return painted(page).crop((0, 0, across, round(page.height * THERMAL_DPI / 72)))


def mini_page(slip: Slip, width_mm: int = 80, dots: int | None = None) -> Page:
    """The mini-slip as a page, as long as it needs to be. Errors: as `render_mini`."""
    if width_mm not in DOTS:
        raise ValueError(f"mini-slips are 80 or 58 mm wide, not {width_mm}")
    width = (DOTS[width_mm] if dots is None else dots) * 72 / THERMAL_DPI
    strips = _strips(slip, width - 2 * _SIDE, _LEAST_QR[width_mm])
    placed, top = [], 0.0
    for strip in strips:
        placed.append(Placed(_SIDE, top, strip.marks))
        top += strip.height
    return Page(width, height_of(strips), tuple(placed))


def _strips(slip: Slip, room: float, least_qr: float) -> list[Strip]:
    words = wording("mini")
    centre = Setting(9.0, room, align=Align.CENTRE)
    strips = [
        space(4.0),
        *paragraph([Stretch(printable(slip.office.name).upper(), SANS)], centre),
        *paragraph([Stretch(printable(slip.office.desk).upper(), SANS_BOLD)], centre, 4.0),
        _notice(words["notice"], words["instead"], room),
        space(4.0),
    ]
    if slip.link is not None:
        strips += _qr(slip.link, words["caption"], room, least_qr)
    code = printable(slip.code)
    size = min(_CODE, _CODE * room / width_of(code, SANS_BOLD, _CODE))
    big = Setting(size, room + 0.1, align=Align.CENTRE)
    strips += paragraph([Stretch(words["code"], SANS)], centre)
    strips += paragraph([Stretch(code, SANS_BOLD)], big, 3.0)
    strips += [*_bars(slip, room), *_told(slip, room), space(8.0)]
    return strips


def _notice(notice: Sequence[str], instead: str, room: float) -> Strip:
    """The framed words that keep this paper from being taken for the form."""
    setting = Setting(9.5, room - 8.0, 4.0, Align.CENTRE)
    small = Setting(8.5, room - 8.0, 4.0, Align.CENTRE)
    inner = stacked(
        [
            *(strip for line in notice for strip in paragraph([Stretch(line, SANS_BOLD)], setting)),
            *paragraph([Stretch(instead, SANS)], small),
        ]
    )
    marks = tuple(moved(mark, 0.0, 3.0) for mark in inner.marks)
    height = inner.height + 6.0
    return Strip(height, (Frame(0.0, 0.0, room, height, 0.8), *marks))


def _qr(link: str, caption: str, room: float, least_mm: float) -> list[Strip]:
    cells = qr_cells(link, least_mm, THERMAL_DPI)
    side, quiet = side_of(cells), quiet_of(cells)
    if side + 2 * quiet > room + 2 * _SIDE:
        cells = qr_cells(link, qr.LEAST_MM, THERMAL_DPI)
        side, quiet = side_of(cells), quiet_of(cells)
    if side + 2 * quiet > room + 2 * _SIDE:
        raise ValueError(f"a QR of {side / MM:.0f} mm does not fit on {room / MM:.0f} mm of paper")
    code = cells._replace(x=(room - side) / 2, y=quiet)
    small = Setting(8.0, room, align=Align.CENTRE)
    return [Strip(side + 2 * quiet, (code,)), *paragraph([Stretch(caption, SANS)], small, 5.0)]


def _bars(slip: Slip, room: float) -> list[Strip]:
    """The bar code, where the paper is wide enough for bars that a reader can tell apart."""
    cells = bar_cells(slip.code, slip.office.symbology, _BAR_HEIGHT, THERMAL_DPI)
    if side_of(cells) + 2 * bars.QUIET * cells.cell > room + 2 * _SIDE:
        return []
    return [Strip(_BAR_HEIGHT + 6.0, (cells._replace(x=(room - side_of(cells)) / 2),))]


def _told(slip: Slip, room: float) -> list[Strip]:
    words = wording("mini")
    received, due = slip.received_at or slip.issued_at, slip.due_at
    facts = {
        "submitter": slip.submitter.name,
        "procedure": slip.procedure,
        "received": local(received).strftime(words["moment"]),
        "due": None if due is None else local(due).strftime(words["moment"]),
        "collect_at": slip.collect_at,
        "lookup": slip.office.lookup,
    }
    setting = Setting(9.5, room)
    strips: list[Strip] = []
    for name, told in facts.items():
        if told is not None:
            strips += paragraph(filled(words[name], facts, SANS), setting, 2.0)
    return strips
