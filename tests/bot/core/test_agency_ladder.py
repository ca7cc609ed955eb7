"""Fewer rungs for an event: inherited until somebody below says otherwise, in order, never none."""

from dataclasses import replace

import pytest

from bot.core.agency import Agency
from bot.core.agency_faults import Kind
from bot.core.agency_ladder import EVENTS, Own, ladder_text, read_ladder, rules_at, rungs_misfit
from bot.core.ladder import ORDER, RUNGS
from bot.core.notice import NoticeEvent, Rung

CHAT, UID, BY_PHONE, SMS = ORDER
RESULT, STEP = NoticeEvent.RESULT, NoticeEvent.STEP
TOP = Agency("H", "", None, None, same_day_notices=False, step_sms=False, result_hold_minutes=0)
TREE = {
    "H": TOP,
    "H.1": replace(TOP, code="H.1", parent="H"),
    "H.1.a": replace(TOP, code="H.1.a", parent="H.1"),
    "H.2": replace(TOP, code="H.2", parent="H"),
    "H.2.a": replace(TOP, code="H.2.a", parent="H.2", served_by="H.1"),  # merged
}
OWN: Own = {"H": {RESULT: (CHAT, UID)}, "H.1": {RESULT: (CHAT, SMS), STEP: (CHAT,)}}


@pytest.mark.parametrize(
    ("code", "rungs", "source"),
    [
        ("H", (CHAT, UID), "H"),
        ("H.1", (CHAT, SMS), "H.1"),
        ("H.1.a", (CHAT, SMS), "H.1"),
        ("H.2", (CHAT, UID), "H"),
        ("H.2.a", (CHAT, SMS), "H.1"),
    ],
)
def test_the_nearest_that_says_something_counts(
    code: str, rungs: tuple[Rung, ...], source: str
) -> None:
    rules = {one.event: one for one in rules_at(TREE, OWN, code)}
    assert (rules[RESULT].rungs, rules[RESULT].source) == (rungs, source)
    assert rules[NoticeEvent.APOLOGY].rungs == RUNGS[NoticeEvent.APOLOGY]
    assert rules[NoticeEvent.APOLOGY].source is None


def test_the_text_kept_beside_an_agency_gives_the_same_rules_back() -> None:
    for code in TREE:
        rules = rules_at(TREE, OWN, code)
        read = read_ladder(ladder_text(rules))
        assert {one.event: read.get(one.event, RUNGS[one.event]) for one in rules} == {
            one.event: one.rungs for one in rules
        }
    assert ladder_text(rules_at(TREE, {}, "H")) == ""


def test_the_longest_text_has_room() -> None:
    own: Own = {"H": {event: RUNGS[event][:-1] for event in EVENTS}}
    assert len(ladder_text(rules_at(TREE, own, "H"))) <= 800


@pytest.mark.parametrize(
    ("event", "chosen", "kind"),
    [
        (RESULT, [], Kind.RUNGS_NONE),
        (RESULT, ["sms", "fax"], Kind.RUNGS_BEYOND),
        (STEP, ["chat", "sms"], Kind.RUNGS_BEYOND),  # the switch says so, not the ladder
        (NoticeEvent.OTP, ["sms"], Kind.RUNGS_BEYOND),
    ],
)
def test_what_cannot_be_left_is_named(event: NoticeEvent, chosen: list[str], kind: Kind) -> None:
    misfit = rungs_misfit(event, chosen)
    assert misfit is not None
    assert misfit.kind is kind
    assert rungs_misfit(event, [str(rung) for rung in RUNGS[event]][:1]) is None or event == "otp"
