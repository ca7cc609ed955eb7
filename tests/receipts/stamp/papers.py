"""Papers as other software makes them, awkward ones too, and a stranger's look at what came out."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import zxingcpp
from pikepdf import (
    Array,
    Dictionary,
    Encryption,
    Name,
    ObjectStreamMode,
    Page,
    Pdf,
    Permissions,
    Stream,
    String,
)
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from receipts.barcode import barcode, barcode_image
from receipts.qr import slip_address
from receipts.slip.faces import SERIF, font

CODE = "000.00.16.H46-261123-0001"
OTHER = "H56.14-240823-0002"
KEY = bytes(range(32))
MM = 72 / 25.4
A4, A5, A3 = (595.28, 841.89), (419.53, 595.28), (841.89, 1190.55)
TITLE = "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ"
Size = tuple[float, float]
Change = Callable[[Pdf], None]


def link_of(code: str) -> str:
    """The link of a slip in these tests."""
    return slip_address("https://dichvucong.quangbinh.gov.vn", KEY, code)


# PDFs


def paper(
    size: Size = A4, code: str = CODE, lines: int = 24, pages: int = 1, under: str = ""
) -> bytes:
    """A slip of the province's own software: title, code, lines from the left to two thirds.

    Shape: `under` is a colour of the whole page's ground.
    """
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=size, invariant=True)
    pdfmetrics.registerFont(font(SERIF))
    for _ in range(pages):
        if under:
            canvas.setFillColor(under)
            canvas.rect(0, 0, *size, stroke=0, fill=1)
            canvas.setFillColor("black")
        canvas.setFont(SERIF, size[0] / 42)
        step = size[1] / 40
        top = size[1] - 8 * step
        canvas.drawString(size[0] * 0.1, top, TITLE)
        canvas.drawString(size[0] * 0.1, top - step, f"Mã hồ sơ: {code}" if code else "Mã hồ sơ:")
        for number in range(lines):
            text = f"Dòng {number}: đã nhận của Ông (Bà) Nguyễn Thị Phương"
            canvas.drawString(size[0] * 0.1, top - (number + 2) * step, text)
        canvas.showPage()
    canvas.setTitle("Giấy hẹn")
    canvas.setAuthor("Phần mềm Một cửa")
    canvas.save()
    return stream.getvalue()


def changed(data: bytes, change: Change, **saved: Any) -> bytes:
    """The file after somebody else's software has changed it."""
    stream = BytesIO()
    with Pdf.open(BytesIO(data)) as pdf:
        change(pdf)
        pdf.save(stream, static_id="encryption" not in saved, **saved)
    return stream.getvalue()


def with_page(size: Size = A4, lines: int = 24, **entries: object) -> bytes:
    """A paper whose page has these entries."""

    def change(pdf: Pdf) -> None:
        for name, value in entries.items():
            pdf.pages[0].obj[f"/{name}"] = value

    return changed(paper(size, lines=lines), change)


def with_content(before: str, after: str) -> bytes:
    """A paper whose content begins and ends with this code."""

    def change(pdf: Pdf) -> None:
        page = pdf.pages[0]
        own = page.Contents.read_bytes()
        page.Contents = Stream(pdf, before.encode() + b"\n" + own + b"\n" + after.encode())

    return changed(paper(), change)


def _inherited(pdf: Pdf) -> None:
    """All that a page can have from its parent is there."""
    page, parent = pdf.pages[0].obj, pdf.Root.Pages
    parent.MediaBox, parent.Resources, parent.Rotate = page.MediaBox, page.Resources, 90
    parent.CropBox = Array([20, 30, 560, 800])
    for name in ("/MediaBox", "/Resources", "/Rotate"):
        if name in page:
            del page[name]


def _one_form(pdf: Pdf) -> None:
    """The whole page is a form that the page's content calls, as some report writers do it."""
    page = pdf.pages[0]
    form = Stream(pdf, page.Contents.read_bytes())
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, page.obj.MediaBox
    form.Resources = page.obj.Resources
    page.obj.Resources = Dictionary(XObject=Dictionary(Page1=form))
    page.obj.Contents = Stream(pdf, b"/Page1 Do")


