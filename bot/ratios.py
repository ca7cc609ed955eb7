"""Ratios of figures by the formulas in qd766.toml: numerator, denominator, threshold, points."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from bot.store.book_counts import OPEN_IN_TIME, OPEN_LATE
from bot.store.book_tables import LINE_FIGURES

# What stands at a period's end, beside what happened in it.
STATE_FIGURES: Mapping[str, str] = MappingProxyType(
    {OPEN_IN_TIME: "open_in_time", OPEN_LATE: "open_late"}
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One ratio as data; `points` is None where the decision gives none."""

    name: str
    group: str
    of: tuple[str, ...]
    less: tuple[str, ...]
    over: tuple[str, ...]
    full_from: float
    points: int | None


@dataclass(frozen=True, slots=True)
class Missing:
    """An indicator that cannot be computed here, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Ratios:
    """What the file says."""

    ratios: tuple[Ratio, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """A ratio of a period; `share` and `score` are None where there is nothing to divide by."""

    ratio: Ratio
    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        return self.part / self.whole if self.whole else None

    @property
    def score(self) -> float | None:
        """Points × min(1, ratio / threshold)."""
        if self.share is None or self.ratio.points is None:
            return None
        return self.ratio.points * min(1.0, self.share / self.ratio.full_from)


@cache
def load_ratios(path: Path | None = None) -> Ratios:
    """Read qd766.toml, the packaged one by default.

    Errors: ValueError naming the ratio and what is wrong with it; OSError when it cannot be read.
    """
    source = path if path is not None else files("bot").joinpath("data", "qd766.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return Ratios(
        tuple(_ratio(one) for one in table.get("ratio", ())),
        tuple(Missing(one["name"], one["why"]) for one in table.get("missing", ())),
    )


def _ratio(one: Mapping[str, object]) -> Ratio:
    name = str(one.get("name", ""))
    parts = [_figures(name, one.get(key)) for key in ("of", "less", "over")]
    full_from, points = one.get("full_from"), one.get("points")
    if not isinstance(full_from, float) or not 0 < full_from <= 1:
        raise ValueError(f"qd766.toml, {name!r}: full_from must lie above 0 and up to 1.0")
    if points is not None and not isinstance(points, int):
        raise ValueError(f"qd766.toml, {name!r}: points must be a whole number")
    of, less, over = parts
    return Ratio(name, str(one.get("group", "")), of, less, over, full_from, points)


def _figures(name: str, typed: object) -> tuple[str, ...]:
    names = tuple(str(one) for one in typed) if isinstance(typed, list) else ("",)
    known = {*LINE_FIGURES, *STATE_FIGURES.values()}
    strange = [one for one in names if one not in known]
    if strange:
        raise ValueError(f"qd766.toml, {name!r}: {strange[0]!r} is no figure of the books")
    return names


def reached(figures: Mapping[str, int]) -> Sequence[Reached]:
    """Every ratio of these figures that they can tell: one that needs what stood at the end of the
    period is left out where that is not among them."""

    states = set(STATE_FIGURES.values())

    def total(names: Sequence[str]) -> int:
        return sum(figures.get(name, 0) for name in names)

    return [
        Reached(ratio, total(ratio.of) - total(ratio.less), total(ratio.over))
        for ratio in load_ratios().ratios
        if all(name in figures or name not in states for name in (*ratio.of, *ratio.over))
    ]
