"""What a day's books say: which messages were due, what became of them, and why that closes.

Due is told by the dossiers' own history and the rules of notices, never by the notices
themselves; so a notice that was lost stands as an open difference.
Source: issue "Announcements and the books that close", 5; interfaces 1 (reconcile).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.agency import Agency
from bot.core.book_reason import Reason, reason_of
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import meaning
from bot.core.snapshot import Known

NO_PROCEDURE = "-"  # of a one-time code, which is about no dossier
_WANTS_ALL = Agency("", "", None, None, same_day_notices=True, step_sms=False,
                    result_hold_minutes=0)  # fmt: skip


class Outcome(StrEnum):
    """What became of a message that was due, as far as it was known at a moment."""

    DELIVERED = "delivered"
    SENT = "sent"  # taken by a carrier that never told whether it arrived
    AWAITED = "awaited"  # taken; its delivery receipt is still waited for
    UNSURE = "unsure"  # handed over, and the carrier's answer was lost
    SKIPPED = "skipped"
    FAILED = "failed"
    PENDING = "pending"  # nobody has taken it yet
    LOST = "lost"  # due by the history, and no notice stands for it


# The contract's word "sent": whatever left the house.
LEFT = frozenset({Outcome.DELIVERED, Outcome.SENT, Outcome.AWAITED, Outcome.UNSURE})
OPEN = frozenset({Outcome.PENDING, Outcome.AWAITED})
_CLOSED: Mapping[str, Outcome] = {
    one: Outcome(one) for one in ("delivered", "sent", "unsure", "skipped", "failed")
}


@dataclass(frozen=True, slots=True)
class PastChange:
    """One accepted change of a dossier, as it was stored when it came; nothing of it ever moves.

    Shape: `kept` is False for a row of before there were books, which says less; `earned` is the
           event that was owed for it, "" for none; `silent` when nothing was to be told of it;
           `cut` when it is the first one left, those before being past their keeping time.
    """

    id: int
    dossier_id: int
    changed_at: datetime
    arrived_at: datetime
    status: int
    step: str
    at_desk: bool
    agency: str
    procedure: str
    due_at: datetime | None
    finished_at: datetime | None
    received_at: datetime | None
    phone_line: str
    silent: bool
    earned: str
    kept: bool
    cut: bool = False


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """What a dossier's documents came to from `at` on; `digitised` and `reused` are of its papers.

    Source: domain-facts 8.2 (group "Số hóa hồ sơ").
    """

    at: datetime
    results: int
    papers: int
    digitised: int
    reused: int


def documents_at(counts: Sequence[DocumentCount], at: datetime) -> DocumentCount | None:
    """What was known of a dossier's documents at the end of a period; None when nothing was.

    Shape: `counts` oldest first; what was written down at `at` or later is not looked at.
    """
    return next((one for one in reversed(counts) if one.at < at), None)


@dataclass(frozen=True, slots=True)
class Said:
    """What a notice said until `at`, before it was changed once more."""

    at: datetime
    state: str
    channel: str
    reason: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Handed:
    """One hand-over that was answered; `taken` when the carrier named the message."""

    at: datetime
    rung: str
    taken: bool
    parts: int = 0
    cost_dong: int = 0


@dataclass(frozen=True, slots=True)
class BookedNotice:
    """One notice as it stands, what it said before, and its hand-overs."""

    id: int
    dossier_id: int | None
    event: str
    changed_at: datetime
    created_at: datetime
    agency: str
    procedure: str
    now: Said  # `at` is not looked at
    earlier: tuple[Said, ...] = ()
    handed: tuple[Handed, ...] = ()


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a notice."""

    outcome: Outcome
    channel: str = ""
    reason: Reason | None = None


def fate_at(notice: BookedNotice, at: datetime) -> Fate:
    """What was known of a notice at the end of a period; what happened at `at` or later is not.

    Result: the same whenever it is asked, however the notice went on since.
    """
    said = next((one for one in notice.earlier if one.at >= at), notice.now)
    closed = said.closed_at is not None and said.closed_at < at
    outcome = _CLOSED.get(said.state) if closed else None
    if outcome is not None:
        told = outcome in (Outcome.SKIPPED, Outcome.FAILED)
        return Fate(outcome, said.channel, reason_of(said.reason) if told else None)
    taken = [one.rung for one in notice.handed if one.taken and one.at < at]
    return Fate(Outcome.AWAITED, taken[-1]) if taken else Fate(Outcome.PENDING)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the books: a message that was due, its notice, or both.

    Shape: without a notice it is lost; not `due`, no change explains it.
    """

    agency: str
    procedure: str
    event: str
    due: bool
    notice: BookedNotice | None
    dossier_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PostNews:
    """A line of the post's tracking for which a message was owed; nothing of it ever moves."""

    dossier_id: int
    event: str
    changed_at: datetime
    arrived_at: datetime
    agency: str
    procedure: str


