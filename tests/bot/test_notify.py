"""Notices go down the ladder: once, by the cheapest way that works, in decent hours."""

from datetime import UTC, datetime

import pytest

from bot.channels.channel import Again
from bot.core.ladder import RUNGS
from bot.core.notice import NoticeEvent
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.snapshot import Ticks
from bot.take_receipts import take_receipts
from tests.bot.notice_stage import (
    CODE,
    PHONE,
    RESULT,
    RESULT_SMS,
    Stage,
    Way,
    make_stage,
    refusal,
    result,
    switch,
)


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def test_a_follower_in_the_window_gets_a_chat_message_and_nothing_else(stage: Stage) -> None:
    stage.follow()
    result(stage)
    assert stage.chat.taken == [("u1", RESULT)]
    assert (stage.last().state, stage.last().channel, stage.texts) == ("delivered", "chat", 1)


def test_every_linked_follower_in_the_window_is_told(stage: Stage) -> None:
    stage.follow("mother", hours_ago=2)
    stage.follow("son", hours_ago=47)
    stage.follow("aunt", hours_ago=49)
    result(stage)
    assert [who for who, _ in stage.chat.taken] == ["mother", "son"]
    assert stage.texts == 2


def test_a_follower_outside_the_window_gets_the_template(stage: Stage) -> None:
    stage.follow(hours_ago=49)
    result(stage)
    assert [who for who, _ in stage.uid.taken] == ["u1"]
    assert (stage.last().state, stage.texts) == ("sent", 1)


def test_without_followers_the_template_goes_to_the_phone(stage: Stage) -> None:
    result(stage)
    assert stage.zbs.taken == [(PHONE, ("100", {"ma": CODE}))]


def test_without_the_zalo_tick_the_sms_goes(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=True))
    stage.work()
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]
    [row] = stage.attempts()
    assert (row.parts, row.cost_dong > 0, row.code) == (1, True, "100")


def test_with_no_tick_at_all_the_notice_is_skipped_with_the_reasons(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=False))
    stage.work()
    last = stage.last()
    assert last.state == "skipped"
    assert "sms: SMS not ticked on the form" in last.reason


def test_a_landline_is_skipped_and_named(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", phone="02583822222")
    stage.work()
    assert stage.last().state == "skipped"
    assert "phone landline" in stage.last().reason


def test_a_corrected_number_gets_what_the_wrong_one_missed(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", phone="02583822222")
    stage.work()
    stage.clock.move(hours=1)
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=True))
    stage.work()
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]
    stage.clock.move(hours=1)
    stage.feed(9, "Trả kết quả", phone="0905999888")
    stage.work()
    assert stage.texts == 1


def test_each_refusal_moves_to_the_next_rung_at_once(stage: Stage) -> None:
    stage.follow()
    stage.chat.refuse(Again.CLOSED, "-230")
    stage.uid.refuse(Again.CLOSED, "-249")
    stage.zbs.refuse(Again.CLOSED, "-118")
    result(stage)
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]
    assert [row.rung for row in stage.attempts()] == [
        "chat",
        "template_uid",
        "template_phone",
        "sms",
    ]
    assert [(row.code, row.said) for row in stage.attempts()][:3] == [
        ("-230", "their own words"),
        ("-249", "their own words"),
        ("-118", "their own words"),
    ]


def test_a_number_without_zalo_is_not_asked_again_next_time(stage: Stage) -> None:
    stage.zbs.refuse(Again.CLOSED, "-118")
    result(stage)
    stage.clock.move(days=2)
    stage.feed(10, "Đã trả")
    stage.work()
    assert len(stage.zbs.asked) == 1


def test_a_message_that_no_carrier_would_take_is_parked_and_delays_nobody(stage: Stage) -> None:
    stage.zbs.refuse(Again.NEVER, "-77777")
    result(stage)
    assert stage.last().state == "failed"
    assert "-77777" in stage.last().reason
    assert "their own words" in stage.last().reason
    assert stage.sms.asked == []


def test_later_means_the_same_way_a_little_later(stage: Stage) -> None:
    stage.zbs.refuse(Again.LATER, "-100")
    result(stage)
    assert stage.last().state == "waiting"
    stage.later(minutes=1)
    assert len(stage.zbs.taken) == 1
    assert stage.sms.taken == []


