"""The public figure: which share of notices a carrier had within ten seconds, day by day."""

from datetime import date, timedelta

from bot.core.apology import beginning
from bot.core.promptness import SendingHours, became_due, is_prompt
from bot.database import reading
from bot.logs import log
from bot.reckon_day import day_ends
from bot.runtime import Runtime
from bot.store.prompt_days import PromptDay, notices_to_judge, prompt_days, put_prompt_day

# What became due before midnight has been answered by then, or was not prompt.
GRACE = timedelta(minutes=10)
CATCH_UP = timedelta(days=7)  # a worker that was down for long reckons so many days afterwards
SHOWN_DAYS = 30
# A notice waits for its hours less than a day.
LONGEST_NIGHT = timedelta(days=1)

logger = log(__name__)


def reckon_promptness(runtime: Runtime, day: date) -> PromptDay:
    """Reckon a local day from its notices, and write it down in the place of what stood.

    Due: every notice that became due on the day and had a way to somebody. Prompt: those of them
    that a carrier answered, taking or refusing for good, within ten seconds.
    Source: docs/watching.md ("The public figure").
    """
    settings = runtime.settings
    hours = SendingHours(settings.notice_hours.start, settings.notice_hours.end, settings.zone)
    begins, ends = beginning(day, settings.zone), day_ends(runtime, day)
    due = prompt = 0
    with reading(runtime.engine) as connection:
        for one in notices_to_judge(connection, begins - LONGEST_NIGHT, ends):
            moment = became_due(one.event, one.created_at, one.first_due_at, hours)
            if begins <= moment < ends:
                due += 1
                prompt += is_prompt(moment, one.answered_at)
    told = PromptDay(day, due, prompt, runtime.now())
    with runtime.engine.begin() as connection:
        put_prompt_day(connection, told)
    logger.info("promptness.reckoned", day=day.isoformat(), due=due, prompt=prompt)
    return told


def keep_promptness(runtime: Runtime) -> list[date]:
    """The timed job: reckon the days that are over and not written down yet; those days."""
    last = (runtime.now() - GRACE).astimezone(runtime.settings.zone).date() - timedelta(days=1)
    first = last - CATCH_UP
    with reading(runtime.engine) as connection:
        known = {one.day for one in prompt_days(connection, first) if one.day <= last}
    first = max(known) + timedelta(days=1) if known else last
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for day in days:
        reckon_promptness(runtime, day)
    return days


def promptness(runtime: Runtime, days: int = SHOWN_DAYS) -> list[PromptDay]:
    """The last days as they are written down, the newest first."""
    with reading(runtime.engine) as connection:
        return prompt_days(connection, runtime.today() - timedelta(days=days))
