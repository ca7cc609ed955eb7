"""The sheet "Hướng dẫn thực hiện thủ tục": what to bring, how long it takes, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from receipts.slip.faces import SERIF, SERIF_BOLD, SERIF_ITALIC, printable
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import MM, Page
from receipts.slip.pages import SHEETS, Paper, Sheet, on_pages
from receipts.slip.pdf import PdfWriter
from receipts.slip.records import Office
from receipts.slip.records import Paper as Wanted
from receipts.slip.strips import Align, Setting, Strip, paragraph, space
from receipts.slip.wording import wording

_TITLE = 1.35  # its letters in those of the page
_INDENT = 5 * MM
_KINDS = ("originals", "certified", "copies")


@dataclass(frozen=True, slots=True)
class Guide:
    """What a citizen needs to know before handing in.

    Shape: `duration` with its unit, "05 ngày làm việc"; `text` may have several paragraphs, one a
           line; address, hours and telephone are the desk's.
    """

    office: Office
    procedure: str
    code: str
    papers: tuple[Wanted, ...] = ()
    duration: str | None = None
    fees: str | None = None
    text: str | None = None
    address: str | None = None
    open_hours: str | None = None
    hotline: str | None = None


def render_guide(guide: Guide, paper: str = Paper.A4) -> bytes:
    """The sheet as PDF; over as many pages as it needs.

    Shape:  `paper` is "A5" or "A4".
    Errors: ValueError for another paper.
    """
    if paper not in (Paper.A5, Paper.A4):
        raise ValueError(f"guides are printed on A5 or A4, not on {paper!r}")
    sheet = SHEETS[Paper(paper)]
    words = wording("guide")
    columns = on_pages(_strips(guide, sheet), sheet, 0.0, 0.0)
    stream = BytesIO()
    title = f"{words['title']} - {printable(guide.procedure)}"
    writer = PdfWriter(stream, title, printable(guide.office.name), "")
    pages = [Page(sheet.width, sheet.height, tuple(placed)) for placed in columns]
    writer.add(pages, [[() for _ in pages]])
    writer.finish()
    return stream.getvalue()


def _strips(guide: Guide, sheet: Sheet) -> list[Strip]:
    words = wording("guide")
    centre = Setting(sheet.letters, sheet.room, align=Align.CENTRE)
    large = Setting(sheet.letters * _TITLE, sheet.room, align=Align.CENTRE)
    name, desk = printable(guide.office.name), printable(guide.office.desk)
    strips = [
        *paragraph([Stretch(name.upper(), SERIF)], centre),
        *paragraph([Stretch(desk.upper(), SERIF_BOLD)], centre, 10.0),
        *paragraph([Stretch(words["title"], SERIF_BOLD)], large, 4.0),
        *paragraph([Stretch(printable(guide.procedure), SERIF_BOLD)], centre, 2.0),
        *paragraph(filled(words["code"], {"code": guide.code}, SERIF), centre, 8.0),
        *_papers(guide.papers, sheet),
    ]
    facts = {
        "duration": guide.duration,
        "fees": guide.fees,
        "address": guide.address,
        "open_hours": guide.open_hours,
        "hotline": guide.hotline,
        "lookup": guide.office.lookup,
    }
    plain = Setting(sheet.letters, sheet.room)
    for fact in ("duration", "fees"):
        if facts[fact]:
            strips += paragraph(filled(words[fact], facts, SERIF), plain, 4.0)
    for line in (guide.text or "").splitlines():
        if line.strip():
            strips += paragraph([Stretch(printable(line), SERIF)], plain, 4.0)
    strips.append(space(4.0))
    for fact in ("address", "open_hours", "hotline", "lookup"):
        if facts[fact]:
            strips += paragraph(filled(words[fact], facts, SERIF_ITALIC), plain, 2.0)
    return strips


def _papers(papers: Sequence[Wanted], sheet: Sheet) -> list[Strip]:
    """The papers to bring, numbered, each with how many of which kind."""
    if not papers:
        return []
    words = wording("guide")
    plain = Setting(sheet.letters, sheet.room)
    indented = Setting(sheet.letters, sheet.room - _INDENT, _INDENT)
    strips = paragraph([Stretch(words["papers"], SERIF_BOLD)], plain, 3.0, with_next=True)
    for number, one in enumerate(papers, start=1):
        counts = [
            words[kind].format(count=f"{getattr(one, kind):02d}")
            for kind in _KINDS
            if getattr(one, kind)
        ]
        told = f"{number}. {printable(one.name)}" + (f" ({', '.join(counts)})" if counts else "")
        strips += paragraph([Stretch(told, SERIF)], indented, 2.0)
    return [*strips, space(4.0)]
