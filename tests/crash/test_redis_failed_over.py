"""The Redis master dies and the Sentinels name another: nothing is lost, the bell rings again."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from redis import Redis, RedisError

from bot.bell import LANES, RqBell, quick_redis
from bot.ceiling import Ceiling
from bot.doctor_redis import redis_findings
from tests.journey.live_house import LiveHouse, sentence
from tests.make import make_settings
from tests.rig.child import wait_until
from tests.rig.redis_sentinels import RedisSentinels

EARS = 3  # of the lanes chat, notice and bulk
USUAL = 10.0  # seconds in which an answer comes while no bell rings: the lane's look, and the work


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisSentinels]:
    servers = RedisSentinels()
    yield servers
    servers.close()


@pytest.fixture
def house(redis: RedisSentinels, sqlite_url: str, tmp_path: Path) -> Iterator[LiveHouse]:
    house = LiveHouse(sqlite_url, redis.url, tmp_path)
    house.open()
    yield house
    house.close()
    house.runtime.engine.dispose()


def listeners(redis: RedisSentinels) -> int:
    """How many wait for a bell at the master; none while there is no master."""
    port = redis.master_port()
    if port is None:
        return 0
    try:
        with Redis(port=port) as master:
            return int(master.info("clients")["blocked_clients"])
    except RedisError:
        return 0


def test_every_question_asked_around_a_failover_is_answered_once_and_soon(
    house: LiveHouse, redis: RedisSentinels
) -> None:
    asked = [f"H56.14-240826-{number:04}" for number in range(20)]
    house.feed(asked)
    house.start_worker()
    house.say("an", asked[0])
    house.wait_for_replies(1)
    redis.stop()
    for place, code in enumerate(asked[1:10]):
        before = monotonic()
        house.say(f"citizen{place}", code)
        house.wait_for_replies(place + 2, timeout=USUAL)
        assert monotonic() - before < USUAL
    redis.start()
    wait_until(lambda: listeners(redis) >= EARS, "every ear at the new master", timeout=40)
    for place, code in enumerate(asked[10:]):
        house.say(f"later{place}", code)
    house.wait_for_replies(len(asked))
    house.wait_until_settled()
    assert sorted(house.replies()) == sorted(sentence(code) for code in asked)


def test_bell_and_ceiling_go_on_with_the_new_master(redis: RedisSentinels) -> None:
    settings = make_settings("sqlite://", redis_url=redis.url, zalo_calls_per_minute=100)
    bell, ceiling = RqBell(quick_redis(redis.url)), Ceiling(settings)
    bell.ring("chat")
    assert ceiling.take(5) == 5
    redis.fail_over()
    redis.start()
    wait_until(lambda: ceiling.take(200, "chat") > 25, "the whole ceiling, not the share of one")
    redis.flush()
    bell.ring("chat")
    with redis.client() as client:
        assert client.exists("bell:chat")
        assert client.llen("rq:queue:chat") == 1
    assert set(LANES) >= {"chat"}


def test_the_doctor_names_the_master_and_who_is_silent(redis: RedisSentinels) -> None:
    told = {
        one.what: one for one in redis_findings(make_settings("sqlite://", redis_url=redis.url))
    }
    assert told["redis"].level == "ok"
    assert told["redis.master"].why == f"motcua is 127.0.0.1:{redis.master_port()}"
    assert told["redis.sentinels"].why == "all 3 answer"
    missing = redis.url.replace("sentinel://", "sentinel://127.0.0.1:9,")
    told = {one.what: one for one in redis_findings(make_settings("sqlite://", redis_url=missing))}
    assert (told["redis.sentinels"].level, told["redis"].level) == ("warn", "ok")
    assert "127.0.0.1:9" in told["redis.sentinels"].why
    unknown = redis.url.replace("/motcua/", "/nobody/")
    told = {one.what: one for one in redis_findings(make_settings("sqlite://", redis_url=unknown))}
    assert {told["redis.master"].level, told["redis"].level} == {"fail"}
