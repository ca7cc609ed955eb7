"""One line of the table: what was measured, against which floor and bar."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("what", "figure", "floor in the same run", "ratio", "bar", "reached")


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as people read it; `reached` is None where no bar was set."""

    what: str
    figure: str
    floor: str = ""
    ratio: str = ""
    bar: str = ""
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The columns as text."""
        answer = "" if self.reached is None else "yes" if self.reached else "NO"
        return (self.what, self.figure, self.floor, self.ratio, self.bar, answer)


def as_table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table that also reads well on a terminal."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADS))]

    def line_of(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line_of(HEADS), rule, *(line_of(line) for line in lines[1:])])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
