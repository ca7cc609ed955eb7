"""A carrier that answers as a test wishes, and pumps that send to it."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from bot.ceiling import Ceiling
from bot.channels.channel import Again, SendFailed, Sent
from bot.core.message import Outgoing
from bot.deliver import Pump
from bot.hold import Hold
from bot.runtime import Runtime
from bot.store.tables import outbox
from tests.make import make_settings

Answer = Callable[[Outgoing], None]


@dataclass(slots=True)
class Post:
    """A channel; `asked` is every message that was handed to it, `taken` what it took."""

    name: str = "zalo"
    script: deque[Answer] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Outgoing) -> Sent:
        """Take the message, or do what the script says next."""
        with self._lock:
            self.asked.append(message.text)
            answer = self.script.popleft() if self.script else None
        if answer is not None:
            answer(message)
        with self._lock:
            self.taken.append(message.text)
            return Sent(f"z{len(self.taken)}")

    def refuse(self, again: Again, code: str = "", times: int = 1) -> None:
        """The next messages are answered so."""

        def answer(_: Outgoing) -> None:
            raise SendFailed(again, "as the script says", code)

        self.script.extend([answer] * times)

    def swallow(self) -> None:
        """The next message is taken, and its answer lost."""

        def answer(message: Outgoing) -> None:
            self.taken.append(message.text)
            raise SendFailed(Again.UNSURE, "the answer was lost (ReadTimeout)")

        self.script.append(answer)


def make_pump(runtime: Runtime, post: Post, redis_url: str = "", threads: int = 4) -> Pump:
    """A worker's pump of the chat lane, with books of its own on the channel."""
    ceiling = Ceiling(make_settings("sqlite://", redis_url=redis_url))
    return Pump(runtime, "chat", post, ceiling, Hold(runtime, post.name), threads)


def rows(runtime: Runtime) -> list[Row[Any]]:
    """The outbox, oldest first."""
    with runtime.engine.connect() as connection:
        return list(connection.execute(select(outbox).order_by(outbox.c.id)))


def states(runtime: Runtime) -> list[str]:
    """The state of every message, oldest first."""
    return [row.state for row in rows(runtime)]


def drain(pump: Pump) -> None:
    """Turn a pump until nothing is owed now."""
    while pump.turn():
        pass
