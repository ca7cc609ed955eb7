"""The counter's pages in a browser: by keyboard alone, in light and dark, without a script."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from bot.core.staff import Role
from bot.draw_batch import draw_due
from tests.console.counter import BIRTH, feed, make_counter, take_in
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

OpenConsole = Callable[..., Page]
CODE = "H56.14-261125-0001"
PAGES = {
    "home": "/console/",
    "find": "/console/tim",
    "due": "/console/den-han",
    "choose": "/console/tiep-nhan",
    "intake": f"/console/tiep-nhan?thu_tuc={BIRTH}",
    "dossier": f"/console/ho-so/{CODE}",
    "a document": f"/console/ho-so/{CODE}/giay-to?loai=result",
    "documents": "/console/giay-to?tinh_trang=lacking",
    "a move": f"/console/ho-so/{CODE}?viec=supplement",
    "print": f"/console/ho-so/{CODE}/in/bien-nhan?moi=1&co_quan=H56.14&thu_tuc={BIRTH}",
    "mini-slip": f"/console/ho-so/{CODE}/in/tom-tat",
    "phones": "/console/so-dien-thoai",
    "phone": f"/console/so-dien-thoai/{CODE}",
    "batches": "/console/in-theo-ngay",
    "by post": "/console/buu-dien?xem=cho",
    "to whom by post": f"/console/buu-dien/{CODE}",
    "procedures": "/console/thu-tuc",
    "desk": "/console/quay",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = make_counter(
        f"sqlite:///{tmp_path / 'bot.db'}",
        post_service="file",
        post_customer_code="KH1",
        post_province="Khánh Hòa",
    )
    clerk = desk.login(Role.CLERK, Role.ADMINISTRATOR, login="lan", name="Lê Thị Lan")
    assert take_in(clerk, post="1", address="12 Lê Lợi, phường Lộc Thọ") == CODE
    take_in(clerk, name="Trần Thị Mẫu", phone="", phone_confirmed="1")
    feed(desk)
    return desk


@pytest.fixture
def console(browser: Browser, desk: Desk) -> Iterator[OpenConsole]:
    """Opens a page of the console as a clerk does; a fault in a script fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def opened(path: str, width: int = 1366, **profile: Any) -> Page:
            size: ViewportSize = {"width": width, "height": 768}
            context = browser.new_context(
                viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **profile
            )
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: strange.append(str(error)))
            page.on("request", lambda one: None if one.url.startswith(base) else note(one.url))
            page.goto(base + path)
            page.get_by_label("Tên đăng nhập").fill("lan")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "/console/login" not in address)
            return page

        def note(address: str) -> None:
            # The browser's own viewer of PDF is made of what it brings along.
            if not address.startswith(("chrome:", "chrome-extension:", "data:", "blob:")):
                strange.append(address)

        yield opened
    assert strange == []


