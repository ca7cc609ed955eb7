"""An agency and its place among the others."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency with a one-stop desk; `parent` is the code of the one above it."""

    code: str
    name: str
    sms_name: str | None
    parent: str | None
    same_day_notices: bool
    step_sms: bool
    result_hold_minutes: int
    sms_unicode: bool = False  # SMS with diacritics, which cost more parts


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


def would_close_a_circle(parents: Mapping[str, str | None], code: str, parent: str) -> bool:
    """Whether an agency would come to stand above itself, were `parent` put above it."""
    return parent in family(parents, code) or parent == code
