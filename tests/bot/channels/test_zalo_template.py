"""What leaves for Zalo as a template message, and how its answers are read."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses

from bot.channels.channel import Again, SendFailed
from bot.channels.zalo_template import (
    TemplateChannel,
    TemplateFate,
    TemplateInfo,
    TemplateParam,
    TemplateQuota,
    TemplateTaken,
    build_templates,
)
from bot.core.phone import Phone
from bot.metrics import Metrics, own_metrics
from tests.bot.channels.test_zalo import ListedTokens
from tests.make import make_settings

OPENAPI, BUSINESS = "http://zalo.test/openapi", "http://zalo.test/business"
BY_UID = f"{OPENAPI}/v3.0/oa/message/template"
BY_PHONE = f"{BUSINESS}/message/template"
PHONE = Phone("+84905123456")
DATA = {"ma_ho_so": "H56.14-240823-0001", "co_quan": "UBND phường Mẫu"}
SENT_TIME = "1795312346000"
SENT_AT = datetime(2026, 11, 22, 1, 52, 26, tzinfo=UTC)
CUT = requests.exceptions.ConnectionError("Connection aborted.")
LATE = requests.exceptions.ReadTimeout("too late")


def channel_with(*tokens: str, metrics: Metrics | None = None) -> TemplateChannel:
    settings = make_settings("sqlite://", zalo_openapi_url=OPENAPI, zalo_business_url=BUSINESS)
    return build_templates(
        settings, ListedTokens(list(tokens or ["first"])), metrics or own_metrics()
    )


def send(channel: TemplateChannel, way: str) -> TemplateTaken:
    if way == "uid":
        return channel.by_uid("77", "412233", DATA)
    return channel.by_phone(PHONE, "412233", DATA, "attempt-1")


def answered(way: str, *answers: dict[str, Any]) -> tuple[TemplateTaken, list[Any]]:
    """What one send gives, and the requests it made."""
    tokens = ("first", "second")
    with responses.RequestsMock() as wire:
        for answer in answers:
            wire.add(responses.POST, BY_UID if way == "uid" else BY_PHONE, json=answer)
        return send(channel_with(*tokens), way), [call.request for call in wire.calls]


def read_answer(path: str, data: object) -> Any:
    """A read of the business host: its channel method's result."""
    channel = channel_with()
    reads: dict[str, Callable[[], object]] = {
        "/message/status": lambda: channel.status("m1"),
        "/message/quota": channel.quota,
        "/template/info/v2": lambda: channel.template_info("412233"),
    }
    with responses.RequestsMock() as wire:
        wire.add(responses.GET, BUSINESS + path, json={"error": 0, "data": data})
        return reads[path]()


def test_by_user_id_no_tracking_id_goes_along() -> None:
    told = {"message_id": "m1", "sent_time": SENT_TIME, "quota": {"remain": 488, "total": 500}}
    taken, [request] = answered("uid", {"error": 0, "message": "Success", "data": told})
    assert taken == TemplateTaken("m1", SENT_AT, 488, "0", "Success")
    assert json.loads(request.body) == {
        "user_id": "77",
        "template_id": "412233",
        "template_data": DATA,
    }
    assert request.headers["access_token"] == "first"


def test_by_phone_our_id_goes_along() -> None:
    told = {
        "msg_id": "m1",
        "sent_time": SENT_TIME,
        "quota": {"dailyQuota": "500", "remainingQuota": "499"},
    }
    taken, [request] = answered("phone", {"error": 0, "message": "Success", "data": told})
    assert taken == TemplateTaken("m1", SENT_AT, 499, "0", "Success")
    assert json.loads(request.body) == {
        "phone": "84905123456",
        "template_id": "412233",
        "template_data": DATA,
        "tracking_id": "attempt-1",
    }
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": 0, "sent_time": SENT_TIME, "data": {"message_id": "m1"}},
         TemplateTaken("m1", SENT_AT, None, "0", "")),
        ({"error": "0", "data": {"msg_id": 55, "sent_time": int(SENT_TIME), "quota": "none"}},
         TemplateTaken("55", SENT_AT, None, "0", "")),
        ({"error": 0}, TemplateTaken("", None, None, "0", "")),
        ({"error": 0, "data": []}, TemplateTaken("", None, None, "0", "")),
        ({"error": 0, "data": {"msg_id": "m1", "quota": {"remainingQuota": "many"}}},
         TemplateTaken("m1", None, None, "0", "")),
    ],
    ids=["sent_time outside", "numbers", "no data", "data is a list", "quota is no number"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["uid", "phone"])
def test_a_yes_in_any_form_is_a_yes(
    way: str, answer: dict[str, Any], expected: TemplateTaken
) -> None:
    assert answered(way, answer)[0] == expected


def test_decomposed_letters_leave_composed() -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, BY_UID, json={"error": 0})
        channel_with().by_uid("77", "412233", {"buoc": "Tha\u0302\u0309m"})
        body = json.loads(wire.calls[0].request.body or b"")
    assert body["template_data"] == {"buoc": "Thẩm"}


@pytest.mark.parametrize("tracking_id", ["", "x" * 49])
def test_a_tracking_id_that_zalo_would_refuse_never_leaves(tracking_id: str) -> None:
    with responses.RequestsMock(), pytest.raises(ValueError, match="tracking id"):
        channel_with().by_phone(PHONE, "412233", DATA, tracking_id)


