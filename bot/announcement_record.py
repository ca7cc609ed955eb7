"""What came of an announcement's hand-overs, written down; and what lost ones came to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.announcement_outcome import LOST, Outcome, Tried, after_refusal
from bot.announcement_reports import apply_early
from bot.announcement_roads import Handing, Ready
from bot.channels.channel import Again, SendFailed, Sent
from bot.core.announcement import Road, State
from bot.logs import log
from bot.runtime import Runtime
from bot.send_journal import FOLDER, never_begun
from bot.store.announcement_queue import (
    Lost,
    Standing,
    count_moves,
    count_pace,
    echoed_recipients,
    lost_recipients,
    open_recipients,
    record_recipients,
    settle_recipients,
)
from bot.store.announcements import announcement_by_id, move

MOST_LOST = 500  # looked after in one transaction
# So many in a row, and none taken between them: everybody else would be refused alike.
SAME_FATE = 20
OPEN = "waiting"  # what the tally calls everybody who is not closed

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of one on the way: taken, refused, or never begun (neither).

    Shape: `asked` is False for a refusal of our own, of which no carrier knows.
    """

    one: Handing
    sent: Sent | None = None
    cost: int = 0
    failed: SendFailed | None = None
    pause: timedelta = timedelta()
    asked: bool = True


