"""What the sandbox sends to the product, and what it does when nobody takes it."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.signing import event_mac
from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.rehearsal import APP_ID, OA_ID, OA_KEY, Arrived, Product, Rehearsal


def rightly_signed(arrived: Arrived) -> bool:
    timestamp = str(arrived.event["timestamp"])
    text = APP_ID.encode() + arrived.raw + timestamp.encode() + OA_KEY.encode()
    return arrived.headers["X-ZEvent-Signature"] == f"mac={hashlib.sha256(text).hexdigest()}"


def test_the_signature_of_the_manuals_vector() -> None:
    mac = "mac=2f1ef5aabe67e8396a459ca89562e108ad541f82ba5022c85f645bd6b7220cb9"
    assert event_mac("X", b"BODY", "1234567890", "Y") == mac


def test_a_text_arrives_signed_with_its_keys_in_the_order_seen_live(
    zalo: Rehearsal, product: Product
) -> None:
    said = zalo.control("say", user="an", text="Tra cứu H32.01-261116-0001")
    arrived = product.wait(1)[0]
    keys = "event_name app_id sender recipient message timestamp user_id_by_app"
    assert list(arrived.event) == keys.split()
    assert arrived.event["message"] == {
        "text": "Tra cứu H32.01-261116-0001",
        "msg_id": said["msg_id"],
    }
    assert arrived.event["recipient"]["id"] == OA_ID
    assert arrived.event["sender"]["id"] == zalo.uid()
    assert "Tra cứu".encode() in arrived.raw
    assert rightly_signed(arrived)


def test_a_reply_to_a_bubble_names_it(zalo: Rehearsal, product: Product) -> None:
    zalo.control("say", user="an", text="còn hồ sơ này?", quote="5f0c1e77a94d3b2288c1")
    assert product.wait(1)[0].event["message"]["quote_msg_id"] == "5f0c1e77a94d3b2288c1"


def test_following_has_the_ids_at_the_top(zalo: Rehearsal, product: Product) -> None:
    zalo.control("follow", user="binh", following=True)
    zalo.control("follow", user="binh", following=False)
    for name in ("follow", "unfollow"):
        arrived = product.wait(1, name=name)[0]
        assert arrived.event["oa_id"] == OA_ID
        assert arrived.event["follower"] == {"id": zalo.uid("binh")}
        assert rightly_signed(arrived)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("sticker", {"id", "url"}),
        ("audio", {"url"}),
        ("video", {"thumbnail", "url", "description"}),
        ("gif", {"thumbnail", "url"}),
        ("link", {"thumbnail", "url", "description"}),
        ("location", {"coordinates"}),
        ("file", {"url", "name", "type", "size", "checksum"}),
        ("business_card", {"thumbnail", "url", "description"}),
    ],
)
def test_attachments_have_the_keys_of_the_manual(
    zalo: Rehearsal, product: Product, kind: str, fields: set[str]
) -> None:
    zalo.control("send", user="an", kind=kind)
    attachment = product.wait(1, name=f"user_send_{kind}")[0].event["message"]["attachments"][0]
    assert set(attachment["payload"]) == fields


def test_chatnow_is_told_only_before_the_first_word(zalo: Rehearsal, product: Product) -> None:
    zalo.control("send", user="an", kind="chatnow")
    zalo.control("send", user="an", kind="chatnow")
    zalo.control("say", user="an", text="chào")
    product.wait(1, name="user_send_text")
    assert len(product.those(name="user_click_chatnow")) == 1


def test_sharing_the_phone_and_withdrawing(zalo: Rehearsal, product: Product) -> None:
    zalo.control("share-phone", user="an", phone="0905 000 001")
    zalo.control("withdraw", user="an")
    assert product.wait(1, name="user_submit_info")[0].event["info"]["phone"] == "84905000001"
    assert product.wait(1, name="user_withdraw")[0].event["user_id"] == zalo.uid()


def test_a_switched_off_event_is_not_sent(zalo: Rehearsal, product: Product) -> None:
    zalo.control("webhook", event="follow", on=False)
    zalo.control("follow", user="an")
    zalo.control("say", user="an", text="chào")
    product.wait(1, name="user_send_text")
    assert product.those(name="follow") == []


def test_the_consoles_test_sends_both_forms(zalo: Rehearsal, product: Product) -> None:
    sent = zalo.control("console-test")["sent"]
    signed, bare = product.wait(2)
    assert [one["status"] for one in sent] == [200, 200]
    assert signed.event["message"]["msg_id"] == "This is message id"
    assert signed.event["recipient"]["id"] != OA_ID
    assert rightly_signed(signed)
    assert bare.raw == b"{}"
    assert "X-ZEvent-Signature" not in bare.headers


def test_two_hours_run_the_whole_ladder_and_switch_the_webhook_off(
    zalo: Rehearsal, product: Product
) -> None:
    product.answer = lambda _: (503, {})
    zalo.control("say", user="an", text="có ai không")
    product.wait(1)
    zalo.control("clock", advance_seconds=7200)
    tries = product.wait(6)
    assert [one.headers.get("num_retry") for one in tries] == [None, "1", "2", "3", "4", "5"]
    assert {one.raw for one in tries} == {tries[0].raw}
    assert len({one.headers["X-ZEvent-Signature"] for one in tries}) == 1
    until(lambda: zalo.get("/control/state")["webhook"]["enabled"] is False)
    product.answer = lambda _: (200, {})
    zalo.control("say", user="an", text="không ai nghe")
    zalo.control("webhook", enabled=True)
    zalo.control("say", user="an", text="nghe rồi")
    assert product.wait(7)[-1].event["message"]["text"] == "nghe rồi"


def until(claim: Callable[[], bool]) -> None:
    """Ask again until it is so; the test's own time limit ends it otherwise."""
    while not claim():
        pass


