"""One owed message on its way through a thread, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot.channels.channel import Again, SendFailed, Sent
from bot.core.message import Outgoing
from bot.store.outbox import Owed


@dataclass(frozen=True, slots=True)
class Attempt:
    """One owed message on its way through a thread."""

    owed: Owed
    outgoing: Outgoing
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an attempt: sent, failed, or never begun (both None).

    Shape: `behind` is the failed attempt of the same citizen that this one has to wait for.
    """

    attempt: Attempt
    sent: Sent | None = None
    failed: SendFailed | None = None
    behind: "Result | None" = None


def broke(fault: Exception) -> SendFailed:
    """A fault of ours as the end of one message: it must not stop the others."""
    return SendFailed(Again.NEVER, f"it broke the code: {type(fault).__name__}")


def by_recipient(attempts: Sequence[Attempt]) -> list[list[Attempt]]:
    """Units of one citizen each, so that their messages arrive in the order they are owed."""

    def recipient(attempt: Attempt) -> str:
        return attempt.owed.recipient

    ordered = sorted(attempts, key=lambda each: (recipient(each), each.owed.id))
    units = [list(unit) for _, unit in groupby(ordered, key=recipient)]
    return sorted(units, key=lambda unit: unit[0].owed.id)
