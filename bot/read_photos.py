"""Photos that citizens sent: fetched, read, and each answered once, away from the chat's texts."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from bot.channels.guarded import Fault, NotFetched
from bot.channels.media import fetch_photo
from bot.channels.zalo_events import PHOTO
from bot.core.intent import Intent, Kind
from bot.database import AWAY, reading
from bot.hear import (
    MOST_ATTEMPTS,
    PAUSES,
    Heard,
    answer_heard,
    apologise,
    understand,
)
from bot.jobs import AWAKE
from bot.logs import log
from bot.photo_reader import Outcome, PhotoReader, PhotoReading
from bot.present_texts import steady
from bot.runtime import Runtime
from bot.store.inbox import (
    Waiting,
    are_waiting,
    claim_event,
    close_claimed,
    put_back_claimed,
)
from bot.vault import Unreadable

# Longer than a photo may take, shorter than the minute in which a dead worker is made good.
LEASE = timedelta(seconds=45)
SECONDS = 24.0  # for all photos of one event; what is not read by then is left out
MOST_READS = 2  # a photo that ended its worker twice is answered without being read
LOOK_SECONDS = 2.0  # how often a thread looks by itself
BREATH_SECONDS = 0.1  # between two looks, however often it is woken

Fetch = Callable[[str, Sequence[str]], bytes]

# The text for a photo without a code, by what came of it.
WORDS = {
    Outcome.FOUND: "ask.photo",
    Outcome.NOTHING: "ask.photo",
    Outcome.OTHER: "ask.photo_other",
}
UNREAD = "ask.photo_unread"

logger = log(__name__)


@dataclass(slots=True)
class PhotoDesk:
    """One place where photos are read, one after the other; a thread has a desk of its own.

    Nothing is fetched or read inside a transaction. An event is claimed for LEASE, and closed
    in the transaction that owes its reply: a worker that dies in between leaves both to the
    next, and a claim that took too long finds the event closed and says nothing.
    """

    runtime: Runtime
    fetch: Fetch = fetch_photo
    reader: PhotoReader = field(default_factory=PhotoReader)
    _stopping: bool = False

    def turn(self) -> bool:
        """Answer the oldest photo that is due; False when there is none.

        Errors: those of the database, when it is away; the event then waits for its lease.
        """
        now = self.runtime.now()
        with reading(self.runtime.engine) as connection:
            if self._stopping or not are_waiting(connection, PHOTO, now):
                return False
        with self.runtime.engine.begin() as connection:
            claimed = claim_event(connection, PHOTO, now, now + LEASE)
        if claimed is None:
            return False
        try:
            self._work(claimed)
        except AWAY:
            raise
        except Exception as fault:
            self._put_off(claimed, fault)
        return True

    def stop(self) -> None:
        """Begin nothing more; a photo that is being read goes back and is read by the next."""
        self._stopping = True
        self.reader.close()

    def _work(self, claimed: Waiting) -> None:
        heard = understand(self.runtime, claimed)
        readings: list[PhotoReading] = []
        if claimed.attempts <= MOST_READS:
            readings = self._read(heard.event.photos)
        if self._stopping:
            self._give_back(claimed)
            return
        self._answer(_with_photos(heard, readings))
        self._count(claimed, readings)

    def _read(self, addresses: Sequence[str]) -> list[PhotoReading]:
        until = monotonic() + SECONDS
        readings = []
        for address in addresses:
            if self._stopping or monotonic() >= until:
                break
            readings.append(self._read_one(address))
        return readings

    def _read_one(self, address: str) -> PhotoReading:
        hosts = self.runtime.settings.zalo_media_hosts
        for last in (False, True):
            try:
                return self.reader.read(self.fetch(address, hosts))
            except NotFetched as fault:
                if last or not fault.again:
                    logger.info("photo.not_fetched", why=str(fault.why))
                    outcome = Outcome.TOO_LARGE if fault.why is Fault.TOO_LARGE else None
                    return PhotoReading(outcome or Outcome.NOT_FETCHED)
        raise AssertionError("the last try returns")

    def _answer(self, heard: Heard) -> None:
        runtime, now = steady(self.runtime), self.runtime.now()
        with runtime.engine.begin() as connection:
            if not close_claimed(connection, heard.waiting):
                return  # another worker took over when our claim had run out
            rings = answer_heard(runtime, connection, [heard], now)
        AWAKE["chat"].set()
        for lane in rings | {"chat"}:
            self.runtime.bell.ring(lane)

    def _count(self, claimed: Waiting, readings: Sequence[PhotoReading]) -> None:
        for one in readings:
            self.runtime.metrics.photos.labels(str(one.outcome)).inc()
        took = (self.runtime.now() - claimed.arrived_at).total_seconds()
        self.runtime.metrics.photo_seconds.observe(max(0.0, took))
        logger.info(
            "photo.answered",
            inbox=claimed.id,
            request_id=claimed.request_id,
            outcomes=[str(one.outcome) for one in readings],
            steps=[one.steps for one in readings],
        )

    def _give_back(self, claimed: Waiting) -> None:
        with self.runtime.engine.begin() as connection:
            put_back_claimed(connection, claimed, self.runtime.now(), None)

    def _put_off(self, claimed: Waiting, fault: Exception) -> None:
        """As hear() does with an event that breaks the code: later again, in the end parked."""
        now = self.runtime.now()
        parked = claimed.attempts >= MOST_ATTEMPTS
        again = None if parked else now + PAUSES[min(claimed.attempts, len(PAUSES)) - 1]
        logger.exception("photo.broke", inbox=claimed.id, parked=parked)
        with self.runtime.engine.begin() as connection:
            if put_back_claimed(connection, claimed, again, type(fault).__name__) and parked:
                self._park(connection, claimed, now)

    def _park(self, connection: Connection, claimed: Waiting, now: datetime) -> None:
        self.runtime.metrics.inbox_parked.labels(claimed.name[:40]).inc()
        with suppress(Unreadable):
            apologise(self.runtime, connection, claimed, now)


def _with_photos(heard: Heard, readings: Sequence[PhotoReading]) -> Heard:
    """What was said, with what was read: the caption's codes first, then the photos'."""
    read = tuple(dict.fromkeys(code for one in readings for code in one.codes))
    typed = heard.intent.codes if heard.intent else ()
    codes = tuple(dict.fromkeys((*typed, *read)))
    words = _words([one.outcome for one in readings])
    if not codes:
        return replace(heard, photo_words=words)
    links = [link for one in readings for link in one.links]
    event = replace(heard.event, text="\n".join([*links, heard.event.text]))
    return replace(
        heard,
        event=event,
        intent=Intent(Kind.CODES, codes),
        photographed=frozenset(read) - frozenset(typed),
        photo_words=words,
    )


def _words(outcomes: Sequence[Outcome]) -> str:
    """The text that fits the photo that came nearest to a code."""
    for outcome in WORDS:
        if outcome in outcomes:
            return WORDS[outcome]
    return UNREAD if outcomes else WORDS[Outcome.NOTHING]


class PhotoThreads:
    """Desks in threads of their own, beside the lane that answers texts."""

    def __init__(self, desks: Sequence[PhotoDesk]) -> None:
        self._desks = desks
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(desk,), daemon=True, name="photos")
            for desk in desks
        ]

    def start(self) -> None:
        """Begin to look."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Events came in; there may be photos among them."""
        self._awake.set()

    def stop(self, seconds: float) -> None:
        """End in order; what cannot end in time is made good by the next worker."""
        self._stopping.set()
        self._awake.set()
        for desk in self._desks:
            desk.stop()
        until = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))

    def _run(self, desk: PhotoDesk) -> None:
        while not self._stopping.is_set():
            self._awake.clear()  # before looking: what comes meanwhile wakes us again
            if not self._patiently(desk):
                self._awake.wait(LOOK_SECONDS)
                self._stopping.wait(BREATH_SECONDS)

    def _patiently(self, desk: PhotoDesk) -> bool:
        try:
            return desk.turn()
        except AWAY as fault:
            logger.error("database.away", lane="photos", fault=type(fault).__name__)
            self._stopping.wait(LOOK_SECONDS)
            return False
