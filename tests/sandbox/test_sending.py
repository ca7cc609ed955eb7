"""CS messages: who may be written to, what may be written, and what follows."""

from typing import Any

import pytest
import requests

from tests.sandbox.rehearsal import OA_ID, PNG, Product, Rehearsal

TEXT = {"text": "Hồ sơ đang ở bước Thẩm định."}
DAY = 86_400


def buttons(*rows: Any) -> Any:
    return {
        "text": "Mời chọn",
        "attachment": {"type": "template", "payload": {"buttons": list(rows)}},
    }


def button(kind: str = "oa.query.show", payload: Any = "#TRACUU", title: str = "Tra cứu") -> Any:
    return {"title": title, "type": kind, "payload": payload}


def media(**element: Any) -> Any:
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def test_an_accepted_text_is_on_the_phone_and_echoed(zalo: Rehearsal, product: Product) -> None:
    zalo.control("say", user="an", text="chào")
    answer = zalo.cs(TEXT)
    assert (answer["error"], answer["message"]) == (0, "Success")
    assert answer["data"]["user_id"] == zalo.uid()
    assert answer["data"]["quota"]["quota_type"] == "reply"
    shown = zalo.get("/control/messages?user=an")["messages"]
    assert [(one["from"], one["text"]) for one in shown][-1] == ("oa", TEXT["text"])
    echo = product.wait(1, name="oa_send_text")[0].event
    assert (echo["sender"], echo["recipient"]) == ({"id": OA_ID}, {"id": zalo.uid()})
    assert echo["message"] == {"text": TEXT["text"], "msg_id": answer["data"]["message_id"]}


@pytest.mark.parametrize(
    ("waited", "code", "quota"),
    [
        (0, 0, "reply"),
        (2 * DAY - 60, 0, "reply"),
        (2 * DAY + 60, 0, "sub_quota"),
        (7 * DAY - 60, 0, "sub_quota"),
        (7 * DAY + 60, -230, None),
    ],
)
def test_the_window_closes_as_the_clock_moves(
    zalo: Rehearsal, waited: int, code: int, quota: str | None
) -> None:
    zalo.control("say", user="an", text="chào")
    zalo.control("clock", advance_seconds=waited)
    zalo.token = ""
    answer = zalo.cs(TEXT)
    assert answer["error"] == code
    assert answer.get("data", {}).get("quota", {}).get("quota_type") == quota


def test_a_new_word_opens_the_window_again(zalo: Rehearsal) -> None:
    zalo.control("say", user="an", text="chào")
    zalo.control("clock", advance_seconds=8 * DAY)
    zalo.control("say", user="an", text="tôi đây")
    assert zalo.cs(TEXT)["error"] == 0


def test_whom_zalo_refuses_to_write_to(zalo: Rehearsal) -> None:
    assert zalo.cs(TEXT, "an")["error"] == -232
    unknown = {"recipient": {"user_id": "7364519280461537702"}, "message": TEXT}
    assert zalo.call("/openapi/v3.0/oa/message/cs", unknown).json()["error"] == -201
    zalo.control("say", user="chi", text="chào")
    zalo.control("person", user="chi", inactive_45d=True)
    assert zalo.cs(TEXT, "chi")["error"] == -227


def test_an_unknown_person_comes_before_a_bad_message_and_the_window_before_size(
    zalo: Rehearsal,
) -> None:
    long = {"text": "a" * 2001}
    body = {"recipient": {"user_id": "1" * 19}, "message": long}
    assert zalo.call("/openapi/v3.0/oa/message/cs", body).json()["error"] == -201
    assert zalo.cs(long, "an")["error"] == -232


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"text": "ế" * 2000}, 0),
        ({"text": "ế" * 2001}, -210),
        ({"text": "  "}, -201),
        ({}, -201),
        ("Xin chào", -201),
        (buttons(button()), 0),
        (buttons(*[button()] * 5), 0),
        (buttons(*[button()] * 6), -210),
        (buttons(), -201),
        (buttons(button(title="x" * 101)), -210),
        (buttons(button(title=" ")), -201),
        (buttons(button(payload="#" * 1001)), -210),
        (buttons(button(payload={"url": "https://x.vn"})), -201),
        (buttons(button("oa.query.hide", "#AN")), 0),
        (buttons(button("oa.open.url", {"url": "https://dvc.example.vn"})), 0),
        (buttons(button("oa.open.url", {"url": "javascript:alert(1)"})), -201),
        (buttons(button("oa.open.url", "https://dvc.example.vn")), -201),
        (buttons(button("oa.open.phone", {"phone_code": "842583822222"})), 0),
        (buttons(button("oa.open.phone", {"phone_code": "0258 3822222"})), -201),
        (buttons(button("oa.open.sms", {"phone_code": "84905000001", "content": "MCKH"})), 0),
        (buttons(button("oa.open.sms", {"phone_code": "84905000001"})), -201),
        (buttons(button("oa.open.door", "x")), -233),
        ({"text": "x", "attachment": {"type": "audio", "payload": {"url": "x"}}}, -233),
        ({"attachment": {"type": "template", "payload": {"template_type": "carousel"}}}, -233),
        ({"attachment": {"type": "template", "payload": []}}, -201),
        ({"attachment": {"type": "file", "payload": {"token": "never uploaded"}}}, -201),
        (media(media_type="image", attachment_id="never uploaded"), -201),
        (media(media_type="image", url="https://dvc.example.vn/a.jpg"), 0),
        (media(media_type="gif", url="https://dvc.example.vn/a.gif"), -201),
        (media(media_type="hologram", url="https://dvc.example.vn/a"), -233),
    ],
)
def test_what_may_be_written(zalo: Rehearsal, message: Any, code: int) -> None:
    zalo.control("follow", user="an")
    assert zalo.cs(message)["error"] == code


