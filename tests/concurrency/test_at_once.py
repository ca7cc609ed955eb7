"""Many at once: calls of the same event, workers on the same messages, renewers of one pair."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
import requests

from bot.channels.zalo_events import listen
from bot.take_in import take_in, zalo_keys
from tests.journey.live_house import LiveHouse, sentence, wait
from tests.zalo_calls import raw, signature, text_event

NEXT = count(1)
# SQLite lets one write at a time; where two can, each of these would show a race.
on_postgresql = pytest.mark.parametrize("any_house", ["postgresql"], indirect=True)


def genuine(text: str, user: str) -> tuple[bytes, str]:
    """A text event of this moment and its signature."""
    stamp = str(int(datetime.now(UTC).timestamp() * 1000))
    event = text_event(text, user, msg_id=f"once{next(NEXT)}") | {"timestamp": stamp}
    body = raw(event)
    return body, signature(body, stamp)


def citizens(house: LiveHouse, number: int) -> list[str]:
    """Ids of citizens who have written to the OA, while its webhook was off."""
    house.control("webhook", enabled=False)
    for place in range(number):
        house.say(f"crowd{place}", "xin chào")
    house.control("webhook", enabled=True)
    state = house.http.get(f"{house.sandbox}/control/state", timeout=10).json()
    return [one["id"] for one in state["people"] if one["alias"].startswith("crowd")][:number]


def test_the_same_webhook_fifty_times_at_once_is_one_event(house: LiveHouse) -> None:
    [citizen] = citizens(house, 1)
    body, mac = genuine("xin chào", citizen)
    before = house.events()

    def call(_: int) -> int:
        headers = {"X-ZEvent-Signature": mac, "Content-Type": "application/json"}
        return requests.post(
            f"{house.web}/webhooks/zalo", data=body, headers=headers, timeout=20
        ).status_code

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(call, range(50))) == [200] * 50
    assert house.events() == before + 1
    house.start_worker()
    house.wait_until_settled()
    assert len(house.replies("crowd0")) == 1


@on_postgresql
def test_two_workers_send_five_hundred_messages_once_each(house: LiveHouse) -> None:
    asked = [f"H56.14-240826-{number:04}" for number in range(500)]
    house.feed(asked)
    crowd = citizens(house, 25)
    keys, now = zalo_keys(house.runtime.settings), datetime.now(UTC)
    for place, code in enumerate(asked):
        body, mac = genuine(code, crowd[place % 25])
        event = listen(body, mac, keys, now)
        assert event is not None
        take_in(house.runtime, event, body, now)
    for _ in range(2):
        house.start_worker()
    told = {sentence(code) for code in asked}
    wait(lambda: set(house.replies()) >= told, "500 replies", house.story, 60)
    house.wait_until_settled()
    assert sorted(text for text in house.replies() if text in told) == sorted(told)


@on_postgresql
def test_four_workers_at_once_renew_a_pair_that_is_due_once(house: LiveHouse) -> None:
    house.link()
    before = token_calls(house)
    workers = [
        house.start("bot", "work", "--burst", CLOCK_OFFSET_SECONDS="72500") for _ in range(4)
    ]
    assert [worker.wait() for worker in workers] == [0] * 4
    assert token_calls(house) == before + 1
    status = house.start("bot", "zalo", "status", "--json")
    assert status.wait() == 0
    shown: dict[str, Any] = json.loads(status.output())
    assert shown["consent_needed"] is False
    house.link()


def token_calls(house: LiveHouse) -> int:
    """How often the token endpoint was asked, among the last requests."""
    log = house.http.get(f"{house.sandbox}/control/requests", timeout=10).json()["requests"]
    return sum(one["path"].startswith("/oauth/") for one in log)
