"""What a dossier's changes mean, and when a notice is true: the contract's words, told anew.

Source: interfaces 5 (Notices); domain-facts 3.1.
"""

from dataclasses import dataclass
from datetime import datetime

RESULT_STEP = "Trả kết quả"
OWN = {3: "refused", 6: "payment", 7: "withdrawn", 8: "stopped", 10: "returned"}


@dataclass(slots=True)
class Dossier:
    """A dossier as its one-stop desk has it; `phone` as the citizen writes it, or ""."""

    code: str
    status: int
    step: str
    at_desk: bool
    changed_at: datetime
    phone: str
    zalo: bool = True
    sms: bool = True


def at_result(dossier: Dossier) -> bool:
    """Whether the citizen may collect."""
    return dossier.status == 9 or (dossier.status in (1, 2, 4) and dossier.step == RESULT_STEP)


def holds(event: str, dossier: Dossier) -> bool:
    """Whether what a notice says of a status is true of the dossier now."""
    if event == "result":
        return at_result(dossier)
    if event == "correction":
        return not at_result(dossier)
    if event == "received":
        return dossier.status not in (3, 7, 8, 10)
    statuses = {"supplement": 5, **{name: status for status, name in OWN.items()}}
    return event not in statuses or dossier.status == statuses[event]


def earns(was: Dossier, now: Dossier) -> set[str]:
    """The events of which a change earns one; none in it: the change may earn nothing."""
    if at_result(now) and not at_result(was):
        return set() if was.status == 10 else {"result"}
    own = _own(was, now)
    if own:
        return {own}
    if at_result(was) and not at_result(now) and now.status != 10:
        return {"correction", *_plain(was, now)}
    return _plain(was, now)


def _own(was: Dossier, now: Dossier) -> str:
    if now.status == 5:
        waited = was.status == 5 and was.at_desk
        return "supplement" if now.at_desk and not waited else ""
    return OWN.get(now.status, "") if now.status != was.status else ""


def _plain(was: Dossier, now: Dossier) -> set[str]:
    if now.status == 5 and not now.at_desk:
        return set()
    if now.status == was.status:
        return {"step"} if now.step != was.step else set()
    return {"received"} if now.status == 2 and was.status in (1, 3, 5) else {"step"}
