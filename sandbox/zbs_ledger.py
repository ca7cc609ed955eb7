"""Template messages by phone: the daily quota and what became of each (manual 5)."""

from collections import OrderedDict
from dataclasses import dataclass

DAILY_QUOTA = 5000
KEPT = 5000


@dataclass(slots=True)
class ZbsMessage:
    """One accepted template message; status 0 pushed, 1 delivered."""

    msg_id: str
    status: int = 0
    delivery_time: str = ""


class ZbsLedger:
    """The day's count and the last messages by id."""

    def __init__(self) -> None:
        self._day, self._used = "", 0
        self._sent: OrderedDict[str, ZbsMessage] = OrderedDict()

    def remaining(self, day: str) -> int:
        """How many may still go on this day."""
        return DAILY_QUOTA - (self._used if day == self._day else 0)

    def enter(self, msg_id: str, day: str) -> ZbsMessage:
        """Write one accepted message down and count it."""
        self._used = self._used + 1 if day == self._day else 1
        self._day = day
        message = self._sent[msg_id] = ZbsMessage(msg_id)
        while len(self._sent) > KEPT:
            self._sent.popitem(last=False)
        return message

    def by_id(self, msg_id: str) -> ZbsMessage | None:
        """The message with this id, while it is kept."""
        return self._sent.get(msg_id)
