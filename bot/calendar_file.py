"""Loads the packaged calendar, and works out the years that it does not list."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import holidays

from bot.core.calendar import (
    COMPUTED,
    Calendar,
    CalendarYear,
    DayRule,
    calendar_of,
    parse_years,
)
from bot.core.calendar_law import CULTURE_DAY, CULTURE_DAY_SINCE, LAW_SOURCE

# The library's Vietnamese lunar tables end in 2099; later years are plain weeks.
COMPUTED_YEARS = range(1995, 2100)
# What the library calls an occasion, and what staff call it; the first that fits counts.
_OCCASIONS = (
    ("Lunar New Year", "Tết Nguyên đán"),
    ("New Year's Day", "Tết Dương lịch"),
    ("Hung Kings", "Giỗ Tổ Hùng Vương"),
    ("Liberation Day", "Ngày Chiến thắng 30/4"),
    ("International Labor Day", "Ngày Quốc tế lao động 1/5"),
    ("National Day", "Quốc khánh 2/9"),
    ("Cultural Day", "Ngày Văn hóa Việt Nam"),
    ("substituted", "Nghỉ hoán đổi"),
)
_MADE_UP = "(observed)"


def load_calendar(path: Path | None = None) -> Calendar:
    """Read calendar.toml (the packaged one by default) and fill in the years it does not list.

    Errors: ValueError naming the faulty year and field; OSError when the file cannot be read.
    """
    years = parse_years(_text(path))
    table = calendar_of(years.values())
    silent = set(COMPUTED_YEARS) - years.keys()
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
    days = {day for day in days if day.month != CULTURE_DAY[0]}
    if year >= CULTURE_DAY_SINCE:
        days.add(date(year, *CULTURE_DAY))
    return frozenset(day for day in days if day.weekday() < 5)


@cache
def packaged_calendar() -> Calendar:
    """The packaged calendar, read once a process: working out the silent years takes its time."""
    return load_calendar()


@cache
def packaged_year(year: int) -> CalendarYear:
    """One year as the package knows it: listed, else worked out from the law; with reasons."""
    listed = _packaged_years().get(year)
    if listed is None:
        rules = {day: DayRule(works=False) for day in sorted(computed_days_off(year))}
        listed = CalendarYear(year, COMPUTED, rules, LAW_SOURCE)
    return replace(listed, rules=with_reasons(year, listed.rules))


def is_packaged(year: int) -> bool:
    """Whether calendar.toml lists this year."""
    return year in _packaged_years()


def with_reasons(year: int, rules: Mapping[date, DayRule]) -> dict[date, DayRule]:
    """The same days in order, each without a reason given the one that the law knows of it."""
    names = occasions(year)
    return {
        day: rule if rule.why else DayRule(rule.works, _reason(day, rule.works, names))
        for day, rule in sorted(rules.items())
    }


@cache
def occasions(year: int) -> Mapping[date, str]:
    """The holidays of a year in words, also those that fall on a weekend."""
    found = holidays.country_holidays("VN", years=year, language="en_US")
    named = {day: _occasion(words) for day, words in sorted(found.items()) if day.month != 11}
    if year >= CULTURE_DAY_SINCE:
        named[date(year, *CULTURE_DAY)] = "Ngày Văn hóa Việt Nam"
    return named


def new_year(year: int) -> date | None:
    """The first day of Tết by the lunar tables; None for a year beyond them.

    Source: the `holidays` library, whose Vietnamese tables follow UTC+7.
    """
    found = holidays.country_holidays("VN", years=year, language="en_US")
    return next((day for day, words in found.items() if words == "Lunar New Year"), None)


def _occasion(words: str) -> str:
    told = next((ours for theirs, ours in _OCCASIONS if theirs in words), "Ngày nghỉ lễ")
    return f"{told} (nghỉ bù)" if _MADE_UP in words else told


def _reason(day: date, works: bool, names: Mapping[date, str]) -> str:
    if works:
        return "Làm bù"
    return names.get(day, "Nghỉ hoán đổi")


@cache
def _packaged_years() -> Mapping[int, CalendarYear]:
    return parse_years(_text(None))


def _text(path: Path | None) -> str:
    source = path if path is not None else files("bot").joinpath("data", "calendar.toml")
    return source.read_text(encoding="utf-8")
