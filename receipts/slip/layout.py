"""A record on its pages: the head once, the body over as many pages as it takes, foot on each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from receipts.slip.body import body_of
from receipts.slip.faces import SERIF, SERIF_BOLD, SERIF_ITALIC, printable
from receipts.slip.facts import Facts, facts_of, local
from receipts.slip.forms import Form, form_on
from receipts.slip.head import Head, head_of
from receipts.slip.lines import Stretch, filled
from receipts.slip.marks import Line, Page, Placed, Words
from receipts.slip.pages import SHEETS, Paper, Sheet, height_of, on_pages
from receipts.slip.records import Apology, Control, Record, Refusal, Slip, Stop, Supplement
from receipts.slip.strips import LEADING, Align, Setting, Strip, foot_of, words_of

KINDS: dict[str, type[Record]] = {
    "receipt": Slip,
    "supplement": Supplement,
    "refusal": Refusal,
    "apology": Apology,
    "control": Control,
    "stop": Stop,
}
_KIND_OF = {record: kind for kind, record in KINDS.items()}
_WIDE_GAP = "\u00a0\u00a0 "
_SMALL = 0.72  # letters of foot and running head in those of the page
# A form that is a little too long for its page is set a little smaller before it takes a second.
# Steps: how much longer than its page a form may be in ordinary letters; letters, a line's height
# in them, points below a paragraph.
_TIGHTER = ((1.06, 0.95, 1.18, 0.8), (1.17, 0.9, 1.15, 0.5))


@dataclass(frozen=True, slots=True)
class Layout:
    """A record's pages without the copy mark, and that mark for each copy.

    Shape: `copy_marks[copy][page]` is what stands on that page of that copy alone; one empty copy
    where the form has no copy marks.
    """

    title: str
    author: str
    subject: str
    pages: tuple[Page, ...]
    copy_marks: tuple[tuple[tuple[Placed, ...], ...], ...]


def form_of(record: Record) -> Form:
    """The form valid on the record's own day. Errors: FormMissing."""
    return form_on(_KIND_OF[type(record)], local(record.issued_at).date())


def laid_out(record: Record, paper: Paper, copies: int) -> Layout:
    """A record on pages of this size.

    Errors: FormMissing; ValueError for a code, a link or a paper that cannot be printed.
    Source: domain-facts 1.1 (A5 and A4), 1.2.
    """
    if paper not in SHEETS:
        raise ValueError(f"slips are printed on A5 or A4, not on {paper}")
    form = form_of(record)
    facts = facts_of(record, form.words)
    sheet, head, body = _fitted(record, form, facts, SHEETS[paper])
    foot = _foot_height(form, sheet)
    running = _running_height(sheet)
    columns = on_pages([head.strip, *body], sheet, foot, running)
    names = _copy_names(form, copies)
    pages = tuple(
        Page(
            sheet.width,
            sheet.height,
            (
                *placed,
                *_running_head(form, facts, sheet, number),
                *_page_foot(form, sheet, number, len(columns)),
            ),
        )
        for number, placed in enumerate(columns, start=1)
    )
    marks = tuple(
        tuple(
            _copy_mark({**facts, "copy": name}, form, sheet, head, number)
            for number in range(1, len(pages) + 1)
        )
        for name in names
    )
    title = f"{form.title} {record.code or ''}".strip()
    return Layout(title, printable(record.office.name), form.legal, pages, marks)


def _fitted(
    record: Record, form: Form, facts: Facts, sheet: Sheet
) -> tuple[Sheet, Head, list[Strip]]:
    """The form in letters that let it end on its first page, if slightly smaller ones do."""
    head, body = head_of(record, form, facts, sheet), body_of(record, form, facts, sheet)
    longer = height_of([head.strip, *body]) / (sheet.column - _foot_height(form, sheet))
    if longer <= 1:
        return sheet, head, body
    for most, scale, leading, after in _TIGHTER:
        if longer <= most:
            small = replace(sheet, letters=sheet.letters * scale, leading=leading, after=after)
            tried = head_of(record, form, facts, small), body_of(record, form, facts, small)
            room = small.column - _foot_height(form, small)
            if height_of([tried[0].strip, *tried[1]]) <= room:
                return small, *tried
    return sheet, head, body


def _copy_names(form: Form, copies: int) -> tuple[str | None, ...]:
    """The copies' names; a single copy is the citizen's, every one beyond the last is kept."""
    if not form.copies:
        return (None,) * copies
    if copies == 1:
        return (form.copies[-1],)
    more = (form.copies[0],) * (copies - len(form.copies))
    return (*form.copies, *more)


def _foot_height(form: Form, sheet: Sheet) -> float:
    return foot_of(_legal(form, sheet), _small(sheet)) + 4.0


def _small(sheet: Sheet) -> Setting:
    return Setting(sheet.letters * _SMALL, sheet.room * 0.86)


def _legal(form: Form, sheet: Sheet) -> list[Words]:
    return words_of([Stretch(form.legal, SERIF_ITALIC)], _small(sheet))


def _page_foot(form: Form, sheet: Sheet, number: int, count: int) -> Sequence[Placed]:
    """The form's legal line, and the page's number where there are several."""
    legal = _legal(form, sheet)
    small = _small(sheet)
    top = sheet.height - sheet.bottom - foot_of(legal, small)
    told = {"page": str(number), "pages": str(count)}
    setting = replace(small, room=sheet.room, align=Align.RIGHT)
    pages = words_of(filled(form.words["page"], told, SERIF), setting) if count > 1 else []
    return [Placed(sheet.left, top, (*legal, *pages))]


def _running_height(sheet: Sheet) -> float:
    return sheet.letters * 0.85 * LEADING * 2 + 6.0


def _running_head(form: Form, facts: Facts, sheet: Sheet, number: int) -> Sequence[Placed]:
    """On every page but the first: which paper this is, and of which dossier."""
    if number == 1:
        return []
    size = sheet.letters * 0.85
    setting = Setting(size, sheet.room * 0.78)
    title = words_of([Stretch(form.title, SERIF_BOLD)], setting)
    code = []
    if facts["code"] is not None:
        code = words_of(filled(form.words["code"], facts, SERIF), setting, size * LEADING)
    y = size * LEADING * 2 + 2.0
    line = Line(0.0, y, sheet.room, y, 0.5)
    return [Placed(sheet.left, sheet.top, (*title, *code, line))]


def _copy_mark(
    facts: Facts, form: Form, sheet: Sheet, head: Head, number: int
) -> tuple[Placed, ...]:
    """The line with code and copy under the title; on later pages the copy's name alone."""
    if head.code_line is None or (number > 1 and facts["copy"] is None):
        return ()
    words = form.words
    if number > 1:
        setting = Setting(sheet.letters * 0.85, sheet.room, align=Align.RIGHT)
        told = words_of(filled(words["copy"], facts, SERIF_ITALIC), setting)
    else:
        code = filled(words["code"], facts, SERIF)
        copy = (
            [] if facts["copy"] is None else filled(_WIDE_GAP + words["copy"], facts, SERIF_ITALIC)
        )
        setting = Setting(sheet.letters, sheet.room, align=Align.CENTRE)
        told = words_of([*code, *copy], setting, head.code_line)
    return (Placed(sheet.left, sheet.top, tuple(told)),)
