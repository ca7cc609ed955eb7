"""Writes pages as a vector PDF, each page as soon as it is made, so that memory stays flat.

Fonts and their subsets are reportlab's; pages and their drawing are written here, straight to the
file. Text stays text: it can be copied and searched.
"""

import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from reportlab.pdfbase.pdfdoc import (
    PDFDictionary,
    PDFDocument,
    PDFIndirectObject,
    PDFName,
    PDFObject,
)

from receipts.slip.faces import font
from receipts.slip.marks import (
    BLACK,
    Area,
    Cells,
    Colour,
    Frame,
    Line,
    Mark,
    Page,
    Placed,
    Words,
)

LANGUAGE = "vi-VN"
_GRID = 72 / 600  # symbols begin on a dot of a 600 dpi printer
_FONTS = "BasicFonts"  # reportlab's name for the dictionary of all fonts
_ESCAPED = ((b"\\", b"\\\\"), (b"(", b"\\("), (b")", b"\\)"), (b"\r", b"\\r"), (b"\n", b"\\n"))


class _PageTree(PDFObject):  # type: ignore[misc]  # reportlab has no types
    """The numbers of all pages, as the file's page tree."""

    def __init__(self) -> None:
        self.kids = array("L")

    def format(self, _document: PDFDocument) -> bytes:
        kids = " ".join(f"{number} 0 R" for number in self.kids)
        return f"<< /Type /Pages /Count {len(self.kids)} /Kids [{kids}] >>".encode()


class PdfWriter:
    """One PDF on its way into a stream; `finish` must be called once, after the last page."""

    def __init__(self, stream: BinaryIO, title: str, author: str, subject: str) -> None:
        self._stream = stream
        self._at = 0
        self._offsets: dict[int, int] = {}
        self._tree = _PageTree()
        self._document = document = PDFDocument(compression=1, lang=LANGUAGE)
        document.setTitle(title)
        document.setAuthor(author)
        document.setSubject(subject)
        document.setCreator("motcua-bot")
        document.Catalog.ViewerPreferences = PDFDictionary({"DisplayDocTitle": PDFName("true")})
        document.Catalog.Outlines = None
        document.Catalog.Pages = self._tree
        self._tree_ref = document.Reference(self._tree, "PageTree").format(document).decode()
        fonts = document.Reference(document.idToObject[_FONTS], _FONTS)
        self._fonts_ref = fonts.format(document).decode()
        self._write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")

    def add(self, pages: Sequence[Page], copies: Sequence[Sequence[Sequence[Placed]]]) -> None:
        """Write these pages once for each copy, with what stands on that copy alone.

        What the copies share is in the file only once.
        """
        shared = [self._content(page.placed, page.height) for page in pages]
        for marks in copies:
            for page, content, own in zip(pages, shared, marks, strict=True):
                contents = [content, *([self._content(own, page.height)] if own else [])]
                self._page(page, contents)

    def finish(self) -> None:
        """Write fonts, page tree and what a reader needs to find them. The stream stays open."""
        document = self._document
        for face in document.delayedFonts:
            face.addObjects(document)
        catalog, info = document.Reference(document.Catalog), document.Reference(document.info)
        number = 0
        while number < document.objectcounter:
            number += 1
            if number not in self._offsets:
                name = document.numberToId[number]
                self._offsets[number] = self._at
                made = PDFIndirectObject(name, document.idToObject[name])
                self._write(made.format(document))
        self._end(catalog.format(document).decode(), info.format(document).decode())

    def _end(self, catalog: str, info: str) -> None:
        start = self._at
        rows = (f"{self._offsets[number]:010d} 00000 n \n" for number in sorted(self._offsets))
        count = len(self._offsets) + 1
        self._write(f"xref\n0 {count}\n0000000000 65535 f \n{''.join(rows)}".encode())
        trailer = f"<< /Size {count} /Root {catalog} /Info {info} >>"
        self._write(f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode())

    def _write(self, data: bytes) -> None:
        self._stream.write(data)
        self._at += len(data)

    def _object(self, body: bytes) -> int:
        """Write one object; its number."""
        self._document.objectcounter += 1
        number: int = self._document.objectcounter
        self._offsets[number] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        return number

    def _content(self, placed: Iterable[Placed], height: float) -> int:
        drawn = zlib.compress(_Drawing(self._document, height).of(placed), 6)
        head = b"<< /Length %d /Filter /FlateDecode >>" % len(drawn)
        return self._object(b"%s\nstream\n%s\nendstream" % (head, drawn))

    def _page(self, page: Page, contents: Sequence[int]) -> None:
        parts = " ".join(f"{number} 0 R" for number in contents)
        body = (
            f"<< /Type /Page /Parent {self._tree_ref} /Contents [{parts}]\n"
            f"/MediaBox [0 0 {page.width:.3f} {page.height:.3f}]\n"
            f"/Resources << /Font {self._fonts_ref} /ProcSet [/PDF /Text] >> >>"
        )
        self._tree.kids.append(self._object(body.encode()))


