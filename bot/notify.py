"""Notices on their way: claim those at their turn, hand them over, record what came of it."""

import queue
import random
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from sqlalchemy import Connection

from bot.ceiling import Ceiling
from bot.channels.channel import Again
from bot.core.ladder import Close, Send, Tried, Wait
from bot.core.notice import Lane, NoticeEvent
from bot.core.opening import opens_at
from bot.database import AWAY
from bot.logs import log
from bot.notice_gate import BY_OA_API, Gate, attempt_rows, wait_behind
from bot.notice_result import Recorder, UnitResult
from bot.notice_send import Answered, Call, Carriers, build_carriers
from bot.notice_turn import Round, Turn
from bot.runtime import Runtime
from bot.send_journal import FOLDER, SendJournal
from bot.store.attempts import begin_attempts
from bot.store.notice_claims import (
    NoticeWish,
    claim_notices,
    close_notices,
    put_back_notices,
)
from bot.traces import span
from bot.vault import derived_key

# Longer than a call may take; what is then still unrecorded counts as a lost answer.
LEASE = timedelta(seconds=40)
LEASE_MARGIN = timedelta(seconds=12)  # a call that begins later than this could outlive its lease
# Notices under way for each thread: one that it sends, one behind it, one that is recorded. With
# less, threads have nothing to send while the database is asked for more.
UNDER_WAY = 3
# Claimed, and recorded, at once; more makes one SQLite transaction too long for the others.
MOST_AT_ONCE = {"sqlite": 128, "postgresql": 256}
GATHER_SECONDS = 0.03
AFTER_AWAY_SECONDS = 4.0
STOP_SECONDS = 8.0
GRANT_SECONDS = 1.0  # for which a notice waits for the ceiling in hand, then in the database
BEHIND_CEILING = timedelta(seconds=2)
THREADS = 128
PAUSE_SECONDS = 60.0  # zalo-platform 6: after -32, at least

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Unit:
    """One notice on its way through a thread: its calls, one after the other."""

    turn: Turn
    calls: Sequence[Call]
    lease_until: datetime
    claimed_at: float = field(default_factory=monotonic)

    @property
    def oa_calls(self) -> int:
        """How many of the calls to the OA API, which are counted, it takes."""
        return sum(call.rung in BY_OA_API for call in self.calls)

    @property
    def line(self) -> int:
        """Notices of one dossier go in the order they are owed."""
        return self.turn.notice.dossier_id or -self.turn.notice.id


