"""The SMS app of the phones on the sandbox's page: asking the short code, with or without Zalo."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.page.places import AN, BINH, chat, phone
from tests.page.stage import CODE, Stage, make_person

LOCAL = "0101701234"
ASKED = f"MCKH {LOCAL}"
FOUND = (
    f"Ho so cua quy Ong/Ba ({LOCAL}) hien dang o buoc Tham dinh ho so, trang thai ho so: Dung han."
)


def app(page: Page, name: str, of: str = AN) -> Locator:
    """One of the two messaging apps' tabs."""
    return phone(page, of).get_by_role("button", name=name, exact=True)


def inbox(page: Page, name: str = AN) -> Locator:
    """The short code's conversation."""
    return page.get_by_role("log", name=f"Tin SMS của {name}")


def line(page: Page, name: str = AN) -> Locator:
    """Where an SMS is typed."""
    return page.get_by_role("textbox", name=f"Tin SMS gửi từ máy của {name}")


def answered(stage: Stage, user: str = "9001") -> None:
    """The short code carries a question and its answer."""
    stage.message("citizen", ASKED, channel="sms", user=user)
    stage.message("short_code", FOUND, channel="sms", user=user)


def test_a_citizen_asks_the_short_code_and_reads_the_answer(page: Page, stage: Stage) -> None:
    app(page, "SMS").click()
    line(page).fill(ASKED)
    phone(page).get_by_role("button", name="Nhắn tới 8083").click()
    assert stage.next_post() == ("/control/sms", {"user": "9001", "text": ASKED})
    answered(stage)
    expect(inbox(page).get_by_text(FOUND)).to_be_visible()
    expect(inbox(page).get_by_text(ASKED, exact=True)).to_have_count(1)
    expect(line(page)).to_have_value("")


def test_a_newcomer_asks_the_short_code_with_one_press(page: Page, stage: Stage) -> None:
    app(page, "SMS").click()
    phone(page).get_by_role("button", name=f"Thử: {ASKED}").click()
    assert stage.next_post() == ("/control/sms", {"user": "9001", "text": ASKED})
    answered(stage)
    expect(phone(page).get_by_role("button", name=f"Thử: {ASKED}")).to_have_count(0)


def test_sms_and_chat_are_kept_apart(page: Page, stage: Stage) -> None:
    answered(stage)
    stage.message("oa", "Chào Ông/Bà")
    expect(chat(page).get_by_text("Chào Ông/Bà")).to_be_visible()
    expect(chat(page).get_by_text(FOUND)).to_have_count(0)
    app(page, "SMS, 1 tin mới").click()
    expect(inbox(page).get_by_text(FOUND)).to_be_visible()
    expect(inbox(page).get_by_text("Chào Ông/Bà")).to_have_count(0)


def test_an_sms_that_came_unseen_is_counted_until_it_is_looked_at(page: Page, stage: Stage) -> None:
    answered(stage)
    stage.message("short_code", "Tin thứ hai", channel="sms")
    app(page, "SMS, 2 tin mới").click()
    expect(app(page, "SMS")).to_have_attribute("aria-pressed", "true")
    app(page, "Zalo").click()
    expect(app(page, "SMS")).to_have_attribute("aria-pressed", "false")
    expect(app(page, "SMS", BINH)).to_have_attribute("aria-pressed", "false")


def test_who_has_no_zalo_asks_by_sms(page: Page, stage: Stage) -> None:
    stage.tell("person", make_person(4, "Phạm Thị Mẫu", has_zalo=False))
    expect(line(page, "Phạm Thị Mẫu")).to_be_editable()
    line(page, "Phạm Thị Mẫu").fill(ASKED)
    line(page, "Phạm Thị Mẫu").press("Enter")
    assert stage.next_post() == ("/control/sms", {"user": "9004", "text": ASKED})


def test_a_short_code_that_is_away_is_told_and_can_be_asked_again(page: Page, stage: Stage) -> None:
    app(page, "SMS").click()
    stage.refusal = "no reply: it did not answer"
    line(page).fill(ASKED)
    line(page).press("Enter")
    stage.next_post()
    expect(page.get_by_role("alert")).to_contain_text("did not answer")
    stage.refusal = ""
    inbox(page).get_by_role("button", name="Gửi lại").click()
    assert stage.next_post() == ("/control/sms", {"user": "9001", "text": ASKED})


def test_a_code_sent_from_the_desk_is_typed_as_an_sms_while_sms_is_open(page: Page) -> None:
    app(page, "SMS").click()
    page.get_by_role("button", name=f"Điền mã {CODE}").click()
    expect(line(page)).to_have_value(f"MCKH {CODE}")
    expect(line(page)).to_be_focused()


def test_markup_in_an_sms_is_shown_as_text(page: Page, stage: Stage) -> None:
    app(page, "SMS").click()
    stage.message("short_code", "<b>x</b><img src=y>", channel="sms")
    expect(inbox(page).get_by_text("<b>x</b><img src=y>")).to_be_visible()
    expect(inbox(page).locator("b")).to_have_count(0)


def test_sms_is_kept_over_a_reconnect(page: Page, stage: Stage) -> None:
    app(page, "SMS").click()
    answered(stage)
    stage.drop()
    expect(inbox(page).get_by_text(FOUND)).to_have_count(1)
    expect(page.get_by_text("Đã kết nối")).to_be_visible()
    expect(inbox(page).get_by_text(FOUND)).to_have_count(1)


def test_at_the_smallest_width_the_sms_app_fits(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    app(page, "SMS").click()
    stage.message("short_code", "W" * 300, channel="sms")
    expect(inbox(page).get_by_text("W" * 300)).to_be_visible()
    width = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(width) == 0
