"""A year of the working calendar as a file: CSV, which can be entered again, and iCalendar."""

from urllib.parse import urlsplit

from bot.core.calendar_ics import write_ics
from bot.core.calendar_table import HEADS, OFF_WORD, WORKED_WORD
from bot.runtime import Runtime
from bot.sheet import Sheet, csv_lines
from bot.show_calendar import show_year


def calendar_csv(runtime: Runtime, year: int) -> str:
    """What holds in that year, days by hand included."""
    rows = (
        (f"{one.day:%d/%m/%Y}", WORKED_WORD if one.rule.works else OFF_WORD, one.rule.why)
        for one in show_year(runtime, year).days
    )
    return "".join(csv_lines(Sheet(f"Lịch {year}", HEADS, rows)))


def calendar_ics(runtime: Runtime, year: int) -> str:
    """The same for calendar programs."""
    days = {one.day: one.rule for one in show_year(runtime, year).days}
    host = urlsplit(runtime.settings.public_url).hostname or "localhost"
    return write_ics(days, runtime.now(), host)
