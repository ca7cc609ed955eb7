"""How often the page behind a slip's QR was opened: a number a day, nothing of who opened it."""

from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from bot.database import AWAY
from bot.runtime import Runtime
from bot.store.book_counts import PAGES_OPENED, add_count

EVERY = 20.0  # seconds; a killed process loses what it counted since


@dataclass(slots=True)
class PageCount:
    """Counts in memory and writes now and then, so that a page costs no writing; thread-safe."""

    runtime: Runtime
    every: float = EVERY
    _lock: Lock = field(default_factory=Lock)
    _number: int = 0
    _written_at: float = field(default_factory=monotonic)

    def opened(self) -> None:
        """One page more."""
        with self._lock:
            self._number += 1
            if monotonic() - self._written_at < self.every:
                return
            number, self._number = self._number, 0
            self._written_at = monotonic()
        try:
            with self.runtime.engine.begin() as connection:
                add_count(connection, self.runtime.today().isoformat(), PAGES_OPENED, number)
        except AWAY:  # the page was shown; the number is written the next time
            with self._lock:
                self._number += number