def fits(page: Page) -> bool:
    """Whether nothing has to be shifted sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 1024)])
def test_anyone_can_read_every_page_at_a_desks_screen(
    console: OpenConsole, scheme: str, width: int
) -> None:
    page = console("/console/", width=width, color_scheme=scheme)
    base = page.url.split("/console/")[0]
    found = {}
    for name, path in PAGES.items():
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.ok, f"{name} answered {answer.status}"
        found[name] = [*barriers(page), *([] if fits(page) else ["does not fit"])]
    assert {name: barred for name, barred in found.items() if barred} == {}


def test_a_dossier_is_taken_in_without_a_mouse(console: OpenConsole) -> None:
    page = console("/console/")
    keyboard = page.keyboard
    keyboard.press("n")
    expect(page.get_by_role("combobox", name="Thủ tục")).to_be_focused()
    keyboard.type("khai sinh")
    keyboard.press("Enter")
    expect(page.get_by_label("Họ và tên")).to_be_focused()
    keyboard.type("Lê Văn Bàn Phím")
    keyboard.press("Enter")
    expect(page.get_by_label("Số điện thoại")).to_be_focused()
    keyboard.type("0912 345 678")
    expect(page.get_by_text("Đọc là 0912 345 678")).to_be_visible()
    keyboard.press("Enter")
    expect(page.get_by_label("Email")).to_be_focused()
    keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/in/bien-nhan"))
    expect(page.get_by_text("đã được ghi nhận")).to_be_visible()
    expect(page.locator("[data-print], [data-open]").locator("visible=true").first).to_be_focused()
    keyboard.press("m")
    expect(page.get_by_label("Họ và tên")).to_be_focused()


def test_a_tick_asks_for_the_receiver_and_enter_walks_through(console: OpenConsole) -> None:
    page = console(PAGES["intake"])
    commune = page.get_by_label("Xã, phường, đặc khu")
    expect(commune).to_be_hidden()
    page.get_by_label("Đăng ký nhận thông báo trạng thái hồ sơ qua Zalo").press("Enter")
    expect(page.get_by_label("Giấy tờ thứ 1", exact=True)).to_be_focused()
    page.get_by_label("Đăng ký nhận kết quả bằng chuyển phát nhanh (EMS)").press("Space")
    expect(commune).to_be_visible()
    page.get_by_label("Đăng ký nhận thông báo trạng thái hồ sơ qua Zalo").press("Enter")
    expect(page.get_by_label("Người nhận", exact=True)).to_be_focused()


def test_a_wrong_number_is_said_while_it_is_typed(console: OpenConsole) -> None:
    page = console(PAGES["intake"])
    page.get_by_label("Số điện thoại").press_sequentially("0258 3 822 333")
    expect(page.get_by_text("Đây là số cố định")).to_be_visible()
    page.get_by_label("Số điện thoại").fill("")
    expect(page.get_by_text("Đây là số cố định")).to_be_hidden()


def test_what_a_document_lacks_is_said_while_it_is_typed(console: OpenConsole) -> None:
    page = console(PAGES["a document"])
    lacks = page.locator("[data-needs]:visible")
    expect(page.get_by_text("ngày và nơi cấp giấy tờ tùy thân)")).to_be_visible()
    before = lacks.count()
    page.get_by_label("Số định danh của chủ giấy tờ").fill("079090001234")
    page.get_by_label("Không thời hạn").check()
    expect(page.get_by_text("ngày và nơi cấp giấy tờ tùy thân)")).to_be_hidden()
    assert lacks.count() == before - 2


def test_after_a_fault_the_focus_is_where_it_is_explained(console: OpenConsole) -> None:
    page = console(PAGES["intake"])
    page.get_by_label("Họ và tên").fill("...")
    page.keyboard.press("Control+Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Họ tên không có chữ cái nào")
    expect(page.get_by_label("Họ và tên")).to_have_value("...")


def test_results_are_walked_through_with_the_arrows(console: OpenConsole) -> None:
    page = console("/console/tim")
    expect(page.get_by_label("Mã hồ sơ, số điện thoại hoặc họ tên")).to_be_focused()
    page.keyboard.type("mau")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/ho-so/{CODE}")


def test_a_scanner_goes_straight_to_the_dossier(console: OpenConsole) -> None:
    page = console("/console/")
    page.keyboard.press("/")
    expect(page.get_by_label("Mã hồ sơ, số điện thoại hoặc họ tên")).to_be_focused()
    page.keyboard.type(CODE)  # a scanner types the code and presses Enter
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/ho-so/{CODE}")


def test_what_was_typed_before_the_script_came_is_not_typed_over(console: OpenConsole) -> None:
    page, held = console("/console/"), list[Route]()
    page.route("**/counter.js*", lambda route: held.append(route))
    page.keyboard.press("/")
    field = page.get_by_label("Mã hồ sơ, số điện thoại hoặc họ tên")
    field.press_sequentially("H56.14")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_load_state()
    page.keyboard.type("-261125")
    expect(field).to_have_value("H56.14-261125")


def test_a_scanner_finds_wherever_one_is(console: OpenConsole) -> None:
    page = console("/console/so-dien-thoai")
    page.get_by_role("heading", level=1).click()
    page.keyboard.type(CODE)  # as fast as a scanner: its letters press no shortcut
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/ho-so/{CODE}")


def test_a_dossier_is_moved_by_keys(console: OpenConsole) -> None:
    page = console(PAGES["dossier"])
    page.keyboard.press("1")
    step = page.get_by_label("Bước tiếp theo")
    expect(step).to_be_focused()
    step.select_option("Thẩm định hồ sơ")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Chuyển xử lý: đã ghi nhận.")).to_be_visible()
    expect(page.get_by_text("Thẩm định hồ sơ").first).to_be_visible()


def test_without_a_script_a_dossier_is_taken_in_all_the_same(console: OpenConsole) -> None:
    page = console(PAGES["intake"], java_script_enabled=False)
    page.get_by_label("Họ và tên").fill("Lê Văn Không Kịch Bản")
    page.get_by_label("Họ và tên").press("Enter")  # only looks
    expect(page.get_by_label("Họ và tên")).to_have_value("Lê Văn Không Kịch Bản")
    page.get_by_label("Số điện thoại").fill("0912 345 678")
    page.get_by_role("button", name="Lưu và in giấy biên nhận").click()
    page.wait_for_url(re.compile("/in/bien-nhan"))
    expect(page.get_by_role("link", name="Mở tệp để in")).to_be_visible()
    expect(page.locator("[data-print]")).to_be_hidden()


def test_a_batch_is_watched_until_it_can_be_printed(console: OpenConsole, desk: Desk) -> None:
    page = console("/console/in-theo-ngay")
    expect(page.locator("form :focus")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    draw_due(desk.runtime)
    expect(page.get_by_role("link", name="Mở tệp để in")).to_be_visible(timeout=10_000)
    assert barriers(page) == []
