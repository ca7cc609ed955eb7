"""The lower part of every form: its lines, its tables, its signatures."""

from collections.abc import Sequence
from dataclasses import replace

from receipts.slip.faces import ASCENT, SERIF, SERIF_BOLD, SERIF_ITALIC, printable
from receipts.slip.facts import Facts, moment_text
from receipts.slip.forms import Form, FormLine, Signature
from receipts.slip.lines import BLANK, Stretch, filled
from receipts.slip.marks import Words
from receipts.slip.pages import Sheet
from receipts.slip.records import Control, Hop, Outcome, Paper, Record, Slip, Supplement
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

_TABLE = 0.92  # letters of a table in those of the page
_HOP = 0.86
_BLANK_ROWS = 3
_NAME_LINES = 4  # of a name under a signature; it stands above in full
_INDENT = 11.0  # points before an item's number, and again before its text
_LONGEST_ROW = 0.45  # of a page; a higher row is parted
_OUTCOMES = {Outcome.EARLY: "due_early", Outcome.KEPT: "due_kept", Outcome.MISSED: "due_missed"}
_FACES = {"plain": SERIF, "italic": SERIF_ITALIC, "centre": SERIF}


def body_of(record: Record, form: Form, facts: Facts, sheet: Sheet) -> list[Strip]:
    """Everything below the title, signatures and foot included.

    Source: domain-facts 1.2 (1 to 12, S, F), 1.3.
    """
    strips: list[Strip] = []
    for line in form.body:
        if line.needs is None or facts[line.needs] is not None:
            strips += _line(line, record, form, facts, sheet)
    ends = [*_signatures(form, facts, sheet), *_foot(form, sheet)]
    if ends:
        strips[-1] = replace(strips[-1], with_next=True)
    return strips + ends


def _line(
    line: FormLine, record: Record, form: Form, facts: Facts, sheet: Sheet
) -> Sequence[Strip]:
    if line.part == "papers" and isinstance(record, Slip):
        return [space(2.0, with_next=True), *_papers(record.papers, form, sheet), space(3.0)]
    if line.part == "items" and isinstance(record, Supplement):
        return _items(record.items, sheet)
    if line.part == "hops" and isinstance(record, Control):
        return [space(3.0, with_next=True), *_hops(record.hops, form, sheet)]
    face = _FACES[line.style]
    align = Align.CENTRE if line.style == "centre" else Align.LEFT
    setting = Setting(sheet.letters, sheet.room, align=align, leading=sheet.leading)
    ends_open = line.text.endswith(":")
    return paragraph(filled(line.text, facts, face), setting, sheet.after, with_next=ends_open)


def _items(items: Sequence[str], sheet: Sheet) -> list[Strip]:
    """A numbered list, its numbers before the lines; blanks when nothing is known."""
    size = sheet.letters
    setting = Setting(size, sheet.room - 2 * _INDENT, 2 * _INDENT, leading=sheet.leading)
    strips: list[Strip] = []
    for number, item in enumerate(items or [BLANK] * _BLANK_ROWS, start=1):
        text = item if item == BLANK else printable(item)
        first, *others = paragraph([Stretch(text, SERIF)], setting, sheet.after)
        mark = Words(_INDENT, ASCENT * size, f"{number}.", SERIF, size)
        strips += [replace(first, marks=(mark, *first.marks)), *others]
    return strips


def _one(text: str, face: str = SERIF) -> tuple[tuple[Stretch, ...], ...]:
    return ((Stretch(text, face),),)


def _papers(papers: Sequence[Paper], form: Form, sheet: Sheet) -> list[Strip]:
    """Source: domain-facts 1.2, 6 (the table in use)."""
    room, words = sheet.room, form.tables["papers"]
    counts = 0.135
    edges = (0.0, 0.07 * room, *(room * (1 - counts * left) for left in (3, 2, 1, 0)))
    grid = Grid(edges, sheet.letters * _TABLE, 2.0, sheet.leading)
    mid = Align.CENTRE
    head = grid.strip(
        [
            Cell(0, 0, _one(words["number"], SERIF_BOLD), rows=2, align=mid),
            Cell(1, 0, _one(words["name"], SERIF_BOLD), rows=2, align=mid),
            Cell(2, 0, _one(words["count"], SERIF_BOLD), columns=3, align=mid),
            Cell(2, 1, _one(words["originals"], SERIF_BOLD), align=mid),
            Cell(3, 1, _one(words["certified"], SERIF_BOLD), align=mid),
            Cell(4, 1, _one(words["copies"], SERIF_BOLD), align=mid),
        ]
    )
    rows: list[Strip] = []
    for number, paper in enumerate(papers or [Paper("")] * _BLANK_ROWS, start=1):
        counted = (paper.originals, paper.certified, paper.copies)
        cells = [
            Cell(0, 0, _one(str(number) if papers else ""), align=mid),
            Cell(1, 0, _one(printable(paper.name)), least=sheet.letters * sheet.leading * 1.2),
            *(
                Cell(2 + at, 0, _one("" if count is None else f"{count:02d}"), align=mid)
                for at, count in enumerate(counted)
            ),
        ]
        row = grid.strip(cells)
        rows += grid.long_row(cells) if row.height > _LONGEST_ROW * sheet.column else [row]
    return under_head(rows, head)


