"""What feeds do is noted: by key, hour and outcome, and which agencies were fed."""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from bot.database import AWAY
from bot.logs import log
from bot.runtime import Runtime
from bot.store.feed_uses import add_fed, add_uses, known_keys, note_last_use

EVERY = 60.0  # seconds between two writings; a killed process loses what it counted since
TAKEN = "taken"
MOST_KEYS = 1_000  # ids in hand at once: whoever tries out ids must not fill our memory
LONGEST_ID = 40

_Use = tuple[str, datetime, str]

logger = log(__name__)


@dataclass(slots=True)
class _Fed:
    calls: int = 0
    dossiers: int = 0


@dataclass(slots=True)
class FeedNotes:
    """Counts in memory and writes from a thread of its own, so that a call pays nothing for it.

    The first call is written at once, what follows within a minute. Thread-safe.
    """

    runtime: Runtime
    every: float = EVERY
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _one_writer: threading.Lock = field(default_factory=threading.Lock)
    _uses: Counter[_Use] = field(default_factory=Counter)
    _fed: dict[str, _Fed] = field(default_factory=dict)
    _last: dict[str, datetime] = field(default_factory=dict)
    _last_fed: dict[str, datetime] = field(default_factory=dict)
    _writing: bool = False
    _written_at: float = float("-inf")

    def call(self, key_id: str, outcome: str, agencies: Mapping[str, int]) -> None:
        """One call of the feed; `agencies` are those whose dossiers it brought, with how many."""
        now = self.runtime.now()
        hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        with self._lock:
            known = key_id[:LONGEST_ID] if len(self._uses) < MOST_KEYS else ""
            self._uses[known, hour, outcome] += 1
            if outcome == TAKEN:
                self._last[key_id] = now
            self._note_agencies(agencies, now)
            begins, self._writing = not self._writing, True
        if begins:
            threading.Thread(target=self._keep_writing, name="feed-notes", daemon=True).start()

    def write(self) -> None:
        """Write what was counted; kept for the next time when the database is away.

        What another thread has begun to write is written when this returns.
        """
        with self._one_writer:
            with self._lock:
                uses, self._uses = self._uses, Counter()
                fed, self._fed = self._fed, {}
                last, last_fed = dict(self._last), dict(self._last_fed)
                self._last, self._last_fed = {}, {}
                self._written_at = monotonic()
            try:
                _store(self.runtime, uses, fed, last, last_fed)
            except AWAY:
                with self._lock:
                    self._uses += uses
                    self._fed = fed | self._fed
                    self._last, self._last_fed = last | self._last, last_fed | self._last_fed

    def _note_agencies(self, agencies: Mapping[str, int], now: datetime) -> None:
        for code, dossiers in agencies.items():
            noted = self._fed.setdefault(code, _Fed())
            noted.calls += 1
            noted.dossiers += dossiers
            self._last_fed[code] = now

    def _keep_writing(self) -> None:
        """Write now, or a minute after the last time; end when nothing came meanwhile."""
        while True:
            threading.Event().wait(max(0.0, self._written_at + self.every - monotonic()))
            try:
                self.write()
            except Exception:  # what was counted is lost, and counting goes on
                logger.exception("feed_notes.broke")
            with self._lock:
                if not self._uses and not self._fed:
                    self._writing = False
                    return


def note_fed(runtime: Runtime, agencies: Mapping[str, int]) -> None:
    """These agencies' dossiers were read from software that cannot push."""
    now = runtime.now()
    fed = {code: _Fed(1, dossiers) for code, dossiers in agencies.items()}
    _store(runtime, Counter(), fed, {}, dict.fromkeys(fed, now))


def _store(
    runtime: Runtime,
    uses: Counter[_Use],
    fed: Mapping[str, _Fed],
    last: Mapping[str, datetime],
    last_fed: Mapping[str, datetime],
) -> None:
    now, zone = runtime.now(), runtime.settings.zone
    with runtime.engine.begin() as connection:
        ids = {key_id for key_id, _, _ in uses}
        counted = _of_known_keys(uses, known_keys(connection, ids) if ids else ())
        add_uses(
            connection,
            [
                {"key_id": key, "hour": hour, "outcome": outcome, "calls": calls, "last_at": now}
                for (key, hour, outcome), calls in sorted(counted.items())
            ],
        )
        note_last_use(connection, last)
        add_fed(
            connection,
            [
                {
                    "agency_code": code,
                    "day": last_fed[code].astimezone(zone).date(),
                    "calls": one.calls,
                    "dossiers": one.dossiers,
                    "last_at": last_fed[code],
                }
                for code, one in sorted(fed.items())
            ],
        )


def _of_known_keys(uses: Counter[_Use], known: Collection[str]) -> Counter[_Use]:
    """The same, with every id that is none of ours under one name."""
    counted: Counter[_Use] = Counter()
    for (key_id, hour, outcome), calls in uses.items():
        counted[key_id if key_id in known else "", hour, outcome] += calls
    return counted
