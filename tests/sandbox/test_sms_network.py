"""What becomes of an SMS that a gateway took: phones, delivery reports, money, faults."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.gateway_calls import (
    AN,
    CALLS,
    GATEWAYS,
    NOBODY,
    TAKEN,
    TEXT,
    code_of,
    esms,
    fate,
    reports,
    speedsms,
    texts_on,
    vietguys,
)
from tests.sandbox.rehearsal import Product, Rehearsal

# Phones and reports


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_an_sms_stands_on_the_phone_and_is_reported(
    zalo: Rehearsal, product: Product, gateway: str
) -> None:
    CALLS[gateway](zalo)
    (shown,) = zalo.get("/control/messages?user=an")["messages"]
    assert (shown["channel"], shown["brandname"], shown["parts"]) == ("sms", "MotcuaSMS", 1)
    assert reports(product, gateway) == []
    zalo.control("clock", advance_seconds=3)
    product.wait(1)
    assert [fate(gateway, one) for one in reports(product, gateway)] == ["delivered"]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_number_that_no_person_has_is_taken_and_reported_failed(
    zalo: Rehearsal, product: Product, gateway: str
) -> None:
    number: dict[str, dict[str, Any]] = {"esms": {"Phone": NOBODY}, "speedsms": {"to": [NOBODY]}}
    answer = CALLS[gateway](zalo, **number.get(gateway, {"phone": NOBODY}))
    assert code_of(gateway, answer) == TAKEN[gateway]
    zalo.control("clock", advance_seconds=3)
    product.wait(1)
    assert [fate(gateway, one) for one in reports(product, gateway)] == ["failed"]


def test_esms_reports_to_the_callback_of_the_request(zalo: Rehearsal, product: Product) -> None:
    sent = esms(zalo, CallbackUrl=f"{product.url}/our/own?key=1", Content="x" * 161).json()
    zalo.control("clock", advance_seconds=3)
    (report,) = product.wait(1)
    told = dict(parse_qsl(urlsplit(report.path).query))
    assert urlsplit(report.path).path == "/our/own"
    assert told == {
        "key": "1",
        "SMSID": sent["SMSID"],
        "SendStatus": "5",
        "SendSuccess": "1",
        "SendFailed": "0",
        "TotalReceiver": "1",
        "TotalSent": "1",
        "TotalPrice": "1700",
        "RequestId": "r-1",
        "TypeId": "2",
        "telcoid": "2",
        "phonenumber": "0905000001",
    }


def test_speedsms_and_vietguys_report_in_their_forms(zalo: Rehearsal, product: Product) -> None:
    tran_id = speedsms(zalo).json()["data"]["tranId"]
    message_id = vietguys(zalo).json()["msgid"]
    zalo.control("clock", advance_seconds=3)
    product.wait(2)
    assert reports(product, "speedsms")[0].event == {
        "type": "report",
        "tranId": tran_id,
        "phone": AN,
        "status": 0,
    }
    told = reports(product, "vietguys")[0].event
    assert told == {"data": {"message_id": message_id, "status": "delivered"}}


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_report_comes_again_until_it_is_taken_five_times_at_most(
    zalo: Rehearsal, product: Product, gateway: str
) -> None:
    product.answer = lambda _: (503, {})
    CALLS[gateway](zalo)
    while len(product.arrived) < 5:
        zalo.control("clock", advance_seconds=1000)
    zalo.control("clock", advance_seconds=86_400)
    zalo.control("say", user="an", text="đánh dấu")
    product.wait(1, name="user_send_text")
    assert len(reports(product, gateway)) == 5


def test_a_report_that_was_taken_comes_no_more(zalo: Rehearsal, product: Product) -> None:
    esms(zalo)
    zalo.control("clock", advance_seconds=3)
    product.wait(1)
    zalo.control("clock", advance_seconds=86_400)
    zalo.control("say", user="an", text="đánh dấu")
    product.wait(1, name="user_send_text")
    assert len(reports(product, "esms")) == 1


def test_a_dated_sms_waits_for_its_moment(zalo: Rehearsal) -> None:
    zalo.control("clock", now="2026-11-23T09:00:00+07:00")
    esms(zalo, SendDate="2026-11-23 17:30:00")
    assert texts_on(zalo) == []
    zalo.control("clock", now="2026-11-23T17:30:01+07:00")
    assert wait_for_text(zalo) == [TEXT]


def wait_for_text(zalo: Rehearsal, alias: str = "an") -> list[str]:
    """The clock acts a moment after it was moved."""
    while not texts_on(zalo, alias):
        continue
    return texts_on(zalo, alias)


def test_a_rehearsal_of_esms_own_sends_nothing(zalo: Rehearsal) -> None:
    assert code_of("esms", esms(zalo, Sandbox="1")) == "100"
    assert texts_on(zalo) == []


def test_who_is_away_gets_it_when_back_and_then_it_is_reported(
    zalo: Rehearsal, product: Product
) -> None:
    zalo.control("person", user="an", kind="away")
    esms(zalo)
    zalo.control("clock", advance_seconds=3600)
    product.wait(1)
    assert (texts_on(zalo), fate("esms", product.arrived[0])) == ([], "waiting")
    zalo.control("person", user="an", kind="zalo")
    assert texts_on(zalo) == [TEXT]
    zalo.control("clock", advance_seconds=5)
    assert fate("esms", product.wait(2)[1]) == "delivered"


def test_an_sms_waits_for_a_day_and_no_longer(zalo: Rehearsal, product: Product) -> None:
    zalo.control("person", user="an", away=True)
    esms(zalo)
    zalo.control("clock", advance_seconds=24 * 3600 + 10)
    product.wait(2)
    zalo.control("person", user="an", away=False)
    assert texts_on(zalo) == []
    assert sorted(fate("esms", one) for one in product.arrived) == ["failed", "waiting"]


# Money and faults


def test_an_empty_wallet_stops_the_gateway(start: StartRehearsal) -> None:
    zalo = start(SANDBOX_SMS_WALLET="2000", SANDBOX_SMS_PRICE="850")
    codes = [
        code_of("esms", esms(zalo, RequestId=f"r-{n}", Content=f"{n} {TEXT}")) for n in range(3)
    ]
    assert codes == ["100", "100", "103"]
    assert code_of("vietguys", vietguys(zalo)) == "0"


@pytest.mark.parametrize(
    ("gateway", "fault", "code"),
    [
        ("esms", "wrong_key", "101"),
        ("esms", "no_money", "103"),
        ("esms", "rate", "160"),
        ("esms", "error_code", "99"),
        ("speedsms", "wrong_key", "009"),
        ("speedsms", "no_money", "300"),
        ("speedsms", "rate", "500"),
        ("speedsms", "error_code", "500"),
        ("vietguys", "wrong_key", "-5"),
        ("vietguys", "no_money", "-12"),
        ("vietguys", "rate", "-2"),
        ("vietguys", "error_code", "-11"),
    ],
)
def test_a_refusal_by_switch_sends_nothing_and_ends(
    zalo: Rehearsal, gateway: str, fault: str, code: str
) -> None:
    zalo.fault(f"sms_{gateway}_{fault}", count=1)
    codes = [code_of(gateway, CALLS[gateway](zalo)) for _ in range(2)]
    assert codes == [code, TAKEN[gateway]]
    assert texts_on(zalo) == [TEXT]


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("fault", "value", "happened"),
    [("timeout_after", 0.05, 1), ("cut_after", None, 1), ("cut_before", None, 0)],
)
def test_a_lost_answer_may_hide_an_sms_that_was_taken(
    zalo: Rehearsal, gateway: str, fault: str, value: float | None, happened: int
) -> None:
    zalo.fault(f"sms_{gateway}_{fault}", value=value, count=1)
    with pytest.raises(requests.ConnectionError):
        CALLS[gateway](zalo)
    assert len(texts_on(zalo)) == happened


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_nonsense_answer_hides_an_sms_that_was_taken(zalo: Rehearsal, gateway: str) -> None:
    zalo.fault(f"sms_{gateway}_nonsense_after", value=0, count=1)
    answer = CALLS[gateway](zalo)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/html")
    assert texts_on(zalo) == [TEXT]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_http_500_after_the_sms_was_taken(zalo: Rehearsal, gateway: str) -> None:
    zalo.fault(f"sms_{gateway}_http_500_after", count=1)
    assert CALLS[gateway](zalo).status_code == 500
    assert texts_on(zalo) == [TEXT]


@pytest.mark.parametrize("gateway", GATEWAYS)
@pytest.mark.parametrize(
    ("fault", "shown", "fates"),
    [
        ("receipt_lost", 1, []),
        ("receipt_twice", 1, ["delivered", "delivered"]),
        ("receipt_failed", 0, ["failed"]),
        ("unreachable", 0, ["waiting", "failed"]),
    ],
)
def test_what_a_broken_network_reports(
    zalo: Rehearsal, product: Product, gateway: str, fault: str, shown: int, fates: list[str]
) -> None:
    zalo.fault(f"sms_{gateway}_{fault}", count=1)
    CALLS[gateway](zalo)
    for count in range(1, len(fates) + 1):
        zalo.control("clock", advance_seconds=3700)
        product.wait(count)
    zalo.control("say", user="an", text="đánh dấu")
    product.wait(1 + len(fates))
    assert len(texts_on(zalo)) == shown
    assert [fate(gateway, one) for one in reports(product, gateway)] == fates


def test_late_reports_come_after_their_time(zalo: Rehearsal, product: Product) -> None:
    zalo.fault("sms_esms_receipt_late", value=600, count=1)
    esms(zalo)
    zalo.control("clock", advance_seconds=300)
    zalo.control("say", user="an", text="đánh dấu")
    product.wait(1)
    assert reports(product, "esms") == []
    zalo.control("clock", advance_seconds=303)
    product.wait(2)
    assert len(reports(product, "esms")) == 1


def test_the_log_shows_calls_and_reports_without_phones_and_words(
    zalo: Rehearsal, product: Product
) -> None:
    esms(zalo)
    zalo.control("clock", advance_seconds=3)
    product.wait(1)
    log = zalo.http.get(f"{zalo.url}/control/requests", timeout=10).text
    assert "/sms/esms" in log
    assert "/webhooks/sms/esms/receipt" in log
    for secret in ("905000001", "giai quyet", "sandbox-esms-secret-key"):
        assert secret not in log