@pytest.mark.parametrize(("seconds", "tries"), [(29, 1), (31, 2), (331, 3), (1231, 4), (3031, 5)])
def test_each_rung_waits_its_time(
    zalo: Rehearsal, product: Product, seconds: int, tries: int
) -> None:
    product.answer = lambda arrived: (503 if arrived.name == "user_send_text" else 200, {})
    zalo.control("say", user="an", text="chào")
    product.wait(1)
    until(lambda: zalo.get("/control/state")["webhook"]["waiting_retries"] == 1)
    zalo.control("clock", advance_seconds=seconds)
    product.wait(tries)
    zalo.control("follow", user="an")
    product.wait(1, name="follow")
    assert len(product.those(name="user_send_text")) == tries


def test_no_answer_within_the_deadline_is_tried_again(
    start: StartRehearsal, product: Product
) -> None:
    answered = threading.Event()

    def slow(_: Arrived) -> tuple[int, Any]:
        answered.wait(10)
        return 200, {}

    product.answer = slow
    zalo = start(SANDBOX_WEBHOOK_TIMEOUT="0.1")
    zalo.control("say", user="an", text="chào")
    until(lambda: zalo.get("/control/state")["webhook"]["waiting_retries"] == 1)
    assert zalo.get("/control/requests")["requests"][0]["error"] == "timeout"
    answered.set()
    zalo.control("clock", advance_seconds=31)
    assert product.wait(2)[1].headers["num_retry"] == "1"


def test_a_product_that_is_away_gets_the_event_later(zalo: Rehearsal, product: Product) -> None:
    zalo.control("webhook", url="http://127.0.0.1:1/webhooks/zalo")
    zalo.control("say", user="an", text="chào")
    until(lambda: zalo.get("/control/state")["webhook"]["waiting_retries"] == 1)
    zalo.control("webhook", url=f"{product.url}/webhooks/zalo")
    zalo.control("clock", advance_seconds=31)
    assert product.wait(1)[0].headers["num_retry"] == "1"


@pytest.mark.parametrize(
    ("fault", "is_so"),
    [
        ("wrong_signature", lambda a: not rightly_signed(a)),
        ("missing_app_id", lambda a: "app_id" not in a.event and rightly_signed(a)),
        ("numeric_timestamp", lambda a: type(a.event["timestamp"]) is int and rightly_signed(a)),
        ("numeric_ids", lambda a: type(a.event["sender"]["id"]) is int and rightly_signed(a)),
        ("unknown_event", lambda a: a.name == "user_did_something_new" and rightly_signed(a)),
        ("escaped_unicode", lambda a: b"\\u1ef1" in a.raw and rightly_signed(a)),
        ("escaped_slash", lambda a: b"A\\/B" in a.raw and rightly_signed(a)),
    ],
)
def test_bodies_are_bent_as_the_switch_says_and_once_only(
    zalo: Rehearsal, product: Product, fault: str, is_so: Callable[[Arrived], bool]
) -> None:
    zalo.fault(fault, count=1)
    zalo.control("say", user="an", text="thực A/B")
    assert is_so(product.wait(1)[0])
    zalo.control("say", user="an", text="thực A/B")
    assert not is_so(product.wait(2)[1])


def test_a_duplicated_event_comes_twice_alike(zalo: Rehearsal, product: Product) -> None:
    zalo.fault("duplicate", count=1)
    zalo.control("say", user="an", text="chào")
    first, second = product.wait(2)
    assert (first.raw, first.headers["X-ZEvent-Signature"]) == (
        second.raw,
        second.headers["X-ZEvent-Signature"],
    )


def test_a_reordered_event_comes_after_the_next(zalo: Rehearsal, product: Product) -> None:
    zalo.fault("reorder", count=1)
    zalo.control("say", user="an", text="một")
    zalo.control("say", user="an", text="hai")
    texts = [one.event["message"]["text"] for one in product.wait(2)]
    assert texts == ["hai", "một"]


def test_a_delayed_event_waits_for_the_clock(zalo: Rehearsal, product: Product) -> None:
    zalo.fault("delay", value=3600, count=1)
    zalo.control("say", user="an", text="một")
    zalo.control("say", user="an", text="hai")
    product.wait(1)
    zalo.control("clock", advance_seconds=3601)
    texts = [one.event["message"]["text"] for one in product.wait(2)]
    assert texts == ["hai", "một"]


def test_a_dropped_event_never_comes(zalo: Rehearsal, product: Product) -> None:
    zalo.fault("drop", count=1)
    zalo.control("say", user="an", text="một")
    zalo.control("say", user="an", text="hai")
    assert [one.event["message"]["text"] for one in product.wait(1)] == ["hai"]


def test_half_an_emoji_still_arrives_as_json(zalo: Rehearsal, product: Product) -> None:
    zalo.control("say", user="an", text="hỏng \ud83d")
    arrived = product.wait(1)[0]
    assert arrived.event["message"]["text"] == "hỏng \ud83d"
    assert rightly_signed(arrived)
