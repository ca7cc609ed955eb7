"""The strip on the sandbox's page that plays a dossier's whole life."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.page.places import AN, BINH, phone
from tests.page.stage import Stage

TITLES = ("Nộp hồ sơ", "Chia sẻ số điện thoại")
CAPTION = "Chị Mai nộp hồ sơ tại Bộ phận Một cửa."


def strip(page: Page) -> Locator:
    """The story's strip, by its heading."""
    return page.locator("#story")


def press(page: Page, name: str) -> Locator:
    """A button of the strip."""
    return strip(page).get_by_role("button", name=name, exact=True)


def story(state: str = "playing", scene: int = 0, outcome: str = "awaited") -> dict[str, Any]:
    """A story about the first citizen, as the sandbox tells of it."""
    outcomes = ["seen"] * scene + [outcome] + [""] * (len(TITLES) - scene - 1)
    return {
        "state": state,
        "scene": scene,
        "trouble": "",
        "cast": ["9001"],
        "scenes": [
            {"title": title, "caption": CAPTION, "user": "9001", "app": app, "outcome": one}
            for title, app, one in zip(TITLES, ("zalo", "sms"), outcomes, strict=True)
        ],
    }


def test_one_press_starts_the_story(page: Page, stage: Stage) -> None:
    press(page, "Diễn từ đầu").click()
    assert stage.next_post() == ("/control/story", {"action": "start"})


def test_a_scene_is_told_with_its_caption_and_what_became_of_it(page: Page, stage: Stage) -> None:
    stage.tell("story", story())
    expect(strip(page).get_by_role("heading", name="Cảnh 1/2: Nộp hồ sơ")).to_be_visible()
    expect(strip(page)).to_contain_text(CAPTION)
    expect(strip(page)).to_contain_text("Đang chờ tin…")
    stage.tell("story", story(outcome="seen"))
    expect(strip(page)).to_contain_text("Đã thấy tin")
    marks = strip(page).get_by_role("listitem")
    expect(marks).to_have_text(["1. Nộp hồ sơ: đã thấy tin", "2. Chia sẻ số điện thoại"])


def test_a_message_that_does_not_come_is_said_so(page: Page, stage: Stage) -> None:
    stage.tell("story", story(outcome="missing"))
    expect(strip(page)).to_contain_text("Chưa thấy tin")
    press(page, "Cảnh tiếp").click()
    assert stage.next_post() == ("/control/story", {"action": "next"})


@pytest.mark.parametrize(
    ("state", "name", "action"),
    [
        ("playing", "Tạm dừng", "pause"),
        ("paused", "Diễn tiếp", "resume"),
        ("playing", "Dừng diễn", "stop"),
        ("done", "Diễn lại", "start"),
        ("done", "Đóng", "stop"),
        ("stuck", "Diễn lại", "start"),
    ],
)
def test_the_story_is_led(page: Page, stage: Stage, state: str, name: str, action: str) -> None:
    stage.tell("story", story(state))
    press(page, name).click()
    assert stage.next_post() == ("/control/story", {"action": action})


def test_only_the_storys_people_are_on_stage(page: Page, stage: Stage) -> None:
    stage.tell("story", story())
    expect(phone(page, BINH)).to_be_hidden()
    expect(phone(page, AN)).to_be_visible()
    stage.tell("story", {**story("idle"), "scene": -1})
    expect(phone(page, BINH)).to_be_visible()


def test_the_app_that_the_scene_is_about_is_opened_once(page: Page, stage: Stage) -> None:
    stage.tell("story", story(scene=1))
    sms = phone(page, AN).get_by_role("button", name="SMS", exact=True)
    expect(sms).to_have_attribute("aria-pressed", "true")
    phone(page, AN).get_by_role("button", name="Zalo", exact=True).click()
    stage.tell("story", story(scene=1, outcome="seen"))
    expect(strip(page)).to_contain_text("Đã thấy tin")
    expect(sms).to_have_attribute("aria-pressed", "false")


def test_the_keyboard_alone_leads_the_story(page: Page, stage: Stage) -> None:
    press(page, "Diễn từ đầu").focus()
    page.keyboard.press("Enter")
    assert stage.next_post() == ("/control/story", {"action": "start"})
    stage.tell("story", story())
    expect(press(page, "Tạm dừng")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert stage.next_post() == ("/control/story", {"action": "next"})
    stage.tell("story", story("done", 1, "seen"))
    expect(press(page, "Diễn lại")).to_be_focused()


def test_the_end_counts_what_arrived(page: Page, stage: Stage) -> None:
    stage.tell("story", story("done", 1, "skipped"))
    expect(strip(page)).to_contain_text("1 trên 2 tin đã tới nơi.")


def test_a_story_that_cannot_go_on_says_why(page: Page, stage: Stage) -> None:
    stage.tell("story", {**story("stuck"), "trouble": "Cổng nhận hồ sơ không nhận: agency"})
    expect(strip(page)).to_contain_text("Cổng nhận hồ sơ không nhận: agency")


def test_a_page_opened_in_the_middle_shows_the_scene(page: Page, stage: Stage) -> None:
    stage.state["story"] = story(scene=1)
    page.reload()
    expect(strip(page).get_by_role("heading", name="Cảnh 2/2")).to_be_visible()
    expect(phone(page, BINH)).to_be_hidden()


@pytest.mark.parametrize("width", [320, 768, 1400])
def test_the_strip_fits(page: Page, stage: Stage, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    long = story(outcome="missing")
    long["scenes"][0]["caption"] = "<b>W</b>" * 60
    stage.tell("story", long)
    expect(strip(page)).to_contain_text("<b>W</b><b>W</b>")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
