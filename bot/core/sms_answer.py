"""The answer to one inbound SMS, and whether the question was one."""

from dataclasses import dataclass
from enum import StrEnum


class SmsOutcome(StrEnum):
    """What became of a citizen's SMS."""

    FOUND = "found"
    UNKNOWN = "unknown"
    LIMITED = "limited"  # too many unknown codes: when to come back
    USAGE = "usage"  # no keyword or no code: how to write
    TROUBLE = "trouble"  # we are at fault; never stored, so that the next try is answered


# A question that could not be one, or that we failed to answer, should cost nothing.
NOT_CHARGED = frozenset({SmsOutcome.USAGE, SmsOutcome.TROUBLE})


@dataclass(frozen=True, slots=True)
class SmsAnswer:
    """What goes back to the phone, in plain ASCII."""

    text: str
    outcome: SmsOutcome

    @property
    def charged(self) -> bool:
        """Whether the citizen pays for it, where the aggregator leaves us the choice."""
        return self.outcome not in NOT_CHARGED
