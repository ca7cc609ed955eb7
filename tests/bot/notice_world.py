"""A province in which everything may go wrong, and whose every text is judged as it is taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.channels.channel import Again, SendFailed
from bot.core.receipt import DeliveryReceipt, Reported
from bot.notice_result import UnitResult
from bot.notice_send import Answered, Call, Carriers
from bot.notify import Notifier, Unit
from bot.runtime import Runtime
from bot.store.outbox import remember_echoes
from bot.take_receipts import take_receipts
from bot.vault import blind_index, derived_key
from tests.bot.notice_facts import Dossier, holds
from tests.bot.notice_judge import Text, faults_of, state_faults
from tests.bot.notice_stage import TEMPLATES, Stage, Way

REPORTED_BY = {"zalo": "zalo", "uid": "zalo", "zbs": "zbs", "esms": "esms"}
REST = timedelta(seconds=60)


class Killed(BaseException):
    """The worker's process is gone at this instant."""


@dataclass(slots=True)
class Fault:
    """How a way answers from now on, so many times; `again` None tells it takes and loses."""

    again: Again | None
    code: str = ""
    times: int = 1


class InLine:
    """A worker's threads, without threads: what is put in is sent at once, or when told."""

    def __init__(self, worker: Notifier) -> None:
        self.worker = worker
        self.later: list[Unit] | None = None

    def put(self, unit: Unit | None) -> None:
        """Send one notice."""
        if unit is None:
            return
        if self.later is not None:
            self.later.append(unit)
            return
        answers = tuple(self.worker._send(unit))
        self.worker._results.put(UnitResult(unit.turn, unit.calls, answers))

    def go(self) -> None:
        """Send what had to wait."""
        units, self.later = self.later or [], None
        for unit in units:
            self.put(unit)


class Watched(Carriers):
    """Carriers that tell the world which notice a call is about."""

    world: "World"

    def hand_over(self, call: Call) -> Answered:
        """Make one call."""
        self.world.call = call
        return Carriers.hand_over(self, call)


class WorldWay(Way):
    """A carrier whose every text is judged."""

    world: "World"

    def call(self, recipient: str, what: Any, request_id: str = "") -> str:
        """Take it, unless the world has it otherwise."""
        self.asked.append((recipient, what))
        return self.world.hear(self, recipient, request_id)


