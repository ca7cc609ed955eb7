"""Loads the working calendar: the packaged table, and computed years where the table is silent."""

from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import holidays

from bot.core.calendar import Calendar, listed_years, parse_calendar

# The library's Vietnamese lunar tables end in 2099; later years are plain weeks.
_COMPUTED_YEARS = range(1995, 2100)
_CULTURE_DAY_SINCE = 2026


def load_calendar(path: Path | None = None) -> Calendar:
    """Read calendar.toml (the packaged one by default) and fill in the years it does not list.

    Errors: ValueError naming the faulty year and field; OSError when the file cannot be read.
    """
    source = path if path is not None else files("bot").joinpath("data", "calendar.toml")
    text = source.read_text(encoding="utf-8")
    table = parse_calendar(text)
    silent = set(_COMPUTED_YEARS) - listed_years(text)
    return replace(table, off=table.off.union(*map(computed_days_off, silent)))


def computed_days_off(year: int) -> frozenset[date]:
    """Work out the weekdays off of a year for which we hold no list.

    Result: statutory days and their make-up days. Swaps cannot be computed, so these years
            stay unconfirmed.
    Source: the `holidays` library for Labour Code 2019 Art. 112; Resolution 28/2026/QH16 for 24/11.
    """
    days = set(holidays.country_holidays("VN", years=year))
    # The library makes up for 24/11 when it falls on a weekend. The day stands outside Art. 112,
    # so Art. 111.3 does not apply to it; November has no other holiday.
    days = {day for day in days if day.month != 11}
    if year >= _CULTURE_DAY_SINCE:
        days.add(date(year, 11, 24))
    return frozenset(day for day in days if day.weekday() < 5)


@cache
def working_calendar() -> Calendar:
    """The packaged calendar, read once a process: working out the silent years takes its time."""
    return load_calendar()
