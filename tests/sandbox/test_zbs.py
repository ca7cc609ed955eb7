"""Template messages by phone: refusals, receipts, status."""

import hashlib
from typing import Any

import pytest

from tests.sandbox.rehearsal import OA_ID, Product, Rehearsal

DATA = {"ma_ho_so": "H32.01-261116-0001", "co_quan": "UBND phường Lộc Thọ"}
BODY = {
    "phone": "84905000001",
    "template_id": "412233",
    "template_data": DATA,
    "tracking_id": "dvc-000123-ready",
}


def send(zalo: Rehearsal, **changes: Any) -> Any:
    """One template by phone; gives the answer's JSON."""
    return zalo.call("/business/message/template", BODY | changes).json()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, 0),
        ({"phone": "+84905000001"}, 0),
        ({"phone": "0905000001"}, -108),
        ({"phone": "8490500000"}, -108),
        ({"phone": "842583822222"}, -108),
        ({"phone": "84905999999"}, -118),
        ({"template_id": "1"}, -109),
        ({"template_id": "412299", "template_data": {"ma_ho_so": "x"}}, -131),
        ({"template_data": {"ma_ho_so": "x"}}, -1122),
        ({"template_data": DATA | {"ma_ho_so": "x" * 31}}, -1121),
        ({"template_data": DATA | {"ma_ho_so": 5}}, -112),
        ({"tracking_id": "x" * 49}, -1121),
        ({"mode": "development"}, -127),
    ],
)
def test_what_a_template_by_phone_gets(zalo: Rehearsal, changes: Any, code: int) -> None:
    assert send(zalo, **changes)["error"] == code


@pytest.mark.parametrize(
    ("change", "code"), [("refuses", -139), ("inactive_45d", -114), ("banned", -119)]
)
def test_whom_it_does_not_reach(zalo: Rehearsal, change: str, code: int) -> None:
    zalo.control("person", user="an", **{change: True})
    assert send(zalo)["error"] == code
    zalo.control("person", user="an", **{change: False}, has_zalo=False)
    assert send(zalo)["error"] == -118


def test_a_changed_number_is_reached_under_the_new_one_only(zalo: Rehearsal) -> None:
    zalo.control("person", user="an", phone="0912345678")
    assert send(zalo)["error"] == -118
    assert send(zalo, phone="84912345678")["error"] == 0


def test_night_and_empty_quota_by_switch(zalo: Rehearsal) -> None:
    zalo.fault("zbs_night")
    zalo.control("clock", now="2026-11-23T21:59:00+07:00")
    assert send(zalo)["error"] == 0
    zalo.control("clock", now="2026-11-23T22:01:00+07:00")
    assert send(zalo)["error"] == -133
    zalo.control("clock", now="2026-11-24T06:01:00+07:00")
    zalo.fault("zbs_quota_empty", count=1)
    assert [send(zalo)["error"] for _ in range(2)] == [-144, 0]


def test_the_receipt_follows_and_the_status_turns(zalo: Rehearsal, product: Product) -> None:
    sent = send(zalo)["data"]
    assert sent["quota"] == {"dailyQuota": "5000", "remainingQuota": "4999"}
    path = f"/business/message/status?message_id={sent['msg_id']}"
    assert zalo.call(path).json()["data"]["status"] == 0
    zalo.control("clock", advance_seconds=3)
    receipt = product.wait(1, name="user_received_message")[0]
    assert receipt.headers["X-ZEvent-Server"] == "ZNS"
    assert (receipt.event["sender"], receipt.event["recipient"]) == (
        {"id": OA_ID},
        {"id": "84905000001"},
    )
    assert receipt.event["message"]["tracking_id"] == "dvc-000123-ready"
    assert zalo.call(path).json()["data"]["status"] == 1
    assert zalo.get("/control/messages?user=an")["messages"][0]["kind"] == "template"


def test_hash_mode_names_the_hash(zalo: Rehearsal, product: Product) -> None:
    digest = hashlib.sha256(b"84905000001").hexdigest()
    body = {key: value for key, value in BODY.items() if key != "phone"} | {"hash_phone": digest}
    assert zalo.call("/business/message/template/hashphone", body).json()["error"] == 0
    zalo.control("clock", advance_seconds=3)
    receipt = product.wait(1, name="user_received_message")[0].event
    assert receipt["recipient"]["id"] == digest


def test_a_silent_delivery_stays_unreported(zalo: Rehearsal) -> None:
    zalo.fault("zbs_no_receipt", count=1)
    sent = send(zalo)["data"]
    zalo.control("clock", advance_seconds=3600)
    path = f"/business/message/status?message_id={sent['msg_id']}"
    assert zalo.call(path).json()["data"]["status"] == 0
    assert zalo.call("/business/message/status?message_id=none").json()["data"]["status"] == -1


def test_a_dead_token_has_its_own_code(zalo: Rehearsal) -> None:
    answer = zalo.call("/business/message/quota", access_token="dead").json()
    assert answer["error"] == -124


def test_the_console_lists_its_templates(zalo: Rehearsal) -> None:
    enabled = zalo.call("/business/template/all?offset=0&limit=100&status=1").json()
    assert 412233 in [one["templateId"] for one in enabled["data"]]
    assert 412299 not in [one["templateId"] for one in enabled["data"]]
    info = zalo.call("/business/template/info/v2?template_id=412238").json()["data"]
    assert (info["templateTag"], info["listParams"][0]["name"]) == ("OTP", "otp")
