"""Kinds of citizens: who has no Zalo, only a landline, refuses, is inactive, or is away."""

from typing import Any

import pytest

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.gateway_calls import code_of, esms, texts_on
from tests.sandbox.rehearsal import Product, Rehearsal

DATA = {"ma_ho_so": "0101701234", "co_quan": "UBND phường Lộc Thọ"}
BODY = {"phone": "84905000001", "template_id": "412233", "template_data": DATA}


def by_phone(zalo: Rehearsal) -> int:
    """The code a template by phone gets."""
    return int(zalo.call("/business/message/template", BODY).json()["error"])


def by_uid(zalo: Rehearsal) -> int:
    """The code a template by UID gets."""
    body = {"user_id": zalo.uid(), "template_id": "412233", "template_data": DATA}
    return int(zalo.call("/openapi/v3.0/oa/message/template", body).json()["error"])


def chats(zalo: Rehearsal) -> list[Any]:
    rows = zalo.get("/control/messages?user=an")["messages"]
    return [row for row in rows if row["from"] == "oa"]


@pytest.mark.parametrize(
    ("kind", "phone_code", "uid_code"),
    [
        ("zalo", 0, 0),
        ("no_zalo", -118, 0),
        ("refuses", -139, -244),
        ("inactive", -114, -227),
        ("away", 0, 0),
    ],
)
def test_whom_templates_reach(zalo: Rehearsal, kind: str, phone_code: int, uid_code: int) -> None:
    told = zalo.control("person", user="an", kind=kind)["person"]
    assert told["kind"] == kind
    assert (by_phone(zalo), by_uid(zalo)) == (phone_code, uid_code)


def test_a_landline_has_neither_zalo_nor_sms_and_the_mobile_comes_back(zalo: Rehearsal) -> None:
    landline = zalo.control("person", user="an", kind="landline")["person"]
    assert (landline["kind"], landline["has_zalo"]) == ("landline", False)
    assert by_phone(zalo) == -118
    assert code_of("esms", esms(zalo, Phone=landline["phone"].replace(" ", ""))) == "108"
    assert zalo.control("person", user="an", kind="zalo")["person"]["phone"] == "0905000001"
    assert by_phone(zalo) == 0


def test_the_desk_writes_the_landline_down(start: StartRehearsal, product: Product) -> None:
    zalo = start(SANDBOX_FEED_KEY_ID="f1", SANDBOX_FEED_SECRET="secret")
    product.wait(1)
    zalo.control("person", user="an", kind="landline")
    zalo.control("dossier", action="next", code="H32.01-261116-0001")
    sent = [one for one in product.arrived if one.path == "/feeds/v1/dossiers"][-1]
    assert sent.event["dossiers"][0]["phone"] == "0258 382 2222"


def test_who_is_away_finds_everything_when_back(zalo: Rehearsal, product: Product) -> None:
    zalo.control("say", user="an", text="chào")
    zalo.control("person", user="an", kind="away")
    zalo.fault("receipts", value=0)
    assert zalo.cs({"text": "tin chat"})["error"] == 0
    assert by_phone(zalo) == 0
    esms(zalo)
    zalo.control("clock", advance_seconds=10)
    product.wait(1, name="oa_send_text")
    assert (chats(zalo), texts_on(zalo)) == ([], [])
    assert product.those(name="user_received_message") == []
    zalo.control("person", user="an", kind="zalo")
    assert [row["kind"] for row in chats(zalo)] == ["text", "template"]
    assert len(texts_on(zalo)) == 1
    zalo.control("clock", advance_seconds=1)
    product.wait(2, name="user_received_message")


def test_a_template_stands_on_the_phone_as_it_is_laid_out(zalo: Rehearsal) -> None:
    by_uid(zalo)
    (shown,) = chats(zalo)
    assert shown["card"] == {
        "title": "Hồ sơ đã có kết quả",
        "rows": [
            {"label": "Mã hồ sơ", "value": "0101701234"},
            {"label": "Nơi giải quyết", "value": "UBND phường Lộc Thọ"},
        ],
    }


def test_an_empty_row_of_a_template_is_left_out(zalo: Rehearsal) -> None:
    body = BODY | {"template_id": "412236"}
    assert zalo.call("/business/message/template", body).json()["error"] == 0
    zalo.control("clock", advance_seconds=3)
    while not chats(zalo):
        continue
    assert [row["label"] for row in chats(zalo)[0]["card"]["rows"]] == [
        "Mã hồ sơ",
        "Nơi giải quyết",
    ]


def test_an_unknown_kind_is_named(zalo: Rehearsal) -> None:
    answer = zalo.http.post(
        f"{zalo.url}/control/person", json={"user": "an", "kind": "ghost"}, timeout=10
    )
    assert "ghost" in answer.json()["error"]
