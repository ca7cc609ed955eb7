"""The counter's poster: the QR of the Zalo page, and how to ask by Zalo and by SMS."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from receipts.slip.faces import ASCENT, SANS, SANS_BOLD, printable
from receipts.slip.lines import filled
from receipts.slip.marks import MM, Area, Colour, Frame, Mark, Page, Placed, Words
from receipts.slip.pages import Paper
from receipts.slip.pdf import PdfWriter
from receipts.slip.strips import LEADING, Align, Setting, Strip, moved, paragraph, stacked
from receipts.slip.symbols import page_cells, quiet_of, side_of
from receipts.slip.wording import wording

_SIZES = {Paper.A4: (210 * MM, 297 * MM), Paper.A3: (297 * MM, 420 * MM)}
_A4 = 210 * MM
_BLUE: Colour = (0.0, 0.25, 0.55)
_WHITE: Colour = (1.0, 1.0, 1.0)
_PALE: Colour = (0.91, 0.94, 0.98)
_EDGE = 15 * MM  # of an A4 poster; everything grows with the paper
_QR_MM, _QR_ALONE_MM = 62.0, 78.0
_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6)  # for long names
SAMPLE = "H46.16-261123-0007"


@dataclass(frozen=True, slots=True)
class Poster:
    """What an agency's poster says; without a short code it has no part about SMS.

    Shape: `oa_id` the digits of the Zalo page's number; `price` as it is to be printed.
    """

    agency: str
    oa_id: str
    oa_name: str | None = None
    keyword: str = "MCKH"
    short_code: str | None = None
    price: str | None = None
    hotline: str | None = None
    sample: str = SAMPLE


def render_poster(poster: Poster, paper: str = Paper.A4) -> bytes:
    """The poster as PDF.

    Shape:  `paper` is "A4" or "A3".
    Errors: ValueError for another paper, and for a page number that is not of digits.
    Source: domain-facts 0.1 (lookup by Zalo, by SMS).
    """
    if paper not in _SIZES:
        raise ValueError(f"posters are printed on A4 or A3, not on {paper!r}")
    if not (poster.oa_id.isascii() and poster.oa_id.isdecimal()):
        raise ValueError(f"{poster.oa_id!r} is no number of a Zalo page; expected digits")
    width, height = _SIZES[Paper(paper)]
    words = wording("poster")
    stream = BytesIO()
    title = f"{words['title']} - {printable(poster.agency)}"
    writer = PdfWriter(stream, title, printable(poster.agency), words["lead"])
    marks = _fitted(poster, words, (width, height))
    writer.add([Page(width, height, (Placed(0.0, 0.0, tuple(marks)),))], [[()]])
    writer.finish()
    return stream.getvalue()


def _fitted(poster: Poster, words: Mapping[str, str], size: tuple[float, float]) -> list[Mark]:
    """The poster as large as its paper lets it be. Errors: ValueError for names without end."""
    for scale in _SCALES:
        marks = _Drawn(poster, words, size[0] / _A4 * scale, size).marks()
        if marks is not None:
            return marks
    raise ValueError("the names on this poster are too long for its paper")


class _Drawn:
    """The poster being drawn from the top down; `unit` is 1 on A4. Units: points of the paper."""

    def __init__(
        self, poster: Poster, words: Mapping[str, str], unit: float, size: tuple[float, float]
    ) -> None:
        self._poster = poster
        self._words = words
        self._unit = unit
        self._width, self._height = size
        self._edge = _EDGE * unit
        self._facts = {
            "oa_name": poster.oa_name,
            "keyword": poster.keyword,
            "short_code": poster.short_code,
            "price": poster.price,
            "hotline": poster.hotline,
            "sample": poster.sample,
        }

    def marks(self) -> list[Mark] | None:
        """Everything on the poster; None when it is too long for the paper."""
        banner, y = self._banner()
        found = [*banner]
        parts = [self._zalo()]
        if self._poster.short_code is not None:
            parts.append(self._sms())
        gap = 7 * MM * self._unit
        foot = self._foot()
        free = self._height - self._edge - foot.height - y - gap
        spread = (free - sum(part.height for part in parts)) / (len(parts) + 1)
        if spread < gap / 2:
            return None
        for part in parts:
            y += spread
            found += [moved(mark, self._edge, y) for mark in part.marks]
            y += part.height
        at = self._height - self._edge - foot.height
        return found + [moved(mark, self._edge, at) for mark in foot.marks]

    def _text(self, name: str, size: float, setting: Setting, face: str = SANS) -> Strip:
        told = Setting(size * self._unit, setting.room, setting.x, setting.align, LEADING)
        return stacked(paragraph(filled(self._words[name], self._facts, face), told))

    def _banner(self) -> tuple[list[Mark], float]:
        room = self._width - 2 * self._edge
        centre = Setting(1.0, room, self._edge, Align.CENTRE)
        agency = Setting(19.0 * self._unit, room, self._edge, Align.CENTRE)
        facts = {"agency": self._poster.agency.upper()}
        text = stacked(
            [
                Strip(9 * MM * self._unit),
                *paragraph(filled("{agency}", facts, SANS_BOLD), agency, 4 * self._unit),
                self._text("title", 44.0, centre, SANS_BOLD),
                self._text("lead", 16.0, centre),
                Strip(9 * MM * self._unit),
            ]
        )
        white = [
            mark._replace(colour=_WHITE) if isinstance(mark, Words) else mark for mark in text.marks
        ]
        return [Area(0.0, 0.0, self._width, text.height, _BLUE), *white], text.height

    def _card(self, name: str, inner: Strip) -> Strip:
        """A framed part with its title on a pale bar."""
        room, unit = self._width - 2 * self._edge, self._unit
        bar = 13 * MM * unit
        size = 23.0 * unit
        base = (bar - size * LEADING) / 2 + ASCENT * size
        title = Words(6 * MM * unit, base, self._words[name], SANS_BOLD, size, _BLUE)
        height = bar + inner.height
        marks: tuple[Mark, ...] = (
            Area(0.0, 0.0, room, bar, _PALE),
            Frame(0.0, 0.0, room, height, 1.2 * unit),
            title,
        )
        return Strip(height, (*marks, *(moved(mark, 0.0, bar) for mark in inner.marks)))

    def _zalo(self) -> Strip:
        unit, pad = self._unit, 5 * MM * self._unit
        room = self._width - 2 * self._edge
        large = _QR_MM if self._poster.short_code is not None else _QR_ALONE_MM
        cells = page_cells(f"https://zalo.me/{self._poster.oa_id}", large * unit)
        whole = side_of(cells) + 2 * quiet_of(cells)
        beside = Setting(16.0 * unit, room - whole - pad, whole)
        steps = []
        if self._poster.oa_name is not None:
            steps += [self._text("zalo_page", 16.0, beside, SANS_BOLD), Strip(pad / 2)]
        for number, step in enumerate(self._words["zalo_steps"], start=1):
            steps += paragraph(filled(f"{number}. {step}", self._facts, SANS), beside, pad / 2)
        steps.append(self._text("zalo_price", 16.0, beside, SANS_BOLD))
        text = stacked(steps)
        height = max(whole, text.height + 2 * pad)
        code = cells._replace(x=quiet_of(cells), y=(height - side_of(cells)) / 2)
        lowered = (height - text.height) / 2
        inner = Strip(height, (code, *(moved(mark, 0.0, lowered) for mark in text.marks)))
        return self._card("zalo", inner)

    def _sms(self) -> Strip:
        pad = 6 * MM * self._unit
        room = self._width - 2 * self._edge
        centre = Setting(1.0, room - 2 * pad, pad, Align.CENTRE)
        lines = [
            Strip(pad / 2),
            self._text("sms_lead", 16.0, centre),
            self._text("sms_text", 30.0, centre, SANS_BOLD),
            self._text("sms_to", 30.0, centre, SANS_BOLD),
            self._text("sms_sample", 16.0, centre),
        ]
        if self._poster.price is not None:
            lines.append(self._text("sms_price", 14.0, centre))
        return self._card("sms", stacked([*lines, Strip(pad / 2)]))

    def _foot(self) -> Strip:
        room = self._width - 2 * self._edge
        centre = Setting(1.0, room, 0.0, Align.CENTRE)
        lines = [self._text("where", 13.0, centre)]
        if self._poster.hotline is not None:
            lines.append(self._text("hotline", 16.0, centre, SANS_BOLD))
        return stacked(lines)
