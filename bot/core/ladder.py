"""Which way a notice goes next: pure rules over what is known of it.

Source: interfaces 5 (Rungs), 2 (the two clocks); domain-facts 5, 10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.notice import NoticeEvent, Rung

ORDER = (Rung.CHAT, Rung.TEMPLATE_UID, Rung.TEMPLATE_PHONE, Rung.SMS)
# What each event may go down; a step goes by SMS only where its agency switched that on.
RUNGS: Mapping[NoticeEvent, tuple[Rung, ...]] = {
    NoticeEvent.RECEIVED: ORDER,
    NoticeEvent.STEP: ORDER[:3],
    NoticeEvent.SUPPLEMENT: ORDER,
    NoticeEvent.PAYMENT: ORDER,
    NoticeEvent.RESULT: ORDER,
    NoticeEvent.REFUSED: ORDER,
    NoticeEvent.STOPPED: ORDER,
    NoticeEvent.WITHDRAWN: ORDER[:3],
    NoticeEvent.RETURNED: ORDER[:3],
    NoticeEvent.APOLOGY: ORDER,
    NoticeEvent.CORRECTION: ORDER,
    # It names the item code, which is for a proved phone's chat alone.
    NoticeEvent.POSTED: (Rung.CHAT,),
    NoticeEvent.POST_BACK: ORDER,
    # Whoever asked for a code waits with the phone in hand: it goes to that phone alone.
    NoticeEvent.OTP: (Rung.TEMPLATE_PHONE, Rung.SMS),
}
MOST_REFUSALS = 3  # of one way, by an answer that says "later": then the next way
FREE_WINDOW = timedelta(hours=48)  # zalo-platform 3.6
SAME_WORDS = timedelta(hours=24)  # interfaces 5: no same text to the same person within
LEFT_OUT = "left out by the agency"
SAID = "the same words went to this person within 24 hours"
ECHO_LOOK = timedelta(seconds=30)  # a lost answer's echo mostly comes within this
REFUSAL_PAUSES = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10))


class Tried(StrEnum):
    """Where one attempt is."""

    SENDING = "sending"  # handed to the network; no outcome is recorded yet
    SENT = "sent"  # taken, not known to have arrived
    DELIVERED = "delivered"
    UNSURE = "unsure"  # the answer was lost
    REFUSED = "refused"  # not taken; the same way may be tried again
    HELD = "held"  # not taken, and the fault is not this notice's: does not count
    FAILED = "failed"  # this way is closed


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt of this notice, as far as the next step depends on it."""

    rung: Rung
    recipient: str
    state: Tried
    begun_at: datetime
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Contact:
    """A linked follower and when they last did something."""

    user_id: str
    last_interaction_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ways:
    """What leads to this citizen at this moment.

    Shape: `phone` is the recipient's mark of a mobile number, "" for none; `template` tells
           whether the event has one; `bad_phone` and `no_template` what earlier messages taught;
           `left` the rungs that the agency leaves to the event, None for the usual ones.
    """

    contacts: tuple[Contact, ...] = ()
    phone: str = ""
    phone_line: str = "missing"
    notify_zalo: bool = False
    notify_sms: bool = True
    template: bool = False
    gateway: bool = False
    step_sms: bool = False
    bad_phone: bool = False
    no_template: bool = False
    left: tuple[Rung, ...] | None = None


@dataclass(frozen=True, slots=True)
class Clocks:
    """The settings' waiting times."""

    window: timedelta
    fallback: timedelta
    unsure: timedelta


@dataclass(frozen=True, slots=True)
class Situation:
    """One notice at its turn.

    Shape: `untrue` says why the notice no longer holds ("" when it does); `said_at` when the
           same words went to the same person within a day, `corrected` that they were taken
           back since; `opens_at` is the moment from which notices may go, `now` itself inside
           the hours.
    """

    event: NoticeEvent
    now: datetime
    expires_at: datetime
    opens_at: datetime
    ways: Ways
    past: tuple[PastAttempt, ...] = ()
    untrue: str = ""
    said_at: datetime | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Hand the notice over: to each of these, on this rung; `turn` by recipient."""

    rung: Rung
    recipients: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again at `until`; `state` is what an operator is shown meanwhile."""

    until: datetime
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """The notice is settled."""

    state: str
    reason: str = ""
    channel: str = ""