@dataclass(frozen=True, slots=True)
class DayRows:
    """All that happened on a day.

    Shape: `changes` are the whole histories, up to the end of the period, of the dossiers that
           moved on the day, by dossier in the order in which they were accepted; `notices` were
           owed on the day; `older` tells since when a (dossier, event, changed_at) has a notice;
           `posted` is what the post's tracking owed on the day.
    """

    since: datetime
    changes: Sequence[Sequence[PastChange]]
    notices: Sequence[BookedNotice]
    older: Mapping[tuple[int, str, datetime], datetime]
    posted: Sequence[PostNews] = ()


def entries_of(rows: DayRows) -> list[Entry]:
    """Every message that was due on the day, beside the notice that stands for it."""
    open_notices: dict[tuple[int | None, str, datetime], list[BookedNotice]] = {}
    found: list[Entry] = []
    for one in rows.notices:
        if one.event in (NoticeEvent.APOLOGY, NoticeEvent.OTP):
            found.append(_entry(one, due=True))  # their own run is counted against them
        else:
            key = (one.dossier_id, one.event, one.created_at)
            open_notices.setdefault(key, []).append(one)
    for history in rows.changes:
        for earlier, change in zip((None, *history), history, strict=False):
            if change.arrived_at >= rows.since:
                found += _explained(earlier, change, open_notices, rows.older)
    found += [_of_post(news, open_notices) for news in rows.posted]
    for left in open_notices.values():
        found += [_entry(one, due=False) for one in left]
    return found


def _of_post(
    news: PostNews,
    open_notices: Mapping[tuple[int | None, str, datetime], list[BookedNotice]],
) -> Entry:
    """What the post's own history owed, beside the notice that stands for it."""
    waiting = open_notices.get((news.dossier_id, news.event, news.arrived_at), [])
    mine = next((one for one in waiting if one.changed_at == news.changed_at), None)
    if mine is not None:
        waiting.remove(mine)
    place = (news.agency, news.procedure, news.event)
    return Entry(*place, True, mine, news.dossier_id, news.arrived_at)


def _explained(
    earlier: PastChange | None,
    change: PastChange,
    open_notices: Mapping[tuple[int | None, str, datetime], list[BookedNotice]],
    older: Mapping[tuple[int, str, datetime], datetime],
) -> list[Entry]:
    event = event_due(earlier, change)
    if not event:
        return []
    waiting = open_notices.get((change.dossier_id, event, change.arrived_at), [])
    same = [one for one in waiting if one.changed_at == change.changed_at]
    mine = next(iter(same or waiting), None)
    if mine is not None:
        waiting.remove(mine)
    else:
        before = older.get((change.dossier_id, event, change.changed_at))
        if before is not None and before <= change.arrived_at:
            return []  # the same moment was told twice: one message is owed for both
        if not change.kept or not _by_rules(earlier, change):
            return []  # owed again to a corrected phone, which may have been told before
    place = (change.agency, change.procedure, event)
    return [Entry(*place, True, mine, change.dossier_id, change.arrived_at)]


def _entry(one: BookedNotice, due: bool) -> Entry:
    procedure = one.procedure or NO_PROCEDURE
    return Entry(one.agency, procedure, one.event, due, one, one.dossier_id, one.created_at)


def event_due(earlier: PastChange | None, change: PastChange) -> str:
    """The event of which a change owed a message; "" for none.

    Where the rules say none, the one that was written down counts: what reached nobody is owed
    again to a corrected phone. It is all there is to go by where what came before is gone.
    """
    if change.cut:
        return change.earned
    return "" if change.silent else _by_rules(earlier, change) or change.earned


def _by_rules(earlier: PastChange | None, change: PastChange) -> str:
    """The event by the rules alone, but for a result taken back: what is owed then hangs on
    whether it had been told, and that was written down with the change."""
    what = meaning(_known(earlier) if earlier else None, _known(change), False, _WANTS_ALL)
    if what.event is not NoticeEvent.CORRECTION:
        return str(what.event or "")
    if change.earned == NoticeEvent.CORRECTION or not change.kept:
        return change.earned
    return str(what.untold or "")


def _known(change: PastChange) -> Known:
    return Known(
        id=change.dossier_id,
        local_code=None,
        agency_code=change.agency,
        step=change.step,
        status=change.status,
        at_desk=change.at_desk,
        changed_at=change.changed_at,
        due_at=change.due_at,
        ended_at=None,
        content=b"",
    )


def repeated_moments(rows: Sequence[Sequence[PastChange]], since: datetime) -> Collection[int]:
    """Dossiers that were told of one moment more than once, of which one message may be owed."""
    found = set()
    for history in rows:
        moments = [change.changed_at for change in history]
        if len(set(moments)) < len(moments) and history[-1].arrived_at >= since:
            found.add(history[-1].dossier_id)
    return found
