"""An agency and its place among the others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

# What a desk says of itself, and how many characters of it are kept.
DESK_FACTS: Mapping[str, int] = MappingProxyType(
    {
        "address": 300,
        "open_hours": 200,
        "hotline": 40,
        "place": 60,
        "desk_name": 200,
        "work_hours": 60,
        "code_head": 40,
    }
)


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with a one-stop desk; `parent` is the code of the one above it.

    Shape: from `address` on, what slips and pages say of its desk; None where nothing was said.
           `work_hours` as bot.core.appointment reads them; `code_head` begins its receipt codes.
           `valid_from` and `valid_to` are the first and the last day on which it takes in, None
           for no such day; `successor` the code of the one that follows it then. `served_by` is
           the one that does its work today, None for itself; `ladder` what bot.core.agency_ladder
           reads.
    """

    code: str
    name: str
    sms_name: str | None
    parent: str | None
    same_day_notices: bool
    step_sms: bool
    result_hold_minutes: int
    sms_unicode: bool = False  # SMS with diacritics, which cost more parts
    address: str | None = None
    open_hours: str | None = None
    hotline: str | None = None
    place: str | None = None
    desk_name: str | None = None
    work_hours: str | None = None
    code_head: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    served_by: str | None = None
    ladder: str = ""

    @property
    def above(self) -> str | None:
        """Whom it stands below today: once it is merged, the agency that does its work."""
        return self.served_by or self.parent

    def has_ended(self, day: date) -> bool:
        """Whether its last day lies behind."""
        return self.valid_to is not None and self.valid_to < day

    def takes_in(self, day: date) -> bool:
        """Whether its desk takes in something new that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and not self.has_ended(day)

    @property
    def head(self) -> str:
        """What the receipt codes of its own desk begin with."""
        return self.code_head or self.code


def line_up(parents: Mapping[str, str | None], code: str) -> tuple[str, ...]:
    """The codes of an agency and of those above it, nearest first; empty when it is not known."""
    found: list[str] = []
    step: str | None = code
    while step is not None and step in parents and step not in found:
        found.append(step)
        step = parents[step]
    return tuple(found)


def parents_of(agencies: Mapping[str, Agency]) -> dict[str, str | None]:
    """The code of the agency above, as things stand today, for every agency."""
    return {code: one.above for code, one in agencies.items()}


def family(parents: Mapping[str, str | None], head: str) -> frozenset[str]:
    """The codes of an agency and of all below it; empty when the agency is not known.

    Shape: `parents` gives the code of the agency above, or None, for every agency.
    """
    if head not in parents:
        return frozenset()
    children = defaultdict(list)
    for code, parent in parents.items():
        children[parent].append(code)
    found: set[str] = set()
    waiting = [head]
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(children[code])
    return frozenset(found)
