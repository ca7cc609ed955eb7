"""How much one citizen may look up: guessing sequence codes must not pay."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=1)
MOST_LOOKUPS = 60
MOST_MISSES = 10
MOST_CODES = 5  # answered in one message


class Limit(StrEnum):
    """Which limit was reached."""

    LOOKUPS = "lookups"
    MISSES = "misses"


@dataclass(slots=True)
class Allowance:
    """What one asker looked up within the last hour.

    Shape: `looked_up` and `missed` are aware times, oldest first; a miss is in both.
    Source: interfaces 5 ("60 codes looked up and 10 unknown ones an hour").
    """

    looked_up: list[datetime] = field(default_factory=list)
    missed: list[datetime] = field(default_factory=list)
    most_lookups: int = MOST_LOOKUPS
    most_misses: int = MOST_MISSES

    @classmethod
    def of(
        cls,
        past: Iterable[tuple[datetime, bool]],
        most_lookups: int = MOST_LOOKUPS,
        most_misses: int = MOST_MISSES,
    ) -> "Allowance":
        """From (when, known) pairs of the last hour."""
        ordered = sorted(past)
        missed = [at for at, known in ordered if not known]
        return cls([at for at, _ in ordered], missed, most_lookups, most_misses)

    def reached(self) -> Limit | None:
        """The limit that stands in the way of the next lookup, if any."""
        if len(self.missed) >= self.most_misses:
            return Limit.MISSES
        return Limit.LOOKUPS if len(self.looked_up) >= self.most_lookups else None

    def free_at(self) -> datetime:
        """When the next lookup is allowed again: every limit reached has one place free."""
        free = []
        if len(self.missed) >= self.most_misses:
            free.append(self.missed[-self.most_misses] + WINDOW)
        if len(self.looked_up) >= self.most_lookups:
            free.append(self.looked_up[-self.most_lookups] + WINDOW)
        return max(free)

    def count(self, at: datetime, known: bool) -> None:
        """One more code was looked up."""
        self.looked_up.append(at)
        if not known:
            self.missed.append(at)


@dataclass(frozen=True, slots=True)
class Allowances:
    """What one asker looked up: results' numbers are limited as codes are, and apart from them."""

    codes: Allowance = field(default_factory=Allowance)
    results: Allowance = field(default_factory=Allowance)
