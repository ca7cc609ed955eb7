"""What was read of a year's days off, in whichever form it was told, line by line."""

from dataclasses import dataclass
from datetime import date

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
MOST_BYTES = 64 * 1024  # a year's notice is some kilobytes
MOST_LINES = 1_000
MOST_WHY = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One day, as a line tells of it.

    Shape: `alone` when the day was named by itself and not within a span; `swapped` when it is
           exchanged for another day, so that it says nothing of the holiday beside it.
    """

    day: date
    works: bool
    why: str = ""
    line: int = 0
    alone: bool = True
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that nothing was understood of, counted from 1; `dated` when it names a day."""

    line: int
    text: str
    why: str
    dated: bool = True

    def __str__(self) -> str:
        return f"Dòng {self.line}: “{self.text}”: {self.why}." if self.line else f"{self.why}."


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read.

    Shape: `whole` when it is the list of the entire year, else what it does not speak of stays;
           `number` and `issued` are the notice's own, where it tells them; `fault` says why
           nothing can be read at all.
    """

    told: tuple[Told, ...] = ()
    unread: tuple[Unread, ...] = ()
    remarks: tuple[str, ...] = ()
    whole: bool = False
    number: str = ""
    issued: date | None = None
    note: str = ""
    fault: str = ""


def said(day: date) -> str:
    """A day with its weekday, as staff read it."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"
