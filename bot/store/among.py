"""Statements over a list of values whose text is the same however long the list is."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, any_, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

S = TypeVar("S")
Among = Callable[[Any, str], ColumnElement[bool]]


def by_dialect(build: Callable[[Among], S]) -> Mapping[str, S]:
    """One statement for each database, by the name of its dialect.

    Shape: `build` is given `among(column, name)`: the column is one of the values that the
           parameter `name` lists. PostgreSQL takes the list as one array; written out, a hundred
           values make a text that is put together, read and planned anew at each call.
    """
    return {"sqlite": build(_written_out), "postgresql": build(_as_array)}


def _written_out(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return found


def _as_array(column: Any, name: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(column.type)))
    return found
