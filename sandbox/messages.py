"""What stands in the chats: the last bubbles of every phone."""

import itertools
import secrets
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import shown

KEPT = 500


@dataclass(slots=True)
class Bubble:
    """One message on a citizen's screen.

    Shape: `card` is the layout of a template message, `brandname` the sender of an SMS from a
           gateway and `parts` how many parts it was billed as.
    """

    id: int
    user: str
    alias: str
    sender: str
    kind: str
    text: str
    msg_id: str
    moment: float
    buttons: list[dict[str, Any]] = field(default_factory=list)
    quote: str = ""
    url: str = ""
    channel: str = "zalo"
    reaction: str = ""
    template_id: str = ""
    card: dict[str, Any] = field(default_factory=dict)
    brandname: str = ""
    parts: int = 0

    def seen(self) -> dict[str, Any]:
        """The bubble as the page and the control API show it."""
        row = asdict(self)
        row["from"] = row.pop("sender")
        row["at"] = shown(row.pop("moment"))
        return row


class Messages:
    """The last bubbles, oldest first, found again by their message id."""

    def __init__(self) -> None:
        self._ring: deque[Bubble] = deque()
        self._by_msg_id: dict[str, Bubble] = {}
        self._next = itertools.count(1)

    def add(self, **what: Any) -> Bubble:
        """Put one bubble at the end; the oldest falls out of a full ring."""
        bubble = Bubble(id=next(self._next), **what)
        self._enter(bubble)
        return bubble

    def by_msg_id(self, msg_id: str) -> Bubble | None:
        """The bubble with this message id, while it is kept."""
        return self._by_msg_id.get(msg_id)

    def of(self, uid: str | None = None) -> list[Bubble]:
        """All bubbles, or one person's, oldest first."""
        return [one for one in self._ring if uid is None or one.user == uid]

    def saved(self) -> list[dict[str, Any]]:
        """All bubbles, as kept across restarts."""
        return [asdict(one) for one in self._ring]

    def restore(self, kept: list[dict[str, Any]]) -> None:
        """Take back what was kept."""
        for row in kept:
            self._enter(Bubble(**row))
        last = max((one.id for one in self._ring), default=0)
        self._next = itertools.count(last + 1)

    def _enter(self, bubble: Bubble) -> None:
        self._ring.append(bubble)
        self._by_msg_id[bubble.msg_id] = bubble
        if len(self._ring) > KEPT:
            self._by_msg_id.pop(self._ring.popleft().msg_id, None)


def new_msg_id() -> str:
    """A message id as Zalo writes them: 20 lower-case hex characters (manual 0)."""
    return secrets.token_hex(10)
