"""Notices at the edges: repeated words, reports before answers, answers after the end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.ceiling import Ceiling
from bot.channels.channel import Again
from bot.core.receipt import DeliveryReceipt, Reported
from bot.core.snapshot import Ticks
from bot.database import reading
from bot.store.channel_states import held_channels
from bot.store.phone_links import end_links, open_links
from bot.store.phone_states import states_of
from bot.take_receipts import take_receipts
from tests.bot.notice_stage import PHONE, RESULT_SMS, Stage, make_stage, refusal, result

NIGHT = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # half past ten in the evening in Vietnam
SMS_ONLY = Ticks(zalo=False, sms=True)


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def states(stage: Stage) -> list[tuple[str, str]]:
    """Event and state of every notice."""
    return [(row.event, row.state) for row in stage.notices()]


# The same words


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param([(5, True), (4, False), (5, True)], id="supplement"),
        pytest.param([(6, False), (4, False), (6, False)], id="payment"),
    ],
)
def test_words_that_waited_together_overnight_go_once(
    database_url: str, changes: list[tuple[int, bool]]
) -> None:
    stage = make_stage(database_url, NIGHT)
    stage.follow()
    for status, at_desk in changes:
        stage.feed(status, "Thẩm định", at_desk=at_desk)
        stage.clock.move(minutes=1)
    stage.later(hours=9)
    told = [text for _, text in stage.chat.taken]
    assert len(told) == len(set(told))
    assert states(stage)[-1] == (stage.last().event, "skipped")
    assert "24 hours" in stage.last().reason


def test_a_step_gone_back_and_forth_is_told_once(stage: Stage) -> None:
    stage.follow()
    for step in ("Trình ký", "Thẩm định", "Trình ký"):
        stage.feed(4, step)
        stage.clock.move(minutes=1)
    stage.work()
    told = [text for _, text in stage.chat.taken]
    assert len(told) == len(set(told)) == 2


def test_two_workers_at_once_do_not_say_the_same_words(stage: Stage) -> None:
    stage.follow()
    for step in ("Trình ký", "Thẩm định", "Trình ký"):
        stage.feed(4, step)
        stage.clock.move(minutes=1)
    other = stage.worker()
    for worker in (stage.notifier, other):
        worker._claim()
        worker._hand_out()
    while stage.notifier.turn() | other.turn():
        pass
    told = [text for _, text in stage.chat.taken]
    assert len(told) == len(set(told)) == 2


def test_a_fallback_does_not_repeat_what_another_notice_has_said_meanwhile(stage: Stage) -> None:
    stage.follow(hours_ago=100)
    stage.feed(4, "Trình ký")
    stage.work()
    with stage.runtime.engine.begin() as connection:
        links = [one.id for one in open_links(connection, "u1")]
        end_links(connection, links, stage.clock(), "stop")
    for step in ("Thẩm định", "Trình ký"):
        stage.later(minutes=20)
        stage.feed(4, step)
        stage.work()
    stage.later(minutes=250)
    assert [who for who, _ in stage.uid.taken] == ["u1"]
    assert len(stage.zbs.taken) == 2, "one for each step since"
    assert states(stage)[0] == ("step", "sent")


# Reports before answers


@pytest.mark.parametrize("by_request", [True, False])
@pytest.mark.parametrize("state", [Reported.DELIVERED, Reported.SEEN, Reported.FAILED])
def test_a_report_that_outruns_the_answer_counts(
    stage: Stage, state: Reported, by_request: bool
) -> None:
    def report() -> None:
        ref = stage.zbs.requests[-1] if by_request else "zbs-1"
        take_receipts(stage.runtime, [DeliveryReceipt("zbs", (ref,), state, stage.clock())])

    stage.zbs.script.append(report)
    result(stage)
    [template, *later] = stage.attempts()
    if state is Reported.FAILED:
        assert template.state == "failed"
        assert stage.sms.taken == [(PHONE, RESULT_SMS)]
    else:
        assert (template.state, template.delivered_at, later) == ("delivered", stage.clock(), [])
        assert (stage.last().state, stage.last().channel) == ("delivered", "template_phone")


def test_a_template_that_arrives_while_the_sms_is_on_its_way_settles_it(stage: Stage) -> None:
    result(stage)
    stage.sms.script.append(lambda: stage.report(stage.zbs))
    stage.later(minutes=241)
    last = stage.last()
    assert (last.state, last.channel, last.due_at) == ("delivered", "template_phone", None)


# Answers after the end


def test_an_answer_that_comes_after_the_end_still_says_that_it_arrived(stage: Stage) -> None:
    stage.follow()
    stage.feed(4, "Trình ký")
    slow = stage.worker()
    slow._claim()
    slow._hand_out()
    stage.clock.move(minutes=20)
    stage.feed(9, "Trả kết quả")
    stage.work()
    assert states(stage)[0] == ("step", "unsure")
    stage.work(slow)
    assert states(stage)[0] == ("step", "delivered")


def test_a_slow_refusal_moves_on_without_waiting_to_be_woken(stage: Stage) -> None:
    def slowly() -> None:
        sleep(0.1)
        refusal(Again.CLOSED, "-118")()

    stage.zbs.script.append(slowly)
    result(stage)
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]


def test_what_no_gateway_would_take_does_not_unsay_the_template(stage: Stage) -> None:
    result(stage)
    stage.sms.refuse(Again.NEVER, "146")
    stage.later(minutes=241)
    last = stage.last()
    assert (last.state, last.channel) == ("sent", "template_phone")
    assert "146" in last.reason
    stage.report(stage.zbs)
    assert stage.last().state == "delivered"


def test_what_a_dead_worker_had_in_hand_is_marked_unsure(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    dying = stage.worker()
    dying._claim()
    stage.later(minutes=1)
    assert [row.state for row in stage.attempts()] == ["unsure"]
    stage.later(minutes=15)
    assert [(row.rung, row.state) for row in stage.attempts()] == [
        ("template_phone", "unsure"),
        ("sms", "sent"),
    ]


def test_72_hours_end_at_night_too(database_url: str) -> None:
    stage = make_stage(database_url, NIGHT)
    stage.zbs.always = stage.sms.always = refusal(Again.HALT, "-124")
    result(stage)
    begun = stage.clock()
    for _ in range(3 * 24 * 2 - 1):
        stage.later(minutes=30)
    assert stage.last().due_at <= begun + timedelta(hours=72)
    stage.later(minutes=30)
    last = stage.last()
    assert (last.state, last.closed_at) == ("failed", begun + timedelta(hours=72))


# Holds, numbers, the ceiling


def away(stage: Stage) -> Callable[[], None]:
    """The database does not answer, until what this gives is called."""

    def refuse(_connection: object) -> None:
        raise OperationalError("BEGIN", None, ConnectionError("away"))

    event.listen(stage.runtime.engine, "begin", refuse)
    return lambda: event.remove(stage.runtime.engine, "begin", refuse)


def test_a_number_that_failed_counts_once_though_the_database_goes_away_meanwhile(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.notify.AFTER_AWAY_SECONDS", 0.0)
    stage.sms.always = refusal(Again.HALT, "103")
    stage.feed(9, "Trả kết quả", notify=SMS_ONLY)
    stage.work()
    stage.clock.move(minutes=3)
    stage.sms.always = None
    stage.sms.refuse(Again.CLOSED, "99")  # which shows, too, that the gateway works again
    worker = stage.notifier
    back: list[Callable[[], None]] = []
    begins: list[int] = []

    def commit(_connection: object) -> None:
        begins.append(1)
        if len(begins) == 2:  # the claim, and now the record
            back.append(away(stage))

    event.listen(stage.runtime.engine, "commit", commit)
    with pytest.raises(OperationalError):
        stage.work(worker)
    event.remove(stage.runtime.engine, "commit", commit)
    back[0]()
    stage.work(worker)
    with reading(stage.runtime.engine) as connection:
        known = states_of(connection, [stage.index()])
    assert known[stage.index()].failures == 1


def test_a_clock_set_back_does_not_prolong_a_hold(stage: Stage) -> None:
    stage.follow()
    stage.chat.refuse(Again.HALT, "-216")
    result(stage)
    with reading(stage.runtime.engine) as connection:
        assert "zalo" in held_channels(connection)
    stage.clock.move(hours=-1)
    stage.feed(3, "Từ chối", changed_at=stage.clock() + timedelta(hours=2))
    stage.work()
    assert len(stage.chat.taken) == 1


def test_an_empty_wallet_does_not_take_the_tries_of_a_chat_that_was_held(stage: Stage) -> None:
    for number in range(2, 8):
        stage.feed(4, code=f"000.00.17.H32-261122-{number:04}", phone="0912345678")
    stage.follow("far", hours_ago=100, phone="0912345678")
    stage.follow("near")
    stage.chat.refuse(Again.HALT, "-216")
    stage.uid.always = refusal(Again.HALT, "-321")
    for number in range(2, 8):
        stage.feed(9, "Trả", code=f"000.00.17.H32-261122-{number:04}", phone="0912345678")
    result(stage)
    for _ in range(10):
        stage.later(seconds=30)
    assert [who for who, _ in stage.chat.taken] == ["near"]


def test_a_worker_with_nothing_to_send_leaves_the_ceiling_to_the_replies(
    redis_url: str,
    sqlite_url: str,
) -> None:
    stage = make_stage(sqlite_url, redis_url=redis_url, zalo_calls_per_minute=100)
    stage.feed(9, "Trả kết quả", notify=SMS_ONLY)
    for _ in range(10):
        stage.work()
    assert Ceiling(stage.runtime.settings).take(100) == 100
