"""The list "Phiếu bàn giao kết quả": results that go from one hand to another, A4 landscape."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

from receipts.slip.faces import SERIF, SERIF_BOLD, SERIF_ITALIC, printable
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import MM, Page
from receipts.slip.pages import Sheet, on_pages
from receipts.slip.pdf import PdfWriter
from receipts.slip.records import Office
from receipts.slip.strips import (
    Align,
    Cell,
    Grid,
    Setting,
    Strip,
    beside,
    paragraph,
    space,
    stacked,
    under_head,
)
from receipts.slip.wording import wording

_SHEET = Sheet(297 * MM, 210 * MM, 20 * MM, 15 * MM, 15 * MM, 12 * MM, 12.0)
_TITLE, _TABLE = 1.35, 0.85  # their letters in those of the page
# Where the columns begin and end, in parts of the room.
_EDGES = (0.0, 0.04, 0.235, 0.4, 0.49, 0.62, 0.79, 0.86, 1.0)
_SIGNING = 40.0  # points for a hand to sign in


@dataclass(frozen=True, slots=True, repr=False)
class HandedOver:
    """One result on the list.

    Shape: `address` is where it is brought, of a result by post; `item_code` only of such one.
    """

    code: str
    procedure: str
    result: str = ""
    owner: str = ""
    address: str = ""
    fees: str = ""
    by_post: bool = False
    item_code: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class HandOver:
    """A list of a day; `giver` and `taker` are printed under the places to sign, may be empty."""

    office: Office
    day: date
    rows: tuple[HandedOver, ...]
    giver: str = ""
    taker: str = ""


def render_hand_over(listed: HandOver) -> bytes:
    """The list as PDF, over as many pages as it needs; the table's head stands on each.

    Source: domain-facts 1.3 ("Phiếu bàn giao kết quả").
    """
    columns = on_pages(_strips(listed), _SHEET, 0.0, 0.0)
    stream = BytesIO()
    title = f"{wording('hand_over')['title']} {listed.day:%d/%m/%Y}"
    writer = PdfWriter(stream, title, printable(listed.office.name), "")
    pages = [Page(_SHEET.width, _SHEET.height, tuple(placed)) for placed in columns]
    writer.add(pages, [[() for _ in pages]])
    writer.finish()
    return stream.getvalue()


def _strips(listed: HandOver) -> list[Strip]:
    words = wording("hand_over")
    centre = Setting(_SHEET.letters, _SHEET.room, align=Align.CENTRE)
    large = Setting(_SHEET.letters * _TITLE, _SHEET.room, align=Align.CENTRE)
    plain = Setting(_SHEET.letters, _SHEET.room)
    told = {"day": f"{listed.day:%d/%m/%Y}", "count": str(len(listed.rows))}
    office = listed.office
    table = _table(listed.rows)
    if table:
        table[-1] = replace(table[-1], with_next=True)
    return [
        *paragraph([Stretch(printable(office.name).upper(), SERIF)], centre),
        *paragraph([Stretch(printable(office.desk).upper(), SERIF_BOLD)], centre, 8.0),
        *paragraph([Stretch(words["title"], SERIF_BOLD)], large, 2.0),
        *paragraph(filled(words["day"], told, SERIF_ITALIC), centre, 6.0),
        *paragraph(filled(words["count"], told, SERIF), plain, 4.0, with_next=True),
        *table,
        _signatures(listed),
    ]


def _table(rows: Sequence[HandedOver]) -> list[Strip]:
    grid = Grid(tuple(_SHEET.room * edge for edge in _EDGES), _SHEET.letters * _TABLE)
    heads = [
        Cell(place, 0, ((Stretch(head, SERIF_BOLD),),), align=Align.CENTRE)
        for place, head in enumerate(wording("hand_over")["heads"])
    ]
    lines = [_line(number, row, grid) for number, row in enumerate(rows, start=1)]
    return under_head(lines, grid.strip(heads))


def _line(number: int, row: HandedOver, grid: Grid) -> Strip:
    words = wording("hand_over")
    post = [words["by_post"] if row.by_post else words["not_by_post"]]
    if row.item_code:
        post.append(words["item_code"].format(item_code=row.item_code))
    cells = [[str(number)], [row.code], [row.procedure], [row.result], [row.owner], [row.address],
             [row.fees], post]  # fmt: skip
    return grid.strip(
        [
            Cell(place, 0, tuple((Stretch(printable(text), SERIF),) for text in texts))
            for place, texts in enumerate(cells)
        ]
    )


def _signatures(listed: HandOver) -> Strip:
    """Two places to sign, side by side; never parted."""
    words, half = wording("hand_over"), _SHEET.room / 2
    setting = Setting(_SHEET.letters, half, align=Align.CENTRE)
    places = [
        stacked(
            [
                space(10.0),
                *paragraph([Stretch(words[side], SERIF_BOLD)], setting),
                *paragraph([Stretch(words["sign"], SERIF_ITALIC)], setting),
                space(_SIGNING),
                *paragraph([Stretch(printable(name), SERIF_BOLD)], setting),
            ]
        )
        for side, name in (("giver", listed.giver), ("taker", listed.taker))
    ]
    return beside(places, [0.0, half])
