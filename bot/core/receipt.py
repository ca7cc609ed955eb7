"""What a carrier reports of a message after it took it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.phone import Phone


class Reported(StrEnum):
    """What became of a message, as its carrier says later."""

    DELIVERED = "delivered"
    SEEN = "seen"
    FAILED = "failed"  # will never arrive; the next rung may be tried


@dataclass(frozen=True, slots=True)
class DeliveryReceipt:
    """One report.

    Shape: `refs` are the names the message may be known by: our request id, the carrier's id;
           at least one. `code` and `said` are the carrier's, verbatim. `permanent` tells of a
           FAILED one that the number itself is at fault. `phone`, where the carrier tells it,
           must be the one that was written to: its ids alone may be guessed.
    """

    carrier: str  # zalo | zbs | esms | speedsms | vietguys
    refs: tuple[str, ...]
    state: Reported
    at: datetime
    code: str = ""
    said: str = ""
    permanent: bool = False
    phone: Phone | None = None
