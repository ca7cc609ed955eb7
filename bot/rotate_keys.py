"""FIELD_KEYS change: every sealed field is sealed anew with the first of them."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.database import reading
from bot.runtime import Runtime
from bot.store.sealed_columns import (
    SEALED,
    Key,
    Resealed,
    SealedRow,
    SealedTable,
    free_rows,
    replace_sealed,
    sealed_rows,
)
from bot.vault import Unreadable

BATCH = 500  # rows a transaction
PASSES = 5  # a row that a worker holds is skipped, and found again by the next pass
PAUSE_SECONDS = 0.5  # before the third pass and those after it: rows are held for moments


@dataclass(slots=True)
class Rotation:
    """What a rotation did; counts by table.column.

    Shape: `resealed` were sealed anew; `newest` are, at the last look, sealed with the first
           key; `older` still are not, because somebody changed them meanwhile; `unreadable`
           none of FIELD_KEYS opens, they were left as they are.
    """

    resealed: Counter[str] = field(default_factory=Counter)
    newest: Counter[str] = field(default_factory=Counter)
    older: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    @property
    def complete(self) -> bool:
        """Whether older keys may be dropped from FIELD_KEYS."""
        return not self.older and not self.unreadable


def rotate_keys(runtime: Runtime) -> Rotation:
    """Seal every field anew that is not sealed with the first of FIELD_KEYS.

    Safe beside running workers that know all the keys, and safe to kill: run it again, and it
    passes over what is done. The last pass only looks, so that what it counts is what is there.
    """
    rotation = Rotation()
    for place in SEALED:
        found = _Look()
        for number in range(PASSES):
            time.sleep(PAUSE_SECONDS if number > 1 else 0)
            found = _pass(runtime, place, rotation.resealed)
            if not found.older:
                break
        rotation.newest.update(found.newest)
        rotation.older.update(found.older)
        rotation.unreadable.update(found.unreadable)
    return rotation


@dataclass(slots=True)
class _Look:
    """What one pass over a table found, by table.column; `older` is what it wanted to replace."""

    newest: Counter[str] = field(default_factory=Counter)
    older: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)


def _pass(runtime: Runtime, place: SealedTable, resealed: Counter[str]) -> _Look:
    look = _Look()
    after: Key | None = None
    while True:
        with reading(runtime.engine) as connection:
            rows = sealed_rows(connection, place, after, BATCH)
        if not rows:
            return look
        fields = _sealed_anew(runtime, place, rows, look)
        resealed.update(_replace(runtime, place, fields))
        after = rows[-1].key


def _sealed_anew(
    runtime: Runtime, place: SealedTable, rows: Sequence[SealedRow], look: _Look
) -> list[Resealed]:
    fields = []
    for row in rows:
        for column, old in zip(place.columns, row.fields, strict=True):
            if not old:  # empty, or erased at a citizen's wish
                continue
            name = f"{place.name}.{column}"
            try:
                new = runtime.vault.reseal(old)
            except Unreadable:
                look.unreadable[name] += 1
                continue
            if new is None:
                look.newest[name] += 1
            else:
                look.older[name] += 1
                fields.append(Resealed(row.key, column, old, new))
    return fields


def _replace(runtime: Runtime, place: SealedTable, fields: Sequence[Resealed]) -> Counter[str]:
    if not fields:
        return Counter()
    with runtime.engine.begin() as connection:
        free = free_rows(connection, place, {one.key for one in fields})
        ours = [one for one in fields if one.key in free]
        replace_sealed(connection, place, ours)
    return Counter(f"{place.name}.{one.column}" for one in ours)
