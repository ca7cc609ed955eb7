"""Which way a notice goes next: the rungs, the two clocks, and what each answer closes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.ladder import (
    ORDER,
    RUNGS,
    Clocks,
    Close,
    Contact,
    PastAttempt,
    Send,
    Situation,
    Tried,
    Wait,
    Ways,
    decide,
    likely_rung,
    pause_after_refusal,
)
from bot.core.notice import NoticeEvent, Rung

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # nine in the morning in Vietnam
CLOCKS = Clocks(timedelta(hours=48), timedelta(minutes=240), timedelta(minutes=15))
CHAT, UID, BY_PHONE, SMS = ORDER
MOTHER = Contact("mother", NOW - timedelta(hours=1))
SON = Contact("son", NOW - timedelta(hours=60))  # outside the window
ALL_WAYS = Ways(
    contacts=(MOTHER,), phone="p", phone_line="mobile", notify_zalo=True, notify_sms=True,
    template=True, gateway=True,
)  # fmt: skip


def at(moment: datetime = NOW, event: NoticeEvent = NoticeEvent.RESULT, **what: Any) -> Situation:
    """A notice at its turn; every way is open unless told otherwise."""
    given = {"ways": ALL_WAYS, "opens_at": moment, "expires_at": NOW + timedelta(hours=72), **what}
    return Situation(event=event, now=moment, **given)


def tried(rung: Rung, state: str, minutes_ago: float = 1, **what: Any) -> PastAttempt:
    """One earlier attempt."""
    recipient = what.pop("recipient", "mother" if rung in (CHAT, UID) else "p")
    begun = NOW - timedelta(minutes=minutes_ago)
    return PastAttempt(rung, recipient, Tried(state), begun, **what)


def next_rung(situation: Situation) -> Rung | None:
    """The rung it is sent on; None when it is not sent now."""
    decision = decide(situation, CLOCKS)
    return decision.rung if isinstance(decision, Send) else None


def without(**ways: Any) -> Ways:
    return replace(ALL_WAYS, **ways)


# The rungs


@pytest.mark.parametrize(
    ("event", "rungs"),
    [
        (NoticeEvent.RECEIVED, ORDER),
        (NoticeEvent.STEP, ORDER[:3]),
        (NoticeEvent.SUPPLEMENT, ORDER),
        (NoticeEvent.PAYMENT, ORDER),
        (NoticeEvent.RESULT, ORDER),
        (NoticeEvent.REFUSED, ORDER),
        (NoticeEvent.STOPPED, ORDER),
        (NoticeEvent.WITHDRAWN, ORDER[:3]),
        (NoticeEvent.RETURNED, ORDER[:3]),
        (NoticeEvent.APOLOGY, ORDER),
        (NoticeEvent.CORRECTION, ORDER),
        (NoticeEvent.OTP, (BY_PHONE, SMS)),
    ],
)
def test_each_event_goes_down_its_rungs_and_no_other(
    event: NoticeEvent, rungs: tuple[Rung, ...]
) -> None:
    past: list[PastAttempt] = []
    for rung in rungs:
        assert next_rung(at(event=event, past=tuple(past))) is rung
        past.append(tried(rung, "failed"))
    decision = decide(at(event=event, past=tuple(past)), CLOCKS)
    assert isinstance(decision, Close)
    assert decision.state == "failed"
    assert RUNGS[event] == rungs


@pytest.mark.parametrize(
    ("ways", "rung"),
    [
        ({}, CHAT),
        ({"contacts": (SON,)}, UID),
        ({"contacts": (SON, MOTHER)}, CHAT),
        ({"contacts": (Contact("new", None),)}, UID),
        ({"contacts": ()}, BY_PHONE),
        ({"contacts": (SON,), "template": False}, SMS),
        ({"contacts": (), "template": False}, SMS),
        ({"contacts": (), "notify_zalo": False}, SMS),
        ({"contacts": (), "no_template": True}, SMS),
        ({"contacts": (), "notify_sms": False}, BY_PHONE),
        ({"contacts": (), "gateway": False}, BY_PHONE),
        ({"contacts": (), "template": False, "notify_sms": False}, None),
        ({"contacts": (), "template": False, "gateway": False}, None),
        ({"contacts": (), "template": False, "bad_phone": True}, None),
        ({"contacts": (), "phone": ""}, None),
        ({"phone": ""}, CHAT),
        ({"contacts": (SON,), "phone": ""}, UID),
    ],
)
def test_the_first_rung_is_the_cheapest_that_leads_to_the_citizen(
    ways: dict[str, Any], rung: Rung | None
) -> None:
    situation = at(ways=without(**ways))
    assert next_rung(situation) is rung
    assert likely_rung(situation, CLOCKS) is rung


@pytest.mark.parametrize(
    ("ways", "why"),
    [
        ({"phone": "", "phone_line": "landline"}, "phone landline"),
        ({"phone": "", "phone_line": "missing"}, "phone missing"),
        ({"gateway": False}, "no SMS gateway is set"),
        ({"notify_sms": False}, "SMS not ticked on the form"),
        ({"bad_phone": True}, "number marked bad after two permanent failures"),
    ],
)
def test_what_has_no_way_out_is_skipped_and_says_why(ways: dict[str, Any], why: str) -> None:
    closed = decide(at(ways=without(contacts=(), template=False, **ways)), CLOCKS)
    assert isinstance(closed, Close)
    assert (closed.state, closed.reason.startswith("no way out")) == ("skipped", True)
    assert f"sms: {why}" in closed.reason


def test_a_step_goes_by_sms_only_where_its_agency_wants_it() -> None:
    by_sms = without(contacts=(), template=False, step_sms=True)
    assert next_rung(at(event=NoticeEvent.STEP, ways=by_sms)) is SMS
    assert next_rung(at(event=NoticeEvent.STEP, ways=replace(by_sms, step_sms=False))) is None


def test_a_rung_that_its_agency_left_out_is_passed_over_and_named() -> None:
    assert next_rung(at(ways=replace(ALL_WAYS, left=(UID, SMS)))) is UID
    closed = decide(at(ways=replace(ALL_WAYS, contacts=(), left=(CHAT, UID))), CLOCKS)
    assert isinstance(closed, Close)
    assert closed.reason.endswith("left out by the agency; sms: left out by the agency")


def test_leaving_a_rung_out_leads_nobody_back_above_one_that_was_taken() -> None:
    past = (tried(BY_PHONE, "sent", minutes_ago=300),)
    assert next_rung(at(past=past, ways=replace(ALL_WAYS, left=(CHAT, SMS)))) is SMS


def test_a_steps_sms_is_the_switchs_alone() -> None:
    ways = replace(without(), left=(CHAT,), step_sms=True, contacts=())
    assert next_rung(at(event=NoticeEvent.STEP, ways=ways)) is SMS


def test_a_code_needs_no_tick_and_no_follower() -> None:
    unticked = without(notify_zalo=False, notify_sms=False)
    assert next_rung(at(event=NoticeEvent.OTP, ways=unticked)) is BY_PHONE
    no_template = replace(unticked, template=False)
    assert next_rung(at(event=NoticeEvent.OTP, ways=no_template)) is SMS


def test_a_rung_goes_to_each_follower_whom_it_can_reach() -> None:
    family = without(contacts=(MOTHER, SON, Contact("aunt", NOW - timedelta(hours=2))))
    assert decide(at(ways=family), CLOCKS) == Send(CHAT, {"mother": 1, "aunt": 1})
    past = (tried(CHAT, "failed"), tried(CHAT, "failed", recipient="aunt"))
    told = decide(at(ways=family, past=past), CLOCKS)
    assert told == Send(UID, {"mother": 1, "son": 1, "aunt": 1})


@pytest.mark.parametrize(
    ("hours", "rung"), [(47.99, CHAT), (48, UID), (48.01, UID), (0, CHAT), (-5, CHAT)]
)
def test_the_window_ends_to_the_second(hours: float, rung: Rung) -> None:
    """A clock set back makes a citizen's last word lie ahead: that is no reason to pay."""
    contact = Contact("mother", NOW - timedelta(hours=hours))
    assert next_rung(at(ways=without(contacts=(contact,)))) is rung


