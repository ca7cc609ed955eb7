"""Which agencies' software feeds, when it last did, and who has gone silent."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.core.appointment import USUAL_HOURS, Office, read_work_hours
from bot.core.calendar import Calendar
from bot.core.working_time import working_time
from bot.database import reading
from bot.runbook import Alarm
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.feed_uses import AgencyFed, fed_since
from bot.watch_rules import Silence, watch_rules
from bot.working_calendar import working_calendar

# Silence is counted no further back: longer is all the same, and weeks of it cost no time.
LONGEST = timedelta(days=40)


@dataclass(frozen=True, slots=True)
class FedAgency:
    """An agency that was ever fed.

    Units: `silent_hours` are working hours since the last call; `limit_hours` what its rhythm
           allows, None for one that nobody expects to feed daily.
    """

    code: str
    name: str
    last_at: datetime
    days_fed: int
    calls_a_day: float
    silent_hours: float
    limit_hours: float | None

    @property
    def silent(self) -> bool:
        """Whether it has been silent for longer than its rhythm allows."""
        return self.limit_hours is not None and self.silent_hours > self.limit_hours


def watch_feeds(runtime: Runtime, covered: AbstractSet[str] | None = None) -> list[FedAgency]:
    """Every agency that was ever fed and has not ended, the silent first.

    Shape: `covered` are the codes to be told of, None for all.
    Source: docs/watching.md ("Silent agencies").
    """
    calendar, rules = working_calendar(runtime), watch_rules().silence
    office = Office(read_work_hours(USUAL_HOURS), calendar, runtime.settings.zone)
    now, today = runtime.now(), runtime.today()
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        fed = fed_since(connection, _days_before(today, rules.days, calendar))
    found = []
    for code, one in sorted(fed.items()):
        agency = agencies.get(code)
        if (
            agency is None
            or agency.has_ended(today)
            or (covered is not None and code not in covered)
        ):
            continue
        quiet = working_time(max(one.last_at, now - LONGEST), now, office)
        found.append(_judged(code, agency.name, one, quiet, rules))
    return sorted(found, key=lambda one: (not one.silent, one.code))


def feed_alarms(fed: list[FedAgency]) -> Iterator[Alarm]:
    """One alarm for each silent agency."""
    for one in fed:
        if one.silent:
            told = (
                f"im lặng {one.silent_hours:.1f} giờ làm việc, nhịp thường {one.limit_hours:g} giờ"
            )
            yield Alarm("MotcuaAgencySilent", one.code, told)


def _judged(code: str, name: str, fed: AgencyFed, quiet: timedelta, rules: Silence) -> FedAgency:
    a_day = fed.calls / fed.days if fed.days else 0.0
    expected = fed.days >= rules.days_fed
    return FedAgency(
        code=code,
        name=name,
        last_at=fed.last_at,
        days_fed=fed.days,
        calls_a_day=a_day,
        silent_hours=quiet.total_seconds() / 3600,
        limit_hours=rules.hours(a_day) if expected else None,
    )


def _days_before(today: date, number: int, calendar: Calendar) -> list[date]:
    """The last working days before today."""
    days: list[date] = []
    day = today
    while len(days) < number:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            days.append(day)
    return days
