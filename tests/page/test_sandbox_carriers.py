"""What the carriers put on the phones, whom they reach, and how they are made to fail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from sandbox.faults import KNOBS
from tests.page.places import AN, chat, phone
from tests.page.stage import Stage, make_person

OTP = "Ma xac nhan cua quy ong/ba la 048213. Het han sau 10 phut."
RESULT = "TB: Hồ sơ của quý ông/bà (MS: 0101701234) đã được giải quyết xong."
CARD = {
    "title": "Hồ sơ đã có kết quả",
    "rows": [{"label": "Mã hồ sơ", "value": "0101701234"}, {"label": "<b>x</b>", "value": "<i>"}],
}


def test_an_sms_of_the_province_shows_sender_parts_and_words(page: Page, stage: Stage) -> None:
    stage.message("brandname", OTP, channel="sms", brandname="MotcuaSMS", parts=2)
    phone(page).get_by_role("button", name="SMS, 1 tin mới").click()
    inbox = page.get_by_role("log", name=f"Tin SMS của {AN}")
    expect(inbox.get_by_text(OTP)).to_be_visible()
    expect(inbox).to_contain_text("MotcuaSMS · 2 phần tin")
    expect(inbox.locator("time").last).to_have_text("15:06")


def test_a_template_message_has_its_title_and_its_table(page: Page, stage: Stage) -> None:
    stage.message("oa", RESULT, kind="template", card=CARD)
    expect(chat(page).get_by_text("Hồ sơ đã có kết quả")).to_be_visible()
    expect(chat(page).get_by_text(RESULT)).to_be_visible()
    row = chat(page).get_by_role("row", name="Mã hồ sơ 0101701234")
    expect(row.get_by_role("rowheader")).to_have_text("Mã hồ sơ")
    expect(chat(page).get_by_role("rowheader", name="<b>x</b>")).to_be_visible()


def test_the_phone_number_is_shared_from_the_menu(page: Page, stage: Stage) -> None:
    phone(page).get_by_role("button", name="Gửi thứ khác").click()
    phone(page).get_by_role("button", name="Chia sẻ số điện thoại").click()
    assert stage.next_post() == ("/control/share-phone", {"user": "9001", "phone": "84900000001"})


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Không dùng Zalo", "no_zalo"),
        ("Chỉ có số bàn", "landline"),
        ("Chặn tin theo mẫu", "refuses"),
        ("Bỏ Zalo quá 45 ngày", "inactive"),
        ("Đi vắng, tắt máy", "away"),
    ],
)
def test_a_citizen_becomes_another_kind(page: Page, stage: Stage, words: str, kind: str) -> None:
    page.get_by_role("combobox", name=f"Kiểu người của {AN}").select_option(words)
    assert stage.next_post() == ("/control/person", {"user": "9001", "kind": kind})


def test_what_a_kind_means_stands_beside_the_name(page: Page, stage: Stage) -> None:
    stage.tell("person", make_person(1, AN, kind="away"))
    expect(phone(page)).to_contain_text("Máy đang tắt: bật lại thì tin mới tới.")
    choice = page.get_by_role("combobox", name=f"Kiểu người của {AN}")
    expect(choice).to_have_value("away")
    stage.tell("person", make_person(1, AN, kind="no_zalo", has_zalo=False))
    sms = phone(page).get_by_role("button", name="SMS", exact=True)
    expect(sms).to_have_attribute("aria-pressed", "true")


def test_every_switch_of_the_sandbox_is_worded_in_vietnamese(page: Page, stage: Stage) -> None:
    switch = {"on": False, "count": None, "label": "no words"}
    stage.state["faults"] = [
        {**switch, "name": name, "description": about, "value": value}
        for name, (_, about, value) in KNOBS.items()
    ]
    stage.drop()
    page.locator("#faults summary").click()
    expect(page.get_by_role("group", name="Tin SMS qua eSMS")).to_contain_text("Báo hết tiền")
    expect(page.locator("#faults").get_by_role("switch")).to_have_count(len(KNOBS))
    expect(page.get_by_text("no words")).to_have_count(0)


def test_the_clock_tells_what_it_does_not_move(page: Page) -> None:
    page.get_by_text("Đồng hồ này dời những gì?").click()
    expect(page.locator("#clock")).to_contain_text("Trợ lý giữ giờ riêng của nó.")
    expect(page.locator("#clock")).to_contain_text("--at 2026-11-22T17:30:00+07:00")


@pytest.mark.parametrize(
    ("path", "way", "title"),
    [
        ("/sms/esms", "Trợ lý → nhà mạng", "Gửi tin SMS"),
        ("/webhooks/sms/esms/receipt", "Nhà mạng → trợ lý", "Báo kết quả gửi SMS"),
        ("/webhooks/sms/esms/inbound", "Đầu số → trợ lý", "Chuyển tin nhắn của người dân"),
    ],
)
def test_the_log_tells_the_carriers_apart(
    page: Page, stage: Stage, path: str, way: str, title: str
) -> None:
    call = {"method": "POST", "path": path, "ms": 3.2, "at": "2026-11-22T15:06:00+07:00"}
    stage.tell("request", {**call, "direction": "out", "status": 200, "error": None})
    entry = page.locator("#journal li")
    expect(entry).to_contain_text(way)
    expect(entry).to_contain_text(title)
