"""What came of hand-overs, written down: attempts, notices, holds, numbers that failed."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.channel import Again, SendFailed
from bot.core.ladder import Close, Tried, Wait
from bot.core.notice import Rung
from bot.core.notice_outcome import After, CallOutcome, Moment, after_calls
from bot.core.opening import next_opening, opens_at
from bot.core.receipt import Reported
from bot.core.their_words import without_numbers
from bot.logs import log
from bot.notice_send import NO_TEMPLATE_CODES, Answered, Call, Carriers
from bot.notice_turn import Turn, clocks_of
from bot.runtime import Runtime
from bot.store.attempts import (
    early_receipts,
    forget_unbegun,
    record_attempts,
    report_request,
    settled_attempts,
)
from bot.store.notice_claims import close_notices, put_back_notices
from bot.store.phone_states import count_failure, no_template

NO_TEMPLATE_FOR = timedelta(days=30)
TAKEN = (Tried.SENT, Tried.DELIVERED)

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A notice's calls and their answers; calls without an answer were never begun.

    Shape: `pause` is how long one that was not begun at all is left alone.
    """

    turn: Turn
    calls: Sequence[Call]
    answers: Sequence[Answered]
    pause: timedelta = timedelta()

    @property
    def answered(self) -> Iterator[tuple[Call, Answered]]:
        """The calls that were made, with their answers."""
        return zip(self.calls, self.answers, strict=False)


Recorded = tuple[UnitResult, After]


