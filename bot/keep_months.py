"""The months of tables that are parted by month: made beforehand, strays brought into theirs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from bot.core.months import Month, month_of, months_from
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.partitions import (
    MONTHLY,
    Partition,
    is_parted,
    make_month,
    partitions_of,
    strays,
)

AHEAD = 3  # months behind the present one
LEAST_AHEAD = 1  # with fewer the operator is told
AT_ONCE = 10_000  # strays of a month that the timed job brings home; more are for the quiet hours
TRIES = 5

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Parted:
    """One table as it is parted now.

    Shape: `last` is the last month made; `ahead` how many there are in one piece behind the
           present one, below zero when even that is missing; `strays` rows that have no month.
    """

    table: str
    last: Month | None
    ahead: int
    strays: int


def parted_tables(runtime: Runtime) -> list[Parted]:
    """Every table that is parted by month; none on SQLite."""
    found = []
    with reading(runtime.engine) as connection:
        if not is_parted(connection):
            return []
        for name in MONTHLY:
            parts = partitions_of(connection, name)
            ahead = _ahead(parts, month_of(runtime.now()))
            number = sum(strays(connection, name).values())
            last = max((part.month for part in parts if part.month), default=None)
            found.append(Parted(name, last, ahead, number))
    return found


def _ahead(parts: Sequence[Partition], present: Month) -> int:
    months = {part.month for part in parts if part.month}
    # The first partition holds all up to the end of its month.
    reached = max([present, *(part.month for part in parts if part.month and not part.since)])
    if reached not in months:
        return -1
    while reached.later(1) in months:
        reached = reached.later(1)
    return (reached.year - present.year) * 12 + reached.month - present.month


def keep_months(runtime: Runtime) -> list[str]:
    """Make the months that are missing up to three ahead; what was made, such as "attempt 2027-03".

    It may run at any time and after any pause, beside another run and beside everybody at work:
    who holds a table longer than a moment is not waited for, the next run goes on.
    """
    return _keep(runtime, AT_ONCE)


def bring_home(runtime: Runtime) -> list[str]:
    """As `keep_months`, and every stray goes into its month, however many there are.

    Who works on the table waits meanwhile: a command for quiet hours.
    """
    return _keep(runtime, None)


def _keep(runtime: Runtime, most: int | None) -> list[str]:
    with reading(runtime.engine) as connection:
        if not is_parted(connection):
            return []
        wanted = [(name, _missing(runtime, name)) for name in MONTHLY]
        lost = {name: strays(connection, name) for name in MONTHLY}
    made = []
    for name, months in wanted:
        for month in sorted({*months, *lost[name]}):
            number = lost[name].get(month, 0)
            if most is not None and number > most:
                logger.error("months.strays", table=name, month=str(month), rows=number)
            elif _make(runtime, name, month):
                made.append(f"{name} {month}")
    return made


def _missing(runtime: Runtime, name: str) -> list[Month]:
    """The months from the last that was made up to three ahead, behind all time before."""
    present = month_of(runtime.now())
    with reading(runtime.engine) as connection:
        parts = partitions_of(connection, name)
    there = {part.month for part in parts if part.month}
    first = min(max(there), present).later(1) if there else present
    behind = [part.month.later(1) for part in parts if part.month and not part.since]
    wanted = months_from(max([first, *behind]), present.later(AHEAD))
    return [month for month in wanted if month not in there]


def _make(runtime: Runtime, name: str, month: Month) -> bool:
    """Make a month; False when the table is in use just now, or another made it."""
    for _ in range(TRIES):
        try:
            with runtime.engine.begin() as connection:
                make_month(connection, name, month)
        except (IntegrityError, ProgrammingError, OperationalError) as fault:
            why = type(fault.orig).__name__
            logger.warning("months.not_made", table=name, month=str(month), why=why)
        else:
            logger.info("months.made", table=name, month=str(month))
            return True
    return False
