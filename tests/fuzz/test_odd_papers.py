"""PDFs in which something stands where it cannot: each is stamped or refused, none breaks us.

Found by guided fuzzing one by one; here every such place is tried.
"""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from receipts.stamp.order import Order
from receipts.stamp.paper import stamp
from receipts.stamp.refusal import StampRefused
from tests.receipts.stamp.papers import A5, CODE, link_of, paper

ODD: Mapping[str, Callable[[], Any]] = {
    "a number": lambda: 3,
    "a name": lambda: Name.X,
    "a list of anything": lambda: Array([Name.A, 1, Dictionary(), 1e30]),
    "an empty dictionary": Dictionary,
}
Change = Callable[[Pdf, Any], None]


def _set(name: str, holder: Callable[[Pdf], Any]) -> Change:
    def change(pdf: Pdf, odd: Any) -> None:
        holder(pdf)[name] = odd

    return change


def _field(pdf: Pdf, odd: Any) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(FT=odd, Kids=odd, V=odd)]))


def _annotation(pdf: Pdf, odd: Any) -> None:
    pdf.pages[0].obj.Annots = Array([odd, Dictionary(Subtype=odd, Rect=odd, F=odd)])


def _changes() -> Iterator[tuple[str, Change]]:
    for name in ("Contents", "Annots", "Resources", "MediaBox", "CropBox", "Rotate", "UserUnit",
                 "Parent", "Group"):  # fmt: skip
        yield f"page {name}", _set(f"/{name}", lambda pdf: pdf.pages[0].obj)
    for name in ("AcroForm", "Perms", "Names", "Metadata"):
        yield f"root {name}", _set(f"/{name}", lambda pdf: pdf.Root)
    for name in ("XObject", "Font"):
        yield f"resources {name}", _set(f"/{name}", lambda pdf: pdf.pages[0].obj.Resources)
    yield (
        "form",
        lambda pdf, odd: _set("/AcroForm", lambda one: one.Root)(pdf, Dictionary(Fields=odd)),
    )
    yield "field", _field
    yield "annotation", _annotation


CHANGES = dict(_changes())


@pytest.mark.parametrize("place", CHANGES)
def test_a_pdf_with_something_odd_in_it_is_stamped_or_refused(place: str) -> None:
    plain = paper(A5, lines=1)
    for make in ODD.values():
        written = BytesIO()
        with Pdf.open(BytesIO(plain)) as pdf:
            CHANGES[place](pdf, make())
            pdf.save(written, fix_metadata_version=False)
        try:
            stamped = stamp(written.getvalue(), Order(code=CODE), link_of)
        except StampRefused as refused:
            told = str(refused)
        else:
            told = stamped.told
        assert told.strip()
