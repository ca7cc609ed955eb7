"""A year of the working calendar as it stands: every day that differs, why, and who says so."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection

from bot.calendar_file import is_packaged, packaged_year
from bot.core.calendar import CalendarYear, DayRule
from bot.core.calendar_change import as_seen
from bot.database import reading
from bot.runtime import Runtime
from bot.store.calendars import Hand, HandDay, entered_by, entered_years, hand_days


class Origin(StrEnum):
    """Where a year's list comes from."""

    ENTERED = "entered"  # at the console, or by the command
    PACKAGED = "packaged"
    COMPUTED = "computed"  # worked out from the law


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day against the plain week; `by_hand` when somebody entered it by itself."""

    day: date
    rule: DayRule
    by_hand: Hand | None = None


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year's list, and the days by hand that hold over it."""

    listed: CalendarYear
    origin: Origin
    entered: Hand | None
    by_hand: tuple[HandDay, ...]

    @property
    def days(self) -> list[ShownDay]:
        """What holds, in order."""
        days = {day: ShownDay(day, rule) for day, rule in self.listed.rules.items()}
        days |= {one.day: ShownDay(one.day, one.rule, one.hand) for one in self.by_hand}
        return [days[day] for day in sorted(days)]

    @property
    def seen(self) -> str:
        """What a person sees of it, for `changed_since`."""
        return as_seen(self.listed, {one.day: one.rule for one in self.by_hand})


def show_year(runtime: Runtime, year: int) -> ShownYear:
    """The year as it stands now."""
    with reading(runtime.engine) as connection:
        return year_in(connection, year)


def year_in(connection: Connection, year: int) -> ShownYear:
    """The same inside a transaction of one's own."""
    by_hand = tuple(hand_days(connection, year))
    for one in entered_years(connection, year):
        return ShownYear(one, Origin.ENTERED, entered_by(connection, year), by_hand)
    origin = Origin.PACKAGED if is_packaged(year) else Origin.COMPUTED
    return ShownYear(packaged_year(year), origin, None, by_hand)
