"""What holds a way for all notices, and what lets it go again."""

import pytest

from bot.channels.channel import Again
from bot.core.snapshot import Ticks
from bot.database import reading
from bot.store.channel_states import held_channels
from tests.bot.notice_stage import (
    PHONE,
    RESULT,
    RESULT_SMS,
    Stage,
    make_stage,
    refusal,
    result,
)

SMS_ONLY = Ticks(zalo=False, sms=True)


def held(stage: Stage) -> set[str]:
    """The channels on hold."""
    with reading(stage.runtime.engine) as connection:
        return set(held_channels(connection))


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def test_a_filled_wallet_is_known_by_the_first_template_that_is_taken(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.zbs.always = refusal(Again.HALT, "-137")
    result(stage)
    assert held(stage) == {"zalo-wallet"}
    stage.zbs.always = None
    stage.later(minutes=3)
    assert len(stage.zbs.taken) == 1
    assert held(stage) == set()


def test_a_free_message_says_nothing_of_the_wallet(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.zbs.always = stage.uid.always = refusal(Again.HALT, "-137")
    result(stage)
    stage.follow(hours_ago=0)
    stage.chat.refuse(Again.HALT, "-321")
    stage.later(minutes=3)
    assert held(stage) == {"zalo-wallet"}


def test_a_gateway_that_asks_for_patience_is_not_asked_again_at_once(database_url: str) -> None:
    stage = make_stage(database_url, sms_gateway_reserve="vietguys", zalo_templates={})
    stage.sms.refuse(Again.PAUSE, "160")
    result(stage)
    assert len(stage.sms.asked) == 1
    stage.later(minutes=1)
    assert [who for who, _ in stage.sms.taken] == [PHONE]


def test_too_many_calls_to_zalo_pause_every_worker(database_url: str, redis_url: str) -> None:
    stage = make_stage(database_url, redis_url=redis_url)
    stage.follow()
    stage.chat.refuse(Again.PAUSE, "-32")
    result(stage)
    assert stage.worker().ceiling.paused() > 50
    assert stage.sms.taken == []


def test_a_dead_token_holds_the_notices_and_costs_no_sms(stage: Stage) -> None:
    stage.follow()
    stage.chat.always = refusal(Again.HALT, "-216")
    result(stage)
    for _ in range(30):
        stage.later(minutes=5)
    assert stage.last().state == "held"
    assert (stage.sms.taken, stage.uid.taken) == ([], [])
    with reading(stage.runtime.engine) as connection:
        assert held_channels(connection)["zalo"].loud
    stage.chat.always = None
    stage.later(minutes=5)
    assert stage.chat.taken == [("u1", RESULT)]
    assert stage.last().state == "delivered"


def test_an_empty_wallet_holds_templates_and_leaves_chat_free(stage: Stage) -> None:
    stage.zbs.always = refusal(Again.HALT, "-137")
    result(stage)
    stage.later(minutes=30)
    assert stage.last().state == "held"
    stage.follow("u2")
    stage.later(minutes=3)
    assert stage.chat.taken == [("u2", RESULT)]
    assert stage.sms.taken == []


def test_the_wallet_refusing_a_free_chat_message_closes_only_that_way(stage: Stage) -> None:
    stage.follow()
    stage.chat.refuse(Again.HALT, "-321")
    result(stage)
    assert len(stage.uid.taken) == 1
    with reading(stage.runtime.engine) as connection:
        assert held_channels(connection) == {}


def test_the_reserve_takes_over_when_the_first_gateway_is_out_of_money(database_url: str) -> None:
    stage = make_stage(database_url, sms_gateway_reserve="vietguys", zalo_templates={})
    stage.sms.always = refusal(Again.HALT, "103")
    result(stage)
    stage.later(minutes=2)
    assert len(stage.reserve.taken) == 1
    stage.sms.always = None
    stage.clock.move(days=1)
    stage.feed(4, "Thẩm định")
    stage.later(minutes=5)
    stage.feed(3, "Từ chối")
    stage.later(minutes=5)
    assert stage.sms.taken, "the first gateway is used again once it works"


def test_a_gateway_down_for_an_hour_loses_nothing(database_url: str) -> None:
    stage = make_stage(database_url, zalo_templates={})
    stage.sms.always = refusal(Again.LATER, "")
    result(stage)
    for _ in range(20):
        stage.later(minutes=3)
    stage.sms.always = None
    stage.later(minutes=3)
    assert stage.sms.taken == [(PHONE, RESULT_SMS)]
