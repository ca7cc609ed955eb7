"""Tells every open page what has just changed."""

import asyncio
from typing import Any

BACKLOG = 2000  # a page further behind than this is told to start over with a fresh state


class Stream:
    """Hands each change to every listener; costs nothing while nobody listens."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[tuple[str, Any]]] = set()
        self.closed = False

    @property
    def heard(self) -> bool:
        """Whether anyone listens, so that shapes need not be built in vain."""
        return bool(self._listeners)

    def open(self) -> asyncio.Queue[tuple[str, Any]]:
        """A new listener's queue of (event name, object)."""
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue(BACKLOG)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[tuple[str, Any]]) -> None:
        """Forget a listener whose page was closed."""
        self._listeners.discard(queue)

    def tell(self, name: str, changed: Any) -> None:
        """Hand one change to all listeners."""
        for queue in self._listeners:
            if queue.full():
                _start_over(queue)
            queue.put_nowait((name, changed))

    def close(self) -> None:
        """End every open stream, so that the server can stop at once."""
        self.closed = True
        self.tell("end", {})


def _start_over(queue: asyncio.Queue[tuple[str, Any]]) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(("state", None))
