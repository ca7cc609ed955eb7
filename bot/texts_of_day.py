"""What citizens were told on a past day: every text's words as they were said then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from bot.core.wording import Told, on_day, told
from bot.database import reading
from bot.runtime import Runtime
from bot.store.wordings import first_recorded, wordings_until
from bot.texts.changed import named


@dataclass(frozen=True, slots=True)
class Day:
    """One day's words by key, each with every wording that was said on it.

    Shape: `recorded_from` is when recording began; None when nothing is recorded.
    """

    day: date
    recorded_from: datetime | None
    texts: Sequence[tuple[str, Sequence[Told]]]


def texts_of_day(runtime: Runtime, day: date) -> Day:
    """What was said on a day, where the province is."""
    begins = datetime.combine(day, time(), runtime.settings.zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), runtime.settings.zone).astimezone(UTC)
    with reading(runtime.engine) as connection:
        first = first_recorded(connection)
        wordings = wordings_until(connection, ends)
    found = [
        (key, on_day(told(list(those), _could_be_said), begins, ends))
        for key, those in groupby(wordings, key=lambda one: one.key)
    ]
    return Day(day, first, [(key, said) for key, said in found if said])


def _could_be_said(words: str, shipped: str) -> bool:
    """Words that name other placeholders than the shipped ones of then were never said."""
    return named(words) == named(shipped)