def test_asking_for_the_phone_is_one_card(zalo: Rehearsal, product: Product) -> None:
    zalo.control("follow", user="an")
    card = {"title": "Chia sẻ số điện thoại", "subtitle": "Để nhận thông báo", "image_url": ""}
    payload = {"template_type": "request_user_info", "elements": [card]}
    assert zalo.cs({"attachment": {"type": "template", "payload": payload}})["error"] == 0
    assert product.wait(1, name="oa_send_template")
    payload["elements"] = [card, card]
    assert zalo.cs({"attachment": {"type": "template", "payload": payload}})["error"] == -210


def test_pressing_a_button_says_its_payload(zalo: Rehearsal, product: Product) -> None:
    zalo.control("follow", user="an")
    rows = buttons(
        button("oa.query.show", "#TRACUU 1"),
        button("oa.query.hide", "#AN 2"),
        button("oa.open.url", {"url": "https://dvc.example.vn"}),
    )
    msg_id = zalo.cs(rows)["data"]["message_id"]
    for index in range(3):
        zalo.control("press", user="an", msg_id=msg_id, button=index)
    said = [one.event["message"]["text"] for one in product.wait(2, name="user_send_text")]
    assert sorted(said) == ["#AN 2", "#TRACUU 1"]
    shown = zalo.get("/control/messages?user=an")["messages"]
    assert [one["text"] for one in shown if one["from"] == "citizen"] == ["#TRACUU 1"]


@pytest.mark.parametrize("path", ["transaction", "promotion"])
def test_the_closed_endpoints_say_so(zalo: Rehearsal, path: str) -> None:
    assert zalo.call(f"/openapi/v3.0/oa/message/{path}", {}).json()["error"] == -240


def test_an_uploaded_picture_can_be_sent_for_seven_days(zalo: Rehearsal, product: Product) -> None:
    zalo.control("follow", user="an")
    zalo.call("/openapi/v2.0/oa/getoa")
    upload = requests.post(
        f"{zalo.url}/openapi/v2.0/oa/upload/image",
        files={"file": ("a.png", PNG, "image/png")},
        headers={"access_token": zalo.token},
        timeout=10,
    ).json()
    attachment_id = upload["data"]["attachment_id"]
    assert zalo.cs(media(media_type="image", attachment_id=attachment_id))["error"] == 0
    echo = product.wait(1, name="oa_send_image")[0].event
    url = echo["message"]["attachments"][0]["payload"]["url"]
    assert zalo.http.get(url, timeout=10).content == PNG
    zalo.control("clock", advance_seconds=7 * DAY + 60)
    zalo.control("say", user="an", text="chào")
    zalo.token = ""
    assert zalo.cs(media(media_type="image", attachment_id=attachment_id))["error"] == -100


@pytest.mark.parametrize(
    ("kind", "name", "content", "code"),
    [
        ("image", "a.png", PNG + b"\x00" * 1024 * 1024, -210),
        ("image", "a.png", b"GIF89a", -201),
        ("gif", "a.gif", b"GIF89a", 0),
        ("file", "a.pdf", b"%PDF-1.4", 0),
        ("file", "a.exe", b"MZ", -201),
    ],
)
def test_upload_limits(zalo: Rehearsal, kind: str, name: str, content: bytes, code: int) -> None:
    zalo.call("/openapi/v2.0/oa/getoa")
    url = f"{zalo.url}/openapi/v2.0/oa/upload/{kind}"
    headers = {"access_token": zalo.token}
    answer = requests.post(url, files={"file": (name, content)}, headers=headers, timeout=10)
    assert answer.json()["error"] == code


