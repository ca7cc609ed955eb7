"""What a carrier's answer means for one recipient of an announcement: pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.channels.channel import Again, SendFailed
from bot.channels.zalo_calls import TemplateAtFault
from bot.core.announcement import Road
from bot.core.delivery import pause_after
from bot.notice_send import WALLET_CODES

MOST_REFUSALS = 8  # of "not now" in the carrier's own words
# The uploaded picture is gone: uploaded again, the message may go. zalo-platform 6.
PICTURE_GONE = frozenset({"-100", "-238", "-241"})
# Nobody's refusal: those who left, or said that they want no announcements, since it was planned.
OPTED_OUT, UNFOLLOWED = "optout", "unfollowed"
SKIPPED = frozenset({OPTED_OUT, UNFOLLOWED})
BROKE = "broke"  # a fault of ours, or a phone that is not there any more
LOST = "lost"  # the answer was lost and nothing told of the message since


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a recipient goes after a hand-over.

    Shape: `again_at` None closes it; `code` is the carrier's or a word of ours. `upload` asks for
           the picture to be uploaded again; `halt`, when not "", for the whole announcement to be
           paused, because everybody else would be refused alike.
    """

    state: str
    road: Road
    again_at: datetime | None = None
    code: str = ""
    refusals: int = 0
    upload: bool = False
    halt: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A hand-over as it was tried: by which road, how often refused before, what roads are left."""

    road: Road
    refusals: int
    ways: tuple[Road, ...]
    free: bool = True


def after_refusal(
    tried: Tried, failed: SendFailed, now: datetime, unsure_after: timedelta
) -> Outcome:
    """Where a recipient goes whose message was not taken.

    An announcement whose answer was lost is never sent again: nobody gets it twice.
    """
    code, road = failed.code[:40], tried.road
    if code in SKIPPED:
        return Outcome("skipped", road, code=code)
    if failed.again is Again.UNSURE:
        return Outcome("unsure", road, now + unsure_after, code or LOST)
    if isinstance(failed, TemplateAtFault):
        reason = f"Zalo từ chối mẫu tin ({failed.code}): {failed.said or failed.reason}"
        return Outcome("waiting", road, now + timedelta(minutes=1), code, halt=reason)
    if code in PICTURE_GONE and road is Road.CHAT:
        return _later(tried, failed, now, upload=True)
    if failed.again is Again.CLOSED or (tried.free and code in WALLET_CODES):
        return _next_road(tried, failed, now)
    if failed.again is Again.NEVER:
        return Outcome("failed", road, code=code or BROKE)
    return _later(tried, failed, now)


def _later(tried: Tried, failed: SendFailed, now: datetime, upload: bool = False) -> Outcome:
    """Not taken for now; refused in so many words too often, it has failed."""
    counted = failed.again in (Again.LATER, Again.NEVER) and bool(failed.code)
    refusals = tried.refusals + (1 if counted else 0)
    if refusals >= MOST_REFUSALS:
        return Outcome("failed", tried.road, code=failed.code[:40])
    again_at = now + pause_after(tried.refusals)
    return Outcome(
        "waiting", tried.road, again_at, failed.code[:40], refusals=refusals, upload=upload
    )


def _next_road(tried: Tried, failed: SendFailed, now: datetime) -> Outcome:
    """This road is closed to this citizen: the next one, if there is one."""
    if tried.road is Road.CHAT and Road.TEMPLATE_UID in tried.ways:
        return Outcome("waiting", Road.TEMPLATE_UID, now)
    return Outcome("failed", tried.road, code=failed.code[:40] or BROKE)
