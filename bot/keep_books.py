"""The books are kept: each day frozen after midnight, and made anew while it may still change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.core.apology import beginning
from bot.count_day import count_day
from bot.database import reading
from bot.logs import log
from bot.reckon_day import Reckoned, balances, day_ends, reckon_day
from bot.runtime import Runtime
from bot.store.book_counts import Counts, replace_counts, sum_counts
from bot.store.book_events import first_moment
from bot.store.books import (
    FROZEN,
    LATEST,
    last_frozen,
    last_made,
    line_rows,
    mark_for_renewal,
    marked_days,
    month_sums,
    moved_procedures,
    name_procedures,
    replace_period,
    stale_days,
    tally_rows,
    write_day,
)
from bot.store.document_counts import moved_before

# What began before midnight is committed by then; it is booked by its own moment.
GRACE = timedelta(minutes=10)
AT_ONCE = 3  # days that one run makes, so that no other timed job waits long; the next goes on
AGAIN_UNSETTLED = timedelta(hours=1)
AGAIN = timedelta(days=1)
SETTLES_WITHIN = timedelta(days=12)  # a held result, its 72 hours, and late receipts
# A result is often digitised long after it was given. A quarter's report is made by then.
DOCUMENTS_WITHIN = timedelta(days=92)
LATE_AT_ONCE = 1  # beside the others, so that a backlog of old documents delays no present day

logger = log(__name__)


def keep_books(runtime: Runtime) -> list[date]:
    """Freeze the days that are over, make anew what may have changed; the days that were made.

    It may run at any time, several times and after any pause: a day's frozen edition is what was
    known at its midnight, whenever it is made.
    """
    now = runtime.now()
    made = [_freeze(runtime, day, now) for day in _days_over(runtime, now)]
    today = runtime.today()
    _mark_late(runtime)
    made += [_renew(runtime, day, now) for day in _days_stale(runtime, now) if day not in made]
    for month in sorted({day.strftime("%Y-%m") for day in made}):
        _add_up(runtime, month)
    made.append(_renew(runtime, today, now))
    return made


def _days_over(runtime: Runtime, now: datetime) -> list[date]:
    """Days that are over and not frozen yet, oldest first."""
    zone = runtime.settings.zone
    over = (now - GRACE).astimezone(zone).date()  # not frozen yet
    with reading(runtime.engine) as connection:
        last, first = last_frozen(connection), first_moment(connection)
    if last is not None:
        day = last + timedelta(days=1)
    elif first is not None:
        day = first.astimezone(zone).date()
    else:
        return []
    days = (over - day).days
    return [day + timedelta(days=number) for number in range(min(days, AT_ONCE))]


def _days_stale(runtime: Runtime, now: datetime) -> list[date]:
    first = runtime.today() - SETTLES_WITHIN
    with reading(runtime.engine) as connection:
        stale = stale_days(connection, first, now - AGAIN, now - AGAIN_UNSETTLED)
        marked = marked_days(connection, LATE_AT_ONCE)
    return [*stale[:AT_ONCE], *(day for day in marked if day not in stale)]


def _mark_late(runtime: Runtime) -> None:
    """Mark the days that documents were told too late for, so that they are made anew.

    A day within `SETTLES_WITHIN` is made anew daily in any case.
    """
    zone, today = runtime.settings.zone, runtime.today()
    first = beginning(today - DOCUMENTS_WITHIN, zone)
    last = beginning(today - SETTLES_WITHIN, zone)
    with reading(runtime.engine) as connection:
        made_at = last_made(connection)
        moved = moved_before(connection, made_at - GRACE, first, last) if made_at else []
    late: dict[date, datetime] = {}
    for moment, told_at in moved:
        day = moment.astimezone(zone).date()
        late[day] = max(told_at + GRACE, late.get(day, told_at))
    if late:
        with runtime.engine.begin() as connection:
            mark_for_renewal(connection, late)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is written with a day besides its figures: other numbers, and procedures' names."""

    counts: Counts
    procedures: Mapping[str, str]


def _freeze(runtime: Runtime, day: date, now: datetime) -> date:
    frozen = reckon_day(runtime, day, day_ends(runtime, day))
    latest = reckon_day(runtime, day)
    beside = _beside(runtime, day, now)
    with runtime.engine.begin() as connection:
        _write(connection, frozen, FROZEN)
        write_day(connection, day, {"frozen_at": now, "frozen_open": open_in(frozen)})
        _write_latest(connection, latest, beside, now)
    logger.info("books.frozen", day=day.isoformat(), open=open_in(frozen))
    return day


def _renew(runtime: Runtime, day: date, now: datetime) -> date:
    latest = reckon_day(runtime, day)
    beside = _beside(runtime, day, now)
    with runtime.engine.begin() as connection:
        _write_latest(connection, latest, beside, now)
    if open_in(latest):
        logger.error("books.open", day=day.isoformat(), open=open_in(latest))
    return day


def _beside(runtime: Runtime, day: date, now: datetime) -> Beside:
    since = beginning(day, runtime.settings.zone)
    until = day_ends(runtime, day)
    with reading(runtime.engine) as connection:
        return Beside(
            count_day(connection, day, runtime.settings.zone, now),
            moved_procedures(connection, since, until),
        )


def _write_latest(connection: Connection, latest: Reckoned, beside: Beside, now: datetime) -> None:
    _write(connection, latest, LATEST)
    values = {"reckoned_at": now, "latest_open": open_in(latest)}
    write_day(connection, latest.day, {**values, "unsettled": latest.figures.unsettled})
    replace_counts(connection, latest.day.isoformat(), beside.counts)
    name_procedures(connection, beside.procedures)


def _write(connection: Connection, reckoned: Reckoned, edition: str) -> None:
    figures = reckoned.figures
    period = reckoned.day.isoformat()
    replace_period(connection, period, edition, line_rows(figures), tally_rows(figures))


def open_in(reckoned: Reckoned) -> int:
    """How many messages do not close, whichever way."""
    per_line = (abs(balance.difference) for balance in balances(reckoned).values())
    return max(sum(per_line), len(reckoned.differences))


def _add_up(runtime: Runtime, month: str) -> None:
    """A month is the sum of its frozen days; a page adds those that are not frozen yet."""
    with reading(runtime.engine) as connection:
        last = last_frozen(connection)
        before = [day.isoformat() for day in days_of_month(month) if last and day <= last]
        lines, tallies = month_sums(connection, before)
        counts = sum_counts(connection, before)
    with runtime.engine.begin() as connection:
        replace_period(connection, month, LATEST, lines, tallies)
        replace_counts(connection, month, counts)


def days_of_month(month: str) -> list[date]:
    """The days of a month, written yyyy-mm."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=number) for number in range(31))
    return [day for day in days if day.month == first.month]
