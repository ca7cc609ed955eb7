"""What a schema's name says: its place in the order, and which older code may work on it.

A migration that only adds is named by its number: `0015`. One that takes away what older code
needs is named `0020_needs_0017`: only code written for schema 0017 or a newer one may run on it.
All that follow carry the newest such mark on. So whoever finds a newer schema than its own, and
cannot know what is in it, still knows whether to start.
"""

import re
from dataclasses import dataclass

_NAME = re.compile(r"(\d{4})(?:_needs_(\d{4}))?")


@dataclass(frozen=True, slots=True)
class Revision:
    """One schema by its name; a name of another form is older than all and serves only itself."""

    name: str

    @property
    def number(self) -> int:
        """Its place in the order."""
        found = _NAME.fullmatch(self.name)
        return int(found[1]) if found else -1

    @property
    def needs(self) -> int:
        """The number of the oldest schema whose code may run on it."""
        found = _NAME.fullmatch(self.name)
        return int(found[2] or 0) if found else -1

    def serves(self, newest: str) -> bool:
        """Whether code written for the schema `newest` can work on a database of this one."""
        if self.name == newest:
            return True
        code = Revision(newest).number
        return self.number > code >= self.needs
