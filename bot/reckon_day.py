"""One day of the books, reckoned from what happened: figures, and what does not close."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot.core.apology import beginning
from bot.core.book import DayRows, Entry, Outcome, PastChange, entries_of, repeated_moments
from bot.core.book_figures import Beside, Count, Figures, Period
from bot.core.notice import NoticeEvent
from bot.database import plan_anew, reading
from bot.runtime import Runtime
from bot.store.book_events import (
    apologies_counted,
    apologised_since,
    booked_notices,
    histories,
    stretches_of,
    told_of_moments,
)
from bot.store.document_counts import counts_of
from bot.store.months_dropped import gone_until
from bot.store.post_tracking import earned_by_post
from bot.store.stretch import ALL_DOSSIERS, Stretch

ALL_THAT_IS_KNOWN = datetime.max.replace(tzinfo=UTC)
LOST = "lost"  # due by the dossier's history, and no notice stands for it
UNEARNED = "unearned"  # a notice that no change of its dossier explains
APOLOGIES = "apologies"  # the evening's run owed more than stand


PLACE_OF: Mapping[str, str] = {
    Outcome.DELIVERED: "sent",
    Outcome.SENT: "sent",
    Outcome.AWAITED: "sent",
    Outcome.UNSURE: "sent",
    Outcome.SKIPPED: "skipped",
    Outcome.FAILED: "failed",
    Outcome.PENDING: "pending",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a day does not close: `short` messages too few stand for what was due."""

    kind: str
    agency: str
    event: str
    short: int
    at: datetime | None = None
    dossier_id: int | None = None
    notice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day as far as it was known at `known_at`."""

    day: date
    known_at: datetime
    figures: Figures
    differences: list[Difference] = field(default_factory=list)


def day_ends(runtime: Runtime, day: date) -> datetime:
    """The first moment after a local day."""
    return beginning(day + timedelta(days=1), runtime.settings.zone)


# Dossiers whose day is in memory at a time: a message takes 2.3 KiB there, and a day has as many as
# the province tells. Each stretch goes through the day's index anew, so there are not too many.
AT_ONCE, MOST_STRETCHES = 1_000, 20
HISTORY, ATTEMPTS = "dossier_change", "attempt"


def gone_of(runtime: Runtime, day: date) -> Collection[str]:
    """Of which tables rows of this day were dropped, past their keeping time."""
    since = beginning(day, runtime.settings.zone)
    with reading(runtime.engine) as connection:
        ends = {name: gone_until(connection, name) for name in (HISTORY, ATTEMPTS)}
    return {name for name, end in ends.items() if end is not None and since < end}


def reckon_day(runtime: Runtime, day: date, known_at: datetime = ALL_THAT_IS_KNOWN) -> Reckoned:
    """Reckon a local day by what was known at a moment; without one, by all that is known.

    Result: the same whenever it is asked for a moment that is past: changes are never rewritten,
            and of notices what they said before is kept.
    """
    period = _period(runtime, day, known_at)
    with reading(runtime.engine) as connection:
        # Asked first: what is owed while this reckons is more than was counted, never less.
        counted = apologies_counted(connection, day.isoformat())
        stretches = stretches_of(connection, period.since, period.until, AT_ONCE, MOST_STRETCHES)
    count, differences, apologies = Count(), list[Difference](), 0
    for stretch in stretches:
        open_ones, apologised = _count(runtime, period, stretch, count)
        differences += open_ones
        apologies += apologised
    short = _apologies_short(apologies, counted)
    return Reckoned(day, known_at, count.figures(), [*differences, *short])


def _count(
    runtime: Runtime, period: Period, stretch: Stretch, count: Count
) -> tuple[list[Difference], int]:
    """Count a stretch; what of it does not close, and its apologies.

    Its messages are let go on return, before those of the next one are read.
    """
    happened = _happened(runtime, period, stretch=stretch)
    count.happened(period, happened.entries, happened.histories, happened.beside)
    apologies = sum(one.event == NoticeEvent.APOLOGY for one in happened.entries)
    return _differences(happened.entries), apologies


@dataclass(frozen=True, slots=True)
class Happened:
    """Messages and dossiers of a day one by one, as its figures are counted from them."""

    period: Period
    entries: Sequence[Entry]
    histories: Sequence[Sequence[PastChange]]
    beside: Beside


def day_entries(runtime: Runtime, day: date, agencies: Collection[str] | None = None) -> Happened:
    """What a local day is reckoned from, by all that is known.

    Shape: of `agencies` alone where they are named; then others' messages may stand among them.
    """
    return _happened(runtime, _period(runtime, day, ALL_THAT_IS_KNOWN), agencies)


def _period(runtime: Runtime, day: date, known_at: datetime) -> Period:
    zone = runtime.settings.zone
    return Period(beginning(day, zone), min(known_at, day_ends(runtime, day)), zone, known_at)


def _happened(
    runtime: Runtime,
    period: Period,
    agencies: Collection[str] | None = None,
    stretch: Stretch = ALL_DOSSIERS,
) -> Happened:
    with reading(runtime.engine) as connection:
        plan_anew(connection)
        rows = _rows(connection, period, agencies, stretch)
        moved = {history[-1].dossier_id for history in rows.changes}
        beside = Beside(apologised_since(connection, moved), counts_of(connection, moved))
    return Happened(period, entries_of(rows), rows.changes, beside)


def _rows(
    connection: Connection, period: Period, agencies: Collection[str] | None, stretch: Stretch
) -> DayRows:
    since, until = period.since, period.until
    changes = histories(connection, since, until, agencies, stretch)
    notices = booked_notices(connection, since, until, agencies, stretch)
    older = told_of_moments(connection, repeated_moments(changes, since))
    posted = earned_by_post(connection, since, until, agencies, stretch)
    return DayRows(since, changes, notices, older, posted)


def _differences(entries: Sequence[Entry]) -> list[Difference]:
    found = []
    for one in entries:
        if one.notice is None:
            found.append(Difference(LOST, one.agency, one.event, 1, one.at, one.dossier_id))
        elif not one.due:
            found.append(
                Difference(
                    UNEARNED, one.agency, one.event, -1, one.at, one.dossier_id, one.notice.id
                )
            )
    return found


def _apologies_short(stand: int, counted: int | None) -> list[Difference]:
    """The evening's run writes how many it owed, beside what it owes."""
    short = (counted or 0) - stand
    return [Difference(APOLOGIES, "", str(NoticeEvent.APOLOGY), short)] if short > 0 else []


@dataclass(slots=True)
class Balance:
    """One line of the check: what was due, and what stands for it."""

    due: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    pending: int = 0

    @property
    def difference(self) -> int:
        """What is due and stands nowhere; below zero, what stands and was not due."""
        return self.due - self.sent - self.skipped - self.failed - self.pending


def balances(reckoned: Reckoned) -> dict[tuple[str, str], Balance]:
    """Due against sent, skipped, failed and pending, by agency and event."""
    found: defaultdict[tuple[str, str], Balance] = defaultdict(Balance)
    for key, counts in reckoned.figures.tallies.items():
        procedure, agency, event, outcome, _, _ = key
        if procedure:
            continue
        balance = found[agency, event]
        balance.due += counts["due"]
        name = PLACE_OF.get(outcome)
        if name:
            setattr(balance, name, getattr(balance, name) + counts["notices"])
    for one in reckoned.differences:
        if one.kind == APOLOGIES:
            found[one.agency, one.event].due += one.short
    return dict(sorted(found.items()))
