"""Whether a figure stays where it is: its slope over the last two thirds of the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import median

HOUR = 3600.0
MOST_POINTS = 150  # of one series; a slope is the median over all pairs
# MiB that memory may grow by in an hour, or a share of its size where that is more. What belongs to
# a process alone (uss) is shown and not judged: it grows wherever a page that was shared since the
# fork is written to, while the whole (rss) stays.
MEMORY: Mapping[str, tuple[float, float]] = {
    "rss": (4.0, 0.02),
    "uss": (float("inf"), 0.0),
    "redis": (1.0, 0.02),
}
# How many more of these may be there in the last third than in the second. A busy moment opens
# connections that close again: what nine looks in ten reach is compared, which a leak lifts.
NUMBERS: Mapping[str, float] = {"handles": 2.0, "threads": 2.0, "connections": 2.0, "files": 4.0}
# What one more thread opens for its connection: SQLite holds the file, its log and their index.
HANDLES_OF_A_THREAD = 3.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One figure of one process.

    Units: MiB or numbers; `growth` of memory in an hour, of numbers from third to third.
    """

    process: str
    figure: str
    first: float
    last: float
    most: float
    growth: float
    allowed: float

    @property
    def flat(self) -> bool:
        """Whether it stays where it is."""
        return self.growth <= self.allowed


def judged(process: str, figure: str, series: Sequence[tuple[float, float]]) -> Judged:
    """Judge one series; its first third is for warming up.

    Shape: `first` and `last` stand for the second and for the last third: medians of memory, of
           numbers what they hardly ever fall below.
    """
    third = len(series) // 3
    kept = series[third:]
    middle = median if figure in MEMORY else least
    first = middle([value for _, value in kept[: len(kept) // 2]])
    last = middle([value for _, value in kept[len(kept) // 2 :]])
    most = max(value for _, value in series)
    if figure in NUMBERS:
        return Judged(process, figure, first, last, most, last - first, NUMBERS[figure])
    number, share = MEMORY[figure]
    allowed = max(number, share * last)
    return Judged(process, figure, first, last, most, slope_of(kept) * HOUR, allowed)


def beside_threads(figures: Sequence[Judged]) -> list[Judged]:
    """The same, with the handles allowed that the threads which came hold by their connections.

    A pool starts a thread when all are busy at once, up to its bound; how many threads may come is
    judged by itself.
    """
    came = {one.process: one.growth for one in figures if one.figure == "threads"}
    return [_beside(one, came.get(one.process, 0.0)) for one in figures]


def _beside(one: Judged, threads: float) -> Judged:
    if one.figure != "handles":
        return one
    more = HANDLES_OF_A_THREAD * min(max(threads, 0.0), NUMBERS["threads"])
    return replace(one, allowed=one.allowed + more)


def least(values: Sequence[float]) -> float:
    """What nine values in ten reach."""
    return sorted(values)[len(values) // 10]


def slope_of(series: Sequence[tuple[float, float]]) -> float:
    """Growth in a second: the median over all pairs (Theil, Sen), which no single peak moves."""
    step = max(1, len(series) // MOST_POINTS)
    points = series[::step]
    slopes = [(w - v) / (u - t) for (t, v), (u, w) in combinations(points, 2) if u > t]
    return median(slopes) if slopes else 0.0
