"""From the feed to the bubble, over HTTP: what a citizen asks, and what the phone then shows."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest
import redis as redis_library
import requests

from bot.feed_keys import NewKey, add_feed_key
from tests.journey.live_house import STEP, LiveHouse, sentence, wait
from tests.photos.sets import clear_photo
from tests.rig.redis_server import RedisServer

NEXT = count(1)


@pytest.fixture
def citizen() -> str:
    return f"journey{next(NEXT)}"


@pytest.fixture
def code() -> str:
    return f"H56.14-240827-{next(NEXT):04}"


@pytest.fixture
def answering(house: LiveHouse) -> LiveHouse:
    """The house with a worker."""
    house.start_worker()
    return house


def feed(house: LiveHouse, code: str, due_in: timedelta) -> None:
    """The one-stop software tells of a dossier, signed as interfaces 4 says."""
    key: NewKey = add_feed_key(house.runtime, "H56.14")
    now = datetime.now(UTC)
    record = {
        "code": code,
        "agency": "H56.14",
        "procedure": {"code": "1.003560", "name": "Đăng ký khai sinh"},
        "step": STEP,
        "status": 4,
        "changed_at": now.isoformat(),
        "due_at": (now + due_in).isoformat(),
    }
    body = json.dumps({"dossiers": [record]}).encode()
    stamp = str(int(now.timestamp()))
    mac = hmac.new(key.secret.encode(), stamp.encode() + b"." + body, sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Feed-Key": key.id,
        "X-Feed-Timestamp": stamp,
        "X-Feed-Signature": f"sha256={mac}",
    }
    url = f"{house.web}/feeds/v1/dossiers"
    answer = requests.post(url, data=body, headers=headers, timeout=20)
    assert [one["outcome"] for one in answer.json()["results"]] == ["new"]


def test_what_was_fed_is_told_word_for_word(answering: LiveHouse, citizen: str, code: str) -> None:
    feed(answering, code, timedelta(days=3))
    answering.say(citizen, f"cho em hỏi hs {code.lower()} ạ")
    assert answering.wait_for_replies(1, citizen) == [sentence(code)]
    answering.wait_until_settled()
    assert len(answering.replies(citizen)) == 1


def test_what_is_late_is_said_to_be_late_and_what_is_unknown_unknown(
    answering: LiveHouse, citizen: str, code: str
) -> None:
    feed(answering, code, timedelta(days=-3))
    answering.say(citizen, code)
    assert answering.wait_for_replies(1, citizen) == [sentence(code, "Trễ hạn")]
    answering.say(citizen, "H56.14-240827-9999")
    unknown = answering.wait_for_replies(2, citizen)[1]
    assert "H56.14-240827-9999" in unknown
    assert "Không tìm thấy" in unknown


def test_a_follower_is_welcomed_and_a_photo_answered(answering: LiveHouse, citizen: str) -> None:
    answering.control("follow", user=citizen, following=True)
    [welcome] = answering.wait_for_replies(1, citizen)
    picture = base64.b64encode(b"\xff\xd8\xff\xe0 no picture").decode()
    answering.control("photo", user=citizen, image_base64=picture)
    replies = answering.wait_for_replies(2, citizen)
    assert replies[0] == welcome
    assert replies[1] != welcome
    answering.wait_until_settled()
    assert len(answering.replies(citizen)) == 2


def test_a_photographed_slip_is_read_and_answered(
    answering: LiveHouse, citizen: str, code: str
) -> None:
    feed(answering, code, timedelta(days=3))
    picture = base64.b64encode(clear_photo(code)).decode()
    answering.control("photo", user=citizen, image_base64=picture)
    assert answering.wait_for_replies(1, citizen) == [sentence(code)]


def test_a_token_that_dies_on_the_way_is_renewed_and_the_question_answered(
    answering: LiveHouse, citizen: str, code: str
) -> None:
    feed(answering, code, timedelta(days=3))
    answering.say(citizen, code)
    answering.wait_for_replies(1, citizen)
    answering.control("fault", name="token_revoked", on=True)
    answering.control("fault", name="token_revoked", on=False)
    answering.say(citizen, code)
    assert answering.wait_for_replies(2, citizen) == [sentence(code)] * 2


def test_too_many_calls_pause_the_house_and_lose_no_reply(
    answering: LiveHouse, redis: RedisServer, citizen: str, code: str
) -> None:
    feed(answering, code, timedelta(days=3))
    with answering.fault("rate_limited", count=1):
        answering.say(citizen, code)
        with redis_library.Redis.from_url(redis.url) as client:
            wait(lambda: paused_for(client) > 50, "the pause", answering.story, 20)
    assert answering.replies(citizen) == []
    answering.stop_workers()
    redis.flush()  # in place of waiting for the minute to pass
    answering.start_worker()
    assert answering.wait_for_replies(1, citizen) == [sentence(code)]


def paused_for(client: redis_library.Redis) -> int:
    return int(client.ttl("ceiling:{zalo}:paused"))


def test_what_was_asked_while_zalo_was_down_is_answered_when_it_is_back(
    house: LiveHouse, citizen: str, code: str
) -> None:
    feed(house, code, timedelta(days=3))
    house.say(citizen, code)
    wait(lambda: house.open_rows() > 0, "the event in the inbox", house.story, 20)
    house.stop_sandbox()
    house.start_worker()
    wait(lambda: has_been_tried(house), "a try that reached nobody", house.story, 20)
    house.start_sandbox()
    assert house.wait_for_replies(1, citizen, timeout=60) == [sentence(code)]
    house.wait_until_settled()
    assert len(house.replies(citizen)) == 1


def has_been_tried(house: LiveHouse) -> bool:
    return any(row.refusals for row in house.owed()[-1:])
