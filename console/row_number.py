"""Numbers that stand for a row, in addresses and in forms: none is larger than a row's can be."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1  # what a column of either database holds; SQLite's driver breaks beyond it
_DIGITS = 18  # of a number that is surely below it


class RowNumber(IntegerConverter):
    """`<int:…>` of every address: a larger number leads to no page."""

    def __init__(self, url_map: Map, *args: Any, **bounds: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST, **bounds})


def row_number(typed: str, otherwise: int = 0) -> int:
    """The number that a form or a query names; `otherwise` for anything that is none."""
    plain = typed.isascii() and typed.isdecimal() and len(typed) <= _DIGITS
    return int(typed) if plain else otherwise