def test_a_way_that_says_later_three_times_is_left(stage: Stage) -> None:
    stage.zbs.always = refusal(Again.LATER, "-100")
    result(stage)
    for _ in range(4):
        stage.later(minutes=15)
    assert len(stage.zbs.asked) == 3
    assert len(stage.sms.taken) == 1


@pytest.mark.parametrize(("code", "hours"), [("-144", 22), ("-147", 22)])
def test_a_daily_limit_waits_for_the_next_day(stage: Stage, code: str, hours: int) -> None:
    stage.zbs.refuse(Again.LATER, code)
    result(stage)
    stage.later(hours=hours - 1)
    assert stage.zbs.taken == []
    assert stage.sms.taken == []
    stage.later(hours=2)
    assert len(stage.zbs.taken) == 1


def test_a_template_that_does_not_arrive_is_followed_by_one_sms(stage: Stage) -> None:
    result(stage)
    stage.later(minutes=239)
    assert stage.sms.taken == []
    stage.later(minutes=2)
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]
    stage.later(hours=24)
    assert stage.texts == 2


def test_a_delivered_template_ends_the_ladder(stage: Stage) -> None:
    result(stage)
    stage.report(stage.zbs)
    assert (stage.last().state, stage.last().channel) == ("delivered", "template_phone")
    stage.later(hours=5)
    assert stage.texts == 1


def test_a_late_zalo_receipt_after_the_sms_sends_nothing_more(stage: Stage) -> None:
    result(stage)
    stage.later(hours=5)
    stage.report(stage.zbs)
    stage.later(hours=5)
    assert (len(stage.zbs.taken), len(stage.sms.taken)) == (1, 1)
    assert stage.last().state == "delivered"


def test_the_fallback_waits_for_the_sending_hours(database_url: str) -> None:
    evening = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # seven in the evening in Vietnam
    stage = make_stage(database_url, evening)
    result(stage)
    stage.later(hours=5)
    assert stage.sms.taken == []
    stage.later(hours=7, minutes=1)
    assert len(stage.sms.taken) == 1


def test_a_receipt_that_says_failed_goes_on_at_once(stage: Stage) -> None:
    result(stage)
    stage.report(stage.zbs, Reported.FAILED)
    stage.work()
    assert len(stage.sms.taken) == 1


def test_two_permanent_failures_mark_a_number_as_bad(stage: Stage) -> None:
    for status, step in ((9, "1"), (4, "2"), (9, "3"), (4, "4"), (9, "5")):
        stage.clock.move(days=2)
        stage.feed(status, step, notify=Ticks(zalo=False, sms=True))
        stage.work()
        if stage.last().state == "sent":
            stage.report(stage.sms, Reported.FAILED)
            stage.work()
    assert len(stage.sms.taken) == 2
    assert "bad after two permanent failures" in stage.last().reason


def test_an_answer_that_was_lost_waits_before_the_next_rung(stage: Stage) -> None:
    stage.zbs.swallow(PHONE)
    result(stage)
    assert stage.last().state == "unsure"
    stage.later(minutes=14)
    assert stage.sms.taken == []
    stage.later(minutes=2)
    assert len(stage.sms.taken) == 1


def test_a_receipt_settles_an_answer_that_was_lost(stage: Stage) -> None:
    stage.zbs.swallow(PHONE)
    result(stage)
    request = stage.zbs.requests[-1]
    report_by(stage, stage.zbs, request)
    stage.later(minutes=20)
    assert stage.last().state == "delivered"
    assert stage.sms.taken == []


def report_by(stage: Stage, way: Way, ref: str) -> None:
    """A carrier reports under our own request id."""
    receipt = DeliveryReceipt(way.name, (ref,), Reported.DELIVERED, stage.clock())
    take_receipts(stage.runtime, [receipt])


def test_a_lost_answer_on_the_last_rung_is_said_so_and_not_sent_twice(stage: Stage) -> None:
    stage.sms.swallow(PHONE)
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=True))
    stage.work()
    stage.later(minutes=20)
    assert stage.last().state == "unsure"
    stage.later(hours=30)
    assert len(stage.sms.asked) == 1


