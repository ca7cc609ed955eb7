"""The sandbox's page in a real browser, against a scripted stand-in for its server."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Page, expect

from tests.page.places import AN, BINH, chat, field, phone
from tests.page.stage import CODE, Stage, make_dossier, make_person

ANSWER = (
    f"Hồ sơ của quý Ông/Bà ({CODE}) hiện đang ở bước Thẩm định hồ sơ, trạng thái hồ sơ: Đúng hạn."
)
HOSTILE = "<img src=x onerror=\"document.title='lộ'\"><b>đậm</b>"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
BUTTONS: list[dict[str, object]] = [
    {"title": "Tra cứu hồ sơ khác", "type": "oa.query.show", "payload": "#TRACUU"},
    {
        "title": "Cách đọc phiếu hẹn",
        "type": "oa.open.url",
        "payload": {"url": "http://127.0.0.1:9/phieu"},
    },
    {"title": "Liên kết lạ", "type": "oa.open.url", "payload": {"url": "javascript:alert(1)"}},
    {"title": "Gọi Một cửa", "type": "oa.open.phone", "payload": {"phone_code": "842583822222"}},
]


def page_overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return width


# Conversations


def test_a_code_typed_on_a_phone_is_sent_and_its_answer_appears(page: Page, stage: Stage) -> None:
    field(page).fill(CODE)
    field(page).press("Enter")
    assert stage.next_post() == ("/control/say", {"user": "9001", "text": CODE})
    expect(chat(page).get_by_role("img", name="Đang chờ trả lời")).to_be_visible()
    stage.message("citizen", CODE)
    stage.message("oa", ANSWER)
    expect(chat(page).get_by_text(CODE, exact=True)).to_have_count(1)
    expect(chat(page).get_by_text(ANSWER)).to_be_visible()
    expect(chat(page).get_by_role("img", name="Đang chờ trả lời")).to_have_count(0)
    expect(field(page)).to_have_value("")


def test_a_newcomer_asks_with_one_press(page: Page, stage: Stage) -> None:
    phone(page).get_by_role("button", name=f"Thử: {CODE}").click()
    assert stage.next_post() == ("/control/say", {"user": "9001", "text": CODE})


def test_an_answer_appears_only_on_the_phone_of_who_asked(page: Page, stage: Stage) -> None:
    stage.message("oa", ANSWER, user="9002")
    expect(chat(page, BINH).get_by_text(ANSWER)).to_be_visible()
    expect(chat(page).get_by_text(ANSWER)).to_have_count(0)


def test_a_message_that_was_refused_stays_and_can_be_sent_again(page: Page, stage: Stage) -> None:
    stage.refusal = "user='9001': expected a citizen"
    field(page).fill(CODE)
    field(page).press("Enter")
    stage.next_post()
    expect(page.get_by_role("alert")).to_contain_text("expected a citizen")
    expect(chat(page)).to_contain_text("Không gửi được")
    stage.refusal = ""
    chat(page).get_by_role("button", name="Gửi lại").click()
    assert stage.next_post() == ("/control/say", {"user": "9001", "text": CODE})
    stage.message("citizen", CODE)
    expect(chat(page)).not_to_contain_text("Không gửi được")
    expect(chat(page).get_by_text(CODE, exact=True)).to_have_count(1)


def test_markup_in_a_message_is_shown_as_text(page: Page, stage: Stage) -> None:
    title = page.title()
    stage.message("citizen", HOSTILE)
    stage.message("oa", HOSTILE, buttons=[{**BUTTONS[0], "title": HOSTILE}], quote=HOSTILE)
    expect(chat(page).get_by_text(HOSTILE, exact=True)).to_have_count(4)
    expect(chat(page).locator("img:not(.avatar), b")).to_have_count(0)
    assert page.title() == title


def test_a_query_button_is_pressed_and_a_link_opens_beside_the_page(
    page: Page, stage: Stage
) -> None:
    stage.message("oa", ANSWER, buttons=BUTTONS)
    chat(page).get_by_role("button", name="Tra cứu hồ sơ khác").click()
    assert stage.next_post() == (
        "/control/press",
        {"user": "9001", "msg_id": "m1", "button": 0},
    )
    link = chat(page).get_by_role("link", name="Cách đọc phiếu hẹn")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    chat(page).get_by_role("button", name="Gọi Một cửa").click()
    expect(chat(page).get_by_text("Gọi 842583822222")).to_be_visible()


def test_a_button_with_a_script_for_an_address_opens_nothing(page: Page, stage: Stage) -> None:
    stage.message("oa", ANSWER, buttons=BUTTONS)
    expect(chat(page).get_by_text("Liên kết lạ")).to_be_visible()
    expect(chat(page).get_by_role("link", name="Liên kết lạ")).to_have_count(0)


def test_a_photo_leaves_with_its_caption(page: Page, stage: Stage) -> None:
    with page.expect_file_chooser() as chooser:
        phone(page).get_by_role("button", name="Gửi ảnh").click()
    chooser.value.set_files({"name": "phieu.png", "mimeType": "image/png", "buffer": PIXEL})
    expect(phone(page).get_by_role("img", name="Ảnh")).to_be_visible()
    field(page).fill("phiếu của tôi")
    field(page).press("Enter")
    path, body = stage.next_post()
    assert (path, body["caption"]) == ("/control/photo", "phiếu của tôi")
    assert base64.b64decode(body["image_base64"]) == PIXEL


def test_a_file_that_is_no_picture_is_refused_in_vietnamese(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        phone(page).get_by_role("button", name="Gửi ảnh").click()
    chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_role("alert")).to_contain_text("Không đọc được ảnh này")


@pytest.mark.parametrize(
    ("label", "kind"), [("Nhãn dán", "sticker"), ("Tin thoại", "audio"), ("Vị trí", "location")]
)
def test_other_kinds_of_message_leave_from_the_menu(
    page: Page, stage: Stage, label: str, kind: str
) -> None:
    phone(page).get_by_role("button", name="Gửi thứ khác").click()
    phone(page).get_by_role("button", name=label).click()
    assert stage.next_post() == ("/control/send", {"user": "9001", "kind": kind})


def test_a_citizen_follows_and_unfollows(page: Page, stage: Stage) -> None:
    phone(page).get_by_role("button", name=f"Quan tâm: {AN}", exact=True).click()
    assert stage.next_post() == ("/control/follow", {"user": "9001", "following": True})
    stage.tell("person", make_person(1, AN, following=True))
    phone(page).get_by_role("button", name=f"Bỏ quan tâm: {AN}").click()
    assert stage.next_post() == ("/control/follow", {"user": "9001", "following": False})


# The stream


def test_the_page_finds_back_after_the_stream_was_cut(page: Page, stage: Stage) -> None:
    stage.message("citizen", CODE)
    field(page, BINH).fill("đang gõ dở")
    stage.reachable = False
    stage.drop()
    expect(page.get_by_text("Mất kết nối – đang thử lại")).to_be_visible()
    stage.message("oa", ANSWER)
    stage.reachable = True
    expect(page.get_by_text("Đã kết nối")).to_be_visible()
    expect(chat(page).get_by_text(ANSWER)).to_have_count(1)
    expect(chat(page).get_by_text(CODE, exact=True)).to_have_count(1)
    expect(field(page, BINH)).to_have_value("đang gõ dở")


def test_a_message_told_twice_is_shown_once(page: Page, stage: Stage) -> None:
    stage.message("oa", ANSWER)
    stage.tell("message", stage.state["messages"][0])
    stage.message("oa", "Tin sau cùng")
    expect(chat(page).get_by_text("Tin sau cùng")).to_be_visible()
    expect(chat(page).get_by_text(ANSWER)).to_have_count(1)


# Everyone can use it


def test_the_keyboard_alone_is_enough_to_ask_and_to_press(page: Page, stage: Stage) -> None:
    tab_to(page, "Thử: ")
    page.keyboard.press("Enter")
    assert stage.next_post() == ("/control/say", {"user": "9001", "text": CODE})
    stage.message("citizen", CODE)
    stage.message("oa", ANSWER, buttons=BUTTONS[:1])
    expect(chat(page).get_by_role("button", name="Tra cứu hồ sơ khác")).to_be_visible()
    tab_to(page, "Tra cứu hồ sơ khác", back=True)
    page.keyboard.press("Enter")
    assert stage.next_post()[0] == "/control/press"
    tab_to(page, "Chuyển sang bước tiếp theo")
    page.keyboard.press("Space")
    assert stage.next_post()[0] == "/control/dossier"


def tab_to(page: Page, words: str, back: bool = False) -> None:
    """Press Tab until the control with these words has the focus."""
    label = "(document.activeElement.ariaLabel || document.activeElement.textContent)"
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(f"{label}.includes({words!r})"):
            return
    pytest.fail(f"60 presses of Tab did not reach {words!r}")


def test_escape_closes_the_menu_and_gives_the_focus_back(page: Page) -> None:
    opener = phone(page).get_by_role("button", name="Gửi thứ khác")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(opener).to_be_focused()


@pytest.mark.parametrize("width", [320, 360, 768, 1180, 1400])
def test_nothing_makes_the_page_scroll_sideways(page: Page, stage: Stage, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    stage.message("citizen", "W" * 300)
    stage.message("oa", ANSWER + " " + "https://dichvucong.gov.vn/" + "a" * 200, buttons=BUTTONS)
    stage.tell("dossier", make_dossier("H32.01.02.03-261116-00000001", "B" * 200, "C" * 200))
    for summary in page.locator("summary").all():
        summary.click()
    expect(chat(page).get_by_text(ANSWER)).to_be_visible()
    assert page_overflow(page) == 0


def test_on_a_small_screen_the_phone_swiped_to_is_the_one_in_use(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    tab = page.get_by_role("navigation", name="Chọn điện thoại").get_by_role("button", name=BINH)
    phone(page, BINH).scroll_into_view_if_needed()
    expect(tab).to_have_attribute("aria-pressed", "true")


def test_every_control_has_a_name(page: Page, stage: Stage) -> None:
    stage.message("oa", ANSWER, buttons=BUTTONS)
    expect(chat(page).get_by_text(ANSWER)).to_be_visible()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, textarea, a")]
        .filter((e) => !e.ariaHidden && e.tabIndex >= 0)
        .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length))
        .map((e) => e.outerHTML)"""
    )
    assert nameless == []
