"""How much working time has passed between two moments."""

from datetime import datetime, timedelta

from bot.core.appointment import Office


def working_time(since: datetime, until: datetime, office: Office) -> timedelta:
    """The time within the office's hours, on its working days.

    Result: nothing when `until` is not after `since`.
    """
    begins, ends = since.astimezone(office.zone), until.astimezone(office.zone)
    passed, day = timedelta(), begins.date()
    while day <= ends.date():
        if office.calendar.is_working(day):
            for start, end in office.hours.spans:
                opens = max(datetime.combine(day, start, office.zone), begins)
                closes = min(datetime.combine(day, end, office.zone), ends)
                passed += max(timedelta(), closes - opens)
        day += timedelta(days=1)
    return passed