def test_at_night_a_notice_waits_for_seven(database_url: str) -> None:
    night = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # half past ten at night in Vietnam
    stage = make_stage(database_url, night)
    stage.follow()
    result(stage)
    assert stage.texts == 0
    stage.later(hours=8, minutes=20)
    assert stage.texts == 0
    stage.later(minutes=15)
    assert stage.chat.taken == [("u1", RESULT)]


def test_a_result_that_was_taken_back_overnight_is_never_told(database_url: str) -> None:
    stage = make_stage(database_url, datetime(2026, 11, 25, 15, 30, tzinfo=UTC))
    stage.follow()
    result(stage)
    stage.clock.move(minutes=5)
    stage.feed(4, "Thẩm định")
    stage.later(hours=9)
    assert all("giải quyết xong" not in text for _, text in stage.chat.taken)


def test_a_result_taken_back_after_it_was_told_is_corrected(stage: Stage) -> None:
    stage.follow()
    result(stage)
    stage.clock.move(minutes=5)
    stage.feed(4, "Thẩm định")
    stage.work()
    assert stage.last().event == "correction"
    assert len(stage.chat.taken) == 2


def test_a_held_result_goes_after_its_hold(stage: Stage) -> None:
    switch(stage, result_hold_minutes=30)
    stage.follow()
    result(stage)
    assert stage.last().state == "held"
    stage.later(minutes=29)
    assert stage.texts == 0
    stage.later(minutes=2)
    assert stage.chat.taken == [("u1", RESULT)]


def test_the_same_words_go_once_in_24_hours(stage: Stage) -> None:
    stage.follow(hours_ago=0)
    for step in ("Trình ký", "Thẩm định", "Trình ký"):
        stage.clock.move(minutes=30)
        stage.feed(4, step)
        stage.work()
    assert len(stage.chat.taken) == 2
    assert stage.last().state == "skipped"
    assert "24 hours" in stage.last().reason


def test_a_result_that_was_corrected_is_told_again_once_a_day_has_passed(stage: Stage) -> None:
    stage.follow(hours_ago=0)
    result(stage)
    stage.clock.move(minutes=30)
    stage.feed(4, "Thẩm định")
    stage.work()
    stage.clock.move(minutes=30)
    result(stage)
    assert [text for _, text in stage.chat.taken].count(RESULT) == 1
    stage.later(hours=22, minutes=55)
    assert [text for _, text in stage.chat.taken].count(RESULT) == 1
    stage.later(minutes=10)
    assert [text for _, text in stage.chat.taken].count(RESULT) == 2


def test_a_step_goes_by_zalo_only(stage: Stage) -> None:
    stage.zbs.refuse(Again.CLOSED, "-118")
    stage.feed(4, "Trình ký")
    stage.work()
    assert stage.sms.taken == []
    assert stage.last().event == "step"


def test_a_step_goes_by_sms_where_the_agency_wants_it(stage: Stage) -> None:
    switch(stage, step_sms=True)
    stage.feed(4, "Trình ký", notify=Ticks(zalo=False, sms=True))
    stage.work()
    [(_, text)] = stage.sms.taken
    assert text == (
        f"Ho so cua quy Ong/Ba ({CODE}) hien dang o buoc Trinh ky, trang thai ho so: Dung han."
    )


def test_a_switch_and_a_name_count_from_the_very_next_notice(stage: Stage) -> None:
    worker, by_sms = stage.worker(), Ticks(zalo=False, sms=True)
    stage.feed(4, "Trình ký", notify=by_sms)
    stage.work(worker)
    assert stage.sms.taken == []
    switch(stage, step_sms=True, sms_name="So NN")
    for status, step in ((4, "Chờ ký"), (9, "Trả kết quả")):
        stage.later(minutes=1)
        stage.feed(status, step, notify=by_sms)
        stage.work(worker)
    assert len(stage.sms.taken) == 2
    assert "Bo phan Mot cua So NN de nhan" in stage.sms.taken[-1][1]


def test_the_events_of_the_contract_are_all_on_the_ladder() -> None:
    assert set(RUNGS) == set(NoticeEvent)
