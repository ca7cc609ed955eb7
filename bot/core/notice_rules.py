"""Which notice a change of a dossier earns: pure rules over what held before and what holds now.

Source: interfaces 5 (Notices); domain-facts 0.2, 3.1.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from bot.core.agency import Agency
from bot.core.dossier import Status
from bot.core.notice import NoticeEvent
from bot.core.snapshot import Known
from receipts.clean import clean, fold

RESULT_STEP = "tra ket qua"  # folded "Trả kết quả"
# What the step says counts for nothing once one of these says otherwise.
NEVER_RESULT = frozenset(
    {
        Status.REFUSED,
        Status.SUPPLEMENT,
        Status.PAYMENT,
        Status.WITHDRAWN,
        Status.STOPPED,
        Status.RETURNED,
    }
)
# Entering one of these is an event of its own.
ENTERED: Mapping[int, NoticeEvent] = MappingProxyType(
    {
        Status.REFUSED: NoticeEvent.REFUSED,
        Status.PAYMENT: NoticeEvent.PAYMENT,
        Status.WITHDRAWN: NoticeEvent.WITHDRAWN,
        Status.STOPPED: NoticeEvent.STOPPED,
        Status.RETURNED: NoticeEvent.RETURNED,
    }
)
RECEIVED_FROM = frozenset({Status.REGISTERED, Status.REFUSED, Status.SUPPLEMENT})
TAKEN_BACK = "the source took the result back before it was told"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one change means to the citizen.

    Shape: `event` None when it is no news; `takes_back` when a result that was not told yet is
           not to be told any more; `untold` stands in for a correction where there is nothing
           to correct, because the result never was told.
    """

    event: NoticeEvent | None = None
    takes_back: bool = False
    untold: NoticeEvent | None = None

    def owed(self, result_was_told: bool) -> NoticeEvent | None:
        """The event to owe; None for none."""
        if self.event is NoticeEvent.CORRECTION and not result_was_told:
            return self.untold
        return self.event


class Standing(Protocol):
    """Anything that says where a dossier stands."""

    @property
    def status(self) -> int:
        """The national status, 1 to 10."""

    @property
    def step(self) -> str:
        """The present step's name."""


def is_in_result(known: Standing) -> bool:
    """Whether the citizen may come for the result: status 9, or step "Trả kết quả".

    Shape: the step in any case, with or without diacritics, composed or not.
    """
    if known.status == Status.RESULT:
        return True
    if known.status in NEVER_RESULT:
        return False
    return " ".join(fold(clean(known.step)).split()) == RESULT_STEP


def meaning(earlier: Known | None, now: Known, same_day: bool, agency: Agency) -> Meaning:
    """What a change means, by what was known before; `earlier` is None at first sight.

    Same-day procedures earn nothing unless their agency wants it; a result that waits is
    dropped all the same when the dossier leaves it.
    """
    meant = _first_sight(now) if earlier is None else _change(earlier, now)
    if same_day and not agency.same_day_notices:
        return Meaning(takes_back=meant.takes_back)
    return meant


def _first_sight(now: Known) -> Meaning:
    # One platform first reports supplement, payment and stop cases as 9. Source: domain-facts 3.1.
    return Meaning(NoticeEvent.RECEIVED if now.status == Status.RECEIVED else None)


def _change(earlier: Known, now: Known) -> Meaning:
    was, stands = is_in_result(earlier), is_in_result(now)
    if stands and not was:
        handed_out = earlier.status == Status.RETURNED  # told long ago: only a click undone
        return Meaning(None if handed_out else NoticeEvent.RESULT)
    takes_back = was and not stands and now.status != Status.RETURNED
    own = _own_event(earlier, now)
    if own is not None or not takes_back:
        return Meaning(own or _plain_event(earlier, now), takes_back)
    return Meaning(NoticeEvent.CORRECTION, takes_back, untold=_plain_event(earlier, now))


def _own_event(earlier: Known, now: Known) -> NoticeEvent | None:
    """The event whose text says all that a citizen must know, a result taken back included."""
    if now.status == Status.SUPPLEMENT:
        return NoticeEvent.SUPPLEMENT if _waits(now) and not _waits(earlier) else None
    return ENTERED.get(now.status) if now.status != earlier.status else None


def _waits(known: Known) -> bool:
    """Whether the papers lie at the desk for the citizen to supplement."""
    return known.status == Status.SUPPLEMENT and known.at_desk


def _plain_event(earlier: Known, now: Known) -> NoticeEvent | None:
    if now.status == Status.SUPPLEMENT and not now.at_desk:
        return None  # the citizen can do nothing yet: the desk will say when
    if now.status == earlier.status:
        return None if _same(earlier.step, now.step) else NoticeEvent.STEP
    if now.status == Status.RECEIVED and earlier.status in RECEIVED_FROM:
        return NoticeEvent.RECEIVED
    return NoticeEvent.STEP


def _same(step: str, other: str) -> bool:
    return unicodedata.normalize("NFC", step) == unicodedata.normalize("NFC", other)
