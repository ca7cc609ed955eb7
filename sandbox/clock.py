"""The one clock of the sandbox: real time plus an offset, and what is to happen when."""

import asyncio
import heapq
import itertools
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

LOCAL = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")  # Vietnam keeps one offset all year
LAST_MOMENT = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """Tells the sandbox's time and fires what has become due, also after a jump forward.

    `base` is the product's own shift (CLOCK_OFFSET_SECONDS): with `offset` 0 both agree.
    """

    def __init__(self, base: float = 0.0) -> None:
        self.base, self.offset = base, 0.0
        self._order = itertools.count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since 1970 on the sandbox's clock."""
        return time.time() + self.base + self.offset

    def products(self) -> float:
        """The same moment on the product's clock, which this one's moves leave alone."""
        return time.time() + self.base

    def local(self) -> datetime:
        """The present moment as the citizens' wall clocks show it."""
        return datetime.fromtimestamp(self.now(), LOCAL)

    def move_to(self, offset: float) -> None:
        """Set the offset to the product's time, in seconds.

        Errors: ValueError when the result would lie outside 1970 to 9000.
        """
        if not 0 <= self.products() + offset <= LAST_MOMENT:
            raise ValueError("a moment between 1970 and 9000")
        self.offset = offset
        self._moved.set()

    def call_at(self, due: float, action: Callable[[], None]) -> None:
        """Do `action` once the clock shows `due`; a moment already past means at once."""
        heapq.heappush(self._agenda, (due, next(self._order), action))
        self._moved.set()

    def call_after(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` when `seconds` have passed on this clock."""
        self.call_at(self.now() + seconds, action)

    async def run(self) -> None:
        """Fire what becomes due, for as long as the sandbox lives."""
        while True:
            self._moved.clear()
            self._fire_due()
            wait = self._agenda[0][0] - self.now() if self._agenda else 3600.0
            try:
                async with asyncio.timeout(min(max(wait, 0.0), 3600.0)):
                    await self._moved.wait()
            except TimeoutError:
                continue

    def _fire_due(self) -> None:
        while self._agenda and self._agenda[0][0] <= self.now():
            action = heapq.heappop(self._agenda)[2]
            try:
                action()
            except Exception as failure:  # one bad action must not stop the clock
                print(f"sandbox: a timed action failed: {failure!r}", file=sys.stderr)


def shown(moment: float | None) -> str | None:
    """A moment as ISO 8601 in local time; None stays None."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, LOCAL).isoformat(timespec="milliseconds")


def milliseconds(moment: float) -> str:
    """A moment as Zalo writes it: epoch milliseconds in text (manual 2.6)."""
    return str(int(moment * 1000))
