"""Stamps a PDF: finds its code and a free place, puts the stamp on, and reads its QR back."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pikepdf import Array, Dictionary, Name, Page, Pdf, Stream

from receipts.photo.scan import qr_text
from receipts.stamp.codes import code_of
from receipts.stamp.design import Design, designs
from receipts.stamp.eyes import PROOF_DPI, READING_DPI, Bounds, Cut, Eyes, open_eyes
from receipts.stamp.ground import Extent, Ground
from receipts.stamp.ink import ink
from receipts.stamp.order import Near, Order
from receipts.stamp.overlay import form_of, put_on, stamp_of, take_off
from receipts.stamp.pdf_file import opened, pages_of, written
from receipts.stamp.refusal import Refusal, StampRefused
from receipts.stamp.sheet import Sheet, sheet_of
from receipts.stamp.spot import Page as Free
from receipts.stamp.spot import Spot, spot_on
from receipts.stamp.stamped import LinkOf, Stamped

_HIDDEN = 0b10  # an annotation's flag: not shown and not printed (ISO 32000-1, 12.5.3)
_UNSEEN = (Name.Popup, Name.Link)  # annotations that cover nothing


def stamp_pdf(data: bytes, order: Order, link_of: LinkOf) -> Stamped:
    """The PDF with its stamp; its own content, fonts and metadata are as they were.

    Errors: StampRefused; nothing is half done.
    """
    with opened(data, order) as pdf:
        pages = pages_of(pdf, order)
        bare = _without_stamps(pdf, pages, data, order)
        with open_eyes(bare, order.password) as eyes:
            code = _code(order, eyes, pages)
            open_pages = [number for number in pages if not _bears(pdf.pages[number - 1], code)]
            if not open_pages:
                return Stamped(data, code, already=True)
            spots = {
                number: _spot(pdf, eyes, number, order, code, link_of) for number in open_pages
            }
        link = link_of(code)
        _put(pdf, spots, code, link)
        mended = bool(pdf.get_warnings())
        stamped = written(pdf)
        sheets = {number: sheet_of(pdf.pages[number - 1], number) for number in spots}
    _prove(stamped, order, spots, sheets, link)
    return Stamped(stamped, code, mended=mended)


def _without_stamps(pdf: Pdf, pages: Sequence[int], data: bytes, order: Order) -> bytes:
    """The file to look at: the one that came, or what is left when its stamps are taken off."""
    stamped = [pdf.pages[number - 1] for number in pages if stamp_of(pdf.pages[number - 1])]
    if not order.again or not stamped:
        return data
    for page in stamped:
        take_off(page)
    return written(pdf)


def _code(order: Order, eyes: Eyes, pages: Sequence[int]) -> str:
    """The paper's code, from the pages to stamp and else from the first."""
    text = "\n".join(eyes.text(number) for number in pages)
    return code_of(order, text, lambda: eyes.picture(pages[0], READING_DPI))


def _bears(page: Page, code: str) -> bool:
    """Whether the page has this code's stamp. Errors: StampRefused when it has another's."""
    mark = stamp_of(page)
    if mark is None:
        return False
    theirs = str(mark.get(Name.Code, ""))
    if theirs != code:
        raise StampRefused(Refusal.STAMPED_OTHER, code=theirs)
    return True


def _spot(pdf: Pdf, eyes: Eyes, number: int, order: Order, code: str, link_of: LinkOf) -> Spot:
    page = pdf.pages[number - 1]
    sheet = sheet_of(page, number)
    taken = ink(eyes.grey(number), faint=order.place is None)
    boxes = [sheet.seen(*box) for box in (*eyes.lines(number), *_annotations(page))]
    ground = Ground.of(taken, (sheet.width, sheet.height), boxes)
    words = _words(eyes, number, sheet, order)
    draw: Callable[[float], Sequence[Design]] = partial(_designs, link_of(code), code, order)
    return spot_on(Free(number, ground, words), order, draw)


def _designs(link: str, code: str, order: Order, size: float) -> Sequence[Design]:
    return designs(link, code, size, order.symbology)


def _words(eyes: Eyes, number: int, sheet: Sheet, order: Order) -> Extent | None:
    if not isinstance(order.place, Near):
        return None
    box = eyes.words(number, order.place.words)
    return None if box is None else sheet.seen(*box)


def _annotations(page: Page) -> Iterator[Bounds]:
    """Boxes of what lies upon the page: empty fields of a form show nothing, yet are filled in."""
    given = page.obj.get(Name.Annots)
    for one in given if isinstance(given, Array) else ():
        if not isinstance(one, Dictionary) or one.get(Name.Subtype) in _UNSEEN:
            continue
        try:
            hidden = int(one.get(Name.F, 0)) & _HIDDEN
            x, y, x2, y2 = (float(value) for value in one.get(Name.Rect, Array()))
        except (TypeError, ValueError, OverflowError):  # not where it says, as no reader draws it
            continue
        if not hidden:
            yield min(x, x2), min(y, y2), max(x, x2), max(y, y2)


def _put(pdf: Pdf, spots: dict[int, Spot], code: str, link: str) -> None:
    """All stamps of a file; equal ones are in it once."""
    forms: dict[Design, Stream] = {}
    for number, spot in spots.items():
        design = spot.design
        if design not in forms:
            forms[design] = form_of(pdf, design, code, link)
        page = pdf.pages[number - 1]
        sheet = sheet_of(page, number)
        matrix = sheet.matrix(spot.x, sheet.height - spot.y - design.height)
        put_on(pdf, page, forms[design], matrix, (design.width, design.height))


def _prove(
    stamped: bytes, order: Order, spots: dict[int, Spot], sheets: dict[int, Sheet], link: str
) -> None:
    """Read every QR back off the new file. Errors: StampRefused when one does not say its link."""
    with open_eyes(stamped, order.password) as eyes:
        for number, spot in spots.items():
            sheet, box = sheets[number], spot.extent
            cut = Cut(
                box.left / sheet.width,
                box.top / sheet.height,
                box.right / sheet.width,
                box.bottom / sheet.height,
            )
            if qr_text(eyes.part(number, cut, PROOF_DPI * sheet.unit)) != link:
                raise StampRefused(Refusal.UNREADABLE, page=number)
