"""What becomes of one owed chat message: pure rules over what the carrier answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

ECHO_WAIT = timedelta(seconds=30)  # interfaces 5: a lost answer may be repeated after this, once
MOST_LOST_ANSWERS = 2
MOST_CLAIMS = 10  # a message that kills its worker again and again is parked
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30, 45))


class State(StrEnum):
    """Where an owed message is; the first three are open."""

    WAITING = "waiting"
    SENDING = "sending"
    UNSURE = "unsure"  # open: its answer was lost; closed: lost twice, nobody knows
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"
    HELD = "held"


# What an operator and the books are shown.
SHOWN = {State.WAITING: "pending", State.SENDING: "pending"}


@dataclass(frozen=True, slots=True)
class Move:
    """The next state of a message; `again_at` None closes it."""

    state: State
    again_at: datetime | None = None
    reason: str = ""
    still_open_claims: int = 0
    lost_answers: int = 0


def pause_after(refusals: int) -> timedelta:
    """How long to wait after a message was put back `refusals` times before.

    Result: at most 45 s, so that a reply goes within 60 s once it can.
    """
    return PAUSES[min(refusals, len(PAUSES) - 1)]


def may_repeat(lost_answers: int) -> bool:
    """Whether a chat reply whose answer was lost may go once more."""
    return lost_answers < MOST_LOST_ANSWERS