# What was tried


@pytest.mark.parametrize(
    ("past", "rung", "turn"),
    [
        ([("refused", 1)], CHAT, 2),
        ([("refused", 1), ("refused", 2)], CHAT, 3),
        ([("refused", 1), ("refused", 2), ("refused", 3)], UID, 1),
        ([("held", 1)], CHAT, 2),
        ([("held", turn) for turn in range(1, 40)], CHAT, 40),
        ([("held", 1), ("refused", 2), ("refused", 3)], CHAT, 4),
        ([("failed", 1)], UID, 1),
        ([("refused", 1), ("failed", 2)], UID, 1),
    ],
)
def test_a_way_that_says_later_is_tried_three_times_and_one_that_is_held_for_ever(
    past: list[tuple[str, int]], rung: Rung, turn: int
) -> None:
    attempts = tuple(tried(CHAT, state, turn=number) for state, number in past)
    assert decide(at(past=attempts), CLOCKS) == Send(rung, {"mother": turn})


@pytest.mark.parametrize("rung", ORDER)
def test_a_rung_that_took_it_is_never_gone_back_above(rung: Rung) -> None:
    new_follower = without(contacts=(MOTHER, Contact("new", NOW)))
    past = (tried(rung, "sent", minutes_ago=300),)
    below = [*ORDER[ORDER.index(rung) + 1 :], None][0]
    assert next_rung(at(ways=new_follower, past=past)) is below


