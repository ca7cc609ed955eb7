"""A channel that takes every message at once, to measure what is done around a send."""

from dataclasses import dataclass, field
from threading import Lock

from bot.channels.channel import Sent
from bot.core.message import Outgoing


@dataclass(slots=True)
class AtOnce:
    """Takes everything and counts it."""

    name: str = "zalo"
    taken: int = 0
    _lock: Lock = field(default_factory=Lock)

    def send(self, message: Outgoing) -> Sent:
        """Take it."""
        with self._lock:
            self.taken += 1
            return Sent(f"{message.recipient}/{self.taken}")