@dataclass(slots=True)
class Recorder:
    """Writes results of one worker down."""

    runtime: Runtime
    carriers: Carriers
    claimer: str

    def record(self, results: Sequence[UnitResult]) -> list[Recorded]:
        """Store the outcome of every call and where its notice goes; one transaction.

        Errors: those of the database; nothing is stored then and it may be called again.
        """
        now = self.runtime.now()
        answered = [
            (result, call, answer) for result in results for call, answer in result.answered
        ]
        unbegun = [
            call.request_id for result in results for call in result.calls[len(result.answers) :]
        ]
        with self.runtime.engine.begin() as connection:
            record_attempts(connection, [_row(call, answer, now) for _, call, answer in answered])
            forget_unbegun(connection, unbegun)
            settled = settled_attempts(connection, {one.turn.notice.id for one in results})
            states = {request: Tried(state) for request, _, state in settled}
            early = self._early(connection, answered, states, now)
            arrived = {notice for _, notice, state in settled if state == Tried.DELIVERED}
            recorded = [(result, self._after(result, early, arrived, now)) for result in results]
            closed, back = [], []
            for result, after in recorded:
                if after.again_at is None:
                    closed.append(self._closed(result, after, now))
                else:
                    back.append(self._back(result, after, now))
            close_notices(connection, closed)
            put_back_notices(connection, back)
            for _, call, answer in answered:
                self._remember_phone(connection, call, answer, now)
        return recorded

    def count(self, recorded: Sequence[Recorded]) -> None:
        """Count what was recorded, and hold or free the channels it tells of.

        Errors: those of the database; what is recorded stays so, and is not to be counted again.
        """
        now = self.runtime.now()
        for result, after in recorded:
            for call, answer in result.answered:
                self._count(call, answer)
            self._tell(result, after, now)
        _follow_on(recorded)

    def closing(self, turn: Turn, close: Close, now: datetime) -> dict[str, Any]:
        """The row that closes a notice which needed no carrier."""
        self._settled(turn, close.channel, close.state)
        return {
            "which": turn.notice.id,
            "to_state": close.state,
            "at": now,
            "first_handed_at": turn.notice.handed_at,
            "by": close.channel or None,
            "why": close.reason[:300] or None,
        }

    def putting_back(self, turn: Turn, wait: Wait) -> dict[str, Any]:
        """The row that lets a notice wait."""
        held = wait.state == "held"
        return {
            "which": turn.notice.id,
            "claimer": self.claimer,
            "to_state": wait.state,
            "again_at": min(wait.until, turn.notice.expires_at),
            "times_refused": turn.notice.refusals + (1 if held else 0),
            "first_handed_at": turn.notice.handed_at,
            "by": None,
            "why": wait.reason[:300] or None,
        }

    def _after(
        self,
        result: UnitResult,
        early: Mapping[str, Tried],
        arrived: AbstractSet[int],
        now: datetime,
    ) -> After:
        """Where a notice goes; `early` is what was reported of a request before its answer."""
        outcomes = _outcomes(result, early)
        late_arrival = result.turn.notice.id in arrived and not any(
            one.state is Tried.DELIVERED for one in outcomes
        )
        if not outcomes or late_arrival:  # at its next turn it is seen to have arrived
            return After("waiting", now + result.pause, "")
        settings = self.runtime.settings
        hours, zone = settings.notice_hours, settings.zone
        moment = Moment(
            now=now,
            opens_at=opens_at(now, hours.start, hours.end, zone),
            opens_tomorrow_at=next_opening(now, hours.start, zone),
            expires_at=result.turn.notice.expires_at,
        )
        turn = result.turn
        after = after_calls(
            turn.facts.event, outcomes, turn.notice.refusals, moment, clocks_of(settings), turn.past
        )
        if after.state == "held" and self._has_reserve(result):
            return After("waiting", now, after.reason, refused=True)
        return after

    def _has_reserve(self, result: UnitResult) -> bool:
        """Whether another gateway takes over from the one that did not take it.

        One that only asks us to slow down is not left for that.
        """
        call, answer = result.calls[-1], result.answers[-1]
        names = list(self.carriers.gateways)
        stands = call.rung is Rung.SMS and call.carrier in names[:-1]
        return stands and answer.again is not Again.PAUSE

    def _early(
        self,
        connection: Connection,
        answered: Sequence[tuple[UnitResult, Call, Answered]],
        settled: Mapping[str, Tried],
        now: datetime,
    ) -> Mapping[str, Tried]:
        """What was reported of requests before their answers were recorded.

        Shape: `settled` is where these notices' requests stand now, by request id.
        """
        sent = {
            call.request_id: answer.carrier_id
            for _, call, answer in answered
            if answer.state is Tried.SENT
        }
        if not sent:
            return {}
        found = {request: state for request, state in settled.items() if request in sent}
        named = early_receipts(connection, {name for name in sent.values() if name})
        for request, name in sent.items():
            states = named.get(name, set())
            if states and found.get(request) is not Tried.DELIVERED:
                arrived = states & {Reported.DELIVERED, Reported.SEEN}
                found[request] = Tried.DELIVERED if arrived else Tried.FAILED
                report_request(connection, request, found[request], now)
        return found

    def _closed(self, result: UnitResult, after: After, now: datetime) -> dict[str, Any]:
        return {
            "which": result.turn.notice.id,
            "to_state": after.state,
            "at": now,
            "first_handed_at": self._handed_at(result, now),
            "by": after.channel or str(result.calls[-1].rung),
            "why": after.reason[:300] or None,
        }

    def _back(self, result: UnitResult, after: After, now: datetime) -> dict[str, Any]:
        notice = result.turn.notice
        return {
            "which": notice.id,
            "claimer": self.claimer,
            "to_state": after.state,
            "again_at": min(after.again_at or notice.expires_at, notice.expires_at),
            # Each rung counts its own refusals anew.
            "times_refused": notice.refusals + 1 if after.refused else 0,
            "first_handed_at": self._handed_at(result, now),
            "by": str(result.calls[-1].rung) if result.answers else None,
            "why": after.reason[:300] or None,
        }

    def _handed_at(self, result: UnitResult, now: datetime) -> datetime | None:
        if any(answer.state in TAKEN for answer in result.answers):
            return result.turn.notice.handed_at or now
        return result.turn.notice.handed_at

    def _remember_phone(
        self, connection: Connection, call: Call, answer: Answered, now: datetime
    ) -> None:
        """A number that failed for good counts; one without Zalo is not asked again for long."""
        if answer.again is not Again.CLOSED or call.rung in (Rung.CHAT, Rung.TEMPLATE_UID):
            return
        index = bytes.fromhex(call.recipient)
        if call.rung is Rung.SMS:
            count_failure(connection, index, now)
        elif answer.code in NO_TEMPLATE_CODES:
            no_template(connection, index, now + NO_TEMPLATE_FOR, now)

    def _count(self, call: Call, answer: Answered) -> None:
        metrics = self.runtime.metrics
        outcome = str(answer.state)
        metrics.notice_attempts.labels(str(call.rung), call.carrier, outcome).inc()
        if answer.state in TAKEN:
            for hold in self.carriers.holds_of(call):
                hold.worked()
        elif answer.failure is not None:
            held = self.carriers.held_by(call, answer)
            self.carriers.holds[held].failed(_counted(answer))
            if held != call.hold:  # the wallet is empty: the way itself has answered
                self.carriers.holds[call.hold].worked()

    def _tell(self, result: UnitResult, after: After, now: datetime) -> None:
        notice = result.turn.notice
        if after.again_at is None:
            self._settled(result.turn, after.channel or str(result.calls[-1].rung), after.state)
        if after.state in ("sent", "delivered") and notice.handed_at is None:
            waited = (now - notice.created_at).total_seconds()
            self.runtime.metrics.notice_seconds.observe(max(0.0, waited))
        if after.state == "failed":
            # Also a code that no manual names: this message is parked, the others go on.
            logger.error("notice.parked", notice=notice.id, reason=after.reason)

    def _settled(self, turn: Turn, channel: str, state: str) -> None:
        metrics = self.runtime.metrics
        metrics.notices_closed.labels(str(turn.facts.event), channel or "none", state).inc()