def _parts(pdf: Pdf) -> None:
    """The content in several streams, parted in the midst of everything."""
    page = pdf.pages[0]
    code = page.Contents.read_bytes()
    middle = code.index(b"\n", len(code) // 2)
    page.Contents = Array([Stream(pdf, code[:middle]), Stream(pdf, code[middle:])])


def _shared(pdf: Pdf) -> None:
    """Two pages with the same resources and the same list of contents."""
    first = pdf.pages[0].obj
    first.Resources = pdf.make_indirect(first.Resources)
    first.Contents = pdf.make_indirect(Array([first.Contents]))
    pdf.pages.append(Page(pdf.make_indirect(Dictionary(dict(first.items())))))


def _form_fields(pdf: Pdf) -> None:
    """Empty fields to be filled in where a stamp would like to be: the whole upper right."""
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("ghi_chu"),
            Rect=Array([330, 690, 590, 835]),
            F=4,
        )
    )
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def _archived(pdf: Pdf) -> None:
    """What PDF/A says of itself."""
    with pdf.open_metadata() as told:
        told["pdfaid:part"] = "1"
        told["pdfaid:conformance"] = "B"


def signed(data: bytes) -> bytes:
    """A paper with a signed field; the signature itself is made up."""

    def change(pdf: Pdf) -> None:
        value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), Contents=String("x"))
        field = Dictionary(FT=Name.Sig, T=String("chu_ky"), V=pdf.make_indirect(value))
        group = Dictionary(T=String("nhom"), Kids=Array([pdf.make_indirect(field)]))
        pdf.Root.AcroForm = Dictionary(SigFlags=3, Fields=Array([pdf.make_indirect(group)]))

    return changed(data, change)


def scan(dpi: int = 200, noise: float = 3.0, shade: int = 25, code: str = CODE) -> Image.Image:
    """A scanned slip: the page's picture and its bar code, unevenly lit, with noise."""
    sheet = picture(paper(code=code), dpi=dpi)
    bars = barcode_image(barcode(code), dpi, 8).convert("L")
    sheet.paste(bars, (round(0.1 * sheet.width), round(0.05 * sheet.height)))
    ink = np.asarray(sheet).astype(np.float32)
    light = np.linspace(250, 250 - shade, sheet.width)[None, :] / 255
    grain = np.random.default_rng(7).normal(0, noise, ink.shape) if noise else 0.0
    return Image.fromarray((ink * light + grain).clip(0, 255).astype(np.uint8))


def scanned(hidden_text: bool = False) -> bytes:
    """A PDF that is nothing but a scan, with or without the unseen text of a reader."""
    stream = BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=True)
    canvas.drawImage(ImageReader(scan()), 0, 0, *A4)
    if hidden_text:
        words = canvas.beginText(60, 300)
        words.setTextRenderMode(3)
        words.setFont("Helvetica", 10)
        words.textLine(f"Ma ho so: {CODE}")
        canvas.drawText(words)
    canvas.save()
    return stream.getvalue()


def broken_table(data: bytes) -> bytes:
    """The table of objects points nowhere; what it should point to is whole."""
    at = data.rindex(b"startxref")
    return data[:at] + b"startxref\n7\n%%EOF\n"


OWNER = "chu so huu"


def locked(password: str = "", may_change: bool = True) -> bytes:
    """Encrypted: `password` opens it, OWNER opens and may change it."""
    allowed = Permissions(modify_other=may_change)
    sealed = Encryption(owner=OWNER, user=password, allow=allowed)
    return changed(paper(), lambda pdf: None, encryption=sealed)