Decision = Send | Wait | Close


def decide(situation: Situation, clocks: Clocks) -> Decision:
    """What to do with a notice at its turn."""
    delivered = [one for one in situation.past if one.state is Tried.DELIVERED]
    if delivered:
        return Close("delivered", channel=str(delivered[-1].rung))
    if situation.now >= situation.expires_at:
        return _too_late(situation)
    pending = _pending(situation, clocks)
    if pending is not None:
        return pending
    return _next(situation, clocks)


def _pending(situation: Situation, clocks: Clocks) -> Wait | Close | None:
    """What an attempt that is still open makes us wait for; None when nothing does any more."""
    now = situation.now
    sent = [one for one in situation.past if one.state is Tried.SENT]
    if sent:
        last = sent[-1]
        if situation.event is NoticeEvent.OTP:
            return Close("sent", channel=str(last.rung))
        if last.rung is Rung.SMS:
            return Wait(situation.expires_at, "sent")
        if now < last.begun_at + clocks.fallback:
            return Wait(last.begun_at + clocks.fallback, "sent")
    unsure = [one for one in situation.past if one.state in (Tried.UNSURE, Tried.SENDING)]
    if unsure:
        last = unsure[-1]
        until = last.begun_at + clocks.unsure
        if now < until:
            look = last.begun_at + ECHO_LOOK
            return Wait(look if now < look < until else until, "unsure", "the answer was lost")
    return None


def _next(situation: Situation, clocks: Clocks) -> Decision:
    used = _used(situation)
    if situation.untrue:
        return ended(situation.past, "skipped", situation.untrue)
    repeats = _said_already(situation)
    if repeats is not None:
        return repeats
    why: list[str] = []
    left = _rungs(situation)
    for rung in _usual(situation):
        if rung in used:
            continue
        if rung not in left:
            why.append(f"{rung}: {LEFT_OUT}")
            continue
        targets, fault = _targets(rung, situation, clocks)
        if targets:
            if situation.opens_at > situation.now and situation.event is not NoticeEvent.OTP:
                return Wait(situation.opens_at, "waiting", "waits for the sending hours")
            return Send(rung, targets)
        why.append(f"{rung}: {fault}")
    return _nowhere(situation, why)


def _said_already(situation: Situation) -> Wait | Close | None:
    """What to do with words that were said within a day; None when they were not."""
    if situation.said_at is None:
        return None
    if _handed(situation):  # another notice has said it to whoever is next on the ladder
        return ended(situation.past, "skipped", SAID)
    if situation.event is NoticeEvent.RESULT and situation.corrected:
        # Told since to wait for another message: it must come, once a day has passed.
        return Wait(situation.said_at + SAME_WORDS, "waiting", SAID)
    return Close("skipped", SAID)


def _usual(situation: Situation) -> tuple[Rung, ...]:
    rungs = RUNGS[situation.event]
    return (*rungs, Rung.SMS) if _step_by_sms(situation) else rungs


def _rungs(situation: Situation) -> tuple[Rung, ...]:
    """The rungs of the event that its agency leaves it, in their order."""
    left = situation.ways.left
    if left is None:
        return _usual(situation)
    return tuple(
        rung
        for rung in _usual(situation)
        if rung in left or (rung is Rung.SMS and _step_by_sms(situation))
    )


def _step_by_sms(situation: Situation) -> bool:
    return situation.event is NoticeEvent.STEP and situation.ways.step_sms


def _handed(situation: Situation) -> bool:
    """Whether a carrier took this notice, or may have."""
    return any(
        one.state in (Tried.SENT, Tried.UNSURE, Tried.SENDING, Tried.DELIVERED)
        for one in situation.past
    )


