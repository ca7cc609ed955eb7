"""The words that one process says at this moment."""

from dataclasses import dataclass, field
from threading import Lock

from bot.texts.catalogue import Catalogue

NEVER = float("-inf")


@dataclass(slots=True)
class PresentTexts:
    """A catalogue that is replaced as a whole when words were changed (bot/present_texts.py).

    Shape: `shipped` is what the product came with; `version` what of the database's words
           `catalogue` holds; `looked_at` when that was last asked, by a clock that only runs on;
           `held` tells that these are the words of one reply, which do not change under it.
    """

    shipped: Catalogue
    catalogue: Catalogue = field(init=False)
    version: int = 0
    looked_at: float = NEVER
    held: bool = False
    looking: Lock = field(default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self.catalogue = self.shipped

    def hold(self) -> "PresentTexts":
        """The same words, for one reply."""
        same = PresentTexts(self.shipped, self.version, self.looked_at, held=True)
        same.catalogue = self.catalogue
        return same
