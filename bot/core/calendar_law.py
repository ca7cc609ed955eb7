"""What the law says of a year's days off, and where a list of them falls short of it.

Source: Labour Code 2019 Art. 111.3 and 112; Resolution 28/2026/QH16; domain-facts 4.1.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from bot.core.calendar import CalendarYear, DayRule

CULTURE_DAY, CULTURE_DAY_SINCE = (11, 24), 2026
LAW_SOURCE = "Bộ luật Lao động 2019, Điều 112; Nghị quyết 28/2026/QH16"
_TWO_NATIONAL_DAYS_SINCE = 2021
# Days of fixed date; a weekend is made up for on the next working day.
_FIXED = ((1, 1, "Tết Dương lịch"), (4, 30, "Ngày Chiến thắng"), (5, 1, "Quốc tế lao động"))
_NATIONAL_DAY = (9, 2)
_TET_DAYS = 3  # mùng một to mùng ba; which two more are off is chosen each year


def statutory_days(year: int) -> int:
    """How many paid days off Art. 112 gives; a weekend among them is made up, so none is lost."""
    return 11 if year >= _TWO_NATIONAL_DAYS_SINCE else 10


def shortfalls(one: CalendarYear, tet: date | None) -> list[str]:
    """Where a year's list gives less than the law, in words.

    Shape: `tet` is the first day of Tết; None when it is not known.
    """
    return [*_missing(one, tet), *_too_few(one)]


def _too_few(one: CalendarYear) -> Iterator[str]:
    """A swapped day is worked for on a weekend, so the law's days are off less worked."""
    culture = date(one.year, *CULTURE_DAY)
    off = [day for day in one.days(works=False) if day != culture]
    net, least = len(off) - len(one.days(works=True)), statutory_days(one.year)
    if net < least:
        yield (
            f"Chỉ có {net} ngày nghỉ (không tính ngày hoán đổi và 24/11), Điều 112 Bộ luật Lao "
            f"động cho {least} ngày."
        )


def _missing(one: CalendarYear, tet: date | None) -> Iterator[str]:
    for month, day, name in _FIXED:
        if not _is_off(date(one.year, month, day), one.rules):
            yield f"{name} {day}/{month} là ngày làm việc."
    if tet is not None:
        days = [tet + timedelta(days=number) for number in range(_TET_DAYS)]
        open_days = [f"{day:%d/%m}" for day in days if not _is_off(day, one.rules)]
        if open_days:
            yield f"Tết Nguyên đán (mùng một là {tet:%d/%m/%Y}) thiếu ngày {', '.join(open_days)}."
    if not _is_off(date(one.year, *_NATIONAL_DAY), one.rules):
        yield "Quốc khánh 2/9 là ngày làm việc."
    if one.year >= CULTURE_DAY_SINCE and not _is_off(date(one.year, *CULTURE_DAY), one.rules):
        yield "Ngày Văn hóa Việt Nam 24/11 là ngày làm việc."


def _is_off(day: date, rules: Mapping[date, DayRule]) -> bool:
    rule = rules.get(day)
    return not rule.works if rule else day.weekday() >= 5
