"""The SMS gateways as the product meets them: checks, answers, repeats."""

from typing import Any

import pytest

from tests.sandbox.gateway_calls import (
    AN,
    GATEWAYS,
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

ACCENTED = "Hồ sơ của quý ông/bà đã có kết quả"


# Checks


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "100"),
        ({"ApiKey": "other"}, "101"),
        ({"SecretKey": None}, "101"),
        ({"Phone": AN}, "100"),
        ({"Phone": "+84905000001"}, "108"),
        ({"Phone": "02583822222"}, "108"),
        ({"Phone": "01655000001"}, "108"),
        ({"Brandname": "motcuasms"}, "100"),
        ({"Brandname": "Motcua"}, "104"),
        ({"Brandname": None}, "104"),
        ({"SmsType": None}, "300"),
        ({"SmsType": "1"}, "119"),
        ({"SmsType": "9"}, "118"),
        ({"Content": ""}, "199"),
        ({"Content": ACCENTED}, "146"),
        ({"Content": "à la"}, "146"),
        ({"Content": ACCENTED, "IsUnicode": "1"}, "100"),
        ({"Content": ACCENTED, "IsUnicode": 1}, "100"),
        ({"RequestId": "r" * 50}, "100"),
        ({"RequestId": "r" * 51}, "159"),
        ({"CallbackUrl": "ftp://x/"}, "199"),
        ({"SendDate": "tomorrow"}, "199"),
    ],
)
def test_what_esms_answers(zalo: Rehearsal, changes: Any, code: str) -> None:
    answer = esms(zalo, **changes)
    assert (answer.status_code, code_of("esms", answer)) == (200, code)
    assert set(answer.json()) == (
        {"CodeResult", "CountRegenerate", "SMSID"}
        if code == "100"
        else {"CodeResult", "ErrorMessage"}
    )


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 200, "00"),
        ({"to": AN}, 200, "00"),
        ({"token": "other"}, 401, "009"),
        ({"to": []}, 200, "101"),
        ({"to": ["02583822222"]}, 200, "105"),
        ({"sms_type": 1}, 200, "101"),
        ({"sender": "Other"}, 200, "101"),
        ({"content": "x" * 604}, 200, "113"),
        ({"content": ACCENTED}, 200, "00"),
    ],
)
def test_what_speedsms_answers(zalo: Rehearsal, changes: Any, status: int, code: str) -> None:
    answer = speedsms(zalo, **changes)
    assert (answer.status_code, code_of("speedsms", answer)) == (status, code)
    assert answer.json()["status"] == ("success" if code == "00" else "error")


def test_speedsms_names_the_numbers_that_are_none(zalo: Rehearsal) -> None:
    data = speedsms(zalo, to=[AN, "123"], content="x" * 161).json()["data"]
    assert (data["totalSMS"], data["totalPrice"], data["invalidPhone"]) == (2, 1700, ["123"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "0"),
        ({"pwd": "other"}, "-5"),
        ({"sms": None}, "-1"),
        ({"json": None}, "-1"),
        ({"from": "Other"}, "-8"),
        ({"phone": "0905000001"}, "-10"),
        ({"sms": ACCENTED}, "-20"),
        ({"sms": ACCENTED, "type": "8"}, "0"),
        ({"sms": "x" * 460}, "-14"),
        ({"bid": "r" * 51}, "-1"),
    ],
)
def test_what_vietguys_answers(zalo: Rehearsal, changes: Any, code: str) -> None:
    answer = vietguys(zalo, **changes)
    assert (answer.status_code, code_of("vietguys", answer)) == (200, code)


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_a_body_of_another_form_is_refused_in_the_gateways_own(
    zalo: Rehearsal, gateway: str
) -> None:
    answer = zalo.http.post(f"{zalo.url}/sms/{gateway}", data=b"\xff{", timeout=10)
    assert code_of(gateway, answer) not in TAKEN.values()


# Repeats


def test_esms_takes_a_request_id_once_in_24_hours(zalo: Rehearsal) -> None:
    codes = [code_of("esms", esms(zalo, Content=f"{TEXT} {n}")) for n in range(2)]
    zalo.control("clock", advance_seconds=24 * 3600)
    codes.append(code_of("esms", esms(zalo, Content="ba")))
    assert codes == ["100", "124", "100"]
    assert texts_on(zalo) == [f"{TEXT} 0", "ba"]


def test_esms_drops_the_same_text_to_the_same_number_within_five_minutes(
    zalo: Rehearsal, product: Product
) -> None:
    esms(zalo)
    dropped = esms(zalo, RequestId="r-2")
    other = esms(zalo, RequestId="r-3", Phone="0905000002")
    zalo.control("clock", advance_seconds=301)
    esms(zalo, RequestId="r-4")
    assert [code_of("esms", one) for one in (dropped, other)] == ["100", "100"]
    assert (texts_on(zalo), texts_on(zalo, "binh")) == ([TEXT, TEXT], [TEXT])
    zalo.control("clock", advance_seconds=5)
    product.wait(4)
    fates = sorted(fate("esms", one) for one in reports(product, "esms"))
    assert fates == ["delivered", "delivered", "delivered", "failed"]


def test_vietguys_refuses_the_same_text_within_a_minute(zalo: Rehearsal) -> None:
    codes = [code_of("vietguys", vietguys(zalo)) for _ in range(2)]
    zalo.control("clock", advance_seconds=61)
    assert [*codes, code_of("vietguys", vietguys(zalo))] == ["0", "-16", "0"]