def test_a_photo_lives_an_hour(zalo: Rehearsal, product: Product) -> None:
    zalo.photo()
    attachment = product.wait(1, name="user_send_image")[0].event["message"]["attachments"][0]
    url = attachment["payload"]["url"]
    assert zalo.http.get(url, timeout=10).content == PNG
    zalo.control("clock", advance_seconds=3601)
    assert zalo.http.get(url, timeout=10).status_code == 410
    zalo.fault("media_expired", count=1)
    assert zalo.http.get(zalo.photo()["url"], timeout=10).status_code == 410


def test_a_template_by_uid_needs_no_window(zalo: Rehearsal, product: Product) -> None:
    data = {"ma_ho_so": "H32.01-261116-0001", "co_quan": "UBND phường Lộc Thọ"}
    body = {"user_id": zalo.uid(), "template_id": "412233", "template_data": data}
    path = "/openapi/v3.0/oa/message/template"
    assert zalo.call(path, body).json()["error"] == 0
    assert "H32.01-261116-0001" in zalo.get("/control/messages?user=an")["messages"][0]["text"]
    assert product.wait(1, name="oa_send_template")
    old = zalo.call(path, body | {"template_id": "398001"}).json()
    otp = zalo.call(path, body | {"template_id": "412238"}).json()
    missing = zalo.call(path, body | {"template_data": {}}).json()
    zalo.control("person", user="an", refuses=True)
    refused = zalo.call(path, body).json()
    assert [one["error"] for one in (old, otp, missing, refused)] == [-249, -249, -201, -244]


def test_reactions_are_all_that_is_left_of_v2_messages(zalo: Rehearsal, product: Product) -> None:
    msg_id = zalo.control("say", user="an", text="cảm ơn")["msg_id"]
    path, recipient = "/openapi/v2.0/oa/message", {"user_id": zalo.uid()}
    action = {"react_icon": "/-heart", "react_message_id": msg_id}
    assert zalo.call(path, {"recipient": recipient, "sender_action": action}).json()["error"] == 0
    assert product.wait(1, name="oa_reacted_message")
    assert zalo.call(path, {"recipient": recipient, "message": TEXT}).json()["error"] == -240


def test_history_and_people_as_the_api_shows_them(zalo: Rehearsal) -> None:
    zalo.control("say", user="an", text="một")
    zalo.cs(TEXT)
    zalo.control("follow", user="binh")
    uid = zalo.uid()
    data = f'{{"user_id":"{uid}","offset":0,"count":10}}'
    talk = zalo.call(f"/openapi/v2.0/oa/conversation?data={data}").json()["data"]
    assert [(one["src"], one["message"]) for one in talk] == [(0, TEXT["text"]), (1, "một")]
    recent = zalo.call('/openapi/v2.0/oa/listrecentchat?data={"offset":0,"count":10}').json()
    assert [one["message"] for one in recent["data"]] == [TEXT["text"]]
    detail = zalo.call(f'/openapi/v3.0/oa/user/detail?data={{"user_id":"{uid}"}}').json()["data"]
    assert (detail["display_name"], detail["user_is_follower"]) == ("Nguyễn An", False)
    path = '/openapi/v3.0/oa/user/getlist?data={"offset":0,"count":50,"is_follower":true}'
    assert zalo.call(path).json()["data"]["users"] == [{"user_id": zalo.uid("binh")}]
    too_many = zalo.call('/openapi/v2.0/oa/listrecentchat?data={"offset":0,"count":11}').json()
    assert too_many["error"] == -210


def test_tags_come_with_their_events(zalo: Rehearsal, product: Product) -> None:
    body = {"user_id": zalo.uid(), "tag_name": "đất đai"}
    zalo.call("/openapi/v2.0/oa/tag/tagfollower", body)
    assert zalo.call("/openapi/v2.0/oa/tag/gettagsofoa").json()["data"] == ["đất đai"]
    zalo.call("/openapi/v2.0/oa/tag/rmtag", {"tag_name": "đất đai"})
    added = product.wait(1, name="add_user_to_tag")[0].event["tag"]
    removed = product.wait(1, name="remove_tag")[0].event["tag"]
    assert (added, removed) == (
        {"user_ids": [zalo.uid()], "name": "đất đai"},
        {"name": "đất đai"},
    )
    assert zalo.person()["tags"] == []
