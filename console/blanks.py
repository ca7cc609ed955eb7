"""A page rendered once with blanks in it, which are then filled in for each reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

# Private-use letters that no text has; values are never searched for them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_BLANK = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")


def blank(name: str) -> Markup:
    """What stands in a template's place for a value that comes later."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704  (a name of ours, of a-z and _)


@dataclass(frozen=True, slots=True)
class Blanks:
    """A page cut at its blanks: text, name, text, name, … text."""

    parts: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """The page with each value in its blanks, escaped as in any template."""
        escaped = {name: str(escape(value)) for name, value in values.items()}
        parts = list(self.parts)
        parts[1::2] = [escaped[name] for name in parts[1::2]]
        return "".join(parts)


def cut(page: str) -> Blanks:
    """Cut a rendered page at its blanks."""
    return Blanks(tuple(_BLANK.split(page)))
