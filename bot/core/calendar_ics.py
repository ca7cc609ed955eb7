"""Days off and worked as an iCalendar file, which calendar programs read.

Source: RFC 5545: 3.1 (content lines), 3.3.11 (text), 3.6.1 (events of whole days).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from bot.core.calendar import DayRule

MOST_OCTETS = 75  # of a line, its end not counted


def write_ics(days: Mapping[date, DayRule], stamped: datetime, host: str) -> str:
    """One event a day, in order.

    Shape: CRLF at the end of each line; `host` makes the events' ids the province's own, so that
           a newer file takes the place of an older one.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Một cửa//Lịch làm việc//VI",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Lịch nghỉ của cơ quan nhà nước",
    ]
    for day, rule in sorted(days.items()):
        lines += _event(day, rule, stamped, host)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(day: date, rule: DayRule, stamped: datetime, host: str) -> Iterable[str]:
    kind = "Làm việc" if rule.works else "Nghỉ"
    return (
        "BEGIN:VEVENT",
        f"UID:lich-{day:%Y%m%d}@{host}",
        f"DTSTAMP:{stamped.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'{kind}: {rule.why}' if rule.why else kind)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _text(plain: str) -> str:
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of 75 octets at most; no letter is cut, each further one begins blank."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > MOST_OCTETS:
            yield piece
            piece = " "
        piece += letter
    yield piece
