"""By which names a dossier is found: marks of its people's names, written with each change."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from sqlalchemy import Connection

from bot.core.counter_names import endings
from bot.core.snapshot import Change, FeedDossier
from bot.store.dossier_names import Mark, add_marks, drop_marks, marks_of

PURPOSE = b"dossier name"  # no mark equals one that is made for something else
MARK_BYTES = 10  # two names share one by chance once in 2^40 pairs of a million names


def name_mark(index: bytes, folded: str) -> bytes:
    """The keyed mark of a folded name, or of an ending of one.

    Shape: keyed BLAKE2b, which costs a third of an HMAC: a feed of 5,000 makes some 20,000.
    """
    return blake2b(folded.encode(), key=index, digest_size=MARK_BYTES, person=PURPOSE).digest()


def name_marks(index: bytes, names: Iterable[str], agency_code: str) -> set[Mark]:
    """All marks that these names are found by in an agency."""
    return {(name_mark(index, end), agency_code) for name in names for end in endings(name)}


def name_dossiers(
    connection: Connection, index: bytes, changes: Sequence[Change], ids: Mapping[str, int]
) -> None:
    """Let dossiers be found by their people's names as their last change tells them.

    Shape: `ids` are those of the stored dossiers by code, which this transaction holds.
    """
    last = {ids[change.snapshot.code]: change for change in changes}
    first = {ids[change.snapshot.code] for change in changes if change.earlier is None}
    before = marks_of(connection, last.keys() - first)
    fresh: list[tuple[int, Mark]] = []
    gone: list[tuple[int, Mark]] = []
    for dossier_id, change in last.items():
        told = change.snapshot.told
        marks = name_marks(index, _names(told), told.agency)
        held = before.get(dossier_id, set())
        fresh += [(dossier_id, mark) for mark in sorted(marks - held)]
        gone += [(dossier_id, mark) for mark in sorted(held - marks)]
    drop_marks(connection, gone)
    add_marks(connection, fresh)


def _names(told: FeedDossier) -> tuple[str, ...]:
    owner = (told.owner_name,) if told.owner_name else ()
    return (*owner, *told.also_named)
