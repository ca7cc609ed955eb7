"""What a desk has promised for today, and what it is late with."""

from datetime import timedelta

from bot.ask_batch import day_of
from bot.core.staff import Actor
from bot.database import reading
from bot.runtime import Runtime
from bot.store.due_dossiers import DueDossier, Span, count_due, due_dossiers

LOOKED_BACK = timedelta(days=30)  # what is late for longer is no work of the day any more
MOST_LISTED, MOST_COUNTED = 200, 1_000


def due_today(runtime: Runtime, actor: Actor) -> list[DueDossier]:
    """Promised for today or within the last month, and still being worked on; earliest first."""
    with reading(runtime.engine) as connection:
        return due_dossiers(connection, _span(runtime, actor), MOST_LISTED)


def count_due_today(runtime: Runtime, actor: Actor) -> int:
    """How many they are."""
    with reading(runtime.engine) as connection:
        return count_due(connection, _span(runtime, actor), MOST_COUNTED)


def _span(runtime: Runtime, actor: Actor) -> Span:
    begin, end = day_of(runtime, runtime.today())
    return Span(actor.agencies, begin - LOOKED_BACK, end)
