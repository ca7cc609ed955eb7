"""When a desk answers: while it is open, else from its next opening."""

from datetime import datetime, timedelta

from bot.core.appointment import Office


def desk_opens_at(now: datetime, office: Office) -> datetime:
    """From when the desk answers: `now` while it is open, else its next opening.

    Result: aware, in the zone of `now`. Nothing is promised by it: for terms the legal clock
            counts (bot/core/appointment.py).
    """
    local = now.astimezone(office.zone)
    day, moment = local.date(), local.time()
    while True:
        opens = office.hours.at_work(moment) if office.calendar.is_working(day) else None
        if opens is not None:
            return datetime.combine(day, opens, office.zone).astimezone(now.tzinfo)
        day, moment = day + timedelta(days=1), office.hours.opening
