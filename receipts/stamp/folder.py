"""Stamps the papers of a folder into another one, each by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from receipts.stamp.files import sweep, write_whole
from receipts.stamp.order import Order
from receipts.stamp.paper import SUFFIXES, stamp
from receipts.stamp.refusal import Refusal, StampRefused
from receipts.stamp.stamped import LinkOf, Stamped

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Tally:
    """How a folder's papers went."""

    stamped: int = 0
    already: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return f"{self.stamped} stamped, {self.already} already stamped, {self.failed} failed"


def papers_in(folder: Path) -> list[Path]:
    """The papers of a folder, hidden and unfinished files left out, by name."""
    return sorted(path for path in folder.iterdir() if is_paper(path))


def is_paper(path: Path) -> bool:
    """Whether this is a file that can be stamped, by its name."""
    hidden = path.name.startswith((".", "~"))
    return not hidden and path.suffix.lower() in SUFFIXES and path.is_file()


def stamp_folder(source: Path, out: Path, order: Order, link_of: LinkOf, say: Say) -> Tally:
    """Stamp every paper of a folder; what fails is told, and the others go on.

    Errors: OSError when a folder cannot be read or written.
    """
    out.mkdir(parents=True, exist_ok=True)
    sweep(out)
    tally = Tally()
    for path, found in _each(source, order, link_of):
        if isinstance(found, StampRefused):
            tally = replace(tally, failed=tally.failed + 1)
            say(f"{path.name}: {found}")
            continue
        write_whole(out / path.name, found.data)
        say(f"{path.name}: {found.told}, {found.code}")
        if found.already:
            tally = replace(tally, already=tally.already + 1)
        else:
            tally = replace(tally, stamped=tally.stamped + 1)
    return tally


def _each(
    source: Path, order: Order, link_of: LinkOf
) -> Iterator[tuple[Path, Stamped | StampRefused]]:
    for path in papers_in(source):
        yield path, stamped_or_refused(path.read_bytes(), order, link_of)


def stamped_or_refused(data: bytes, order: Order, link_of: LinkOf) -> Stamped | StampRefused:
    """The stamped paper, or why not; a paper that breaks the code must not stop the others."""
    try:
        return stamp(data, order, link_of)
    except StampRefused as refused:
        return refused
    except Exception as fault:  # the bytes are a stranger's, and several libraries read them
        detail = " ".join(f"{type(fault).__name__} {fault}".split())[:120]
        return StampRefused(Refusal.UNKNOWN, detail=detail)
