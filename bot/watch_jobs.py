"""The timed jobs as they stand: when each last succeeded, and which are overdue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from bot.database import reading
from bot.runbook import Alarm
from bot.runtime import Runtime
from bot.store.open_messages import newest_apologies, newest_apologies_done
from bot.store.timed_jobs import JobState, job_states
from bot.upkeep import JOBS, TimedJob

APOLOGISE = "apologise"
LATE_ALARMS: Mapping[str, str] = {"sweep": "MotcuaSweepLate", "books": "MotcuaBooksLate"}
# A run may take its lease, and one may be missed while a worker is restarted.
MISSED = 3
EVENING_LATE = time(17, 35)


@dataclass(frozen=True, slots=True)
class WatchedJob:
    """One job; `late` when it should have succeeded since."""

    name: str
    succeeded_at: datetime | None
    fault: str | None
    late: bool


def watch_jobs(runtime: Runtime) -> list[WatchedJob]:
    """Every timed job; the apologies by their evening's run and not by their looks."""
    now = runtime.now()
    with reading(runtime.engine) as connection:
        states = {one.name: one for one in job_states(connection) if one.name in JOBS}
        done = newest_apologies_done(connection)
        newest = newest_apologies(connection)
    found = []
    for name, job in JOBS.items():
        state = states.get(name)
        fault = state.fault if state else None
        if name == APOLOGISE:
            day = newest[0] if newest and newest[2] else ""
            found.append(WatchedJob(name, done, fault, _evening_is_late(runtime, day)))
        else:
            at = state.succeeded_at if state else None
            found.append(WatchedJob(name, at, fault, _is_late(job, state, now)))
    return found


def job_alarms(jobs: list[WatchedJob]) -> Iterator[Alarm]:
    """Overdue jobs, and those whose last run broke."""
    for one in jobs:
        if one.name == APOLOGISE and one.late:
            yield Alarm("MotcuaApologyLate", one.name, "buổi hôm nay chưa xong")
        elif one.late and one.name in LATE_ALARMS:
            yield Alarm(LATE_ALARMS[one.name], one.name, "quá hạn")
        elif one.late or one.fault:
            yield Alarm("MotcuaJobBroke", one.name, one.fault or "quá hạn")


def _is_late(job: TimedJob, state: JobState | None, now: datetime) -> bool:
    """Whether it should have succeeded since; one that never ran counts from when it was due."""
    if state is None:
        return False
    since = state.succeeded_at or state.due_at
    return now - since > MISSED * job.every + job.lease


def _evening_is_late(runtime: Runtime, day: str) -> bool:
    """From 17:35 on, until the evening's run has ended; `day` is the newest that has."""
    local = runtime.now().astimezone(runtime.settings.zone)
    started = local.time().replace(tzinfo=None) >= EVENING_LATE
    return started and day != local.date().isoformat()