@pytest.mark.parametrize("rung", ORDER)
def test_a_delivered_one_ends_it_whatever_else_is_open(rung: Rung) -> None:
    past = (tried(rung, "delivered"), tried(SMS, "unsure"), tried(SMS, "sending"))
    closed = decide(at(past=past, untrue="moved on"), CLOCKS)
    assert closed == Close("delivered", channel=str(rung))
    late = at(NOW + timedelta(days=9), past=past)
    assert decide(late, CLOCKS) == Close("delivered", channel=str(rung))


# The two clocks


@pytest.mark.parametrize(
    ("minutes", "rung"), [(0, None), (239.99, None), (240, SMS), (240.01, SMS), (-60, None)]
)
def test_a_template_without_receipt_is_followed_after_the_fallback(
    minutes: float, rung: Rung | None
) -> None:
    past = (tried(BY_PHONE, "sent", minutes_ago=minutes),)
    assert next_rung(at(past=past)) is rung
    if rung is None:
        until = NOW + timedelta(minutes=240 - minutes)
        assert decide(at(past=past), CLOCKS) == Wait(until, "sent")


@pytest.mark.parametrize("state", ["unsure", "sending"])
@pytest.mark.parametrize(
    ("minutes", "wait"),
    [
        (0, timedelta(seconds=30)),
        (0.4, timedelta(seconds=6)),
        (0.5, timedelta(minutes=14.5)),
        (14.99, timedelta(minutes=0.01)),
        (15, None),
    ],
)
def test_a_lost_answer_is_waited_for_its_echo_first_and_then_its_time(
    state: str, minutes: float, wait: timedelta | None
) -> None:
    decision = decide(at(past=(tried(BY_PHONE, state, minutes_ago=minutes),)), CLOCKS)
    if wait is None:
        assert decision == Send(SMS, {"p": 1})
    else:
        assert decision == Wait(NOW + wait, "unsure", "the answer was lost")


def test_both_clocks_run_for_a_family() -> None:
    """The son's template was taken, the mother's answer lost: the longer clock counts."""
    past = (
        tried(UID, "sent", minutes_ago=100, recipient="son"),
        tried(UID, "unsure", minutes_ago=100),
    )
    assert decide(at(past=past), CLOCKS) == Wait(NOW + timedelta(minutes=140), "sent")


def test_an_sms_that_was_taken_waits_for_its_receipt_until_the_end() -> None:
    past = (tried(BY_PHONE, "sent", minutes_ago=600), tried(SMS, "sent", minutes_ago=300))
    situation = at(past=past)
    assert decide(situation, CLOCKS) == Wait(situation.expires_at, "sent")
    end = decide(at(situation.expires_at, past=past), CLOCKS)
    assert isinstance(end, Close)
    assert (end.state, end.channel) == ("sent", "sms")
    assert "72 hours" in end.reason


# How it ends


