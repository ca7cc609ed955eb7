"""How prompt a notice was: how soon after it became due a carrier had it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from bot.core.notice import NoticeEvent
from bot.core.opening import opens_at

PROMPT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class SendingHours:
    """The hours in which notices may go, local time."""

    start: time
    end: time
    zone: tzinfo


def became_due(
    event: str, created_at: datetime, first_due_at: datetime | None, hours: SendingHours
) -> datetime:
    """From which moment a notice was to go.

    Shape: `first_due_at` is that of one held back by its agency, None for one that was due when
           it was owed. A moment outside the hours counts from their next beginning, but for
           one-time codes, which wait for no hours.
    """
    moment = first_due_at or created_at
    if event == NoticeEvent.OTP:
        return moment
    return opens_at(moment, hours.start, hours.end, hours.zone)


def is_prompt(due_at: datetime, answered_at: datetime | None) -> bool:
    """Whether a carrier had the notice within ten seconds, and answered.

    Result: False for one that no carrier has answered yet.
    """
    return answered_at is not None and answered_at - due_at <= PROMPT
