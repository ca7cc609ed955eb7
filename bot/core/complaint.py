"""A complaint after a notice: "Tôi đến nhưng chưa có kết quả", and what its agency answers."""

import re
from datetime import timedelta
from enum import StrEnum

from bot.core.message import Button
from bot.core.notice import NoticeEvent

# The notices that ask a citizen to come; who came in vain says so.
ASKS_TO_COME = frozenset({NoticeEvent.RESULT, NoticeEvent.SUPPLEMENT, NoticeEvent.POST_BACK})
HOLDS_FOR = timedelta(days=30)  # after an older notice one asks anew by the code
LONGEST_ANSWER = 1_000  # characters
_PAYLOAD = re.compile(r"\s*#CHUACO([0-9]{1,18})\s*", re.IGNORECASE)


class Verdict(StrEnum):
    """What the agency found."""

    READY = "ready"  # the result or the desk is there now
    NOT_READY = "not_ready"  # the notice was wrong or came too early
    WAS_READY = "was_ready"  # it was there; asked for at the wrong place, or a misunderstanding


def complaint_button(title: str, notice_id: int) -> Button:
    """The button under a notice by which its citizen says that nothing was there."""
    return Button(title, f"#CHUACO{notice_id}")


def complained_notice(text: str) -> int | None:
    """The notice whose button was pressed; None where the text is no press."""
    found = _PAYLOAD.fullmatch(text)
    return int(found[1]) if found else None
