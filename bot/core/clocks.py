"""Whether a worker's clock agrees with those of the workers beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

# A lease outlives the slowest call by 12 seconds; clocks kept by NTP differ by hundredths.
MOST_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class WorkerClock:
    """A lane of a worker, and how far its clock is ahead of the database's."""

    name: str
    ahead: timedelta


def nearer_clock(own: WorkerClock, others: Iterable[WorkerClock]) -> WorkerClock | None:
    """A lane beside this one whose clock differs, and is nearer to the database's.

    Result: None where all agree, and where this one is the nearest: of two that differ one waits.
    """
    for other in others:
        differ = abs(own.ahead - other.ahead) > MOST_APART
        if differ and (abs(other.ahead), other.name) < (abs(own.ahead), own.name):
            return other
    return None