CORPUS: Mapping[str, Callable[[], bytes]] = {
    "A4": paper,
    "A5": lambda: paper(A5),
    "A3": lambda: paper(A3),
    "a roll's width": lambda: paper((226.8, 900.0)),
    "lying": lambda: paper((841.89, 595.28), lines=12),
    "huge, 5 metres": lambda: paper((14_400.0, 14_400.0)),
    "turned 90": lambda: with_page(Rotate=90),
    "turned 180": lambda: with_page(Rotate=180),
    "turned 270": lambda: with_page(Rotate=270),
    "turned -90": lambda: with_page(Rotate=-90),
    "cropped": lambda: with_page(CropBox=Array([40, 60, 560, 800])),
    "cropped and turned": lambda: with_page(CropBox=Array([40, 60, 560, 800]), Rotate=270),
    "box upside down": lambda: with_page(MediaBox=Array([595.28, 841.89, 0, 0])),
    "origin elsewhere": lambda: with_page(MediaBox=Array([-200, -100, 595, 842])),
    "crop beyond the page": lambda: with_page(CropBox=Array([-50, -50, 900, 900])),
    "in units of two points": lambda: with_page((297.64, 420.94), UserUnit=2),
    "in units, turned, cropped": lambda: with_page(
        UserUnit=1.5, Rotate=90, CropBox=Array([30, 30, 560, 820])
    ),
    "inherits everything": lambda: changed(paper(), _inherited),
    "is one form": lambda: changed(paper(), _one_form),
    "content in parts": lambda: changed(paper(), _parts),
    "shares with another page": lambda: changed(paper(), _shared),
    "leaves states open": lambda: with_content("q q 0.5 0 0 0.5 200 100 cm", "q 3 0 0 3 0 0 cm"),
    "closes too many states": lambda: with_content("", "Q Q Q 0.2 0 0 0.2 0 0 cm"),
    "leaves text open": lambda: with_content("", "BT /F1 12 Tf 5 0 0 5 0 0 Tm"),
    "leaves a mark open": lambda: with_content("/Span BMC", ""),
    "leaves a clip": lambda: with_content("", "0 0 10 10 re W n"),
    "paints its paper": lambda: paper(under="white"),
    "on tinted paper": lambda: paper(under="#FFF4D6"),
    "linearised": lambda: changed(paper(), lambda pdf: None, linearize=True),
    "packed objects": lambda: changed(
        paper(), lambda pdf: None, object_stream_mode=ObjectStreamMode.generate
    ),
    "archived": lambda: changed(paper(), _archived),
    "fields to fill in": lambda: changed(paper(), _form_fields),
    "scan": scanned,
    "scan with hidden text": lambda: scanned(hidden_text=True),
    "broken table": lambda: broken_table(paper()),
    "junk before its head": lambda: b"\r\nFrom the mail\r\n" + paper(),
}


# What came out


def picture(data: bytes, page: int = 1, dpi: int = 100) -> Image.Image:
    """A page as a reader that is not ours shows it, in grey."""
    with pdfium.PdfDocument(data) as document:
        sheet = document[page - 1]
        scale = min(dpi / 72, 4000 / max(sheet.get_size()))
        drawn: Image.Image = sheet.render(scale=scale, grayscale=True).to_pil().convert("L")
        return drawn.copy()


def text(data: bytes, page: int = 1) -> str:
    """A page's text."""
    with pdfium.PdfDocument(data) as document:
        told: str = document[page - 1].get_textpage().get_text_range()
        return told


def symbols(image: Image.Image) -> list[str]:
    """What all codes in a picture say."""
    return sorted({one.text for one in zxingcpp.read_barcodes(image)})


def difference(
    before: Image.Image, after: Image.Image, least: int = 3
) -> tuple[tuple[int, int, int, int], npt.NDArray[np.uint8]]:
    """The box in which two pictures differ, and what stood in it before."""
    one, two = np.asarray(before).astype(int), np.asarray(after).astype(int)
    ys, xs = np.nonzero(np.abs(one - two) > least)
    box = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
    return box, np.asarray(before)[box[1] : box[3], box[0] : box[2]]


def streams(data: bytes) -> list[bytes]:
    """The bytes of every stream as they lie in the file, but not those of the file's own tables."""
    with Pdf.open(BytesIO(data)) as pdf:
        found = [one for one in pdf.objects if isinstance(one, Stream)]
        kept = [one for one in found if one.get(Name.Type) not in (Name.ObjStm, Name.XRef)]
        return sorted(one.read_raw_bytes() for one in kept if Name.S not in one)
