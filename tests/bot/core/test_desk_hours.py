"""When a desk answers: within its hours, on working days."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.calendar_file import load_calendar
from bot.core.appointment import USUAL_HOURS, Office, read_work_hours
from bot.core.desk_hours import desk_opens_at

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Office(read_work_hours(USUAL_HOURS), load_calendar(), ZONE)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-25 09:00:30", "2026-11-25 09:00:30"),
        ("2026-11-25 06:59", "2026-11-25 07:00"),
        ("2026-11-25 11:30", "2026-11-25 13:30"),
        ("2026-11-25 16:30", "2026-11-25 16:30"),
        ("2026-11-25 17:00", "2026-11-26 07:00"),
        ("2026-11-27 18:00", "2026-11-30 07:00"),
        ("2026-11-23 17:30", "2026-11-25 07:00"),
    ],
    ids=["open", "early", "at noon", "too late for a term", "after hours", "weekend", "holiday"],
)
def test_a_desk_answers_from_its_next_opening(now: str, opens: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    assert desk_opens_at(at, OFFICE) == datetime.fromisoformat(opens).replace(tzinfo=ZONE)
