"""The sticky label of a dossier, "Tem hồ sơ": code in clear, QR, bar code, two dates."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from receipts import barcode as bars
from receipts.slip.faces import SANS, SANS_BOLD, printable, width_of
from receipts.slip.facts import local
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import MM, Cells, Mark, Page, Placed
from receipts.slip.pdf import PdfWriter
from receipts.slip.raster import THERMAL_DPI
from receipts.slip.records import Slip
from receipts.slip.strips import Setting, Strip, moved, paragraph, stacked
from receipts.slip.symbols import bar_cells, qr_cells, quiet_of, side_of
from receipts.slip.wording import wording

_EDGE = 1.5 * MM
_BAR_HEIGHT = 6.0 * MM
_NARROWEST = (bars.LEAST_MM, 0.19)  # of a bar: for any reader, and for a good one
_FINEST = 0.16


@dataclass(frozen=True, slots=True)
class LabelSize:
    """A label's size in millimetres."""

    width: float = 80.0
    height: float = 40.0

    def __str__(self) -> str:
        return f"{self.width:g}x{self.height:g} mm"


def label_size(text: str) -> LabelSize:
    """Read `WIDTHxHEIGHT` in millimetres. Errors: ValueError for anything else."""
    parts = text.lower().split("x")
    if len(parts) != len(("width", "height")) or not all(part.isdecimal() for part in parts):
        raise ValueError(f"{text!r} is no label size; expected WIDTHxHEIGHT in mm, such as 80x40")
    return LabelSize(*(float(part) for part in parts))


def render_labels(
    slips: Iterable[Slip], size: LabelSize = LabelSize(), dpi: int = THERMAL_DPI
) -> bytes:
    """One label a page, as PDF. The bar code is left out where it would be too fine to read.

    Units:  `dpi` dots an inch of the label printer; QR and bars are whole dots of it.
    Errors: ValueError for a label that has no room for the QR, for a code or link that a symbol
            cannot hold, for no slips.
    Source: domain-facts 1.1 ("Tem hồ sơ").
    """
    stream = BytesIO()
    writer: PdfWriter | None = None
    for slip in slips:
        page = _page(slip, size, dpi)
        title = f"{wording('label')['title']} {slip.code}"
        writer = writer or PdfWriter(stream, title, printable(slip.office.name), "")
        writer.add([page], [[()]])
    if writer is None:
        raise ValueError("there is no slip to make a label of")
    writer.finish()
    return stream.getvalue()


def _page(slip: Slip, size: LabelSize, dpi: int) -> Page:
    width, height = size.width * MM, size.height * MM
    strip = _bar_strip(slip, width, dpi)
    below = height - (strip.height if strip else 0.0)
    marks: list[Mark] = []
    left = 2 * _EDGE
    if slip.link is not None:
        cells = qr_cells(slip.link, dpi=dpi)
        whole = side_of(cells) + 2 * quiet_of(cells)
        if whole > min(width, below):
            strip, below = None, height
        if whole > min(width, below):
            wanted = whole / MM
            raise ValueError(f"a label needs {wanted:.0f} mm each way for the QR, not {size}")
        marks.append(cells._replace(x=quiet_of(cells), y=(below - side_of(cells)) / 2))
        left = whole
    told = _told(slip, width - left - _EDGE)
    if told.height > below - _EDGE:
        raise ValueError(f"the text of {slip.code} does not fit on a label of {size}")
    marks += [moved(mark, left, (below - told.height) / 2) for mark in told.marks]
    if strip is not None:
        marks += [moved(mark, 0.0, below) for mark in strip.marks]
    return Page(width, height, (Placed(0.0, 0.0, tuple(marks)),))


def _bar_strip(slip: Slip, width: float, dpi: int) -> Strip | None:
    """The bar code across the label's foot, in the widest bars that fit; None when none do."""
    for narrowest in _NARROWEST:
        cells = bar_cells(slip.code, slip.office.symbology, _BAR_HEIGHT, dpi, narrowest)
        if _fits(cells, width) and cells.cell >= _FINEST * MM:
            bar = cells._replace(x=(width - side_of(cells)) / 2)
            return Strip(_BAR_HEIGHT + 2 * MM, (bar,))
    return None


def _fits(cells: Cells, width: float) -> bool:
    return side_of(cells) + 2 * bars.QUIET * cells.cell <= width


def _told(slip: Slip, room: float) -> Strip:
    words = wording("label")
    code = printable(slip.code)
    size = min(13.0, 13.0 * room / width_of(code, SANS_BOLD, 13.0))
    due = slip.due_at
    facts = {
        "received": local(slip.received_at or slip.issued_at).strftime(words["day"]),
        "due": None if due is None else local(due).strftime(words["day"]),
    }
    setting = Setting(8.0, room)
    name = paragraph([Stretch(printable(slip.submitter.name), SANS)], setting)[:2]
    return stacked(
        [
            *paragraph([Stretch(words["title"], SANS)], Setting(7.0, room)),
            *paragraph([Stretch(code, SANS_BOLD)], Setting(size, room + 0.1), 1.5),
            *name,
            *paragraph(filled(words["received"], facts, SANS), setting),
            *(paragraph(filled(words["due"], facts, SANS), setting) if facts["due"] else []),
        ]
    )
