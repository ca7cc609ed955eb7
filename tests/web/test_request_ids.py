"""One id for each web request, found again in every line and row that the request led to."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.database import reading
from bot.feed_keys import add_feed_key
from bot.hear import hear
from bot.logs import name_request
from bot.store.notice_tables import notice
from bot.store.tables import inbox, outbox
from tests.bot.notice_stage import CODE as FED_CODE
from tests.bot.notice_stage import make_stage
from tests.bot.post import Post, drain, make_pump
from tests.conversation import CODE, make_house
from tests.make import make_runtime
from tests.webhooks.feeding import Feeder
from tests.zalo_calls import CITIZEN, raw, signature, text_event
from wsgi import create_app

OURS = re.compile(r"[0-9a-f]{16}")


def ids_of(lines: list[Any], request_id: str) -> list[str]:
    """The events of the lines that grep finds under an id."""
    return [one["event"] for one in lines if request_id in json.dumps(one, default=str)]


def test_a_question_is_followed_from_zalos_call_to_its_answer(database_url: str) -> None:
    house = make_house(database_url)
    house.feed()
    web = create_app(house.runtime).test_client()
    body = raw(text_event(f"Hồ sơ {CODE} tới đâu rồi"))
    with capture_logs(processors=[name_request]) as lines:
        answer = web.post(
            "/webhooks/zalo", data=body, headers={"X-ZEvent-Signature": signature(body)}
        )
        request_id = answer.headers["X-Request-Id"]
        hear(house.runtime)
        pump = make_pump(house.runtime, Post())
        drain(pump)
        pump.stop()
    assert OURS.fullmatch(request_id)
    with reading(house.runtime.engine) as connection:
        [heard] = connection.execute(select(inbox)).all()
        [owed] = connection.execute(select(outbox)).all()
    assert heard.request_id == owed.request_id == request_id
    hops = ["webhook.stored", "event.heard", "outbox.delivered"]
    assert ids_of(lines, request_id) == hops
    told = {one["event"]: one for one in lines}
    assert told["event.heard"]["inbox"] == {request_id: heard.id}
    assert told["outbox.delivered"]["outbox"] == {request_id: owed.id}
    assert CITIZEN not in json.dumps(lines, default=str)
    assert CODE not in json.dumps(lines, default=str)


def test_a_notice_is_followed_from_the_feeds_call_to_its_carrier(database_url: str) -> None:
    stage = make_stage(database_url)
    app = create_app(stage.runtime)
    feeder = Feeder(stage.runtime, app.test_client(), add_feed_key(stage.runtime, "H32"))
    record = {
        "code": FED_CODE,
        "agency": "H32",
        "procedure": {"code": "1.004873", "name": "Đăng ký biến động đất đai"},
        "step": "Trả kết quả",
        "status": 9,
        "changed_at": stage.clock().isoformat(),
        "phone": "0905 123 456",
    }
    with capture_logs(processors=[name_request]) as lines:
        answer = feeder.send(record)
        stage.work()
    request_id = answer.headers["X-Request-Id"]
    assert answer.get_json()["results"][0]["outcome"] == "changed"
    [row] = stage.notices()
    assert row.request_id == request_id
    assert {"feed.taken", "notice.handed"} <= set(ids_of(lines, request_id))
    assert [one["notice"] for one in lines if one["event"] == "notice.handed"] == [
        {request_id: [row.id]}
    ]
    told = json.dumps(lines, default=str).replace(" ", "")
    assert "905123456" not in told


@pytest.mark.parametrize(
    ("address", "given", "kept"),
    [
        ("10.0.0.7", "nginx-7f3a9c0d1e", True),
        ("10.0.0.8", "nginx-7f3a9c0d1e", False),
        ("10.0.0.7", "short", False),
        ("10.0.0.7", 'x" injected="yes', False),
        ("10.0.0.7", "x" * 65, False),
        ("10.0.0.7", "", False),
    ],
    ids=["a trusted proxy", "a stranger", "too short", "odd letters", "too long", "nothing"],
)
def test_only_a_trusted_proxy_names_a_request(
    sqlite_url: str, address: str, given: str, kept: bool
) -> None:
    web = create_app(make_runtime(sqlite_url, trusted_proxies=("10.0.0.7",))).test_client()
    answer = web.get(
        "/healthz",
        headers={"X-Request-Id": given, "X-Forwarded-For": "203.0.113.9"},
        environ_overrides={"REMOTE_ADDR": address},
    )
    named = answer.headers["X-Request-Id"]
    assert (named == given) is kept
    assert kept or OURS.fullmatch(named)


def test_each_request_has_its_own(sqlite_url: str) -> None:
    web = create_app(make_runtime(sqlite_url)).test_client()
    named = {web.get(path).headers["X-Request-Id"] for path in ("/healthz", "/nothing", "/docs")}
    assert len(named) == 3


def test_nothing_is_named_outside_of_a_request(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.feed(9, "Trả kết quả")
    with reading(stage.runtime.engine) as connection:
        named = connection.execute(select(notice.c.request_id)).scalars().all()
    assert named == [None]
