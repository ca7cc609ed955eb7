"""The stamp inside a PDF: a form of its own, and the two streams that hold a page's content apart.

The page's own content streams are neither read into the new file nor written anew: they stay the
same objects between a stream that saves the graphics state and one that restores it and then
draws the stamp.
"""

import zlib
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, PdfError, Stream
from pikepdf import parse_content_stream as parsed

from receipts.stamp.design import Design
from receipts.stamp.letters import letters
from receipts.stamp.sheet import Matrix

# A name of the third class, which any program may use in any dictionary (ISO 32000-1, annex E).
MARK = Name("/XXMotcuaSlip")
_STATE = "q Q BT ET BMC BDC EMC"
_MOST_DEPTH = 500  # of saved states that are closed for a page; no page of paper has more


def form_of(pdf: Pdf, design: Design, code: str, link: str) -> Stream:
    """The stamp as a form of this file, marked with its code so that it is known again."""
    form = letters().form(pdf, design)
    form[MARK] = Dictionary(Code=code, Link=link)
    return form


def stamp_of(page: Page) -> Dictionary | None:
    """The mark of the stamp that a page bears; None when it bears none."""
    form = _forms(page).get(str(MARK))
    mark = None if form is None else form.get(MARK)
    return mark if isinstance(mark, Dictionary) else None


def take_off(page: Page) -> None:
    """Undo `put_on`: the page's content is as it was before."""
    page.obj.Contents = Array(one for one in _contents(page) if MARK not in one)
    forms = Dictionary({name: form for name, form in _forms(page).items() if name != str(MARK)})
    page.obj.Resources = Dictionary({**dict(page.resources.items()), "/XObject": forms})


def put_on(pdf: Pdf, page: Page, form: Stream, matrix: Matrix, size: tuple[float, float]) -> None:
    """Draw the stamp on top of the page, on white, whatever state its own content leaves behind.

    Resources and the list of contents are the page's own afterwards: others may have shared them.
    """
    saved, restored = _guards(page)
    width, height = size
    placed = " ".join(f"{value:.5f}" for value in matrix)
    drawn = (
        f"\n{restored}\n/Artifact BMC q {placed} cm "
        f"1 g 0 0 {width:.3f} {height:.3f} re f 0 g {MARK} Do Q EMC\n"
    )
    forms = Dictionary({**dict(_forms(page).items()), str(MARK): form})
    page.obj.Resources = Dictionary({**dict(page.resources.items()), "/XObject": forms})
    page.obj.Contents = Array(
        [_part(pdf, f"{saved}\n"), *_contents(page), _part(pdf, drawn)],
    )


def _part(pdf: Pdf, code: str) -> Stream:
    """A stream of ours; packed here, for nothing else in the file may be packed anew."""
    packed = zlib.compress(code.encode(), 6)
    return Stream(pdf, packed, {"/Filter": Name.FlateDecode, str(MARK): True})


def _guards(page: Page) -> tuple[str, str]:
    """What saves the state before the page's content, and what closes all it leaves open."""
    depth = lowest = text = marked = 0
    for operator in _operators(page):
        if operator == "q":
            depth += 1
        elif operator == "Q":
            depth -= 1
            lowest = min(lowest, depth)
        elif operator in ("BT", "ET"):
            text = operator == "BT"
        else:
            marked = max(0, marked + (-1 if operator == "EMC" else 1))
    before = min(1 - lowest, _MOST_DEPTH)
    closing = ["ET"] * text + ["EMC"] * marked + ["Q"] * min(before + depth, 2 * _MOST_DEPTH)
    return " ".join(["q"] * before), " ".join(closing)


def _operators(page: Page) -> Iterator[str]:
    try:
        for instruction in parsed(page, operators=_STATE):
            yield str(instruction.operator)
    except PdfError:  # content that cannot be parsed; the proof of reading judges the result
        return


def _contents(page: Page) -> list[Object]:
    contents = page.obj.get(Name.Contents)
    if isinstance(contents, Stream):
        return [contents]
    listed = list(contents) if isinstance(contents, Array) else []  # other things draw nothing
    return [one for one in listed if isinstance(one, Stream)]


def _forms(page: Page) -> Dictionary:
    """The forms and images that a page names, its parents' where it has none of its own."""
    forms = page.resources.get(Name.XObject)
    return forms if isinstance(forms, Dictionary) else Dictionary()
