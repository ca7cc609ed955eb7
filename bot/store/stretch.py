"""Some of all dossiers, by the numbers of their rows: what is read of a day at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true


@dataclass(frozen=True, slots=True)
class Stretch:
    """Dossiers by the numbers of their rows, from `first` up to before `end`.

    Shape: without an end all that follow; the one from 0 on holds what is of no dossier too.
    """

    first: int = 0
    end: int | None = None

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether a row is of one of these dossiers, by the column that names it."""
        if self.end is None:
            return column >= self.first if self.first else true()
        if self.first:
            return and_(column >= self.first, column < self.end)
        return or_(column < self.end, column.is_(None))


ALL_DOSSIERS = Stretch()
