"""The contract between the verbs and every carrier."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.core.message import Outgoing
from bot.core.their_words import without_numbers


class Again(StrEnum):
    """What a refusal means for what we do next."""

    LATER = "later"  # not taken; the same message may go after a pause
    PAUSE = "pause"  # the carrier asks all of us to slow down
    NEVER = "never"  # this message will never be taken
    CLOSED = "closed"  # this way to this citizen is closed: another channel
    HALT = "halt"  # our account is at fault: hold everything, call a person
    UNSURE = "unsure"  # the answer was lost: the carrier may have taken it


@dataclass(frozen=True, slots=True)
class Sent:
    """A carrier took a message; `carrier_id` is its name for it ("" when it gave none)."""

    carrier_id: str


class SendFailed(Exception):
    """A message was not taken, or nobody knows.

    Shape: `code` is the carrier's own code ("" when there was none), `said` its own words, and
           `reason` a line for the operator; both without the phone that a carrier may quote.
    """

    def __init__(self, again: Again, reason: str, code: str = "", said: str = "") -> None:
        self.again = again
        self.reason = without_numbers(reason)
        self.code = code
        self.said = without_numbers(said)
        super().__init__(f"{again}: {self.reason}")


class Channel(Protocol):
    """A way out to a citizen."""

    @property
    def name(self) -> str:
        """The channel's name in the outbox."""

    def send(self, message: Outgoing) -> Sent:
        """Hand one message over, or raise SendFailed; safe to call from many threads."""
