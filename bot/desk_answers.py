"""When an agency's desk answers a citizen, in the province's words."""

from datetime import datetime, timedelta

from bot.core.appointment import Office, read_work_hours
from bot.core.desk_hours import desk_opens_at
from bot.logs import log
from bot.store.handovers import Desk
from bot.talk import Talk
from bot.working_calendar import working_calendar

logger = log(__name__)


def answers_from(talk: Talk, desk: Desk) -> datetime | None:
    """From when the desk answers, this moment while it is open; None where no hours are kept."""
    if not desk.work_hours:
        return None
    try:
        hours = read_work_hours(desk.work_hours)
    except ValueError:  # the console and the command line store no such hours
        logger.error("desk.hours_unreadable", agency=desk.code)
        return None
    calendar = working_calendar(talk.runtime, talk.connection)
    return desk_opens_at(talk.arrived_at, Office(hours, calendar, talk.runtime.settings.zone))


def when_answered(talk: Talk, desk: Desk) -> list[str]:
    """The sentences on when an answer can be expected."""
    told = []
    if desk.open_hours:
        told.append(talk.words("handover.hours", hours=desk.open_hours.rstrip(" .")))
    opens = answers_from(talk, desk)
    if opens is None:
        return told or [talk.words("handover.office")]
    if opens > talk.arrived_at:
        told.append(talk.words("handover.closed", time=moment(talk, opens)))
    hours = talk.runtime.settings.chat_window_hours
    if opens - talk.arrived_at >= timedelta(hours=hours):
        told.append(talk.words("handover.write_again", hours=str(hours)))
    return told


def passed_on(talk: Talk, desk: Desk) -> str:
    """The short word that a text within a talk has reached the desk."""
    opens = answers_from(talk, desk)
    if opens is None or opens <= talk.arrived_at:
        return talk.words("handover.passed")
    return talk.words("handover.passed_closed", time=moment(talk, opens))


def moment(talk: Talk, at: datetime) -> str:
    """A moment where the province is, as its texts write it."""
    return f"{at.astimezone(talk.runtime.settings.zone):%H giờ %M phút ngày %d/%m/%Y}"
