"""The operators' pages in a browser: nobody is shut out, a secret is copied by a button."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.staff import Role
from bot.feed_keys import add_feed_key
from bot.note_feeds import FeedNotes
from bot.reckon_promptness import keep_promptness
from bot.upkeep import prepare_jobs
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

PAGES = ("khoa-nguon", "kenh", "van-hanh", "van-hanh/so-tay")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}", settings={"sms_gateway": "vietguys"})
    prepare_jobs(desk.runtime)
    key = add_feed_key(desk.runtime, "H56.14", note="iGate")
    notes = FeedNotes(desk.runtime)
    for outcome in ("taken", "signature"):
        notes.call(key.id, outcome, {"H56.14": 3})
    notes.write()
    keep_promptness(desk.runtime)
    desk.account(Role.ADMINISTRATOR, agency=None, login="huong")
    return desk


def test_the_pages_shut_nobody_out_and_a_secret_is_copied(browser: Browser, desk: Desk) -> None:
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))
        context = browser.new_context(
            locale="vi-VN", permissions=["clipboard-read", "clipboard-write"]
        )
        stack.callback(context.close)
        page = context.new_page()
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("console", lambda one: strange.append(one.text) if one.type == "error" else None)
        log_in(page, base)
        for name in PAGES:
            page.goto(f"{base}/console/{name}")
            assert barriers(page) == [], name
        page.goto(f"{base}/console/khoa-nguon")
        assert page.get_by_role("link", name="Thu hồi").count() == 1
        page.select_option("[name=agency]", "H56.14")
        page.get_by_role("button", name="Tạo khóa").click()
        secret = page.locator("#secret").inner_text()
        page.get_by_role("button", name="Chép chuỗi bí mật").click()
        expect(page.get_by_text("Đã chép vào bộ nhớ tạm").first).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == secret
        assert barriers(page) == []
        page.goto(f"{base}/tinh-trang")
        assert barriers(page) == []
    assert strange == []


def log_in(page: Page, base: str) -> None:
    """Log in as the administrator."""
    page.goto(base + "/console/login")
    page.fill("[name=login]", "huong")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/console/")
