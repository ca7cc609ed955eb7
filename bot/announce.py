"""Announcements on their way: begun, planned, handed over by a pool of threads, stopped at once."""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from uuid import uuid4

from bot.announcement_record import Books, Handed
from bot.announcement_roads import TEMPLATES, Handing, Ready, Roads, build_roads
from bot.announcement_standing import Standings, look_up
from bot.announcement_steps import Steps
from bot.attempt import broke
from bot.ceiling import Ceiling
from bot.channels.channel import Again, SendFailed
from bot.core.announcement import AudienceKind, Road, State
from bot.database import AWAY, reading
from bot.logs import log
from bot.notice_send import BY_PHONE, WALLET, ZALO
from bot.runtime import Runtime
from bot.send_journal import FOLDER, SendJournal
from bot.store.announcement_queue import QueueWish, claim_recipients, tests_due
from bot.store.announcements import StoredAnnouncement, announcement_by_id, in_work
from bot.traces import span

LEASE = timedelta(seconds=40)
LEASE_MARGIN = timedelta(seconds=12)  # a send that begins later than this could outlive its lease
GATHER_SECONDS = 0.05
LOST_EVERY = 5.0  # seconds between looks after those whose worker died
AFTER_AWAY_SECONDS = 4.0
STOP_SECONDS = 8.0
THREADS = 64
UNDER_WAY = 3  # recipients for each thread: one that it sends, one behind it, one that is recorded
BEHIND_WALLET = timedelta(minutes=2)
PICTURE_KEPT = timedelta(days=6)  # Zalo keeps an upload for 7

logger = log(__name__)

Job = tuple[int, int]  # an announcement, and the turn: 0 the real sending, else a test


