"""What the doctor says of talks between citizens and clerks."""

from collections.abc import Iterator

from bot.database import reading
from bot.finding import Finding
from bot.runtime import Runtime
from bot.store.clerks import any_clerk
from bot.store.talks import waiting_moments
from bot.working_calendar import working_calendar

PATIENCE = 1  # working days that a question may wait


def talk_findings(runtime: Runtime) -> Iterator[Finding]:
    """Questions to clerks that have waited for more than a working day."""
    zone, today = runtime.settings.zone, runtime.today()
    with reading(runtime.engine) as connection:
        waiting = waiting_moments(connection)
        clerks = any_clerk(connection)
        calendar = working_calendar(runtime, connection)
    late = [
        since
        for since in waiting
        if calendar.working_days_between(since.astimezone(zone).date(), today) > PATIENCE
    ]
    if late:
        why = (
            f"{len(late)} of {len(waiting)} waiting questions to clerks are older than a working "
            f"day, the oldest of {min(late):%Y-%m-%d %H:%M} UTC"
        )
        yield Finding(
            "warn", "talks.waiting", why, "see /console/trao-doi; ask the desks to answer"
        )
    elif not clerks:
        why = "no account is a clerk: who asks for one is sent to the telephone"
        yield Finding("ok", "talks", why)
    else:
        yield Finding("ok", "talks", f"{len(waiting)} wait for an answer, none over a working day")