def _follow_on(recorded: Sequence[Recorded]) -> None:
    """Which web requests' notices a carrier has now; one line for all of a batch."""
    handed: dict[str, list[int]] = {}
    for result, after in recorded:
        notice = result.turn.notice
        if notice.request_id and after.state in TAKEN and notice.handed_at is None:
            handed.setdefault(notice.request_id, []).append(notice.id)
    if handed:
        logger.info("notice.handed", notice=handed)


def _outcomes(result: UnitResult, early: Mapping[str, Tried]) -> list[CallOutcome]:
    """The outcomes of the calls that were made."""
    outcomes = []
    for call, answer in result.answered:
        state, reason = early.get(call.request_id, answer.state), _reason(answer)
        if state is Tried.FAILED and answer.state is Tried.SENT:
            reason = "reported as not delivered"
        never = answer.again is Again.NEVER
        outcomes.append(CallOutcome(call.rung, state, answer.code, reason, never))
    return outcomes


def _counted(answer: Answered) -> SendFailed:
    """The failure as the hold counts it; a chat message outside the window is no fault."""
    if answer.failure is not None and answer.again is answer.failure.again:
        return answer.failure
    return SendFailed(answer.again or Again.CLOSED, answer.reason, answer.code, answer.said)


def _reason(answer: Answered) -> str:
    """What an operator reads: our meaning, and the carrier's own words."""
    if not answer.said or answer.said in answer.reason:
        return answer.reason
    return f"{answer.reason} ({answer.said})"


def _row(call: Call, answer: Answered, now: datetime) -> dict[str, Any]:
    return {
        "request": call.request_id,
        "made_at": call.made_at,
        "to_state": str(answer.state),
        "named": answer.carrier_id[:80] or None,
        "their_code": answer.code[:40] or None,
        "their_words": without_numbers(answer.said or answer.reason)[:300] or None,
        "cost": answer.cost_dong,
        "in_parts": answer.parts,
        "at": now,
        "arrived_at": now if answer.state is Tried.DELIVERED else None,
    }
