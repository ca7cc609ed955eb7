"""Workers: each notice once, whoever dies or stops; codes that somebody waits for."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.channel import Again
from bot.core.snapshot import Ticks
from bot.notice_record import one_time_code_record
from bot.store.notices import owe_notices
from tests.bot.notice_stage import PHONE, RESULT, Stage, make_stage, refusal


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def test_what_nobody_reports_is_closed_after_72_hours(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=True))
    stage.work()
    stage.later(hours=73)
    last = stage.last()
    assert (last.state, last.due_at) == ("sent", None)
    assert "72 hours" in last.reason


def test_two_workers_tell_each_notice_once(stage: Stage) -> None:
    stage.follow()
    other = stage.worker()
    stage.feed(9, "Trả kết quả")
    while stage.notifier.turn() | other.turn():
        pass
    assert stage.texts == 1


def test_a_worker_that_died_with_a_notice_in_hand_makes_it_unsure(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    dying = stage.worker()
    dying._claim()  # it dies before anything is recorded
    stage.later(minutes=1)
    assert stage.last().state == "unsure"
    stage.later(minutes=20)
    assert stage.last().state == "sent"
    assert len(stage.sms.taken) == 1


def test_a_worker_that_stops_gives_back_what_it_did_not_begin(stage: Stage) -> None:
    stage.follow()
    stage.feed(9, "Trả kết quả")
    stage.notifier._stopping = True
    stage.notifier._claim()
    stage.notifier.stop()
    assert (stage.texts, stage.attempts()) == (0, [])
    stage.notifier = stage.worker()
    stage.work()
    assert stage.chat.taken == [("u1", RESULT)]


def test_a_one_time_code_goes_at_night_and_to_the_phone_alone(database_url: str) -> None:
    stage = make_stage(database_url, datetime(2026, 11, 25, 15, 30, tzinfo=UTC))
    stage.follow()
    owe_code(stage)
    stage.work()
    assert [who for who, _ in stage.zbs.taken] == [PHONE]
    assert stage.chat.taken == []
    assert (stage.last().state, stage.last().secret) == ("sent", None)


def test_a_one_time_code_goes_by_sms_when_the_template_is_refused(stage: Stage) -> None:
    stage.zbs.refuse(Again.CLOSED, "-118")
    owe_code(stage)
    stage.work()
    assert stage.sms.taken == [
        (PHONE, "Ma xac nhan cua quy ong/ba la 123456. Het han sau 10 phut.")
    ]


def test_a_one_time_code_that_is_too_old_does_not_go(stage: Stage) -> None:
    stage.zbs.always = refusal(Again.LATER, "")
    owe_code(stage)
    stage.work()
    stage.zbs.always = None
    stage.later(minutes=11)
    assert stage.texts == 0
    assert stage.last().state == "failed"


def owe_code(stage: Stage) -> None:
    """A citizen asked for a code."""
    vault = stage.runtime.vault
    phone = vault.seal("+84" + PHONE[1:])
    row = one_time_code_record(
        1,
        phone,
        vault.seal("123456"),
        stage.index().hex(),
        stage.clock(),
        timedelta(minutes=10),
    )
    with stage.runtime.engine.begin() as connection:
        owe_notices(connection, [row])