@dataclass(slots=True)
class Notifier:
    """Moves notices down their rungs.

    Built once per worker process and turned again and again; its threads keep their
    connections to the carriers.
    """

    runtime: Runtime
    carriers: Carriers
    ceiling: Ceiling
    threads: int = THREADS
    claimer: str = field(default_factory=lambda: uuid4().hex)
    _round: Round = field(init=False)
    _recorder: Recorder = field(init=False)
    _journal: SendJournal = field(init=False)
    _key: bytes = field(init=False, repr=False)
    _most: int = field(init=False)
    _units: "queue.SimpleQueue[Unit | None]" = field(default_factory=queue.SimpleQueue)
    _results: "queue.SimpleQueue[UnitResult]" = field(default_factory=queue.SimpleQueue)
    _lines: dict[int, deque[Unit]] = field(default_factory=dict)
    _in_flight: int = 0
    _waiting: int = 0
    _unrecorded: list[UnitResult] = field(default_factory=list)
    _stopping: bool = False
    _away_at: float = -60.0
    _ungranted: deque[Unit] = field(default_factory=deque)
    _granted: int = 0  # calls that the ceiling granted and that are not used yet
    _started: int = 0

    def __post_init__(self) -> None:
        self._round = Round(self.runtime)
        self._recorder = Recorder(self.runtime, self.carriers, self.claimer)
        self._journal = SendJournal(self.runtime.settings.var_dir / FOLDER, self.claimer)
        self._key = derived_key(self.runtime.settings.secret_key, "request")
        self._most = MOST_AT_ONCE[self.runtime.engine.dialect.name]

    def turn(self) -> bool:
        """Claim what there is room for, send, record; False when nothing is due now.

        Errors: those of the database, when it is away; what carriers answered meanwhile is kept
        and recorded in a later turn.
        """
        try:
            self._gather()
            # First: what was answered is not to be claimed again, whatever the clock.
            recorded = self._record()
            claimed = self._claim()
            self._hand_out()
        except AWAY:
            self.was_away()
            raise
        # What was recorded may be due again at once, on its next rung.
        return bool(claimed or recorded or self._in_flight or self._waiting or self._ungranted)

    def was_away(self) -> None:
        """The database did not answer just now."""
        self._away_at = monotonic()

    def stop(self) -> None:
        """Begin nothing more, wait for what was begun, record it; give the rest back."""
        self._stopping = True
        unbegun = [unit for line in self._lines.values() for unit in line] + [*self._ungranted]
        self._unrecorded += [UnitResult(unit.turn, unit.calls, ()) for unit in unbegun]
        self._lines.clear()
        self._ungranted.clear()
        until = monotonic() + STOP_SECONDS
        while (self._in_flight or self._unrecorded) and monotonic() < until:
            self._gather()
            try:
                self._record()
            except AWAY as fault:
                logger.error("notify.not_recorded", fault=type(fault).__name__)
                threading.Event().wait(0.5)
        for _ in range(self._started):
            self._units.put(None)
        self._journal.close(clean=not (self._in_flight or self._unrecorded))

    def _claim(self) -> int:
        under_way = self._in_flight + self._waiting + len(self._ungranted)
        room = min(UNDER_WAY * self.threads - under_way, self._most)
        if room < self.threads // 4 or monotonic() - self._away_at < AFTER_AWAY_SECONDS:
            return 0
        if not under_way and not self._unrecorded:
            self._journal.rest()
            self._journal.open()
        for hold in self.carriers.holds.values():
            hold.most(1)  # what other workers found out is read before the transaction
        now = self.runtime.now()
        units: list[Unit] = []
        claimed = 0
        with self.runtime.engine.begin() as connection:
            gate = Gate(self.carriers, connection, now, self._key)
            for lane in Lane:
                wish = NoticeWish(str(lane), room - claimed, self.claimer, now, now + LEASE)
                if wish.most > 0:
                    units += self._decided(connection, gate, wish)
                    claimed += self._just_claimed
        for unit in units:
            if unit.oa_calls:
                self._ungranted.append(unit)
            else:
                self._queue(unit)
        return claimed

    _just_claimed: int = 0

    def _decided(self, connection: Connection, gate: Gate, wish: NoticeWish) -> list[Unit]:
        """Claim one lane's notices and settle at once what needs no carrier."""
        owed = claim_notices(connection, wish)
        self._just_claimed = len(owed)
        if not owed:
            return []
        units: list[Unit] = []
        closed, back, begun = [], [], []
        for turn in self._round.turns(connection, owed, wish.now):
            decision = turn.decision
            if isinstance(decision, Send):
                calls = gate.calls(turn, decision)
                if not isinstance(calls, str):
                    units.append(Unit(turn, calls, wish.lease_until))
                    begun += [
                        (call, decision.recipients[call.recipient], turn.text_mark)
                        for call in calls
                    ]
                    continue
                pause = wait_behind(turn.notice.refusals, random.random())  # noqa: S311
                decision = Wait(wish.now + pause, "held", calls)
            if isinstance(decision, Close):
                closed.append(self._recorder.closing(turn, decision, wish.now))
            else:
                back.append(self._recorder.putting_back(turn, decision))
        begin_attempts(connection, attempt_rows(iter(begun), self.claimer, wish.now))
        close_notices(connection, closed)
        put_back_notices(connection, back)
        return units

    def _hand_out(self) -> None:
        """Send by the OA API as much as the ceiling of all workers grants; the rest waits.

        Only what is needed is asked for: what one takes the chat replies do not have.
        """
        wanted = sum(unit.oa_calls for unit in self._ungranted) - self._granted
        if wanted > 0:
            self._granted += self.ceiling.take(wanted, "notice")
        while self._ungranted and self._ungranted[0].oa_calls <= self._granted:
            unit = self._ungranted.popleft()
            self._granted -= unit.oa_calls
            self._queue(unit)
        late = monotonic() - GRANT_SECONDS
        while self._ungranted and self._ungranted[0].claimed_at <= late:
            unit = self._ungranted.popleft()
            pause = BEHIND_CEILING * (1 + random.random())  # noqa: S311
            self._unrecorded.append(UnitResult(unit.turn, unit.calls, (), pause))

    def _queue(self, unit: Unit) -> None:
        """Send now, or behind an earlier notice of the same dossier."""
        line = self._lines.get(unit.line)
        if line is not None:
            line.append(unit)
            self._waiting += 1
            return
        self._lines[unit.line] = deque()
        self._begin(unit)

    def _begin(self, unit: Unit) -> None:
        self._in_flight += 1
        self._units.put(unit)
        if self._started < min(self.threads, self._in_flight):
            self._started += 1
            threading.Thread(target=self._send_units, daemon=True).start()

    def _send_units(self) -> None:
        while (unit := self._units.get()) is not None:
            self._results.put(UnitResult(unit.turn, unit.calls, tuple(self._send(unit))))

    def _send(self, unit: Unit) -> list[Answered]:
        """Make a notice's calls; those that are not begun any more have no answer."""
        answers: list[Answered] = []
        for call in unit.calls:
            now = self.runtime.now()
            if self._stopping or now > unit.lease_until - LEASE_MARGIN or self._closed(unit, now):
                break
            if not self._journal.mark(call.request_id):
                break
            try:
                request_id, rung = unit.turn.notice.request_id, str(call.rung)
                with span("notify", request_id, notice=call.notice_id, rung=rung):
                    answers.append(self.carriers.hand_over(call))
            except Exception as fault:
                logger.exception("notify.broke", notice=call.notice_id)
                reason = f"it broke the code: {type(fault).__name__}"
                answers.append(Answered(Tried.FAILED, reason=reason, again=Again.NEVER))
        return answers

    def _closed(self, unit: Unit, now: datetime) -> bool:
        """Whether the sending hours have ended since the notice was claimed."""
        if unit.turn.facts.event is NoticeEvent.OTP:
            return False
        hours = self.runtime.settings.notice_hours
        return opens_at(now, hours.start, hours.end, self.runtime.settings.zone) > now

    def _gather(self, seconds: float = GATHER_SECONDS) -> None:
        """Wait a moment for results, so that many are recorded in one transaction."""
        until = monotonic() + seconds
        if self._ungranted and not self._in_flight:
            threading.Event().wait(seconds)  # only the ceiling holds us: do not spin
        while self._in_flight and len(self._unrecorded) < self._most:
            try:
                result = self._results.get(timeout=max(0.0, until - monotonic()))
            except queue.Empty:
                break
            self._in_flight -= 1
            self._unrecorded.append(result)
            self._next_in_line(result)

    def _next_in_line(self, result: UnitResult) -> None:
        """The dossier's next notice may go, once this one is no longer on its way."""
        key = result.turn.notice.dossier_id or -result.turn.notice.id
        line = self._lines.pop(key, None)
        if line:
            unit = line.popleft()
            self._waiting -= 1
            self._lines[key] = line
            self._begin(unit)

    def _record(self) -> int:
        """Write down what carriers said; kept for the next turn when that fails."""
        if not self._unrecorded:
            return 0
        recorded = self._recorder.record(self._unrecorded)
        self._unrecorded = []  # before what follows can fail: nothing is to be counted twice
        self._slow_down([result for result, _ in recorded])
        self._recorder.count(recorded)
        return len(recorded)

    def _slow_down(self, results: Sequence[UnitResult]) -> None:
        """The OA API asked for fewer calls: that goes for all workers, replies included."""
        asked = any(
            answer.again is Again.PAUSE and call.rung in BY_OA_API
            for result in results
            for call, answer in result.answered
        )
        if asked:
            self.ceiling.pause(PAUSE_SECONDS)
            self._granted = 0  # what was granted before counts no more


def build_notifier(runtime: Runtime, threads: int = THREADS) -> Notifier:
    """The notifier of one worker process."""
    return Notifier(runtime, build_carriers(runtime), Ceiling(runtime.settings), threads)
