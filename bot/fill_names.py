"""Dossiers that were stored before names were searched for: their marks written, batch by batch."""

from bot.dossier_names import name_marks
from bot.index_key import index_key
from bot.runtime import Runtime
from bot.store.dossier_names import add_marks, unnamed_dossiers

BATCH = 500  # dossiers a transaction


def fill_names(runtime: Runtime) -> int:
    """Mark every dossier that has a name and no mark; how many.

    Safe beside running workers, and safe to kill: run again, it goes on where it was.
    Errors: vault.Unreadable when none of FIELD_KEYS opens a name.
    """
    index, filled, after = index_key(runtime), 0, 0
    while True:
        with runtime.engine.begin() as connection:
            found = unnamed_dossiers(connection, after, BATCH)
            marks = [
                (dossier_id, mark)
                for dossier_id, agency, sealed in found
                for mark in sorted(name_marks(index, [runtime.vault.open_text(sealed)], agency))
            ]
            add_marks(connection, marks)
        if not found:
            return filled
        filled += len({dossier_id for dossier_id, _ in marks})
        after = found[-1][0]
