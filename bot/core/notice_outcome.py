"""Where a notice goes once its carriers have answered: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.ladder import (
    ECHO_LOOK,
    Clocks,
    PastAttempt,
    Tried,
    ended,
    pause_after_refusal,
)
from bot.core.notice import NoticeEvent, Rung

# The carrier does not take this at night; it takes no more today. zalo-platform 5.5 and 6.
AT_NIGHT = frozenset({"-133", "-234"})
NOT_TODAY = frozenset({"-144", "-147", "-211"})  # -211: by user id, templates only


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What came of one hand-over; `never` when no way would ever take this message."""

    rung: Rung
    state: Tried
    code: str = ""
    reason: str = ""
    never: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """The notice's next state; `again_at` None closes it.

    Shape: `refused` counts this turn; `channel` is the rung that settled it, "" for the present.
    """

    state: str
    again_at: datetime | None = None
    reason: str = ""
    refused: bool = False
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the carriers answered, when notices may go next, and when this one ends."""

    now: datetime
    opens_at: datetime  # `now` itself inside the hours
    opens_tomorrow_at: datetime
    expires_at: datetime


def after_calls(
    event: NoticeEvent,
    outcomes: Sequence[CallOutcome],
    refusals: int,
    moment: Moment,
    clocks: Clocks,
    past: Sequence[PastAttempt] = (),
) -> After:
    """What follows from the answers to one turn's calls: one that was taken is enough.

    Shape: `past` are the attempts before this turn.
    Source: interfaces 5 (Rungs), 2 (the two clocks); zalo-platform 6, 5.5.
    """
    states = {one.state for one in outcomes}
    last = outcomes[-1]
    if Tried.DELIVERED in states:
        return After("delivered")
    if Tried.SENT in states:
        return _taken(event, last.rung, moment, clocks)
    if Tried.UNSURE in states:
        reason = "the carrier's answer was lost"
        return After("unsure", moment.now + ECHO_LOOK, reason)
    never = next((one for one in outcomes if one.never), None)
    if never is not None:
        end = ended(past, "failed", never.reason)
        return After(end.state, None, end.reason, channel=end.channel)
    if Tried.REFUSED in states:
        return _refused(outcomes, refusals, moment)
    if Tried.HELD in states:
        pause = timedelta(seconds=min(20 * 2 ** min(refusals, 6), 120))
        held = next(one for one in outcomes if one.state is Tried.HELD)
        return After("held", moment.now + pause, held.reason, refused=True)
    return After("waiting", moment.now, last.reason)  # the next rung, at once


def _taken(event: NoticeEvent, rung: Rung, moment: Moment, clocks: Clocks) -> After:
    if event is NoticeEvent.OTP:
        return After("sent")
    if rung is Rung.SMS:  # the last rung: only its receipt, or the end, can settle it
        return After("sent", moment.expires_at)
    return After("sent", min(moment.now + clocks.fallback, moment.expires_at))


def _refused(outcomes: Sequence[CallOutcome], refusals: int, moment: Moment) -> After:
    one = next(one for one in outcomes if one.state is Tried.REFUSED)
    if one.code in NOT_TODAY:
        again_at = moment.opens_tomorrow_at
    elif one.code in AT_NIGHT:
        later = moment.opens_at > moment.now
        again_at = moment.opens_at if later else moment.now + pause_after_refusal(refusals)
    else:
        again_at = moment.now + pause_after_refusal(refusals)
    return After("waiting", again_at, one.reason, refused=True)
