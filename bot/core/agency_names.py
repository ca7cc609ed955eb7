"""What an agency was, is and will be called, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class AgencyName:
    """A name and its first day, None for from the beginning; `begun` once it has come into force.

    Shape: `until` is its last day, None while no other is known to follow.
    """

    id: int
    since: date | None
    name: str
    sms_name: str | None
    begun: bool
    until: date | None = None


def in_turn(names: Sequence[AgencyName]) -> list[AgencyName]:
    """The names by their first days, each with its last one."""
    ordered = sorted(names, key=lambda one: one.since or date.min)
    days = [one.since for one in ordered[1:]]
    ends = [*(day - timedelta(days=1) if day else None for day in days), None]
    return [replace(one, until=until) for one, until in zip(ordered, ends, strict=False)]


def in_force(names: Sequence[AgencyName], day: date) -> AgencyName | None:
    """The name of that day; None when none is known."""
    begun = [one for one in in_turn(names) if one.since is None or one.since <= day]
    return begun[-1] if begun else None
