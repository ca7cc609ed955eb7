"""The stamp's letters, cut once for all stamps, and its marks written with them.

Cutting two fonts takes longer than everything else about a stamp, and a stamp needs few letters:
those of its caption, and those that a receipt code can have.
"""

import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Pdf, Stream, parse_content_stream

from receipts.qr import CAPTION
from receipts.slip.faces import SANS, SANS_BOLD
from receipts.slip.marks import Cells, Page, Placed, Words
from receipts.slip.pdf import PdfWriter
from receipts.stamp.design import Design

# What the stamp writes in each face, each letter once.
_LETTERS: Mapping[str, str] = {
    SANS: "".join(sorted(set(CAPTION))),
    SANS_BOLD: "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}


class Letters:
    """Both faces in a small PDF of their own, and the code of each letter there."""

    def __init__(self) -> None:
        """Shape: each face is one line of that PDF; its content tells font and codes in turn."""
        stream = BytesIO()
        writer = PdfWriter(stream, "", "", "")
        lines = [Words(0.0, 0.0, letters, face, 1.0) for face, letters in _LETTERS.items()]
        writer.add([Page(100.0, 100.0, (Placed(0.0, 0.0, tuple(lines)),))], [[()]])
        writer.finish()
        self._pdf = Pdf.open(stream)
        page = self._pdf.pages[0]
        self._fonts = self._pdf.make_indirect(page.obj.Resources.Font)
        told = parse_content_stream(page, operators="Tf Tj")
        names = [str(one.operands[0]) for one in told if str(one.operator) == "Tf"]
        codes = [bytes(one.operands[0]) for one in told if str(one.operator) == "Tj"]
        self._names = dict(zip(_LETTERS, names, strict=True))
        self._codes = {
            face: dict(zip(_LETTERS[face], code, strict=True))
            for face, code in zip(_LETTERS, codes, strict=True)
        }

    def form(self, pdf: Pdf, design: Design) -> Stream:
        """The stamp as a form of another file, with the fonts that it needs."""
        drawn = "\n".join(self._drawn(design)).encode()
        form = Stream(pdf, zlib.compress(drawn, 6))
        form.Filter, form.Type, form.Subtype = Name.FlateDecode, Name.XObject, Name.Form
        form.BBox = Array([0, 0, round(design.width, 3), round(design.height, 3)])
        form.Resources = Dictionary(Font=pdf.copy_foreign(self._fonts))
        return form

    def _drawn(self, design: Design) -> Iterator[str]:
        """The marks in the page description language; black alone, which any output profile has."""
        for mark in design.marks:
            if isinstance(mark, Cells):
                yield _cells(mark, design.height - mark.y)
            elif isinstance(mark, Words):
                yield self._words(mark, design.height - mark.y)

    def _words(self, mark: Words, y: float) -> str:
        codes = self._codes[mark.face]
        told = bytes(codes[letter] for letter in mark.text).hex()
        font = f"{self._names[mark.face]} {mark.size:.2f} Tf"
        return f"BT {font} 1 0 0 1 {mark.x:.2f} {y:.2f} Tm <{told}> Tj ET"


def _cells(cells: Cells, top: float) -> str:
    """One path in whole cells, so that neighbours leave no seam."""
    boxes = "\n".join(f"{x} {y} {width} {height} re" for x, y, width, height in cells.dark)
    matrix = f"{cells.cell:.4f} 0 0 {-cells.cell_height:.4f} {cells.x:.4f} {top:.4f} cm"
    return f"q {matrix}\n{boxes}\nf Q"


@cache
def letters() -> Letters:
    """The letters of this process; made on first use."""
    return Letters()
