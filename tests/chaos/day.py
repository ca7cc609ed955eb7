"""A province's day in minutes: the clocks step from hour to hour, and processes die in each.

The clock goes at its own pace within a step, as leases and time-outs need; between two steps all
processes end in order and start at a later hour. Dossiers come by the hours of a one-stop desk;
carriers are silent for the whole hour from 10:00; apologies are owed at 17:30; nobody is told
anything in the night; what came in it goes at 07:00.
"""

import random
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time

import requests
from sqlalchemy import select

from bot.calendar_file import load_calendar
from bot.core.calendar import Calendar
from bot.store.apologies import run_of
from bot.store.notice_tables import attempt, notice
from tests.chaos.campaign import judged, opened, settle
from tests.chaos.carriers import NOBODY_ANSWERS
from tests.chaos.faults import Faults
from tests.chaos.ground import Ground
from tests.chaos.handles import Handles
from tests.chaos.house import ChaosHouse, moving_code, phone_of
from tests.chaos.judge import Verdict, judge_notices
from tests.chaos.load import RECEIVED, RESULT, WORKED_ON, Load
from tests.journey.live_house import SETTINGS, wait

HOURS = "07:00-21:00"
NIGHT_FROM, NIGHT_UNTIL = day_time(21), day_time(7)
LATE_FROM, LATE = 5000, 30  # dossiers that were promised the next working day
BEHIND = 8  # a dossier is done when the eighth after it comes in
SETTLED_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Step:
    """From when, on which day, how many dossiers come in and questions are asked, and what is up.

    Shape: `blows` processes are killed in it.
    """

    at: str
    dossiers: int
    questions: int
    day: int = 0
    silent: bool = False
    blows: int = 2


# As a one-stop desk is busy: two thirds of a day's dossiers before noon.
DAY = (
    Step("06:30:00", 3, 2),
    Step("07:00:00", 8, 5),
    Step("08:00:00", 16, 10, blows=4),
    Step("09:00:00", 14, 8),
    Step("10:00:00", 12, 8, silent=True),
    Step("11:00:00", 8, 6),
    Step("12:00:00", 1, 4),
    Step("13:30:00", 6, 5),
    Step("14:00:00", 8, 6, blows=4),
    Step("15:00:00", 6, 5),
    Step("16:00:00", 5, 5),
    Step("17:00:00", 3, 4),
    Step("17:29:55", 0, 2, blows=3),
    Step("18:00:00", 2, 4),
    Step("19:00:00", 1, 4),
    Step("20:00:00", 1, 4),
    Step("20:59:50", 4, 2, blows=1),
    Step("21:30:00", 6, 3),
    Step("23:00:00", 6, 1),
    Step("02:00:00", 0, 0, day=1, blows=1),
    Step("05:00:00", 2, 1, day=1, blows=1),
    Step("07:00:00", 4, 3, day=1, blows=3),
    Step("08:00:00", 6, 5, day=1),
)


def run_day(ground: Ground, seed: int) -> Verdict:
    """Live through the day, and judge it."""
    zone, calendar = SETTINGS.zone, load_calendar()
    day = _working_day(datetime.now(zone).date(), calendar)
    moments = [_moment(day, step) for step in DAY]
    offset = _offset(moments[0])
    dossiers = sum(step.dossiers for step in DAY)
    with opened(ground, dossiers, HOURS, offset) as house:
        house.control("clock", offset_seconds=0)
        dice = random.Random(seed)
        load = Load(house, random.Random(seed + 1))
        faults, handles = Faults(house, dice), Handles()
        _owe_apologies(house, load, calendar.next_working(day))
        for step, moment in zip(DAY, moments, strict=True):
            if step is not DAY[0]:
                house.move_clock(_offset(moment))
                faults.struck["clock moved"] += 1
            _live(house, load, faults, step)
            handles.look(house.processes())
        faults.calm()
        settle(house)
        verdict = judged(house, load, faults, handles)
        _judge_evening(house, day, verdict)
        _judge_night(house, verdict)
        return verdict


