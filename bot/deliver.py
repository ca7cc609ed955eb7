"""Owed messages: claim a batch, send over a pool of threads, record what the carrier said."""

import json
import queue
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from sqlalchemy import Connection

from bot.attempt import Attempt, Result, broke, by_recipient
from bot.ceiling import Ceiling
from bot.channels.channel import Again, Channel, SendFailed
from bot.channels.zalo_events import ECHO
from bot.core.delivery import (
    ECHO_WAIT,
    MOST_CLAIMS,
    Move,
    State,
    may_repeat,
    pause_after,
)
from bot.core.message import Button, Outgoing
from bot.database import AWAY
from bot.hold import Hold
from bot.logs import log
from bot.runtime import Runtime
from bot.store.inbox import are_waiting
from bot.store.outbox import Claim, Owed, claim, close, echo_of, put_back
from bot.traces import span

# Longer than the wait for an echo, shorter than the minute in which a dead worker is made good.
LEASE = timedelta(seconds=40)
LEASE_MARGIN = timedelta(seconds=12)  # a send that begins later than this could outlive its lease
# Results of this long are recorded in one transaction; the fewer bulk makes, the freer is chat.
GATHER_SECONDS = {"chat": 0.02, "bulk": 0.05}
AFTER_AWAY_SECONDS = 4.0
UNHEARD_ECHO_WAIT = timedelta(seconds=1)
STOP_SECONDS = 8.0
NOT_TAKEN = {Again.LATER, Again.PAUSE, Again.HALT}

logger = log(__name__)