@dataclass(slots=True)
class Books:
    """One worker's records; it counts refusals in a row for each announcement."""

    runtime: Runtime
    claimer: str
    _row: Counter[int] = field(default_factory=Counter)

    def record(self, results: Sequence[Handed]) -> set[int]:
        """Store what came of hand-overs, and pause what every recipient would be refused alike.

        Result: the announcements whose picture has to be uploaded again.
        Errors: those of the database; nothing is stored then and it may be called again.
        """
        now = self.runtime.now()
        outcomes = [(one, self._outcome(one, now)) for one in results]
        with self.runtime.engine.begin() as connection:
            still = open_recipients(connection, [one.one.told.id for one in results])
            kept = [(one, out) for one, out in outcomes if one.one.told.id in still]
            record_recipients(connection, [self._values(one, out, now) for one, out in kept])
            self._tally(connection, kept)
            names = {one.sent.carrier_id for one, _ in kept if one.sent and one.sent.carrier_id}
            apply_early(connection, names, now)
            self._pace(connection, kept, now)
            halts = self._halts(kept)
            for announcement_id, reason in halts.items():
                self._pause(connection, announcement_id, reason)
        return {one.one.told.announcement_id for one, out in kept if out.upload}

    def _outcome(self, result: Handed, now: datetime) -> Outcome:
        told, road = result.one.told, result.one.road
        if result.sent is not None:
            return Outcome("sent", road)
        if result.failed is None:
            return Outcome("waiting", road, now + result.pause, refusals=told.refusals)
        ways = result.one.ready.found.content.ways
        tried = Tried(road, told.refusals, ways, result.one.free)
        unsure = timedelta(minutes=self.runtime.settings.unsure_after_minutes)
        return after_refusal(tried, result.failed, now, unsure)

    def _values(self, result: Handed, out: Outcome, now: datetime) -> dict[str, Any]:
        return {
            "which": result.one.told.id,
            "to_state": out.state,
            "by": str(out.road),
            "again_at": out.again_at,
            "kept_claim": self.claimer if out.state == "unsure" else None,
            "times_refused": out.refusals,
            "their_code": out.code or None,
            "named": (result.sent.carrier_id[:80] or None) if result.sent else None,
            "cost": result.cost if result.sent else None,
            "at": now if result.sent else None,
        }

    def _tally(self, connection: Connection, kept: Sequence[tuple[Handed, Outcome]]) -> None:
        moves: Counter[Standing] = Counter()
        costs: Counter[Standing] = Counter()
        for result, out in kept:
            told = result.one.told
            if told.turn:
                continue
            before = (told.announcement_id, told.road, OPEN, "")
            after = (told.announcement_id, str(out.road), OPEN, "")
            if out.again_at is None:
                after = (told.announcement_id, str(out.road), out.state, out.code)
            moves[before] -= 1
            moves[after] += 1
            costs[after] += result.cost
        count_moves(connection, moves, costs)

    def _pace(
        self, connection: Connection, kept: Sequence[tuple[Handed, Outcome]], now: datetime
    ) -> None:
        taken = Counter(
            one.one.told.announcement_id
            for one, _ in kept
            if one.sent is not None and not one.one.told.turn
        )
        minute = now.replace(second=0, microsecond=0)
        for announcement_id, count in sorted(taken.items()):
            count_pace(connection, announcement_id, minute, count)

    def _halts(self, kept: Sequence[tuple[Handed, Outcome]]) -> Mapping[int, str]:
        """Which announcements have to be paused, and why."""
        halts: dict[int, str] = {}
        for result, out in kept:
            told = result.one.told
            if told.turn:
                continue
            if out.halt:
                halts[told.announcement_id] = out.halt
            if result.sent is not None:
                self._row[told.announcement_id] = 0
            elif result.failed is not None and result.failed.again is Again.NEVER:
                self._row[told.announcement_id] += 1
                if self._row[told.announcement_id] >= SAME_FATE:
                    reason = f"{SAME_FATE} người liền nhau đều bị từ chối: mã {out.code}"
                    halts.setdefault(told.announcement_id, reason)
        return halts

    def _pause(self, connection: Connection, announcement_id: int, reason: str) -> None:
        self._row[announcement_id] = 0
        found = announcement_by_id(connection, announcement_id)
        if found is not None and move(connection, found, State.PAUSED, {"reason": reason[:500]}):
            logger.error("announcement.paused", announcement=announcement_id, why=reason)

    def look_after_lost(self, ready: Ready, turn: int) -> int:
        """Settle those whose worker died or whose answer was lost; how many there were.

        What never began goes again. What began is never sent again: an echo or a receipt tells
        that it arrived, and after a while without either it stays unsure.
        """
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            lost = lost_recipients(connection, ready.found.id, turn, now, MOST_LOST)
            lost = [one for one in lost if one.claim != self.claimer or one.state == "unsure"]
            if not lost:
                return 0
            unbegun = self._unbegun(lost)
            echoed = echoed_recipients(
                connection, [one.id for one in lost if one.road == Road.CHAT], ready.mark
            )
            rows, moves = [], Counter[Standing]()
            for one in lost:
                row = self._settled(one, one.id in unbegun, echoed.get(one.id), now)
                rows.append(row)
                if row["again_at"] is None and not turn:
                    code = row["their_code"] or ""
                    moves[one.announcement_id, one.road, OPEN, ""] -= 1
                    moves[one.announcement_id, one.road, row["to_state"], code] += 1
            settle_recipients(connection, rows)
            count_moves(connection, moves, {})
        return len(lost)

    def _unbegun(self, lost: Sequence[Lost]) -> set[int]:
        """Those that a dead process surely had not begun."""
        by_claim: dict[str, list[Lost]] = {}
        for one in lost:
            if one.state == "sending" and one.claim:
                by_claim.setdefault(one.claim, []).append(one)
        folder = self.runtime.settings.var_dir / FOLDER
        return {
            one.id
            for claim, those in by_claim.items()
            for names in (never_begun(folder, claim, [f"a{one.id}" for one in those]),)
            for one in those
            if f"a{one.id}" in names
        }

    def _settled(
        self, one: Lost, unbegun: bool, echoed: str | None, now: datetime
    ) -> dict[str, Any]:
        row: dict[str, Any] = {
            "which": one.id,
            "to_state": "unsure",
            "again_at": None,
            "their_code": LOST,
            "named": None,
            "at": None,
        }
        if unbegun:
            return row | {"to_state": "waiting", "again_at": now, "their_code": None}
        if echoed:
            return row | {"to_state": "sent", "their_code": None, "named": echoed, "at": now}
        if one.state == "sending":
            wait = timedelta(minutes=self.runtime.settings.unsure_after_minutes)
            return row | {"again_at": now + wait}
        return row
