"""Citizens' texts in a browser: the counter, the preview and the difference follow the typing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.staff import Role
from bot.keep_wordings import keep_shipped
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

PLACE = "/console/cau-chu"
GREETING = f"{PLACE}/talk.greeting"
Open = Callable[..., Page]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}")
    desk.account(Role.ADMINISTRATOR, agency=None, login="lan", name="Nguyễn Thị Lan")
    keep_shipped(desk.runtime.engine, desk.runtime.wording.shipped, desk.clock())
    return desk


@pytest.fixture
def opened(browser: Browser, desk: Desk) -> Iterator[Open]:
    """Opens a page as an administrator; a script error or a foreign request fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def open_page(path: str, **screen: Any) -> Page:
            context = browser.new_context(locale="vi-VN", base_url=base, **screen)
            stack.callback(context.close)
            page = context.new_page()
            page.on("request", lambda one: None if one.url.startswith(base) else note(one.url))
            page.on("pageerror", lambda error: note(str(error)))
            page.goto(path)
            page.get_by_label("Tên đăng nhập").fill("lan")
            page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url("**" + path)
            return page

        def note(what: str) -> None:
            strange.append(what)

        yield open_page
    assert strange == []


def test_counter_preview_and_difference_follow_the_typing_and_it_is_saved(
    opened: Open, desk: Desk
) -> None:
    page = opened(GREETING)
    assert barriers(page) == []
    words = page.get_by_label("Câu chữ", exact=True)
    words.fill("Chào mừng Ông/Bà. Gửi mã hồ sơ, ví dụ: {exampel}")
    expect(page.locator("#looked .fault")).to_contain_text("Có phải là {example}?")
    expect(page.locator("#count")).to_have_class("count over")
    words.fill("Chào mừng Ông/Bà. Gửi mã hồ sơ, ví dụ: {example}")
    expect(page.locator("#looked .bubble-text")).to_have_text(
        "Chào mừng Ông/Bà. Gửi mã hồ sơ, ví dụ: H56.14-240823-0001"
    )
    expect(page.locator("#count")).to_contain_text("/600 ký tự")
    expect(page.locator("#looked ins").first).to_have_text("Chào")
    assert barriers(page) == []
    page.get_by_label("Lý do đổi").fill("Lời chào ngắn hơn")
    page.get_by_role("button", name="Lưu câu chữ này").click()
    expect(page.get_by_role("main")).to_contain_text("Bản 2: tỉnh đổi")
    said = desk.runtime.texts.render("talk.greeting", example="X")
    assert said == "Chào mừng Ông/Bà. Gửi mã hồ sơ, ví dụ: X"
    assert barriers(page) == []
    for path in (PLACE, f"{PLACE}/notice.result", f"{PLACE}/ngay"):
        page.goto(path)
        assert barriers(page) == [], path
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(GREETING)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_a_script_it_is_looked_at_and_saved_all_the_same(opened: Open, desk: Desk) -> None:
    page = opened(GREETING, java_script_enabled=False)
    page.get_by_label("Câu chữ", exact=True).fill("Chào Ông/Bà: {example}")
    page.get_by_label("Lý do đổi").fill("Lời chào ngắn hơn")
    page.get_by_role("button", name="Xem trước").click()
    expect(page.locator("#looked .bubble-text")).to_have_text("Chào Ông/Bà: H56.14-240823-0001")
    expect(page.get_by_role("status").filter(has_text="Dài nhất")).to_contain_text("/600 ký tự")
    page.get_by_role("button", name="Lưu câu chữ này").click()
    expect(page.get_by_role("main")).to_contain_text("Bản 2: tỉnh đổi")
    assert desk.runtime.texts.render("talk.greeting", example="X") == "Chào Ông/Bà: X"
