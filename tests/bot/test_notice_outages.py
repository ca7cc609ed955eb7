"""Tokens die, wallets empty, gateways, databases and Redis go away: nothing is lost or doubled."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bot.channels.channel import Again
from bot.core.receipt import Reported
from bot.core.snapshot import Ticks
from bot.database import reading
from bot.store.channel_states import held_channels
from tests.bot.notice_stage import Stage, make_stage, refusal

CODES = [f"000.00.17.H32-261122-{number:04}" for number in range(1, 7)]
SMS_ONLY, BOTH = Ticks(zalo=False, sms=True), Ticks(zalo=True, sms=True)
FOLLOWED, UNFOLLOWED = "0905123456", "0912345678"


@pytest.fixture(autouse=True)
def _every_look_is_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.hold.LOOK_EVERY", 0.0)
    monkeypatch.setattr("bot.notify.AFTER_AWAY_SECONDS", 0.0)


def six_results(stage: Stage, notify: Ticks = BOTH) -> None:
    """Six dossiers come to their results: three of a follower's phone, three of another one."""
    for status, step in ((4, "Thẩm định"), (9, "Trả kết quả")):
        for place, code in enumerate(CODES):
            phone = FOLLOWED if place % 2 else UNFOLLOWED
            stage.feed(status, step, code=code, phone=phone, notify=notify)
        stage.clock.move(minutes=1)


def pass_time(stage: Stage, hours: float, step_minutes: float = 4) -> None:
    """Time passes, and a worker looks every few minutes."""
    for _ in range(int(hours * 60 / step_minutes)):
        stage.later(minutes=step_minutes)


def told(stage: Stage) -> Counter[str]:
    """How many texts about results each way took, and each notice once."""
    for way in (stage.chat, stage.uid, stage.zbs, stage.sms, stage.reserve):
        texts = [str(text) for text in way.taken]
        assert len(texts) == len(set(texts)), f"{way.name} took a text twice"
    ways = (stage.chat, stage.uid, stage.zbs, stage.sms, stage.reserve)
    return Counter({way.name: len(way.taken) for way in ways if way.taken})


def ends(stage: Stage) -> Counter[str]:
    """How the results' notices ended, or stand."""
    return Counter(row.state for row in stage.notices() if row.event == "result")


def loud(stage: Stage) -> set[str]:
    """The channels on hold for which a person is called."""
    with reading(stage.runtime.engine) as connection:
        return {name for name, held in held_channels(connection).items() if held.loud}


# The token and the wallet


def test_a_dead_token_holds_both_hosts_until_a_new_one_is_there(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.follow(hours_ago=0)
    stage.chat.always = stage.uid.always = refusal(Again.HALT, "-216")
    stage.zbs.always = refusal(Again.HALT, "-124")
    six_results(stage)
    pass_time(stage, 3, step_minutes=15)
    assert (told(stage), ends(stage)) == (Counter(), Counter(held=6))
    assert loud(stage) == {"zalo", "zbs"}
    assert len(stage.chat.asked) + len(stage.zbs.asked) < 200, "one try at a time, not six"
    stage.chat.always = stage.uid.always = stage.zbs.always = None
    pass_time(stage, 0.5, step_minutes=0.5)
    assert told(stage) == Counter(zalo=3, zbs=3)
    assert loud(stage) == set()
    assert ends(stage) == Counter(delivered=3, sent=3)


def test_a_token_that_stays_dead_over_night_costs_no_sms(database_url: str) -> None:
    evening = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)  # eight in Vietnam
    stage = make_stage(database_url, evening)
    stage.zbs.always = refusal(Again.HALT, "-124")
    six_results(stage)
    pass_time(stage, 20, step_minutes=30)
    assert told(stage) == Counter()
    stage.zbs.always = None
    pass_time(stage, 0.5)
    assert told(stage) == Counter(zbs=6)


