"""What a change of the calendar does to dossiers that are already promised."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from bot.core.apology import BEGINS, beginning
from bot.core.calendar import Calendar
from bot.core.calendar_change import moved_promises
from bot.runtime import Runtime
from bot.store.due_dossiers import count_promised


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of promises from tomorrow on; those of dossiers being worked on count.

    Shape: `moved` is how many would be apologised for on another evening, `closed` how many are
           promised for a day that is no working day any more; `evening_over` when this evening's
           apologies began before the change and would have been about other days.
    """

    moved: int = 0
    closed: int = 0
    evening_over: bool = False


def effect_of(
    runtime: Runtime,
    connection: Connection,
    calendars: tuple[Calendar, Calendar],
    changed: Collection[date],
) -> Effect:
    """What it comes to when the first calendar becomes the second, which differ on these days."""
    before, after = calendars
    today, zone = runtime.today(), runtime.settings.zone
    first = today + timedelta(days=1)

    def promised(begins: date, ends: date) -> int:
        until = beginning(ends + timedelta(days=1), zone)
        return count_promised(connection, beginning(begins, zone), until)

    spans = moved_promises(before, after, changed, first)
    shut = [day for day in changed if day >= first and not after.is_working(day)]
    local = runtime.now().astimezone(zone)
    return Effect(
        moved=sum(promised(*span) for span in spans),
        closed=sum(promised(day, day) for day in shut),
        evening_over=local.time() >= BEGINS
        and before.next_working(today) != after.next_working(today),
    )