def _live(house: ChaosHouse, load: Load, faults: Faults, step: Step) -> None:
    """One step of the day: its load and its blows, and an end of what can be done in it."""
    if step.silent:
        faults.struck["carriers silent for an hour"] += 1
        for name, value in NOBODY_ANSWERS:
            house.control("fault", name=name, on=True, value=value)
    _load(house, load, faults, step)
    if step.at.startswith("17:29"):
        _wait_for_the_evening(house, faults)
    if step.silent:
        time.sleep(5)
        house.control("fault", name="all")
        return
    wait(lambda: _is_done(house), f"an end of what is due at {step.at}", house.story,
         SETTLED_SECONDS)  # fmt: skip


def _load(house: ChaosHouse, load: Load, faults: Faults, step: Step) -> None:
    with requests.Session() as session:
        session.trust_env = False
        turns = max(step.dossiers, step.questions, step.blows)
        for turn in range(turns):
            if turn < step.dossiers:
                _next_dossier(load, session)
            if turn < step.questions:
                load.ask(session)
            if turn % max(1, turns // step.blows) == 0:
                faults.kill_something()
            house.keep()
            house.bubbles()


def _is_done(house: ChaosHouse) -> bool:
    house.keep()
    house.bubbles()
    with suppress(Exception):
        return house.due_now() == 0
    return False


def _next_dossier(load: Load, session: requests.Session) -> None:
    number = sum(one < LATE_FROM for one in load.told)
    load.tell(session, number, RECEIVED)
    if number >= BEHIND:
        load.tell(session, number - BEHIND, RESULT)


def _owe_apologies(house: ChaosHouse, load: Load, due: date) -> None:
    """The desk tells of dossiers that will be late tomorrow."""
    due_at = datetime.combine(due, day_time(16), SETTINGS.zone)
    with requests.Session() as session:
        session.trust_env = False
        for number in range(LATE_FROM, LATE_FROM + LATE):
            house.control("person", user=f"c{number}", phone=phone_of(number),
                          has_zalo=number % 2 == 0)  # fmt: skip
            load.tell(session, number, WORKED_ON, due_at)
    assert not house.runtime.settings.clock_offset_seconds


def _wait_for_the_evening(house: ChaosHouse, faults: Faults) -> None:
    """Kill a lane every other second until the evening's run has ended."""
    until = time.monotonic() + SETTLED_SECONDS
    while time.monotonic() < until:
        with suppress(Exception), house.runtime.engine.connect() as connection:
            run = run_of(connection, house.runtime.today())
            if run is not None and run.finished_at is not None:
                return
        faults.kill_something()
        house.keep()
        time.sleep(2)


def _judge_evening(house: ChaosHouse, day: date, verdict: Verdict) -> None:
    """One run that ended, one apology for each dossier, on its phone once."""
    with house.runtime.engine.connect() as connection:
        run = run_of(connection, day)
        if run is None or run.finished_at is None or run.owed != LATE:
            verdict.faults.append(f"the evening's run ended as {run}, {LATE} were to be owed")
    keys = [(moving_code(number), "apology") for number in range(LATE_FROM, LATE_FROM + LATE)]
    judge_notices(house, keys, verdict)


def _judge_night(house: ChaosHouse, verdict: Verdict) -> None:
    """No notice was handed to anybody outside the hours."""
    with house.runtime.engine.connect() as connection:
        rows = connection.execute(
            select(attempt.c.begun_at, attempt.c.rung, notice.c.event).join(
                notice, notice.c.id == attempt.c.notice_id
            )
        ).all()
    for row in rows:
        local = row.begun_at.astimezone(SETTINGS.zone).time()
        if local >= NIGHT_FROM or local < NIGHT_UNTIL:
            verdict.faults.append(f"{row.event} was handed to {row.rung} at {local}")


def _working_day(today: date, calendar: Calendar) -> date:
    """The first day from tomorrow on that is a working day before another one."""
    day = calendar.next_working(today)
    while calendar.next_working(day) != day + timedelta(days=1):
        day = calendar.next_working(day)
    return day


def _moment(day: date, step: Step) -> datetime:
    at = day_time.fromisoformat(step.at)
    return datetime.combine(day + timedelta(days=step.day), at, SETTINGS.zone)


def _offset(moment: datetime) -> int:
    return int((moment - datetime.now(UTC)).total_seconds())