@pytest.mark.parametrize(
    ("past", "state", "channel"),
    [
        ([], "failed", ""),
        ([(BY_PHONE, "refused")], "failed", "template_phone"),
        ([(BY_PHONE, "held")], "failed", "template_phone"),
        ([(BY_PHONE, "failed"), (SMS, "failed")], "failed", "sms"),
        ([(BY_PHONE, "sent")], "sent", "template_phone"),
        ([(BY_PHONE, "sent"), (SMS, "failed")], "sent", "template_phone"),
        ([(BY_PHONE, "unsure"), (SMS, "refused")], "unsure", "template_phone"),
        ([(BY_PHONE, "sending")], "unsure", "template_phone"),
        ([(BY_PHONE, "sent"), (SMS, "unsure")], "unsure", "sms"),
        ([(BY_PHONE, "unsure"), (SMS, "sent")], "sent", "sms"),
    ],
)
def test_after_72_hours_it_is_called_what_is_known_of_it(
    past: list[tuple[Rung, str]], state: str, channel: str
) -> None:
    attempts = tuple(tried(rung, one, minutes_ago=3000) for rung, one in past)
    last = NOW + timedelta(hours=72)
    before = decide(at(last - timedelta(microseconds=1), past=attempts), CLOCKS)
    closed = decide(at(last, past=attempts), CLOCKS)
    assert isinstance(closed, Close)
    assert (closed.state, closed.channel) == (state, channel)
    assert "72 hours" in closed.reason
    assert not isinstance(before, Close) or "72 hours" not in before.reason


def test_what_is_no_longer_true_is_not_told_on_the_next_rung_either() -> None:
    moved = at(untrue="the dossier has moved on")
    assert decide(moved, CLOCKS) == Close("skipped", "the dossier has moved on")
    past = (tried(BY_PHONE, "sent", minutes_ago=300),)
    closed = decide(replace(moved, past=past), CLOCKS)
    assert isinstance(closed, Close)
    assert (closed.state, closed.channel) == ("sent", "template_phone")
    waiting = (tried(BY_PHONE, "sent", minutes_ago=100),)
    assert isinstance(decide(replace(moved, past=waiting), CLOCKS), Wait)


@pytest.mark.parametrize(
    ("past", "state"),
    [
        ((), "skipped"),
        (("refused",), "skipped"),
        (("held",), "skipped"),
        # Another notice said it meanwhile to whoever is next on this one's ladder.
        (("sent",), "sent"),
        (("unsure",), "unsure"),
    ],
)
def test_the_same_words_are_not_said_twice(past: tuple[str, ...], state: str) -> None:
    attempts = tuple(tried(BY_PHONE, each, minutes_ago=300) for each in past)
    closed = decide(at(said_at=NOW - timedelta(hours=3), past=attempts), CLOCKS)
    assert isinstance(closed, Close)
    assert (closed.state, "24 hours" in closed.reason) == (state, True)


def test_a_result_that_was_taken_back_meanwhile_is_told_again_after_a_day() -> None:
    said_at = NOW - timedelta(hours=3)
    decision = decide(at(said_at=said_at, corrected=True), CLOCKS)
    assert isinstance(decision, Wait)
    assert decision.until == said_at + timedelta(hours=24)
    step = decide(at(event=NoticeEvent.STEP, said_at=said_at, corrected=True), CLOCKS)
    assert isinstance(step, Close)


# Hours


@pytest.mark.parametrize("event", list(NoticeEvent))
def test_outside_the_hours_only_a_code_goes(event: NoticeEvent) -> None:
    opens_at = NOW + timedelta(hours=9)
    decision = decide(at(event=event, opens_at=opens_at), CLOCKS)
    if event is NoticeEvent.OTP:
        assert isinstance(decision, Send)
    else:
        assert decision == Wait(opens_at, "waiting", "waits for the sending hours")


def test_what_has_no_way_out_need_not_wait_for_the_morning() -> None:
    nobody = without(contacts=(), phone="")
    decision = decide(at(opens_at=NOW + timedelta(hours=9), ways=nobody), CLOCKS)
    assert isinstance(decision, Close)


def test_a_code_that_was_taken_is_done_and_one_that_is_too_old_is_not_sent() -> None:
    taken = at(event=NoticeEvent.OTP, past=(tried(BY_PHONE, "sent"),))
    assert decide(taken, CLOCKS) == Close("sent", channel="template_phone")
    old = decide(at(event=NoticeEvent.OTP, expires_at=NOW), CLOCKS)
    assert isinstance(old, Close)
    assert (old.state, "expired" in old.reason) == ("failed", True)


def test_pauses_grow_and_end_somewhere() -> None:
    pauses = [pause_after_refusal(number).total_seconds() for number in range(6)]
    assert pauses == [20, 120, 600, 600, 600, 600]
