"""The contract between the verbs and a postal service; bot/channels/vnpost.py is one."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.post_order import PostOrder
from bot.core.postal import Tracked

MOST_TRACKED = 100  # lines of a page


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """An order that the service has; `again` when it had it before.

    Shape: `item_code` is the service's name for the parcel, "" when it tells none.
    """

    item_code: str
    again: bool = False


class Cancelled(StrEnum):
    """What came of a wish to cancel an order."""

    DONE = "done"
    TOO_LATE = "too_late"  # it was collected already
    UNKNOWN = "unknown"  # the service has no such order


@dataclass(frozen=True, slots=True)
class TrackedPage:
    """Lines of tracking in the order of their ids, and the last id that was looked at."""

    lines: tuple[Tracked, ...]
    last_id: int


class PostService(Protocol):
    """A postal service. Every call may be repeated: an order is known by its number.

    Errors: SendFailed. NEVER: refused for good, `said` its words; HALT: our account is at fault;
            PAUSE, LATER, UNSURE: the same call may be made again.
    """

    @property
    def name(self) -> str:
        """The service's name in logs."""

    def order(self, order: PostOrder) -> OrderTaken:
        """Order that a result be collected and brought."""

    def cancel(self, number: str) -> Cancelled:
        """Take an order back."""

    def track(self, after: int) -> TrackedPage:
        """The next lines of tracking behind an id, at most MOST_TRACKED."""