class HandCeiling:
    """The ceiling that all workers share, by the province's clock."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def take(self, wanted: int, lane: str) -> int:
        """All that is wanted, or nothing while Zalo wants a rest."""
        until = self.world.slow_until
        rests = until is not None and timedelta() < until - self.world.now <= REST
        return 0 if rests else wanted

    def pause(self, seconds: float) -> None:
        """Zalo wants a rest."""
        self.world.slow_until = self.world.now + timedelta(seconds=seconds)


@dataclass(slots=True)
class World:
    """What really happened, and what of it must not have."""

    stage: Stage
    dossiers: dict[int, Dossier] = field(default_factory=dict)
    linked: dict[str, str] = field(default_factory=dict)  # user -> phone
    texts: list[Text] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    sms_refused: bool = False  # a gateway has judged a number: it may count as bad
    faults: dict[str, Fault] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    workers: list[Notifier] = field(default_factory=list)
    call: Call | None = None
    calls_to_live: int | None = None
    dies_after: bool = False
    early: Reported | None = None
    slow_until: datetime | None = None

    def __post_init__(self) -> None:
        for name in ("chat", "uid", "zbs", "sms", "reserve"):
            way = WorldWay(getattr(self.stage, name).name)
            way.world = self
            setattr(self.stage, name, way)
        self.workers = [self.worker(), self.worker()]

    @property
    def now(self) -> datetime:
        """The province's clock."""
        return self.stage.clock()

    def worker(self) -> Notifier:
        """A worker process of 16 threads that work one after the other."""
        worker = self.stage.worker()
        worker.threads = worker._started = 16
        worker._units = InLine(worker)  # type: ignore[assignment]
        carriers = worker.carriers
        watched = Watched(
            carriers.runtime, carriers.chat, carriers.templates, carriers.gateways,
            carriers.holds, carriers.prices,
        )  # fmt: skip
        watched.world = self
        worker.ceiling = HandCeiling(self)  # type: ignore[assignment]
        worker.carriers = worker._recorder.carriers = watched
        return worker

    # Carriers

    def hear(self, way: Way, place: str, request: str) -> str:
        """A call reaches a carrier."""
        call = self.call
        assert call is not None
        self._die(after=False)
        self._judge_haste(way)
        fault = self._fault(way.name)
        if fault is not None and fault.again is not None:
            self.sms_refused |= way.name == "esms" and fault.again is Again.CLOSED
            raise SendFailed(fault.again, "as the world has it", fault.code, "their words")
        way.taken.append((place, call.text))
        name = f"{way.name}-{len(way.taken)}"
        text = Text(
            self.now, self._begun(call), way.name, place, call.notice_id, str(call.facts.event),
            call.text or "code", name, call.request_id, lost=fault is not None,
        )  # fmt: skip
        self._learn_answers()
        self._judge(text)
        self.texts.append(text)
        if self.early is not None and way.name in ("zbs", "esms"):
            self.report(text, self.early, by_request=True)
            self.early = None
        self._die(after=True)
        if fault is not None:
            raise SendFailed(Again.UNSURE, "the answer was lost", fault.code)
        return name

    def _judge_haste(self, way: Way) -> None:
        """A carrier that asked for fewer calls is left alone for a while."""
        rests = HandCeiling(self).take(1, "notice") == 0
        if rests and way.name in ("zalo", "uid"):
            self.wrong.append(f"a call to {way.name} although Zalo wants a rest")

    def _fault(self, name: str) -> Fault | None:
        fault = self.faults.get(name)
        if fault is not None:
            fault.times -= 1
            if fault.times == 0:
                del self.faults[name]
        return fault

    def _die(self, after: bool) -> None:
        if self.calls_to_live is None or self.dies_after is not after:
            return
        self.calls_to_live -= 1
        if self.calls_to_live < 0:
            self.calls_to_live = None
            raise Killed

    def _begun(self, call: Call) -> datetime:
        attempts = self.stage.attempts()
        moments: list[datetime] = [
            row.begun_at for row in attempts if row.request_id == call.request_id
        ]
        return moments[0]

    def report(self, text: Text, state: Reported, by_request: bool = False) -> None:
        """A carrier reports of a text, by the name that we gave it or by its own."""
        by_request = by_request and text.way in ("zbs", "esms")
        ref = text.request if by_request else text.name
        told = DeliveryReceipt(
            REPORTED_BY[text.way], (ref,), state, self.now, "7", "their words", permanent=True
        )
        take_receipts(self.runtime, [told])
        if by_request or text.answered:
            self._learn(text, state)
        elif not text.failed:  # a gateway that has reported owes us no name any more
            text.told.append(state)
            late = abs(self.now - text.begun_at) >= timedelta(minutes=2)
            text.doubtful = text.doubtful or (late and text.way == "esms")

    def echo(self, text: Text) -> None:
        """Zalo repeats a chat message to us, with the name that it has there."""
        key = derived_key(self.runtime.settings.secret_key, "echo")
        mark = blind_index(key, text.words)
        row = {"carrier_id": text.name, "recipient": text.place, "text_mark": mark, "at": self.now}
        with self.runtime.engine.begin() as connection:
            remember_echoes(connection, [row])
        if self.now >= text.begun_at and text.notice not in self.closed:
            text.arrived = True

    def _learn(self, text: Text, state: Reported) -> None:
        if state is not Reported.FAILED:
            text.arrived, text.failed = True, False
        elif not text.arrived:
            text.failed = True

    # Judgement

    def _judge(self, text: Text) -> None:
        """Write down every rule that this text breaks."""
        dossier = self._dossier(text.notice)
        self.wrong += faults_of(text, self.texts, dossier, self.linked)

    def _dossier(self, notice_id: int) -> Dossier | None:
        row = next(row for row in self.stage.notices() if row.id == notice_id)
        return self.dossiers[row.dossier_id] if row.dossier_id else None

    # Workers

    def work(self, number: int) -> None:
        """A worker does all that is due; it may be killed amid it."""
        worker = self.workers[number]
        self._as_if_alive(number, lambda: self._turn_until_idle(worker))
        self.note()

    def begin(self, number: int, queued: bool = False) -> None:
        """A worker claims and sends, and has not written down yet; `queued` not even sends."""
        worker = self.workers[number]
        line = worker._units
        assert isinstance(line, InLine)
        if queued and line.later is None:
            line.later = []
        self._as_if_alive(number, lambda: _claim_and_send(worker))
        line.later = line.later or None
        self.note()

    def kill(self, number: int) -> None:
        """A worker's process dies; another one takes its place."""
        self.workers[number]._journal.close()  # the kernel lets go of its lock; the file stays
        self.workers[number] = self.worker()

    def _as_if_alive(self, number: int, step: Callable[[], object]) -> None:
        try:
            step()
        except Killed:
            self.kill(number)

    def _turn_until_idle(self, worker: Notifier) -> None:
        line = worker._units
        assert isinstance(line, InLine)
        line.go()
        for _ in range(200):
            _look_anew(worker)
            if not worker.turn():
                return
        self.wrong.append("a worker does not come to rest")

    def note(self) -> None:
        """Look which answers the workers have written down, and what was closed and why."""
        self._learn_answers()
        for row in self.stage.notices():
            self.wrong += state_faults(row)
            if row.due_at is None and row.id not in self.closed:
                self.closed.add(row.id)
                self._judge_closing(row)

    def _learn_answers(self) -> None:
        answered = {row.request_id for row in self.stage.attempts() if row.answered_at}
        for text in self.texts:
            if text.request in answered and not text.answered and not text.lost:
                text.answered = True
                text.arrived = text.arrived or text.way == "zalo"
                for state in text.told:
                    self._learn(text, state)

    def _judge_closing(self, row: Row[Any]) -> None:
        """A notice is closed: whoever was not told was not to be told."""
        dossier = self.dossiers.get(row.dossier_id or 0)
        standing = [one for one in self.texts if one.notice == row.id and not one.failed]
        if row.state in ("skipped", "failed") and standing:
            self.wrong.append(f"closed as {row.state} although taken: {row} {standing}")
        if dossier is None or row.state != "skipped":
            return
        reason = row.reason or ""
        past = reason.startswith(("the dossier has moved on", "the dossier has left"))
        if past and holds(row.event, dossier):
            self.wrong.append(f"skipped although true: {row}")
        if reason.startswith("no way out") and self._can_be_told(row.event, dossier):
            self.wrong.append(f"skipped although there is a way: {row} {dossier}")

    def _can_be_told(self, event: str, dossier: Dossier) -> bool:
        """Whether an SMS or a template surely reaches this citizen."""
        bad = sum(one.failed and one.way == "esms" for one in self.texts) >= 2
        by_sms = dossier.sms and event not in ("step", "withdrawn", "returned")
        sms = dossier.phone.startswith("09") and by_sms and not bad and not self.sms_refused
        template = event in TEMPLATES and dossier.phone in self.linked.values()
        return sms or template

    @property
    def runtime(self) -> Runtime:
        """The product."""
        return self.stage.runtime

    def lost_chats(self) -> list[Text]:
        """Chat messages that nobody here knows to be taken."""
        return [text for text in self.texts if text.way == "zalo" and text.unsure]

    def is_queued(self) -> bool:
        """Whether a worker has claimed what it has not sent."""
        return any(
            getattr(worker._units, "later", None) is not None or worker._waiting
            for worker in self.workers
        )


def _look_anew(worker: Notifier) -> None:
    """What others found out of the carriers is read at the next turn, whatever the time."""
    for hold in worker.carriers.holds.values():
        hold._looked = -1e12


def _claim_and_send(worker: Notifier) -> None:
    _look_anew(worker)
    worker._claim()
    worker._hand_out()
