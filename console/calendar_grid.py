"""A year as twelve grids of weeks, each day with what it is, for the calendar's page."""

from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.show_calendar import ShownDay

MONDAY = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month's grid; `kind` is "", "weekend", "off" or "worked".

    Shape: `sign` is what is seen beside the number without colour, `words` what is read out.
    """

    day: date | None
    kind: str = ""
    sign: str = ""
    words: str = ""
    today: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """One month, its weeks from Monday."""

    number: int
    weeks: Sequence[Sequence[Cell]]


def months_of(year: int, days: Iterable[ShownDay], today: date) -> list[Month]:
    """The twelve months of a year."""
    told = {one.day: one for one in days}
    return [Month(number, _weeks(year, number, told, today)) for number in range(1, 13)]


def _weeks(year: int, month: int, told: Mapping[date, ShownDay], today: date) -> list[list[Cell]]:
    weeks = Calendar(MONDAY).monthdatescalendar(year, month)
    return [
        [_cell(day, told.get(day), today) if day.month == month else Cell(None) for day in week]
        for week in weeks
    ]


def _cell(day: date, one: ShownDay | None, today: date) -> Cell:
    if one is None:
        return Cell(day, "weekend" if day.weekday() >= 5 else "", today=day == today)
    kind, sign = ("worked", "L") if one.rule.works else ("off", "N")
    word = "làm việc" if one.rule.works else "nghỉ"
    words = f"{word}, {one.rule.why}" if one.rule.why else word
    return Cell(day, kind, sign + ("*" if one.by_hand else ""), words, today=day == today)
