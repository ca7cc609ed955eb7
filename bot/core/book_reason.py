"""Why a message was not sent or did not arrive, in few words that can be counted."""

from enum import StrEnum


class Reason(StrEnum):
    """One class of reasons.

    Source: bot.core.ladder, notice_truth, notice_rules (what they say of a closed notice).
    """

    PHONE_MISSING = "phone_missing"
    PHONE_INVALID = "phone_invalid"
    PHONE_LANDLINE = "phone_landline"
    PHONE_BAD = "phone_bad"  # two messages failed at it for good
    NOT_TICKED = "not_ticked"
    LEFT_OUT = "left_out"  # by the agency's ladder
    NO_TEMPLATE = "no_template"
    NO_FOLLOWER = "no_follower"
    NO_GATEWAY = "no_gateway"
    TAKEN_BACK = "taken_back"
    MOVED_ON = "moved_on"
    SAID_ALREADY = "said_already"
    TOO_LATE = "too_late"
    REFUSED = "refused"  # by every carrier that could have taken it
    OTHER = "other"


# In this order: the first phrase that a reason holds decides. A notice that found no way names
# each rung with its fault; what counts is what closed the last of them, most often the phone.
_PHRASES: tuple[tuple[str, Reason], ...] = (
    ("took the result back", Reason.TAKEN_BACK),
    ("same words went to this person", Reason.SAID_ALREADY),
    ("phone missing", Reason.PHONE_MISSING),
    ("phone invalid", Reason.PHONE_INVALID),
    ("phone landline", Reason.PHONE_LANDLINE),
    ("number marked bad", Reason.PHONE_BAD),
    ("left out by the agency", Reason.LEFT_OUT),
    ("SMS not ticked", Reason.NOT_TICKED),
    ("no SMS gateway", Reason.NO_GATEWAY),
    ("sms: refused", Reason.REFUSED),
    ("closed after 72 hours", Reason.TOO_LATE),
    ("the code expired", Reason.TOO_LATE),
    ("the dossier has", Reason.MOVED_ON),
    ("the dossier is", Reason.MOVED_ON),
    ("the due date has moved", Reason.MOVED_ON),
    ("the result is ready again", Reason.MOVED_ON),
    ("the result had not been told", Reason.MOVED_ON),
    ("not ticked on the form", Reason.NOT_TICKED),
    ("takes no templates", Reason.NO_TEMPLATE),
    ("no template", Reason.NO_TEMPLATE),
    ("no follower", Reason.NO_FOLLOWER),
    ("no linked follower", Reason.NO_FOLLOWER),
    ("refused", Reason.REFUSED),
)


def reason_of(said: str) -> Reason:
    """The class of what was written down when a notice was closed."""
    for phrase, reason in _PHRASES:
        if phrase in said:
            return reason
    return Reason.REFUSED if said[:1].isdigit() or said.startswith("-") else Reason.OTHER