def _hops(hops: Sequence[Hop], form: Form, sheet: Sheet) -> list[Strip]:
    """Source: domain-facts 1.3 (control sheet)."""
    room, words = sheet.room, form.tables["hops"]
    edges = tuple(room * part for part in (0.0, 0.27, 0.48, 0.69, 0.87, 1.0))
    grid = Grid(edges, sheet.letters * _HOP, leading=sheet.leading)
    mid = Align.CENTRE
    result = (
        (Stretch(words["result"], SERIF_BOLD),),
        (Stretch(words["result_kinds"], SERIF_ITALIC),),
    )
    head = grid.strip(
        [
            Cell(0, 0, _one(words["agency"], SERIF_BOLD), align=mid),
            Cell(1, 0, _one(words["time"], SERIF_BOLD), columns=2, align=mid),
            Cell(3, 0, result, align=mid),
            Cell(4, 0, _one(words["note"], SERIF_BOLD), align=mid),
        ]
    )
    blank = max(0, int(words["rows"]) - len(hops))
    rows = [_hop(hop, grid, form, sheet) for hop in (*hops, *[Hop()] * blank)]
    return under_head(rows, head)


def _hop(hop: Hop, grid: Grid, form: Form, sheet: Sheet) -> Strip:
    words, mid = form.tables["hops"], Align.CENTRE
    facts: Facts = {"giver": hop.giver, "taker": hop.taker}
    who = tuple(tuple(filled(words[name], facts, SERIF)) for name in ("gives", "takes"))
    outcome = "" if hop.outcome is None else form.words[_OUTCOMES[hop.outcome]]
    names = ((words["giver"], hop.giver_name), (words["taker"], hop.taker_name))
    hands = [
        Cell(
            1 + at,
            1,
            (
                (Stretch(title, SERIF_BOLD),),
                (Stretch("", SERIF),),
                (Stretch("", SERIF),),
                (Stretch(printable(name or ""), SERIF),),
            ),
            align=mid,
        )
        for at, (title, name) in enumerate(names)
    ]
    return grid.strip(
        [
            Cell(0, 0, who, rows=2, least=sheet.letters * 5.6),
            Cell(1, 0, _one(moment_text(form.words, hop.at)), columns=2, align=mid),
            *hands,
            Cell(3, 0, _one(outcome), rows=2, align=mid),
            Cell(4, 0, _one(printable(hop.note or "")), rows=2),
        ]
    )


def _signatures(form: Form, facts: Facts, sheet: Sheet) -> list[Strip]:
    """Two places to sign side by side, or one on the right; never parted."""
    shown = [one for one in form.signatures if one.hidden is None or not facts[one.hidden]]
    if not shown:
        return []
    half = sheet.room / 2
    blocks = [
        _signature(one, form, facts, Setting(sheet.letters, half, leading=sheet.leading))
        for one in shown
    ]
    moves = [0.0, half] if len(blocks) > 1 else [half]
    return [replace(beside(blocks, moves), with_next=form.foot is not None)]


def _signature(one: Signature, form: Form, facts: Facts, setting: Setting) -> Strip:
    setting = replace(setting, align=Align.CENTRE)
    name = paragraph([Stretch(printable(facts[one.name] or ""), SERIF_BOLD)], setting)
    lines = [
        space(setting.size * 0.7),
        *paragraph([Stretch(one.title, SERIF_BOLD)], setting),
        *paragraph([Stretch(form.words[one.note], SERIF_ITALIC)], setting),
        space(setting.height * 2.7),
        *name[:_NAME_LINES],
    ]
    return stacked(lines)


def _foot(form: Form, sheet: Sheet) -> list[Strip]:
    if form.foot is None:
        return []
    setting = Setting(sheet.letters * 0.95, sheet.room, leading=sheet.leading)
    return [space(4.0, with_next=True), *paragraph([Stretch(form.foot, SERIF_ITALIC)], setting)]
