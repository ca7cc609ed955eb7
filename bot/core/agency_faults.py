"""What cannot be of an agency: which of its facts, what came, and what was expected."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong; the command line and the pages have words for each."""

    CODE_FORM = "code.form"
    CODE_TAKEN = "code.taken"
    LENGTH = "length"  # of a name or a desk's fact; `about` is the most it may have
    MINUTES = "minutes"
    HOURS = "hours"  # `about` is why they cannot be read
    HEAD_FORM = "head.form"
    HEAD_TAKEN = "head.taken"
    DATE_FORM = "date.form"
    DATES_ORDER = "dates.order"  # `about` is the first day
    UNKNOWN = "unknown"  # nobody has added this agency
    BEYOND = "beyond"  # not among those that whoever acts may name
    PARENT_NONE = "parent.none"
    PARENT_BELOW = "parent.below"  # `about` is the agency itself
    SUCCESSOR_BELOW = "successor.below"  # likewise
    ENDS_NEVER = "ends.never"  # a successor, here `about`, and no last day
    GAP = "gap"  # the successor begins later; `about` is its first day
    SUCCESSOR_ENDED = "successor.ended"  # before, and none follows; `about` is its last day
    FOLLOWED = "followed"  # the one that came relies on it; `about` is that one's last day
    SINCE_NONE = "since.none"  # a new name has no first day
    SINCE_EARLY = "since.early"  # `about` is the first day of the newest name
    NAME_SAME = "name.same"
    NOT_COMING = "not.coming"  # no name is to come on that day
    RUNGS_NONE = "rungs.none"
    RUNGS_BEYOND = "rungs.beyond"  # `about` is what may be chosen of
    SWITCH_FORM = "switch.form"
    CELLS = "cells"  # more cells in a row than there are columns, `about`


@dataclass(frozen=True, slots=True)
class Misfit:
    """One fact that cannot be: `field` as bot.core.agency.Agency names it."""

    kind: Kind
    field: str
    came: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Stale:
    """A fact that another has changed since the form was opened."""

    seen: str
    now: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was changed: what cannot be, or what was changed meanwhile, by fact."""

    misfits: tuple[Misfit, ...] = ()
    stale: Mapping[str, Stale] = field(default_factory=dict)
