"""A notice: what a citizen is told by itself, and the rungs it may go down."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NoticeEvent(StrEnum):
    """What a change of a dossier means to its citizen.

    Source: interfaces 5 (Notices); domain-facts 0.2, 3.1.
    """

    RECEIVED = "received"
    STEP = "step"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    RESULT = "result"
    REFUSED = "refused"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    APOLOGY = "apology"
    CORRECTION = "correction"  # a result that was told and then taken back
    POSTED = "posted"  # the post has collected the result
    POST_BACK = "post_back"  # the post has brought it back to the desk
    OTP = "otp"  # not about a dossier: a one-time code to prove a phone


RESULT_POST = "result_post"  # a result that nobody is to come for: the post brings it


class Rung(StrEnum):
    """A way to a citizen, cheapest first.

    Source: interfaces 5 (Rungs).
    """

    CHAT = "chat"
    TEMPLATE_UID = "template_uid"
    TEMPLATE_PHONE = "template_phone"
    SMS = "sms"


class Lane(StrEnum):
    """Which notices go first: codes that somebody waits for, changes, the evening's apologies."""

    URGENT = "urgent"
    NORMAL = "normal"
    MASS = "mass"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a notice's texts are filled with.

    Shape: `shown_code` is the local code if the dossier has one, else its code; `step` and
           `late` are those of the change that is told; `otp` only for a one-time code. `by_post`
           when the post brings the result; `item_code` only where the post has collected it.
    """

    event: NoticeEvent
    code: str = ""
    shown_code: str = ""
    agency_name: str = ""
    sms_name: str | None = None
    procedure: str = ""
    step: str = ""
    promised_on: date | None = None
    late: bool = False
    otp: str = ""
    by_post: bool = False
    item_code: str = ""

    @property
    def wording(self) -> str:
        """What its template and its text are called: the event, or a result's by post."""
        return RESULT_POST if self.event is NoticeEvent.RESULT and self.by_post else self.event
