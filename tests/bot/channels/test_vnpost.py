"""VNPost over the wire: the manual's answers, and what each means for the order."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from bot.channels.channel import Again, SendFailed
from bot.channels.http import Wire
from bot.channels.post_service import Cancelled, OrderTaken
from bot.channels.vnpost import VnPost
from bot.core.post_order import FIELDS, PostOrder, Sender
from bot.core.post_receiver import Receiver
from bot.metrics import own_metrics

URL = "https://lgsp.example.vn/vnpost"
CODE = "H32.14-240823-0001"
RECEIVER = Receiver("Trần Thị Bình", "0905123456", "12 Trần Phú", "phường Lộc Thọ", "Khánh Hòa")
ORDER = PostOrder(
    CODE,
    "EE123456785VN",
    Sender("Bộ phận Một cửa", "1 Trần Phú", "02583822111", "Khánh Hòa"),
    RECEIVER,
)


def vnpost() -> VnPost:
    return VnPost(URL, "motcua", "secret", "KH01", own_metrics(), Wire((1.0, 1.0)))


def answers(mocked: responses.RequestsMock, call: str, body: Any, status: int = 200) -> None:
    mocked.add(responses.POST, f"{URL}/{call}", json=body, status=status)


def asked(mocked: responses.RequestsMock, place: int) -> Any:
    return json.loads(mocked.calls[place].request.body or "")


@pytest.fixture
def wire() -> Any:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mocked:
        answers(mocked, "token", {"access_token": "t1", "expires_in": 3600})
        yield mocked


@pytest.mark.parametrize(("status", "again"), [("100", False), ("101", True), (100, False)])
def test_an_order_is_told_in_the_manuals_fields_and_taken_once(
    wire: responses.RequestsMock, status: Any, again: bool
) -> None:
    answers(wire, "PostOrder", {"Status": status, "Message": "OK", "ItemCode": "EE 123456785 vn"})
    assert vnpost().order(ORDER) == OrderTaken("EE123456785VN", again)
    assert asked(wire, 0) == {"username": "motcua", "password": "secret"}
    told = asked(wire, 1)
    assert tuple(told) == FIELDS
    assert told["OrderNumber"] == CODE
    assert told["ReceiverAddress"] == "12 Trần Phú, phường Lộc Thọ"
    assert (told["CODAmount"], told["FlagConfig"], told["ReceiverDistrict"]) == (0, 2, "")
    assert wire.calls[1].request.headers["access_token"] == "t1"


@pytest.mark.parametrize(
    ("status", "body", "meant"),
    [
        (200, {"Status": "202", "Message": "ReceiverTel sai"}, Again.NEVER),
        (400, {"Status": "205", "Message": "CustomerCode"}, Again.NEVER),
        (200, {"Message": "?"}, Again.UNSURE),
        (200, {"Status": "500", "Message": "loi he thong"}, Again.LATER),
        (503, {"Status": "100"}, Again.UNSURE),
        (429, {"Status": "429", "Message": "cham lai"}, Again.PAUSE),
        (404, {}, Again.LATER),
    ],
)
def test_what_is_not_taken_is_told_apart(
    wire: responses.RequestsMock, status: int, body: Any, meant: Again
) -> None:
    answers(wire, "PostOrder", body, status)
    with pytest.raises(SendFailed) as failed:
        vnpost().order(ORDER)
    assert failed.value.again is meant
    if meant is Again.NEVER:
        assert failed.value.said == body["Message"]


def test_an_answer_that_was_lost_is_asked_for_again(wire: responses.RequestsMock) -> None:
    wire.add(responses.POST, f"{URL}/PostOrder", body=requests.ReadTimeout())
    with pytest.raises(SendFailed) as failed:
        vnpost().order(ORDER)
    assert failed.value.again is Again.UNSURE


def test_a_dead_token_is_renewed_once_and_a_wrong_account_is_our_fault() -> None:
    with responses.RequestsMock() as mocked:
        answers(mocked, "token", {"access_token": "dead", "expires_in": 3600})
        answers(mocked, "PostOrder", {"Status": "401"}, 401)
        answers(mocked, "token", {"access_token": "fresh", "expires_in": 3600})
        answers(mocked, "PostOrder", {"Status": "100", "ItemCode": "EE123456785VN"})
        assert vnpost().order(ORDER).item_code == "EE123456785VN"
        assert [call.request.headers.get("access_token") for call in mocked.calls] == [
            None, "dead", None, "fresh",
        ]  # fmt: skip
    with responses.RequestsMock() as mocked:
        answers(mocked, "token", {"Status": "401", "Message": "sai mat khau"}, 401)
        with pytest.raises(SendFailed, match="POST_PASSWORD") as failed:
            vnpost().order(ORDER)
        assert failed.value.again is Again.HALT


@pytest.mark.parametrize(
    ("status", "meant"),
    [("100", Cancelled.DONE), ("102", Cancelled.TOO_LATE), ("404", Cancelled.UNKNOWN)],
)
def test_an_order_is_cancelled_or_not_any_more(
    wire: responses.RequestsMock, status: str, meant: Cancelled
) -> None:
    answers(wire, "CancelOrder", {"Status": status, "Message": ""})
    assert vnpost().cancel(CODE) is meant
    assert asked(wire, 1) == {"CustomerCode": "KH01", "OrderNumber": CODE}


def test_tracking_is_read_in_the_order_of_its_ids_whatever_the_service_is_like(
    wire: responses.RequestsMock,
) -> None:
    whole = {
        "id": 18, "orderNumber": CODE, "itemCode": "EE123456785VN", "statusCode": "I",
        "statusMessage": "Đã nhận gửi", "statusTime": "20261125081500",
    }  # fmt: skip
    bare = {"id": "17", "orderNumber": CODE, "statusCode": 5, "statusMessage": "Mới"}
    odd = [None, {"id": 19}, {"id": True, "orderNumber": CODE}, {**bare, "id": 3}, "x"]
    answers(wire, "GetOrderTracking", {"Status": "100", "data": [whole, bare, *odd], "lastId": 18})
    page = vnpost().track(16)
    assert asked(wire, 1) == {"CustomerCode": "KH01", "pageSize": 100, "lastId": 16}
    assert [(line.id, line.code, line.at, line.item_code) for line in page.lines] == [
        (17, "5", None, ""),
        (18, "I", datetime(2026, 11, 25, 1, 15, tzinfo=UTC), "EE123456785VN"),
    ]
    assert page.last_id == 18


def test_a_page_that_cannot_be_read_is_not_asked_for_for_ever(
    wire: responses.RequestsMock,
) -> None:
    answers(wire, "GetOrderTracking", {"Status": "100", "data": [{"id": 20}], "lastId": 20})
    assert vnpost().track(16).last_id == 20
