"""Reads the body of a control request and says in one line what is wrong with it."""

from collections.abc import Collection
from typing import Any

_MISSING: Any = object()


class AskedWrongError(Exception):
    """What came, what was expected."""


class Asked:
    """The JSON object of one control request."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, dict):
            raise AskedWrongError(f"the body is {_named(body)}; expected a JSON object")
        self._body: dict[str, Any] = body

    def has(self, name: str) -> bool:
        """Whether the field came with a value."""
        return self._body.get(name) is not None

    def raw(self, name: str) -> Any:
        """The field as it came."""
        return self._body.get(name)

    def came(self, name: str, expected: str) -> str:
        """The line for a field that does not fit."""
        return f"{name} is {_named(self._body.get(name))}; expected {expected}"

    def text(self, name: str, default: Any = _MISSING) -> str:
        """A non-empty text, or the default when the field is absent."""
        value = self._body.get(name)
        if value is None and default is not _MISSING:
            return str(default)
        if not isinstance(value, str) or (not value and default is _MISSING):
            raise AskedWrongError(self.came(name, "a non-empty text"))
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._body.get(name, default)
        if not isinstance(value, bool):
            raise AskedWrongError(self.came(name, "true or false"))
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self._body.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise AskedWrongError(self.came(name, "a whole number"))
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._body.get(name)
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not -1e11 < value < 1e11:  # type: ignore[operator]
            raise AskedWrongError(self.came(name, "a number"))
        return float(value)  # type: ignore[arg-type]

    def one_of(self, name: str, allowed: Collection[str]) -> str:
        """One of a set of words."""
        value = self._body.get(name)
        if not isinstance(value, str) or value not in allowed:
            raise AskedWrongError(self.came(name, f"one of {', '.join(allowed)}"))
        return value


def _named(value: Any) -> str:
    return "missing" if value is None else repr(value)[:80]
