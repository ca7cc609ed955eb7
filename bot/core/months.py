"""Months as tables are parted by them: from midnight of the first to midnight of the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

# Fixed, whatever TZ_NAME is: the borders of two months never overlap and leave no gap.
VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of Vietnam's calendar."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime(self.year, self.month, 1, tzinfo=VIETNAM)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self.later(1).since

    def later(self, months: int) -> "Month":
        """The month so many later; earlier below zero."""
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)


def month_of(moment: datetime) -> Month:
    """The month that a moment lies in."""
    local = moment.astimezone(VIETNAM)
    return Month(local.year, local.month)


def months_from(first: Month, last: Month) -> Iterator[Month]:
    """The months from first to last, both included."""
    while first <= last:
        yield first
        first = first.later(1)
