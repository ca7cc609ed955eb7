"""Slips to PDF: one record, or a day's, each with its copies."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from receipts.slip.forms import Form
from receipts.slip.layout import Layout, form_of, laid_out
from receipts.slip.pages import Paper
from receipts.slip.pdf import PdfWriter
from receipts.slip.records import Record, Slip

Progress = Callable[[int], None]
"""Called with the number of records written so far, after each."""

LeftOut = Callable[[int, ValueError], None]
"""Called with the place of a record that cannot be printed, and why; the others go on."""

_MOST_COPIES = 9


def render_slip(slip: Slip, paper: str = Paper.A5, copies: int = 2) -> bytes:
    """A receipt as PDF; two copies are "Lưu" and "Giao khách hàng", one is the citizen's.

    Shape:  `paper` is "A5" or "A4".
    Errors: ValueError for another paper, copies out of 1 to 9, a code or link that a symbol cannot
            hold; FormMissing when no form was valid on the slip's day.
    Source: domain-facts 1.2.
    """
    return render(slip, paper, copies)


def render(record: Record, paper: str = Paper.A5, copies: int | None = None) -> bytes:
    """Any slip as PDF; `copies` of None are as many as its form names, else one.

    Errors: as `render_slip`.
    """
    stream = BytesIO()
    layout = laid_out(record, _paper(paper), _copies(form_of(record), copies))
    writer = PdfWriter(stream, layout.title, layout.author, layout.subject)
    writer.add(layout.pages, layout.copy_marks)
    writer.finish()
    return stream.getvalue()


def render_batch(
    records: Iterable[Record],
    out_file: Path | BinaryIO,
    paper: str = Paper.A5,
    copies: int | None = None,
    progress: Progress | None = None,
    left_out: LeftOut | None = None,
) -> int:
    """Many slips in one PDF, in their order, each with its copies; how many there were.

    Memory does not grow with their number. Nothing is left at a path when a record is refused.
    Errors: as `render_slip`, the record's place named, where `left_out` does not take them;
            ValueError for no records, or none that can be printed; OSError.
    """
    if isinstance(out_file, Path):
        part = out_file.with_name(f"{out_file.name}.part")
        try:
            with part.open("wb") as stream:
                count = _batch(_Job(records, stream, _paper(paper), copies), progress, left_out)
            part.replace(out_file)
        finally:
            part.unlink(missing_ok=True)
        return count
    return _batch(_Job(records, out_file, _paper(paper), copies), progress, left_out)


@dataclass(frozen=True, slots=True)
class _Job:
    records: Iterable[Record]
    stream: BinaryIO
    paper: Paper
    copies: int | None


def _batch(job: _Job, progress: Progress | None, left_out: LeftOut | None) -> int:
    writer: PdfWriter | None = None
    count = 0
    for place, record in enumerate(job.records, start=1):
        try:
            layout = _numbered(record, job.paper, job.copies, place)
        except ValueError as fault:
            if left_out is None:
                raise
            left_out(place, fault)
            continue
        if writer is None:
            writer = PdfWriter(job.stream, layout.title, layout.author, layout.subject)
        writer.add(layout.pages, layout.copy_marks)
        count += 1
        if progress is not None:
            progress(count)
    if writer is None:
        raise ValueError("there is no slip to print")
    writer.finish()
    return count


def _numbered(record: Record, paper: Paper, copies: int | None, number: int) -> Layout:
    try:
        return laid_out(record, paper, _copies(form_of(record), copies))
    except ValueError as fault:
        raise ValueError(f"slip {number}: {fault}") from fault


def _paper(paper: str) -> Paper:
    if paper not in (Paper.A5, Paper.A4):
        raise ValueError(f"slips are printed on A5 or A4, not on {paper!r}")
    return Paper(paper)


def _copies(form: Form, copies: int | None) -> int:
    if copies is None:
        return len(form.copies) or 1
    if not 1 <= copies <= _MOST_COPIES:
        raise ValueError(f"{copies} copies: a slip has 1 to {_MOST_COPIES}")
    return copies