@dataclass(slots=True)
class Announcer:
    """Moves announcements to their recipients.

    Built once per worker process and turned again and again; its threads keep their connections
    to Zalo. What is paused or stopped has nothing begun any more from the next turn on.
    """

    runtime: Runtime
    roads: Roads
    ceiling: Ceiling
    threads: int = THREADS
    claimer: str = field(default_factory=lambda: uuid4().hex)
    _steps: Steps = field(init=False)
    _books: Books = field(init=False)
    _journal: SendJournal = field(init=False)
    _made: dict[Job, tuple[Ready, datetime]] = field(default_factory=dict)
    _units: "queue.SimpleQueue[Handing | None]" = field(default_factory=queue.SimpleQueue)
    _results: "queue.SimpleQueue[Handed]" = field(default_factory=queue.SimpleQueue)
    _waiting: list[Handing] = field(default_factory=list)
    _unrecorded: list[Handed] = field(default_factory=list)
    _in_flight: int = 0
    _granted: int = 0  # calls that the ceiling granted and that are not used yet
    _started: int = 0
    _stopping: bool = False
    _away_at: float = -60.0
    _looked: dict[Job, float] = field(default_factory=dict)
    _running: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self._steps = Steps(self.runtime, self.roads)
        self._books = Books(self.runtime, self.claimer)
        self._journal = SendJournal(self.runtime.settings.var_dir / FOLDER, self.claimer)

    def turn(self) -> bool:
        """Do what is due; False when nothing is.

        Errors: those of the database, when it is away; what Zalo answered meanwhile is kept and
        recorded in a later turn.
        """
        try:
            self._gather()
            self._record()
            moved = self._go_on()
            self._hand_out()
        except AWAY:
            self.was_away()
            raise
        return bool(moved or self._in_flight or self._waiting)

    def was_away(self) -> None:
        """The database did not answer just now."""
        self._away_at = monotonic()

    def stop(self) -> None:
        """Begin nothing more, wait for what was begun, record it; give the rest back."""
        self._stopping = True
        self._give_back(self._waiting)
        self._waiting = []
        until = monotonic() + STOP_SECONDS
        while (self._in_flight or self._unrecorded) and monotonic() < until:
            self._gather()
            try:
                self._record()
            except AWAY as fault:
                logger.error("announce.not_recorded", fault=type(fault).__name__)
                threading.Event().wait(0.5)
        for _ in range(self._started):
            self._units.put(None)
        self._journal.close(clean=not (self._in_flight or self._unrecorded))

    def _go_on(self) -> bool:
        """Every announcement that goes out now takes a step; True when one did."""
        if monotonic() - self._away_at < AFTER_AWAY_SECONDS:
            return False
        now = self.runtime.now()
        with reading(self.runtime.engine) as connection:
            found = [announcement_by_id(connection, one) for one in in_work(connection, now)]
            tests = [
                (announcement_by_id(connection, one), turn)
                for one, turn in tests_due(connection, now)
            ]
        running = [one for one in found if one is not None]
        self._running = frozenset(
            one.id for one in running if one.state is State.SENDING
        )  # read by the threads before each send
        self._drop_stopped()
        moved = False
        for one in running:
            moved = self._step(one) or moved
        for test, turn in tests:
            if test is not None:
                moved = self._drain(test, turn, now) or moved
        return moved

    def _step(self, found: StoredAnnouncement) -> bool:
        if found.state is State.SCHEDULED:
            return self._steps.begin(found)
        if found.planned_at is None:
            self._steps.plan(found)
            return True
        now = self.runtime.now()
        if not self._steps.may_go(now):
            return False
        if found.content.ways == (Road.BROADCAST,):
            return self._broadcast(found, now)
        return self._drain(found, 0, now) or self._steps.finish(found)

    def _broadcast(self, found: StoredAnnouncement, now: datetime) -> bool:
        if not self.roads.holds[ZALO].most(1) or not self.ceiling.take(1, "bulk"):
            return False
        ready = self._ready(found, 0, now)
        return ready is not None and (self._steps.article(ready) or self._steps.finish(found))

    def _drain(self, found: StoredAnnouncement, turn: int, now: datetime) -> bool:
        """Claim as many recipients as there is room for."""
        ready = self._ready(found, turn, now)
        if ready is None:
            return False
        job = (found.id, turn)
        if monotonic() - self._looked.get(job, -LOST_EVERY) >= LOST_EVERY:
            self._looked[job] = monotonic()
            self._books.look_after_lost(ready, turn)
        by_phone = found.content.audience.kind is AudienceKind.PHONES and not turn
        hold = self.roads.holds[BY_PHONE if by_phone else ZALO]
        room = UNDER_WAY * self.threads - self._in_flight - len(self._waiting)
        if room < self.threads // 4 or self.ceiling.paused() > 0:
            return False
        most = hold.most(min(room, self.threads))
        if most <= 0:
            return False
        if not self._in_flight and not self._waiting and not self._unrecorded:
            self._journal.rest()
            self._journal.open()
        wish = QueueWish(found.id, turn, most, self.claimer, now, now + LEASE)
        with self.runtime.engine.connect() as connection, connection.begin() as transaction:
            told = claim_recipients(connection, wish)
            if told and not hold.may_try(connection, now):
                transaction.rollback()
                return False
            standings = look_up(self.runtime, connection, ready, told, now)
        self._queue(ready, standings, wish)
        return bool(told)

    def _queue(self, ready: Ready, standings: Standings, wish: QueueWish) -> None:
        """Let those go that still may; close or turn round the others."""
        for one in standings.going:
            handing = Handing(one.told, ready, wish.lease_until, one.phone, one.free)
            if one.told.road in TEMPLATES and not self.roads.holds[WALLET].most(2):
                self._unrecorded.append(Handed(handing, pause=BEHIND_WALLET))
            else:
                self._waiting.append(handing)
        for told, code in standings.out:
            refused = SendFailed(Again.CLOSED, "not to be told any more", code)
            handing = Handing(told, ready, wish.lease_until)
            self._unrecorded.append(Handed(handing, failed=refused, asked=False))

    def _ready(self, found: StoredAnnouncement, turn: int, now: datetime) -> Ready | None:
        """The announcement made ready, once; None while its picture cannot be uploaded."""
        job = (found.id, turn)
        made = self._made.get(job)
        if made and made[0].found.revision == found.revision and now - made[1] < PICTURE_KEPT:
            return made[0]
        hold = self.roads.holds[ZALO]
        if not hold.most(1):
            return None
        try:
            ready = self.roads.make_ready(found, turn, now)
        except SendFailed as failed:
            hold.failed(failed)
            logger.warning("announce.no_picture", announcement=found.id, code=failed.code)
            return None
        self._made[job] = (ready, now)
        return ready

    def _drop_stopped(self) -> None:
        """Give back what was claimed of announcements that do not go out any more."""
        gone = [
            one
            for one in self._waiting
            if not one.told.turn and one.told.announcement_id not in self._running
        ]
        if gone:
            self._give_back(gone)
            self._waiting = [one for one in self._waiting if one not in gone]
        self._made = {
            job: made for job, made in self._made.items() if job[1] or job[0] in self._running
        }

    def _give_back(self, those: Sequence[Handing]) -> None:
        self._unrecorded += [Handed(one) for one in those]

    def _hand_out(self) -> None:
        """Give those who wait to the threads, as many as the ceiling grants."""
        most = 2 * self.threads  # one that each thread sends, and one behind it
        wanted = min(len(self._waiting), most - self._in_flight) - self._granted
        if wanted > 0:
            self._granted += self.ceiling.take(wanted, "bulk")
        while self._waiting and self._granted and self._in_flight < most:
            self._granted -= 1
            self._in_flight += 1
            self._units.put(self._waiting.pop(0))
            if self._started < min(self.threads, self._in_flight):
                self._started += 1
                threading.Thread(target=self._send_units, daemon=True).start()

    def _send_units(self) -> None:
        while (one := self._units.get()) is not None:
            self._results.put(self._send(one))

    def _send(self, one: Handing) -> Handed:
        late = self.runtime.now() > one.lease_until - LEASE_MARGIN
        goes_out = one.told.turn > 0 or one.told.announcement_id in self._running
        if self._stopping or late or not goes_out or not self._journal.mark(one.request_id):
            return Handed(one)
        try:
            with span("announce", announcement=one.told.announcement_id):
                sent, cost = self.roads.hand_over(one)
            return Handed(one, sent=sent, cost=cost)
        except SendFailed as failed:
            return Handed(one, failed=failed)
        except Exception as fault:
            logger.exception("announce.broke", announcement=one.told.announcement_id)
            return Handed(one, failed=broke(fault))

    def _gather(self) -> None:
        """Wait a moment for results, so that many are recorded in one transaction."""
        until = monotonic() + GATHER_SECONDS
        if self._waiting and not self._in_flight:
            threading.Event().wait(GATHER_SECONDS)  # only the ceiling holds us: do not spin
        while self._in_flight and len(self._unrecorded) < self.threads:
            try:
                result = self._results.get(timeout=max(0.0, until - monotonic()))
            except queue.Empty:
                break
            self._in_flight -= 1
            self._unrecorded.append(result)

    def _record(self) -> None:
        """Write down what Zalo said; kept for the next turn when that fails."""
        results = self._unrecorded
        if not results:
            return
        again = self._books.record(results)
        self._unrecorded = []
        for announcement_id in again:  # their picture has to be uploaded once more
            self._made = {
                job: made for job, made in self._made.items() if job[0] != announcement_id
            }
        for result in results:
            if result.asked:
                self._count(result)

    def _count(self, result: Handed) -> None:
        hold = self.roads.hold_of(result.one.road)
        if result.sent is not None:
            hold.worked()
            if result.one.road in TEMPLATES:
                self.roads.holds[WALLET].worked()
        elif result.failed is not None:
            hold.failed(result.failed)
            if result.failed.again is Again.PAUSE:
                self.ceiling.pause(60.0)
                self._granted = 0


def build_announcer(runtime: Runtime, threads: int = THREADS) -> Announcer:
    """The announcer of one worker process."""
    return Announcer(runtime, build_roads(runtime), Ceiling(runtime.settings), threads)