def test_an_empty_wallet_waits_for_money_while_chat_goes_on(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.follow(hours_ago=0)
    stage.uid.always = refusal(Again.HALT, "-321")
    stage.zbs.always = refusal(Again.HALT, "-137")
    six_results(stage)
    pass_time(stage, 5, step_minutes=15)
    assert (told(stage), loud(stage)) == (Counter(zalo=3), {"zalo-wallet"})
    assert ends(stage) == Counter(delivered=3, held=3)
    stage.uid.always = stage.zbs.always = None
    pass_time(stage, 0.5, step_minutes=0.5)
    assert told(stage) == Counter(zalo=3, zbs=3)
    assert loud(stage) == set()


# Gateways


@pytest.mark.parametrize(
    ("again", "code"), [(Again.LATER, ""), (Again.HALT, "103"), (Again.LATER, "HTTP 404")]
)
def test_a_gateway_down_for_an_hour_delays_and_loses_nothing(
    database_url: str, again: Again, code: str
) -> None:
    stage = make_stage(database_url)
    stage.sms.always = refusal(again, code)
    six_results(stage, SMS_ONLY)
    pass_time(stage, 1)
    assert told(stage) == Counter()
    stage.sms.always = None
    pass_time(stage, 0.5)
    lost = Counter(failed=6) if code.startswith("HTTP") else Counter(sent=6)
    assert ends(stage) == lost
    assert told(stage) == Counter(esms=lost["sent"])


@pytest.mark.parametrize(("again", "code"), [(Again.LATER, ""), (Again.HALT, "103")])
def test_with_a_reserve_nobody_waits_an_hour_and_the_first_comes_back(
    database_url: str, again: Again, code: str
) -> None:
    stage = make_stage(database_url, sms_gateway_reserve="vietguys")
    stage.sms.always = refusal(again, code)
    six_results(stage, SMS_ONLY)
    pass_time(stage, 0.2, step_minutes=1)
    assert told(stage) == Counter(vietguys=6)
    stage.sms.always = None
    pass_time(stage, 1)
    for status, step in ((3, "Từ chối"), (8, "Dừng")):
        for each in CODES:
            stage.feed(status, step, code=each, phone=FOLLOWED, notify=SMS_ONLY)
        before = told(stage)
        pass_time(stage, 0.2, step_minutes=1)
    assert told(stage) - before == Counter(esms=6), "one tried it, the others follow"
    assert told(stage).total() == 18


def test_both_gateways_down_is_an_hour_lost_and_no_notice(database_url: str) -> None:
    stage = make_stage(database_url, sms_gateway_reserve="vietguys")
    stage.sms.always = refusal(Again.HALT, "103")
    stage.reserve.always = refusal(Again.LATER, "")
    six_results(stage, SMS_ONLY)
    pass_time(stage, 1)
    assert (told(stage), ends(stage)["failed"]) == (Counter(), 0)
    stage.reserve.always = None
    pass_time(stage, 0.2, step_minutes=1)
    assert told(stage) == Counter(vietguys=6)


def test_a_gateway_that_swallows_answers_is_not_asked_twice(database_url: str) -> None:
    stage = make_stage(database_url, sms_gateway_reserve="vietguys")
    for _ in range(6):
        stage.sms.swallow(f"{len(stage.sms.script)}")
    six_results(stage, SMS_ONLY)
    pass_time(stage, 74, step_minutes=60)
    assert ends(stage) == Counter(unsure=6)
    assert len(stage.sms.asked) == 6
    assert (told(stage), {row.state for row in stage.attempts()}) == (Counter(esms=6), {"unsure"})


# The database


@contextmanager
def database_away(stage: Stage) -> Iterator[None]:
    """No transaction begins."""

    def refuse(_connection: object) -> None:
        raise OperationalError("BEGIN", None, ConnectionError("away"))

    event.listen(stage.runtime.engine, "begin", refuse)
    yield
    event.remove(stage.runtime.engine, "begin", refuse)


@pytest.mark.parametrize(
    "minutes", [pytest.param(0.1, id="a moment"), pytest.param(5, id="longer than the lease")]
)
def test_answers_that_could_not_be_written_down_are_kept(database_url: str, minutes: float) -> None:
    stage = make_stage(database_url)
    stage.follow(hours_ago=0)
    six_results(stage)
    worker = stage.notifier
    worker._claim()
    worker._hand_out()
    with database_away(stage):
        for _ in range(3):
            with pytest.raises(OperationalError):
                stage.work(worker)
        stage.clock.move(minutes=minutes)
    other = stage.worker()
    while worker.turn() | other.turn():
        pass
    pass_time(stage, 1)
    assert told(stage) == Counter(zalo=3, zbs=3)
    assert ends(stage) == Counter(delivered=3, sent=3)
    assert Counter(row.state for row in stage.attempts()) == Counter(delivered=3, sent=3)


def test_another_worker_comes_first_and_still_nobody_is_told_twice(database_url: str) -> None:
    stage = make_stage(database_url)
    six_results(stage)
    slow = stage.worker()
    slow._claim()
    with database_away(stage), pytest.raises(OperationalError):
        stage.work(slow)
    stage.clock.move(minutes=5)
    stage.work()
    assert ends(stage) == Counter(unsure=6)
    stage.work(slow)
    pass_time(stage, 3.5, step_minutes=15)
    assert (told(stage), ends(stage)) == (Counter(zbs=6), Counter(sent=6))
    for number in range(1, 7):
        stage.report(stage.zbs, Reported.DELIVERED, number)
    assert ends(stage) == Counter(delivered=6)


def test_a_database_that_is_away_when_work_begins_costs_only_time(database_url: str) -> None:
    stage = make_stage(database_url)
    six_results(stage)
    with database_away(stage), pytest.raises(OperationalError):
        stage.work()
    assert stage.attempts() == []
    stage.later(minutes=1)
    assert told(stage) == Counter(zbs=6)


# Redis


def test_without_redis_the_own_ceiling_alone_slows_down_and_loses_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    monkeypatch.setattr("bot.ceiling.monotonic", lambda: seconds[0])
    monkeypatch.setattr("bot.notify.GRANT_SECONDS", 0.0)
    nowhere = "redis://127.0.0.1:9/0"
    stage = make_stage(database_url, redis_url=nowhere, zalo_calls_per_minute=9)
    stage.follow(hours_ago=0)
    six_results(stage)
    stage.work()
    assert told(stage) == Counter(zalo=2, zbs=3), "a quarter of the rate, and by phone all"
    for expected in (3, 3):
        seconds[0] += 61
        stage.later(minutes=1)
        assert told(stage)["zalo"] == expected
    assert (told(stage), ends(stage)["failed"]) == (Counter(zalo=3, zbs=3), 0)
    assert stage.last().expires_at - stage.clock() > timedelta(hours=70)
