"""Rules of the second factor: who needs one, what a typed code is, which moments it may be of."""

from collections.abc import Collection
from datetime import datetime

from bot.core.staff import Role

# Whoever can let others in, or let words out to everybody.
NEEDED_BY = frozenset({Role.ADMINISTRATOR, Role.APPROVER})
STEP = 30  # seconds that a code is shown for (RFC 6238, section 5.2)
DRIFT = 1  # steps that a telephone's clock may be off, either way
DIGITS = 6
RECOVERY_CODES = 10
# Without letters that are read for one another; three groups of four are 59 bits.
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_GROUPS, RECOVERY_GROUP = 3, 4
FEW_LEFT = 3  # recovery codes; so few are told


def needs_factor(roles: Collection[Role]) -> bool:
    """Whether an account with these roles must have a second factor where one is required."""
    return not NEEDED_BY.isdisjoint(roles)


def plain_code(typed: str) -> str:
    """A code as it is compared: without blanks and hyphens, in lower case."""
    return "".join(typed.split()).replace("-", "").lower()[:40]


def is_shown_code(plain: str) -> bool:
    """Whether it has the form of what a telephone shows; else it is a recovery code, or wrong."""
    return len(plain) == DIGITS and plain.isascii() and plain.isdigit()


def steps_near(now: datetime) -> tuple[int, ...]:
    """The steps whose codes are taken now, the likeliest first.

    Units:  steps of 30 s since 1970.
    Source: RFC 6238, section 5.2 (one step of network delay and drift either way).
    """
    present = int(now.timestamp()) // STEP
    return present, *(present + sign * far for far in range(1, DRIFT + 1) for sign in (-1, 1))