@dataclass(slots=True)
class Pump:
    """Moves the owed messages of one lane and channel to its carrier.

    Built once per worker process and turned again and again; its threads keep their
    connections to the carrier.
    """

    runtime: Runtime
    lane: str
    channel: Channel
    ceiling: Ceiling
    hold: Hold
    threads: int = 64
    claimer: str = field(default_factory=lambda: uuid4().hex)
    _units: "queue.SimpleQueue[list[Attempt] | None]" = field(default_factory=queue.SimpleQueue)
    _results: "queue.SimpleQueue[Result]" = field(default_factory=queue.SimpleQueue)
    _ready: list[list[Attempt]] = field(default_factory=list)
    _in_flight: int = 0
    _busy: Counter[str] = field(default_factory=Counter)  # messages in flight, by citizen
    _stopping: bool = False
    _unrecorded: list[Result] = field(default_factory=list)
    _away_at: float = -60.0
    _granted: int = 0  # calls that the ceiling granted and that are not used yet
    _started: int = 0

    def turn(self) -> bool:
        """Claim what there is room for, send, record; False when nothing is owed now.

        Errors: those of the database, when it is away; what the carrier answered meanwhile is
        kept and recorded in a later turn.
        """
        try:
            self._record()
            claimed = self._claim()
            self._hand_out()
            self._gather()
            self._record()
        except AWAY:
            self.was_away()
            raise
        return bool(claimed or self._in_flight or self._ready)

    def was_away(self) -> None:
        """The database did not answer just now, to us or to what works beside us."""
        self._away_at = monotonic()

    def stop(self) -> None:
        """Begin nothing more, wait for what was begun, record it; give the rest back."""
        self._stopping = True
        unbegun = [attempt for unit in self._ready for attempt in unit]
        self._ready.clear()
        while True:
            try:
                unit = self._units.get_nowait()
            except queue.Empty:
                break
            unbegun += unit or []
            self._in_flight -= len(unit or [])
        self._unrecorded += [Result(attempt) for attempt in unbegun]
        until = monotonic() + STOP_SECONDS
        while (self._in_flight or self._unrecorded) and monotonic() < until:
            self._gather()
            try:
                self._record()
            except AWAY as fault:
                logger.error("deliver.not_recorded", fault=type(fault).__name__)
                threading.Event().wait(0.5)
        for _ in range(self._started):
            self._units.put(None)

    def _claim(self) -> int:
        room = 2 * self.threads - self._in_flight - sum(map(len, self._ready))
        most = self.hold.most(min(room, 200))
        if most <= 0 or self.ceiling.paused() > 0 or self._only_just_back():
            return 0
        now = self.runtime.now()
        wish = Claim(self.lane, self.channel.name, most, self.claimer, now, now + LEASE)
        with self.runtime.engine.connect() as connection, connection.begin() as transaction:
            owed = claim(connection, wish)
            if owed and not self.hold.may_try(connection, now):
                transaction.rollback()
                return 0
            sendable = list(self._sendable(connection, owed, now))
        attempts = [self._attempt(one, wish.lease_until) for one in sendable]
        self._ready += by_recipient([attempt for attempt in attempts if attempt])
        return len(owed)

    def _only_just_back(self) -> bool:
        """Whether the database has only just come back.

        Others may still have to record what they sent while it was away; leases that ended
        meanwhile must not be taken for lost answers.
        """
        return monotonic() - self._away_at < AFTER_AWAY_SECONDS

    def _sendable(
        self, connection: Connection, owed: Sequence[Owed], now: datetime
    ) -> Iterator[Owed]:
        """Leave out what is settled already: echoed, expired, or lost too often."""
        # Asked before the echoes themselves: an echo that is heard in between is found there.
        unheard = any(one.claims > 1 for one in owed) and are_waiting(connection, ECHO, now)
        for one in owed:
            move, carrier_id = self._settled(connection, one, now, unheard)
            if move is None:
                yield one
            elif move.again_at:
                put_back(connection, [self._back(one, move)])
            else:
                self._close(connection, [(one, move, carrier_id)], now)

    def _settled(
        self, connection: Connection, one: Owed, now: datetime, unheard: bool
    ) -> tuple[Move | None, str | None]:
        if one.claims > 1:  # an earlier claim has no recorded outcome: ask the echoes first
            echoed = echo_of(connection, one)
            if echoed:
                return Move(State.DELIVERED, reason="known by its echo"), echoed
            if unheard:  # its echo may be among them
                again_at = now + UNHEARD_ECHO_WAIT
                return Move(State.WAITING, again_at, "", one.claims - 1, one.unsure), None
            if not may_repeat(one.unsure):
                return Move(State.UNSURE, reason="the carrier's answer was lost twice"), None
            if one.claims > MOST_CLAIMS:
                return Move(State.FAILED, reason="its worker died every time"), None
        if now >= one.expires_at:
            return Move(State.FAILED, reason="could not go out in time"), None
        return None, None

    def _attempt(self, owed: Owed, lease_until: datetime) -> Attempt | None:
        """The message made ready; one that cannot be is closed with its reason."""
        try:
            body = json.loads(self.runtime.vault.open(owed.body))
            buttons = tuple(Button(**button) for button in body["buttons"])
            outgoing = Outgoing(owed.id, owed.recipient, body["text"], buttons)
        except Exception as fault:
            logger.exception("deliver.broke", outbox=owed.id)
            broken = Attempt(owed, Outgoing(owed.id, owed.recipient, ""), lease_until)
            self._unrecorded.append(Result(broken, failed=broke(fault)))
            return None
        return Attempt(owed, outgoing, lease_until)

    def _hand_out(self) -> None:
        """Give ready messages to the threads, as many as the ceiling grants."""
        if not self._ready:
            return
        wanted = sum(map(len, self._ready)) - self._granted
        if wanted > 0:
            self._granted += self.ceiling.take(wanted, self.lane)
        ready, self._ready = self._ready, []
        for place, unit in enumerate(ready):
            if len(unit) > self._granted:
                self._ready += ready[place:]
                break
            if self._busy[unit[0].owed.recipient]:  # the message before has to arrive first
                self._ready.append(unit)
            else:
                self._begin(unit)

    def _begin(self, unit: list[Attempt]) -> None:
        self._granted -= len(unit)
        self._in_flight += len(unit)
        self._busy[unit[0].owed.recipient] += len(unit)
        self._units.put(unit)
        if self._started < min(self.threads, self._in_flight):
            self._started += 1
            threading.Thread(target=self._send_units, daemon=True).start()

    def _send_units(self) -> None:
        """One thread: send unit after unit, the messages of a unit one after the other."""
        while (unit := self._units.get()) is not None:
            stuck: Result | None = None
            for attempt in unit:
                result = Result(attempt, behind=stuck) if stuck else self._send(attempt)
                if result.sent is None:
                    stuck = stuck or result
                self._results.put(result)

    def _send(self, attempt: Attempt) -> Result:
        if self._stopping or self.runtime.now() > attempt.lease_until - LEASE_MARGIN:
            return Result(attempt)
        try:
            with span("deliver", attempt.owed.request_id, outbox=attempt.owed.id, lane=self.lane):
                return Result(attempt, sent=self.channel.send(attempt.outgoing))
        except SendFailed as failed:
            return Result(attempt, failed=failed)
        except Exception as fault:
            logger.exception("deliver.broke", outbox=attempt.owed.id)
            return Result(attempt, failed=broke(fault))

    def _gather(self) -> None:
        """Wait a moment for results, so that many are recorded in one transaction."""
        until = monotonic() + GATHER_SECONDS[self.lane]
        if not self._in_flight and self._ready:
            # Only the ceiling holds us: do not spin.
            threading.Event().wait(GATHER_SECONDS[self.lane])
        while self._in_flight and len(self._unrecorded) < self.threads:
            try:
                result = self._results.get(timeout=max(0.0, until - monotonic()))
            except queue.Empty:
                break
            self._unrecorded.append(result)
            self._in_flight -= 1
            self._free(result)

    def _free(self, result: Result) -> None:
        """The citizen's next message may go, or has to wait behind one that did not."""
        recipient = result.attempt.owed.recipient
        self._busy -= Counter([recipient])  # a citizen at zero is dropped
        if result.sent:
            return
        behind = [unit for unit in self._ready if unit[0].owed.recipient == recipient]
        self._ready = [unit for unit in self._ready if unit not in behind]
        self._unrecorded += [Result(each, behind=result) for unit in behind for each in unit]

    def _record(self) -> None:
        """Write down what the carrier said; kept for the next turn when that fails."""
        results = self._unrecorded
        if not results:
            return
        now = self.runtime.now()
        closed: list[tuple[Owed, Move, str | None]] = []
        again: list[tuple[Owed, Move, str | None]] = []
        for result in results:
            move = self._move(result, now)
            carrier_id = result.sent.carrier_id if result.sent else None
            (again if move.again_at else closed).append((result.attempt.owed, move, carrier_id))
        with self.runtime.engine.begin() as connection:
            self._close(connection, closed, now)
            put_back(connection, [self._back(owed, move) for owed, move, _ in again])
        self._unrecorded = []
        for result in results:
            self._count(result, now)

    def _move(self, result: Result, now: datetime) -> Move:
        """Where a message goes after its attempt."""
        owed, failed = result.attempt.owed, result.failed
        if result.sent:
            return Move(State.DELIVERED)
        if failed is None:  # never begun
            ahead = self._move(result.behind, now).again_at if result.behind else None
            return Move(State.WAITING, ahead or now, "", owed.claims - 1, owed.unsure)
        reason = f"{failed.code} {failed.reason}".strip()
        if failed.again is Again.UNSURE:
            return Move(State.UNSURE, now + ECHO_WAIT, reason, owed.claims, owed.unsure + 1)
        if failed.again in NOT_TAKEN:
            again_at = now + pause_after(owed.refusals)
            return Move(State.WAITING, again_at, reason, owed.claims - 1, owed.unsure)
        return Move(State.FAILED, reason=reason)

    def _back(self, owed: Owed, move: Move) -> dict[str, object]:
        return {
            "message": owed.id,
            "claimer": self.claimer,
            "to_state": str(move.state),
            "again_at": move.again_at,
            "open_claims": move.still_open_claims,
            "lost_answers": move.lost_answers,
            "times_refused": owed.refusals + (1 if move.reason else 0),
            "why": move.reason[:300] or None,
        }

    def _close(
        self,
        connection: Connection,
        rows: Sequence[tuple[Owed, Move, str | None]],
        now: datetime,
    ) -> None:
        close(
            connection,
            [
                {
                    "message": owed.id,
                    "to_state": str(move.state),
                    "named": carrier_id,
                    "at": now if move.state is State.DELIVERED else None,
                    "why": move.reason[:300] or None,
                }
                for owed, move, carrier_id in rows
            ],
        )
        for owed, move, _ in rows:
            self.runtime.metrics.outbox_closed.labels(self.lane, owed.event, str(move.state)).inc()
            if move.state is not State.DELIVERED:
                logger.warning(
                    "outbox.closed",
                    outbox=owed.id,
                    request_id=owed.request_id,
                    state=str(move.state),
                    reason=move.reason,
                )
        delivered = {
            owed.request_id: owed.id
            for owed, move, _ in rows
            if owed.request_id and move.state is State.DELIVERED
        }
        if delivered:
            logger.info("outbox.delivered", outbox=delivered)

    def _count(self, result: Result, now: datetime) -> None:
        if result.sent:
            self.hold.worked()
            waited = (now - result.attempt.owed.asked_at).total_seconds()
            if self.lane == "chat":
                self.runtime.metrics.reply_seconds.observe(max(0.0, waited))
            return
        if result.failed:
            self.hold.failed(result.failed)
            if result.failed.again is Again.PAUSE:
                self.ceiling.pause(60.0)
