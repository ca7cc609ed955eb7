"""Where a notice goes once its carriers have answered."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.ladder import Clocks, PastAttempt, Tried
from bot.core.notice import NoticeEvent, Rung
from bot.core.notice_outcome import After, CallOutcome, Moment, after_calls

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # nine in the morning in Vietnam
TOMORROW = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
END = NOW + timedelta(hours=72)
CLOCKS = Clocks(timedelta(hours=48), timedelta(minutes=240), timedelta(minutes=15))
DAYTIME = Moment(NOW, NOW, TOMORROW, END)
NIGHT = Moment(NOW, NOW + timedelta(hours=9), TOMORROW, END)


def answer(state: Tried, rung: Rung = Rung.TEMPLATE_PHONE, code: str = "") -> CallOutcome:
    return CallOutcome(rung, state, code, "why")


def after(
    *outcomes: CallOutcome,
    event: NoticeEvent = NoticeEvent.RESULT,
    refusals: int = 0,
    moment: Moment = DAYTIME,
    past: Sequence[PastAttempt] = (),
) -> After:
    return after_calls(event, outcomes, refusals, moment, CLOCKS, past)


@pytest.mark.parametrize(
    ("states", "state", "wait"),
    [
        (["delivered"], "delivered", None),
        (["sent"], "sent", timedelta(minutes=240)),
        (["unsure"], "unsure", timedelta(seconds=30)),
        (["refused"], "waiting", timedelta(seconds=20)),
        (["held"], "held", timedelta(seconds=20)),
        (["failed"], "waiting", timedelta(0)),
        # One that was taken is enough.
        (["refused", "delivered"], "delivered", None),
        (["delivered", "unsure"], "delivered", None),
        (["sent", "unsure"], "sent", timedelta(minutes=240)),
        (["failed", "sent"], "sent", timedelta(minutes=240)),
        # One that may have been taken is waited for.
        (["unsure", "refused"], "unsure", timedelta(seconds=30)),
        (["unsure", "failed"], "unsure", timedelta(seconds=30)),
        (["held", "unsure"], "unsure", timedelta(seconds=30)),
        # One that may be tried again is tried before the next rung.
        (["failed", "refused"], "waiting", timedelta(seconds=20)),
        (["held", "failed"], "held", timedelta(seconds=20)),
        (["refused", "held"], "waiting", timedelta(seconds=20)),
        (["failed", "failed"], "waiting", timedelta(0)),
    ],
)
def test_the_best_answer_of_a_turn_counts(
    states: list[str], state: str, wait: timedelta | None
) -> None:
    found = after(*(answer(Tried(one)) for one in states))
    assert found.state == state
    assert found.again_at == (None if wait is None else NOW + wait)


def test_what_no_carrier_would_take_is_parked_with_its_words() -> None:
    never = CallOutcome(Rung.SMS, Tried.FAILED, "-77777", "what they said", never=True)
    assert after(never) == After("failed", None, "what they said", channel="")
    assert after(never, answer(Tried.SENT)).state == "sent"


@pytest.mark.parametrize(("earlier", "state"), [(Tried.SENT, "sent"), (Tried.UNSURE, "unsure")])
def test_what_an_earlier_rung_may_have_brought_is_not_called_failed(
    earlier: Tried, state: str
) -> None:
    never = CallOutcome(Rung.SMS, Tried.FAILED, "-77777", "what they said", never=True)
    past = [PastAttempt(Rung.TEMPLATE_PHONE, "p", earlier, NOW - timedelta(hours=5))]
    found = after(never, past=past)
    assert (found.state, found.again_at, found.channel) == (state, None, "template_phone")
    assert "what they said" in found.reason


@pytest.mark.parametrize(
    ("rung", "event", "state", "again_at"),
    [
        (Rung.TEMPLATE_UID, NoticeEvent.RESULT, "sent", NOW + timedelta(minutes=240)),
        (Rung.SMS, NoticeEvent.RESULT, "sent", END),
        (Rung.SMS, NoticeEvent.OTP, "sent", None),
        (Rung.TEMPLATE_PHONE, NoticeEvent.OTP, "sent", None),
    ],
)
def test_what_was_taken_is_looked_at_again_where_something_can_follow(
    rung: Rung, event: NoticeEvent, state: str, again_at: datetime | None
) -> None:
    found = after(answer(Tried.SENT, rung), event=event)
    assert (found.state, found.again_at) == (state, again_at)


def test_the_fallback_is_not_waited_for_beyond_the_end() -> None:
    soon = Moment(NOW, NOW, TOMORROW, NOW + timedelta(minutes=30))
    assert after(answer(Tried.SENT), moment=soon).again_at == soon.expires_at


@pytest.mark.parametrize(
    ("code", "moment", "again_at"),
    [
        pytest.param("-144", DAYTIME, TOMORROW, id="no more today"),
        pytest.param("-147", DAYTIME, TOMORROW, id="no more of this template today"),
        pytest.param("-133", NIGHT, NIGHT.opens_at, id="not at night, at night"),
        pytest.param("-234", NIGHT, NIGHT.opens_at, id="nor by chat"),
        pytest.param("-133", DAYTIME, NOW + timedelta(seconds=20), id="their clock, not ours"),
        pytest.param("-100", DAYTIME, NOW + timedelta(seconds=20), id="try later"),
    ],
)
def test_a_refusal_that_says_later_says_when(code: str, moment: Moment, again_at: datetime) -> None:
    found = after(answer(Tried.REFUSED, code=code), moment=moment)
    assert (found.state, found.again_at, found.refused) == ("waiting", again_at, True)


@pytest.mark.parametrize(
    ("refusals", "seconds"), [(0, 20), (1, 120), (2, 600), (3, 600), (50, 600)]
)
def test_pauses_after_refusals_grow_and_end_somewhere(refusals: int, seconds: int) -> None:
    found = after(answer(Tried.REFUSED), refusals=refusals)
    assert found.again_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("refusals", "seconds"), [(0, 20), (1, 40), (2, 80), (3, 120), (9, 120), (5000, 120)]
)
def test_a_held_way_is_looked_at_every_two_minutes_at_the_latest(
    refusals: int, seconds: int
) -> None:
    found = after(answer(Tried.HELD), refusals=refusals)
    assert found.again_at == NOW + timedelta(seconds=seconds)
