"""What comes of stamping: the paper's bytes, its code, and what is worth telling."""

from collections.abc import Callable
from dataclasses import dataclass

LinkOf = Callable[[str], str]
"""Gives the address that the QR of a canonical code holds."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A paper that bears its stamp. Shape: `data` is what came when it bore it `already`."""

    data: bytes
    code: str
    already: bool = False
    mended: bool = False

    @property
    def told(self) -> str:
        """One word for a log, or two."""
        if self.already:
            return "already stamped"
        return "stamped, the file was damaged and has been mended" if self.mended else "stamped"