class _Drawing:
    """Marks in the page description language, turned upside down: a PDF counts from below."""

    def __init__(self, document: PDFDocument, height: float) -> None:
        self._document = document
        self._height = height
        self._parts: list[bytes] = []
        self._colour: Colour = BLACK

    def of(self, placed: Iterable[Placed]) -> bytes:
        """All groups in their order, but words last, in one piece: they follow one another."""
        words: list[tuple[float, float, Words]] = []
        for group in placed:
            for mark in group.marks:
                if isinstance(mark, Words):
                    words.append((group.x, group.y, mark))
                else:
                    self._draw(mark, group.x, group.y)
        if words:
            self._text(words)
        return b"\n".join(self._parts)

    def _draw(self, mark: Mark, dx: float, dy: float) -> None:
        x, y = mark.x + dx, self._height - mark.y - dy
        if isinstance(mark, Line):
            end_x, end_y = mark.x2 + dx, self._height - mark.y2 - dy
            self._put(f"{mark.weight:.2f} w {x:.2f} {y:.2f} m {end_x:.2f} {end_y:.2f} l S")
        elif isinstance(mark, Frame):
            box = f"{x:.2f} {y - mark.height:.2f} {mark.width:.2f} {mark.height:.2f}"
            self._put(f"{mark.weight:.2f} w {box} re S")
        elif isinstance(mark, Area):
            self._fill(mark.colour)
            self._put(f"{x:.2f} {y - mark.height:.2f} {mark.width:.2f} {mark.height:.2f} re f")
        elif isinstance(mark, Cells):
            self._cells(mark, x, y)

    def _cells(self, cells: Cells, x: float, y: float) -> None:
        """One path in whole cells, so that neighbours leave no seam."""
        self._fill(BLACK)
        left, top = round(x / _GRID) * _GRID, round(y / _GRID) * _GRID
        boxes = "\n".join(f"{a} {b} {wide} {high} re" for a, b, wide, high in cells.dark)
        matrix = f"{cells.cell:.4f} 0 0 {-cells.cell_height:.4f} {left:.4f} {top:.4f} cm"
        self._put(f"q {matrix}\n{boxes}\nf Q")

    def _text(self, words: Iterable[tuple[float, float, Words]]) -> None:
        self._put("BT")
        last = ""
        for dx, dy, mark in words:
            self._fill(mark.colour)
            face = font(mark.face)
            self._put(f"1 0 0 1 {mark.x + dx:.2f} {self._height - mark.y - dy:.2f} Tm")
            for subset, codes in face.splitString(mark.text, self._document):
                name = f"{face.getSubsetInternalName(subset, self._document)} {mark.size:.2f} Tf"
                if name != last:
                    self._put(name)
                    last = name
                for char, escaped in _ESCAPED:
                    codes = codes.replace(char, escaped)
                self._parts.append(b"(%s) Tj" % codes)
        self._put("ET")

    def _fill(self, colour: Colour) -> None:
        if colour != self._colour:
            self._colour = colour
            self._put("{:.3f} {:.3f} {:.3f} rg".format(*colour))

    def _put(self, code: str) -> None:
        self._parts.append(code.encode())