def _used(situation: Situation) -> tuple[Rung, ...]:
    """The rungs that may not be tried any more: those taken, and all above them.

    Also above one that the agency has left out since.
    """
    taken = (Tried.SENT, Tried.UNSURE, Tried.SENDING)
    places = [ORDER.index(one.rung) + 1 for one in situation.past if one.state in taken]
    return ORDER[: max(places, default=0)]


def _targets(rung: Rung, situation: Situation, clocks: Clocks) -> tuple[Mapping[str, int], str]:
    """Whom a rung would reach, each with the number of this turn; or why nobody."""
    ways = situation.ways
    if rung is Rung.CHAT:
        since = situation.now - clocks.window
        near = [
            one.user_id
            for one in ways.contacts
            if one.last_interaction_at is not None and one.last_interaction_at > since
        ]
        fault = "no linked follower wrote within the window" if ways.contacts else "no follower"
        return _untried(rung, near, situation), fault
    if rung is Rung.TEMPLATE_UID:
        if not ways.template:
            return {}, "no template for this event"
        return _untried(rung, [one.user_id for one in ways.contacts], situation), "no follower"
    fault = _phone_fault(rung, situation)
    return ({}, fault) if fault else (_untried(rung, [ways.phone], situation), "refused")


def _phone_fault(rung: Rung, situation: Situation) -> str:
    ways, asked = situation.ways, situation.event is NoticeEvent.OTP
    if not ways.phone:
        return f"phone {ways.phone_line}"
    if rung is Rung.TEMPLATE_PHONE:
        if not ways.template:
            return "no template for this event"
        if not (ways.notify_zalo or asked):
            return "Zalo not ticked on the form"
        return "this number takes no templates" if ways.no_template else ""
    if not ways.gateway:
        return "no SMS gateway is set"
    if not (ways.notify_sms or asked):
        return "SMS not ticked on the form"
    return "number marked bad after two permanent failures" if ways.bad_phone else ""


def _untried(rung: Rung, recipients: Sequence[str], situation: Situation) -> Mapping[str, int]:
    """Those whom this rung is not closed to; a refused one counts its turns."""
    found: dict[str, int] = {}
    for recipient in dict.fromkeys(recipients):
        mine = [one for one in situation.past if one.rung is rung and one.recipient == recipient]
        open_to = all(one.state in (Tried.REFUSED, Tried.HELD) for one in mine)
        refused = sum(one.state is Tried.REFUSED for one in mine)
        if open_to and refused < MOST_REFUSALS:
            found[recipient] = max((one.turn for one in mine), default=0) + 1
    return found


def _nowhere(situation: Situation, why: Sequence[str]) -> Close:
    if not situation.past:
        return Close("skipped", "no way out: " + "; ".join(why))
    left = ": " + "; ".join(why) if why else ""
    return ended(situation.past, "failed", f"no way is left{left}")


def ended(past: Sequence[PastAttempt], state: str, reason: str) -> Close:
    """Settled without a delivery: what is known of the last attempt decides the word."""
    for one in reversed(past):
        if one.state is Tried.SENT:
            return Close("sent", f"{reason}; taken, no delivery receipt", str(one.rung))
        if one.state in (Tried.UNSURE, Tried.SENDING):
            return Close("unsure", f"{reason}; the carrier's answer was lost", str(one.rung))
    channel = str(past[-1].rung) if past else ""
    return Close(state, reason, channel)


def _too_late(situation: Situation) -> Close:
    if situation.event is NoticeEvent.OTP:
        return ended(situation.past, "failed", "the code expired before it could go out")
    return ended(situation.past, "failed", "closed after 72 hours")


def pause_after_refusal(refusals: int) -> timedelta:
    """How long a refused way is left alone, by how often it was refused before."""
    return REFUSAL_PAUSES[min(refusals, len(REFUSAL_PAUSES) - 1)]


def likely_rung(situation: Situation, clocks: Clocks) -> Rung | None:
    """The rung that would be tried first; None when there is no way out."""
    for rung in _rungs(situation):
        if _targets(rung, situation, clocks)[0]:
            return rung
    return None
