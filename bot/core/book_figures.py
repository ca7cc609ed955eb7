"""A day's figures by agency and procedure, counted from its entries and its dossiers' histories."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

from bot.core.book import (
    LEFT,
    OPEN,
    DocumentCount,
    Entry,
    Fate,
    Outcome,
    PastChange,
    documents_at,
    fate_at,
)
from bot.core.dossier import Status
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import is_in_result

# First seen so long after it was taken in, a dossier was not received now: it was taken over
# from software that began to feed late.
TAKEN_OVER_AFTER = timedelta(days=31)
ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED})
NO_MOBILE = frozenset({"missing", "invalid", "landline"})
EVERY_PROCEDURE = ""
RESOLVED = ("resolved_early", "resolved_on_time", "resolved_late")
# Of every line of the books: what the first ones come to is never more than the second ones.
NEVER_MORE = (
    (("resolved_electronic",), ("resolved_digitised",)),
    (("resolved_digitised",), RESOLVED),
    (("late_apologised",), ("resolved_late",)),
    (("papers_reused",), ("papers",)),
    (("delivered",), ("sent",)),
)

Place = tuple[str, str]  # procedure, agency
TallyKey = tuple[str, str, str, str, str, str]  # Place, then event, outcome, channel, reason


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by place, and of messages by event, outcome, channel and reason.

    Shape: every place once for itself, and once for all procedures of its agency.
    """

    lines: Mapping[Place, Mapping[str, int]]
    tallies: Mapping[TallyKey, Mapping[str, int]]
    unsettled: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A local day, from `since` up to before `until`, as it was known at `known_at`."""

    since: datetime
    until: datetime
    zone: tzinfo
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of dossiers besides their histories, by dossier.

    Shape: `apologised` tells since when its citizen has been owed an apology; `documents` what its
           papers and results came to, oldest first.
    """

    apologised: Mapping[int, datetime] = field(default_factory=dict)
    documents: Mapping[int, Sequence[DocumentCount]] = field(default_factory=dict)


@dataclass(slots=True)
class Count:
    """Counts in the making: what happened is counted in any number of pieces.

    Shape: all of one dossier stands in one piece.
    """

    lines: defaultdict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    tallies: defaultdict[TallyKey, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    unsettled: int = 0

    def figures(self) -> Figures:
        """What was counted."""
        return Figures(self.lines, self.tallies, self.unsettled)

    def happened(
        self,
        period: Period,
        entries: Sequence[Entry],
        histories: Sequence[Sequence[PastChange]],
        beside: Beside,
    ) -> None:
        """Count what happened to some dossiers in a period."""
        for entry in entries:
            fate = fate_at(entry.notice, period.known_at) if entry.notice else Fate(Outcome.LOST)
            self.message(entry, fate, period.known_at)
            self.unsettled += fate.outcome in OPEN
        for change, moved in moves(period, histories, beside):
            self.line(change.procedure, change.agency, **moved)

    def line(self, procedure: str, agency: str, **figures: int) -> None:
        """Count for a place, and for its agency as a whole."""
        for code in (procedure, EVERY_PROCEDURE):
            for name, number in figures.items():
                self.lines[code, agency][name] += number

    def message(self, entry: Entry, fate: Fate, known_at: datetime) -> None:
        """Count one message, and what was known to be spent on it."""
        tried = entry.notice.handed if entry.notice else ()
        handed = [one for one in tried if one.at < known_at]
        spent = {
            "attempts": len(handed),
            "parts": sum(one.parts for one in handed),
            "cost_dong": sum(one.cost_dong for one in handed),
        }
        outcome, due = fate.outcome, int(entry.due)
        for code in (entry.procedure, EVERY_PROCEDURE):
            key = (code, entry.agency, entry.event, str(outcome), fate.channel, fate.reason or "")
            self.tallies[key].update(due=due, notices=int(entry.notice is not None), **spent)
        self.line(
            entry.procedure,
            entry.agency,
            due=due,
            sent=int(outcome in LEFT),
            delivered=int(outcome is Outcome.DELIVERED),
            skipped=int(outcome is Outcome.SKIPPED),
            failed=int(outcome is Outcome.FAILED),
            pending=int(outcome is Outcome.PENDING),
            apologies=int(entry.event == NoticeEvent.APOLOGY),
            **spent,
        )


def moves(
    period: Period, histories: Sequence[Sequence[PastChange]], beside: Beside
) -> Iterator[tuple[PastChange, dict[str, int]]]:
    """The changes of a period that count among the dossiers, each with what it counts as."""
    for history in histories:
        for earlier, change in zip((None, *history), history, strict=False):
            if change.arrived_at >= period.since:
                found = moves_of(earlier, change, period, beside)
                if found:
                    yield change, found


def moves_of(
    earlier: PastChange | None, change: PastChange, period: Period, beside: Beside
) -> dict[str, int]:
    """What one change counts as among the dossiers."""
    found: dict[str, int] = {}
    carried = False
    if change.cut:
        return found  # nobody knows any more what it changed
    if earlier is None:
        taken_in = change.received_at or change.changed_at
        carried = period.since - taken_in > TAKEN_OVER_AFTER
        found["taken_over" if carried else "received"] = 1
        if not carried and change.phone_line in NO_MOBILE:
            found[f"phone_{change.phone_line}"] = 1
    was, done = earlier is not None and is_done(earlier), is_done(change)
    if done and not was and not carried:
        found |= _resolved(change, period, beside)
    if was and not done:
        found["reopened"] = 1
    if change.status in ENDED and (earlier is None or earlier.status not in ENDED):
        found["ended"] = int(not carried)
    return found


def _resolved(change: PastChange, period: Period, beside: Beside) -> dict[str, int]:
    """What a result counts as: when it came, whether an apology went before, what is digital."""
    timing = resolved_when(change, period.zone)
    found = {timing: 1}
    since = beside.apologised.get(change.dossier_id)
    if timing == "resolved_late" and since is not None and since < change.arrived_at:
        found["late_apologised"] = 1
    counts = beside.documents.get(change.dossier_id, ())
    return found | documents_of(documents_at(counts, period.known_at))


def documents_of(known: DocumentCount | None) -> dict[str, int]:
    """What a resolved dossier counts as by its documents.

    Source: domain-facts 8.2 (group "Số hóa hồ sơ", a to c).
    """
    if known is None:
        return {}
    return {
        "resolved_electronic": int(known.results > 0),
        "resolved_digitised": int(known.results > 0 or known.digitised > 0),
        "papers": known.papers,
        "papers_reused": known.reused,
    }


def broken_rules(line: Mapping[str, int]) -> list[str]:
    """What cannot be true of a line of the books, in words: "papers_reused 3 > papers 2"."""
    found = []
    for less, more in NEVER_MORE:
        part, whole = (sum(line.get(name, 0) for name in names) for names in (less, more))
        if part > whole:
            found.append(f"{' + '.join(less)} {part} > {' + '.join(more)} {whole}")
    return found


def is_done(change: PastChange) -> bool:
    """Whether the agency's work has its result."""
    return change.status == Status.RETURNED or is_in_result(change)


def resolved_when(change: PastChange, zone: tzinfo) -> str:
    """The figure that a result counts in, by calendar dates.

    Source: domain-facts 3.3 ("Trước hạn / Đúng hạn / Trễ hạn").
    """
    if change.due_at is None:
        return "resolved_on_time"
    end, due = _day(change.finished_at or change.changed_at, zone), _day(change.due_at, zone)
    if end == due:
        return "resolved_on_time"
    return "resolved_early" if end < due else "resolved_late"


def _day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()
