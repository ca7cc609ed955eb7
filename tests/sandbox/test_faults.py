"""Switches that break the way to Zalo, one at a time."""

from typing import Any

import pytest
import requests

from sandbox.signing import appsecret_proof
from tests.sandbox.rehearsal import APP_SECRET, Product, Rehearsal

TEXT = {"text": "Hồ sơ đã có kết quả."}


@pytest.fixture
def open_chat(zalo: Rehearsal) -> Rehearsal:
    """A sandbox in which An has just written."""
    zalo.control("say", user="an", text="chào")
    return zalo


def sent_texts(zalo: Rehearsal) -> list[str]:
    """What the OA has put on An's phone."""
    shown = zalo.get("/control/messages?user=an")["messages"]
    return [one["text"] for one in shown if one["from"] == "oa"]


@pytest.mark.parametrize(
    ("fault", "value", "code"),
    [
        ("rate_limited", None, -32),
        ("send_failed", None, -200),
        ("error_code", -248, -248),
        ("proof_required", None, -242),
    ],
)
def test_refusals_send_nothing_and_end_after_their_count(
    open_chat: Rehearsal, fault: str, value: float | None, code: int
) -> None:
    open_chat.fault(fault, value=value, count=2)
    assert [open_chat.cs(TEXT)["error"] for _ in range(3)] == [code, code, 0]
    assert sent_texts(open_chat) == [TEXT["text"]]


@pytest.mark.parametrize(
    ("fault", "value", "happened"),
    [("timeout_before", 0.05, 0), ("timeout_after", 0.05, 1), ("cut_after", None, 1)],
)
def test_a_lost_answer_may_hide_a_sent_message(
    open_chat: Rehearsal, product: Product, fault: str, value: float | None, happened: int
) -> None:
    open_chat.fault(fault, value=value, count=1)
    with pytest.raises(requests.ConnectionError):
        open_chat.cs(TEXT)
    assert len(sent_texts(open_chat)) == happened
    open_chat.control("follow", user="an")
    product.wait(1, name="follow")
    assert len(product.those(name="oa_send_text")) == happened


def test_http_500_after_the_message_is_out(open_chat: Rehearsal) -> None:
    open_chat.fault("http_500_after", count=1)
    body = {"recipient": {"user_id": open_chat.uid()}, "message": TEXT}
    assert open_chat.call("/openapi/v3.0/oa/message/cs", body).status_code == 500
    assert sent_texts(open_chat) == [TEXT["text"]]


@pytest.mark.parametrize(("fault", "happened"), [("nonsense_before", 0), ("nonsense_after", 1)])
def test_an_answer_that_is_nonsense_says_nothing_of_what_happened(
    open_chat: Rehearsal, fault: str, happened: int
) -> None:
    body = {"recipient": {"user_id": open_chat.uid()}, "message": TEXT}
    open_chat.fault(fault, value=1, count=1)
    answer = open_chat.call("/openapi/v3.0/oa/message/cs", body)
    assert (answer.status_code, answer.json()) == (200, {})
    assert len(sent_texts(open_chat)) == happened


def test_the_right_proof_passes(open_chat: Rehearsal) -> None:
    open_chat.fault("proof_required")
    open_chat.call("/openapi/v2.0/oa/getoa")
    proof = appsecret_proof(APP_SECRET, open_chat.token)
    answer = open_chat.call("/openapi/v2.0/oa/getoa", appsecret_proof=proof).json()
    assert answer["error"] == 0


def test_no_echo_and_late_echo(open_chat: Rehearsal, product: Product) -> None:
    open_chat.fault("no_echo", count=1)
    open_chat.cs({"text": "một"})
    open_chat.fault("late_echo", value=60, count=1)
    open_chat.cs({"text": "hai"})
    open_chat.cs({"text": "ba"})
    product.wait(1, name="oa_send_text")
    open_chat.control("clock", advance_seconds=61)
    echoes = product.wait(2, name="oa_send_text")
    assert [one.event["message"]["text"] for one in echoes] == ["ba", "hai"]


@pytest.mark.parametrize("swapped", [False, True])
def test_receipts_come_later_in_either_direction(
    open_chat: Rehearsal, product: Product, swapped: bool
) -> None:
    open_chat.fault("receipts", value=5)
    open_chat.fault("seen", value=9)
    if swapped:
        open_chat.fault("receipts_swapped")
    msg_id = open_chat.cs(TEXT)["data"]["message_id"]
    open_chat.control("clock", advance_seconds=10)
    received = product.wait(1, name="user_received_message")[0].event
    seen = product.wait(1, name="user_seen_message")[0].event
    assert (received["message"], seen["message"]) == ({"msg_id": msg_id}, {"msg_ids": [msg_id]})
    assert received["sender" if swapped else "recipient"]["id"] == open_chat.uid()


def test_the_quota_object_may_be_missing_or_empty(open_chat: Rehearsal) -> None:
    open_chat.fault("quota_missing", count=1)
    assert "quota" not in open_chat.cs(TEXT)["data"]
    open_chat.control("clock", advance_seconds=3 * 86_400)
    open_chat.token = ""
    open_chat.fault("cs_quota_empty", value=-321, count=1)
    assert [open_chat.cs(TEXT)["error"] for _ in range(2)] == [-321, 0]


def test_the_ceiling_of_a_minute(open_chat: Rehearsal) -> None:
    open_chat.fault("rate_limit", value=2)
    open_chat.control("clock", now="2026-11-23T10:00:05+07:00")
    open_chat.token = ""
    answers: list[Any] = [open_chat.call("/openapi/v2.0/oa/getoa") for _ in range(3)]
    assert [one.json()["error"] for one in answers] == [0, 0, -32]
    assert [one.headers["X-RateLimit-Remain"] for one in answers] == ["1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    open_chat.control("clock", advance_seconds=60)
    assert open_chat.call("/openapi/v2.0/oa/getoa").json()["error"] == 0


def test_every_switch_is_described_and_all_go_off_together(zalo: Rehearsal) -> None:
    for fault in zalo.get("/control/fault")["faults"]:
        assert fault["description"]
        zalo.fault(fault["name"])
    assert all(one["on"] for one in zalo.get("/control/fault")["faults"])
    zalo.control("fault", name="all", on=False)
    assert not any(one["on"] for one in zalo.get("/control/fault")["faults"])
