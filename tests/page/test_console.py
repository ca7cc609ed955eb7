"""The console's frame in a browser: every eye and screen, the keyboard alone, paper, no script."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.core.staff import Role
from tests.console.desk import PASSWORD, Desk
from tests.factors import shown
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

OpenConsole = Callable[..., Page]
PAGES = (
    "/console/",
    "/console/staff",
    "/console/staff/minh",
    "/console/audit",
    "/console/phim-tat",
    "/console/mat-khau",
    "/console/xac-thuc",
    "/console/ra-soat-quyen",
    "/console/co-quan",
    "/console/co-quan/H56.14",
    "/console/co-quan/nhap-danh-sach",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}")
    desk.account(*Role, agency="H56", login="lan.nguyen", name="Nguyễn Thị Lan")
    desk.account(Role.CLERK, login="minh", name="Trần Văn Minh")
    return desk


@pytest.fixture
def open_console(browser: Browser, desk: Desk) -> Iterator[OpenConsole]:
    """Opens the console; a script error, a refused file or a foreign request fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def opened(path: str = "/console/", width: int = 1024, **screen: Any) -> Page:
            size: ViewportSize = {"width": width, "height": 768}
            context = browser.new_context(viewport=size, locale="vi-VN", base_url=base, **screen)
            stack.callback(context.close)
            page = context.new_page()
            page.on("request", lambda one: None if one.url.startswith(base) else note(one.url))
            page.on("pageerror", lambda error: note(str(error)))
            page.on(
                "console", lambda said: note(said.text) if "status of 4" not in said.text else None
            )
            page.goto(path)
            return page

        def note(what: str) -> None:
            strange.append(what)

        yield opened
    assert strange == []


def log_in(page: Page, password: str = PASSWORD) -> None:
    """Log in as people do who know the way: type, Tab, type, Enter.

    The browser puts the cursor into the first field a moment after the page is there.
    """
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type("lan.nguyen")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fits(page: Page) -> bool:
    """Whether nothing has to be shifted sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("width", "scheme"), [(1024, "light"), (1366, "dark"), (390, "light")])
def test_anyone_can_read_every_page_on_any_screen(
    open_console: OpenConsole, width: int, scheme: str
) -> None:
    page = open_console(width=width, color_scheme=scheme)
    assert barriers(page) == []
    log_in(page, "sai mật khẩu mất rồi")
    expect(page.get_by_role("alert")).to_contain_text("không đúng")
    assert barriers(page) == []
    expect(page.get_by_label("Mật khẩu")).to_be_focused()
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for path in PAGES:
        page.goto(path)
        assert barriers(page) == [], path
        assert fits(page), path
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(16, 22, 20)") == (scheme == "dark")


def test_a_second_factor_is_set_up_and_used_by_keyboard_and_any_eye(
    open_console: OpenConsole, desk: Desk
) -> None:
    page = open_console("/console/xac-thuc")
    log_in(page)
    secret = page.locator(".secret").inner_text().replace(" ", "")
    expect(page.locator("input:focus")).to_be_visible()
    page.keyboard.type(shown(desk.runtime, secret))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("ol.secret li").count() == 10
    expect(page.get_by_role("button", name="In")).to_be_visible()
    assert barriers(page) == []
    with page.expect_navigation():
        page.get_by_role("link", name="Đã cất mã").click()
    page.goto("/console/xac-thuc")
    expect(page.get_by_role("main")).to_contain_text("Còn 10 mã dự phòng")
    assert barriers(page) == []
    desk.clock.move(minutes=1)
    page.context.clear_cookies()
    page.goto("/console/audit")
    log_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhập mã xác thực")
    assert barriers(page) == []
    page.keyboard.type(shown(desk.runtime, secret))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/console/audit")


def test_letters_open_places_but_not_while_one_types(open_console: OpenConsole) -> None:
    page = open_console()
    log_in(page)
    expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Phím tắt", level=1)).to_be_visible()
    page.goto("/console/staff")
    page.get_by_label("Tên đăng nhập").click()
    page.keyboard.type("b?")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("b?")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()


def test_letters_can_be_switched_off_on_this_machine(open_console: OpenConsole) -> None:
    page = open_console()
    log_in(page)
    page.goto("/console/phim-tat")
    page.get_by_role("switch", name="Dùng phím tắt trên máy này").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("b")
    page.reload()
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Phím tắt", level=1)).to_be_visible()


def test_a_form_is_sent_and_its_faults_reached_without_a_mouse(open_console: OpenConsole) -> None:
    page = open_console()
    log_in(page)
    page.goto("/console/staff")
    page.get_by_label("Tên đăng nhập").focus()
    page.keyboard.type("Có dấu")
    page.keyboard.press("Control+Enter")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert barriers(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-login")).to_be_focused()
    expect(page.locator("#f-login")).to_have_accessible_description(
        "Chữ thường không dấu, số, dấu chấm, gạch nối; ví dụ: lan.nguyen Tên đăng nhập gồm 2 đến "
        "40 ký tự: chữ thường không dấu, số, dấu chấm, gạch nối, gạch dưới hoặc @; bắt đầu bằng "
        "chữ hoặc số. Mời sửa lại."
    )


def test_the_first_tab_leads_past_the_menu_and_focus_is_seen(open_console: OpenConsole) -> None:
    page = open_console()
    log_in(page)
    page.goto("/console/audit")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Đến nội dung chính")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Tài khoản", exact=True)).to_be_focused()


def test_without_script_one_logs_in_and_works(open_console: OpenConsole) -> None:
    page = open_console(java_script_enabled=False)
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.get_by_label("Tên đăng nhập").fill("lan.nguyen")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name="Tài khoản").first.click()
    expect(page.get_by_role("cell", name="Trần Văn Minh")).to_be_visible()


def test_on_paper_there_is_only_what_was_worked_on(open_console: OpenConsole) -> None:
    page = open_console(color_scheme="dark")
    log_in(page)
    page.goto("/console/audit")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("button", name="Lọc")).to_be_hidden()
    expect(page.get_by_role("heading", name="Nhật ký")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