@pytest.mark.parametrize(("way", "code"), [("uid", -216), ("uid", -220), ("phone", -124),
                                           ("phone", -216), ("phone", "401")])  # fmt: skip
def test_a_dead_token_is_renewed_once_and_the_message_goes(way: str, code: object) -> None:
    taken, requests_made = answered(way, {"error": code}, {"error": 0, "data": {"msg_id": "m1"}})
    assert taken.carrier_id == "m1"
    assert [one.headers["access_token"] for one in requests_made] == ["first", "second"]


@pytest.mark.parametrize("tokens", [("first",), ("first", "second")])
def test_a_token_that_stays_dead_halts(tokens: tuple[str, ...]) -> None:
    with responses.RequestsMock() as wire:
        for _ in tokens:
            wire.add(responses.POST, BY_PHONE, json={"error": -124, "message": "Token invalid"})
        with pytest.raises(SendFailed) as failed:
            send(channel_with(*tokens), "phone")
    assert (failed.value.again, failed.value.code) == (Again.HALT, "-124")
    assert failed.value.said == "Token invalid"


@pytest.mark.parametrize(
    ("given", "again"),
    [
        ({"status": 500}, Again.UNSURE),
        ({"body": CUT}, Again.UNSURE),
        ({"body": LATE}, Again.UNSURE),
        ({"body": requests.exceptions.ConnectTimeout("too late")}, Again.LATER),
        ({"json": {"message": "Success"}}, Again.UNSURE),
        ({"status": 429, "body": "slow down"}, Again.PAUSE),
        ({"json": {"error": -9999, "message": "?"}}, Again.NEVER),
    ],
    ids=["500", "cut", "read timeout", "connect timeout", "no code", "429", "unknown code"],
)
@pytest.mark.parametrize("way", ["uid", "phone"])
def test_what_a_lost_or_odd_answer_means(way: str, given: dict[str, Any], again: Again) -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, BY_UID if way == "uid" else BY_PHONE, **given)
        with pytest.raises(SendFailed) as failed:
            send(channel_with(), way)
    assert failed.value.again is again


def test_calls_are_counted_by_carrier_and_way() -> None:
    metrics = own_metrics()
    channel = channel_with(metrics=metrics)
    with responses.RequestsMock() as wire:
        wire.add(responses.POST, BY_UID, json={"error": 0})
        wire.add(responses.POST, BY_PHONE, json={"error": -118})
        send(channel, "uid")
        with pytest.raises(SendFailed):
            send(channel, "phone")
    counted = [
        metrics.registry.get_sample_value(
            "motcua_carrier_calls_total", {"carrier": carrier, "call": call, "outcome": outcome}
        )
        for carrier, call, outcome in (
            ("zalo", "template_uid", "taken"),
            ("zbs", "template_phone", "closed"),
            ("zbs", "template_phone", "taken"),
        )
    ]
    assert counted == [1, 1, 0]


@pytest.mark.parametrize(
    ("told", "fate"),
    [(1, TemplateFate.DELIVERED), ("1", TemplateFate.DELIVERED), (0, TemplateFate.PUSHED),
     (-1, TemplateFate.UNKNOWN), (None, TemplateFate.UNKNOWN), ("new", TemplateFate.UNKNOWN)],
)  # fmt: skip
def test_what_became_of_a_message(told: object, fate: TemplateFate) -> None:
    assert read_answer("/message/status", {"status": told}) is fate


@pytest.mark.parametrize(
    ("told", "quota"),
    [
        ({"dailyQuota": 5000, "remainingQuota": "4999"}, TemplateQuota(5000, 4999)),
        ({"dailyQuota": None, "remainingQuota": {}}, TemplateQuota(None, None)),
        ({}, TemplateQuota(None, None)),
    ],
)
def test_the_quota_in_any_form(told: dict[str, Any], quota: TemplateQuota) -> None:
    assert read_answer("/message/quota", told) == quota


def test_declared_parameters_in_any_form() -> None:
    params = [
        {"name": "ma_ho_so", "require": True, "type": "STRING", "maxLength": 30, "minLength": 1},
        {"name": "ngay_hen", "require": "false", "type": "DATE", "maxLength": "20"},
        "not a parameter",
    ]
    told = {"status": "ENABLE", "listParams": params, "templateQuality": None, "price_sdt": "120.0"}
    assert read_answer("/template/info/v2", told) == TemplateInfo(
        id="412233",
        status="ENABLE",
        quality="",
        tag="",
        price_phone=120,
        price_uid=None,
        created_at=None,
        params=(
            TemplateParam("ma_ho_so", True, "STRING", 30, 1),
            TemplateParam("ngay_hen", False, "DATE", 20, None),
        ),
    )
    assert read_answer("/template/info/v2", {"listParams": "none"}).params == ()


def test_a_lost_answer_to_a_question_does_no_harm() -> None:
    with responses.RequestsMock() as wire:
        wire.add(responses.GET, f"{BUSINESS}/message/quota", body=LATE)
        with pytest.raises(SendFailed) as failed:
            channel_with().quota()
    assert failed.value.again is Again.LATER
