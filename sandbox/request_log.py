"""The log of HTTP requests both ways, for the page and for tests."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import shown

KEPT = 300
SECRET = re.compile(r"token|secret|signature|proof|feed-key|authorization|cookie", re.IGNORECASE)
SHOWN = re.compile(r"token|secret_key|proof|^x-|^num_retry|^content-type", re.IGNORECASE)


@dataclass(slots=True)
class Logged:
    """One request: `direction` is `in` from the product, `out` to it."""

    direction: str
    method: str
    path: str
    status: int
    error: int | str | None
    ms: float
    moment: float
    summary: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def seen(self) -> dict[str, Any]:
        """The entry as the page and the control API show it."""
        row = asdict(self)
        row["at"] = shown(row.pop("moment"))
        return row


class RequestLog:
    """The last requests, oldest first."""

    def __init__(self) -> None:
        self._ring: deque[Logged] = deque(maxlen=KEPT)

    def add(self, entry: Logged) -> None:
        """Put one entry at the end."""
        self._ring.append(entry)

    def seen(self, last: int = KEPT) -> list[dict[str, Any]]:
        """The newest `last` entries, oldest first."""
        return [entry.seen() for entry in list(self._ring)[-last:]]


def masked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth seeing, with tokens and signatures cut to their first characters."""
    worth = {name: value for name, value in headers.items() if SHOWN.search(name)}
    return {
        name: f"{value[:4]}…({len(value)})" if SECRET.search(name) else value
        for name, value in worth.items()
    }
