"""The short code as citizens and the product meet it: three forms, replies, and silence."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.rehearsal import Arrived, Product, Rehearsal

XML = b"<ClientResponse><Message>Ho so &amp; 1</Message><Smsid>s</Smsid></ClientResponse>"
REPLIES = {"esms": XML, "1pay": {"status": 1, "sms": "Ho so & 1", "type": "text"}}
REPLIES["cpurl"] = b"0|Ho so & 1"
ONE_PAY_ORDER = (
    *("access_key", "command", "mo_message", "msisdn", "request_id", "request_time"),
    "short_code",
)
TEXT = "MCKH hồ sơ+&=1 0101701234"


def answers(product: Product, body: Any, status: int = 200) -> None:
    product.answer = lambda _: (status, body)


def fields(arrived: Arrived) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(arrived.path).query, keep_blank_values=True))


def sms_of(zalo: Rehearsal, alias: str = "an") -> list[tuple[str, str]]:
    rows = zalo.get(f"/control/messages?user={alias}")["messages"]
    return [(row["from"], row["text"]) for row in rows if row["channel"] == "sms"]


@pytest.mark.parametrize("aggregator", ["esms", "1pay", "cpurl"])
def test_a_citizens_sms_and_its_reply_stand_on_the_phone(
    zalo: Rehearsal, product: Product, aggregator: str
) -> None:
    answers(product, REPLIES[aggregator])
    told = zalo.control("sms", user="an", text=TEXT, aggregator=aggregator)
    assert (told["reply"], told["refunded"]) == ("Ho so & 1", False)
    assert sms_of(zalo) == [("citizen", TEXT), ("short_code", "Ho so & 1")]
    assert urlsplit(product.arrived[0].path).path == f"/webhooks/sms/{aggregator}/inbound"


def test_esms_signs_four_fields_and_the_key(start: StartRehearsal, product: Product) -> None:
    answers(product, XML)
    start(SMS_MO_ESMS_KEY="secret").control("sms", user="binh", text=TEXT)
    sent = fields(product.arrived[0])
    signed = sent["cpid"] + sent["smsid"] + TEXT + sent["receiverTime"] + "secret"
    assert base64.b64decode(sent["sign"]) == hashlib.md5(signed.encode()).digest()
    assert (sent["sender"], sent["serviceNumber"]) == ("84905000002", "8083")
    assert len(sent["receiverTime"]) == 14


def test_1pay_signs_seven_fields_in_its_order(start: StartRehearsal, product: Product) -> None:
    answers(product, REPLIES["1pay"])
    zalo = start(SMS_MO_1PAY_ACCESS_KEY="access", SMS_MO_1PAY_SECRET="secret")
    zalo.control("sms", user="an", text=TEXT, aggregator="1pay")
    sent = fields(product.arrived[0])
    signed = "&".join(f"{name}={sent[name]}" for name in ONE_PAY_ORDER)
    assert sent["signature"] == hmac.new(b"secret", signed.encode(), hashlib.sha256).hexdigest()
    assert (sent["access_key"], sent["command"]) == ("access", "MCKH")


def test_cpurl_carries_the_whole_text(zalo: Rehearsal, product: Product) -> None:
    answers(product, b"0|ok")
    zalo.control("sms", user="an", text=TEXT, aggregator="cpurl")
    assert fields(product.arrived[0]) == {
        "code": "MCKH",
        "subCode": "",
        "mobile": "84905000001",
        "serviceNumber": "8083",
        "info": TEXT,
    }


def test_status_0_of_1pay_pays_back_and_still_shows_the_words(
    zalo: Rehearsal, product: Product
) -> None:
    answers(product, {"status": 0, "sms": "Moi soan MCKH", "type": "text"})
    told = zalo.control("sms", user="an", text="xin chào", aggregator="1pay")
    assert (told["refunded"], sms_of(zalo)[-1][1]) == (True, "Moi soan MCKH")


def test_a_repeat_is_the_same_call_and_no_new_message_of_the_citizen(
    zalo: Rehearsal, product: Product
) -> None:
    answers(product, XML)
    first = zalo.control("sms", user="an", text=TEXT)
    zalo.control("sms", user="an", text=TEXT, request_id=first["request_id"])
    assert len({fields(one)["smsid"] for one in product.arrived}) == 1
    assert [sender for sender, _ in sms_of(zalo)].count("citizen") == 1


def test_who_has_no_zalo_can_ask(zalo: Rehearsal, product: Product) -> None:
    answers(product, XML)
    zalo.control("person", user="dung", has_zalo=False, phone="0912345678")
    zalo.control("sms", user="dung", text=TEXT)
    assert fields(product.arrived[0])["sender"] == "84912345678"
    assert sms_of(zalo, "an") == []


@pytest.mark.parametrize(
    ("aggregator", "status", "body", "named"),
    [
        ("esms", 403, XML, "HTTP 403"),
        ("esms", 200, b"0|ok", "not XML"),
        ("esms", 200, b"<Other/>", "ClientResponse"),
        ("1pay", 200, b"<x/>", "JSON"),
        ("1pay", 200, {"status": 7, "sms": "x", "type": "text"}, "status 0 or 1"),
        ("cpurl", 200, b"ok", "0|reply"),
        ("cpurl", 500, b"", "HTTP 500"),
    ],
)
def test_a_reply_out_of_form_reaches_no_phone(
    zalo: Rehearsal, product: Product, aggregator: str, status: int, body: Any, named: str
) -> None:
    answers(product, body, status)
    asked = {"user": "an", "text": TEXT, "aggregator": aggregator}
    answer = zalo.http.post(f"{zalo.url}/control/sms", json=asked, timeout=10)
    assert answer.status_code == 400
    assert named in answer.json()["error"]
    assert sms_of(zalo) == [("citizen", TEXT)]


def test_a_product_that_is_away_is_told_of(start: StartRehearsal) -> None:
    zalo = start(SANDBOX_SMS_INBOUND_URL="http://127.0.0.1:9/webhooks/sms")
    answer = zalo.http.post(
        f"{zalo.url}/control/sms", json={"user": "an", "text": TEXT}, timeout=10
    )
    assert "did not answer" in answer.json()["error"]


def test_the_call_stands_in_the_request_log_without_phone_and_words(
    zalo: Rehearsal, product: Product
) -> None:
    answers(product, XML)
    zalo.control("sms", user="an", text=TEXT)
    (logged,) = zalo.get("/control/requests")["requests"]
    assert (logged["method"], logged["path"]) == ("GET", "/webhooks/sms/esms/inbound")
    assert "84905" not in str(logged)
