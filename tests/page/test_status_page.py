"""The page behind a slip's QR in a browser: small phones, the dark, paper, no script, no sight."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from console.result_page import PLACE
from tests.bot.results import NUMBER, result, told
from tests.conversation import CODE, House, make_house
from tests.make import NOW
from tests.page.accessibility import barriers
from tests.page.served_app import served_app
from tests.slips import slip_link

LONG = "Thẩm định hồ sơ " * 12
OpenSlip = Callable[..., Page]


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_house(f"sqlite:///{tmp_path / 'bot.db'}", sms_short_code="8083")
    house.feed(due_at=NOW + timedelta(days=9))
    return house


@pytest.fixture
def open_slip(browser: Browser, house: House) -> Iterator[OpenSlip]:
    """Opens a slip's page as a phone does; a script error or a foreign request fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(house.runtime))

        def opened(
            path: str = urlsplit(slip_link(CODE)).path, width: int = 390, **phone: Any
        ) -> Page:
            size: ViewportSize = {"width": width, "height": 700}
            context = browser.new_context(viewport=size, locale="vi-VN", **phone)
            stack.callback(context.close)
            page = context.new_page()
            page.on("request", lambda one: None if one.url.startswith(base) else note(one.url))
            page.on("pageerror", lambda error: note(str(error)))
            page.on("console", lambda said: note(said.text) if wrong(said.text) else None)
            page.goto(base + path)
            return page

        def note(what: str) -> None:
            strange.append(what)

        yield opened
    assert strange == []


def wrong(said: str) -> bool:
    """A word in the browser's console that is a fault of ours; 404 and 422 are said there too."""
    return "404" not in said and "422" not in said


def fits(page: Page) -> bool:
    """Whether nothing has to be shifted sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


NOTHING = "/T/H56.14-240823-0009.ABCDEFGHIJ"


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [urlsplit(slip_link(CODE)).path, NOTHING])
def test_anyone_can_read_it_on_any_screen(
    open_slip: OpenSlip, width: int, scheme: str, path: str
) -> None:
    page = open_slip(path, width=width, color_scheme=scheme)
    assert fits(page)
    assert barriers(page) == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(14, 21, 20)") == (scheme == "dark")


def test_long_names_and_large_letters_fit_a_small_phone(open_slip: OpenSlip, house: House) -> None:
    house.feed(step=LONG.strip(), status=5, at_desk=True)
    page = open_slip(width=320)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert fits(page)


def test_without_script_all_is_said_and_no_button_is_dead(open_slip: OpenSlip) -> None:
    page = open_slip(java_script_enabled=False)
    expect(page.get_by_text("hiện đang ở bước Thẩm định hồ sơ")).to_be_visible()
    expect(page.get_by_text(slip_link(CODE))).to_be_visible()
    expect(page.get_by_role("link", name="Mở trang Zalo")).to_be_visible()
    assert page.get_by_role("button").count() == 0


@pytest.mark.parametrize(
    ("label", "text"),
    [("Nội dung gửi qua Zalo", slip_link(CODE)), ("Nội dung tin nhắn SMS", f"MCKH {CODE}")],
)
@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "older browser"])
def test_the_copy_button_copies_and_says_so(
    open_slip: OpenSlip, label: str, text: str, clipboard: bool
) -> None:
    page = open_slip(permissions=["clipboard-read", "clipboard-write"])
    if not clipboard:
        page.evaluate("delete Navigator.prototype.clipboard")
    button = page.get_by_role("button", name="Sao chép").and_(
        page.locator(f'[aria-describedby="{page.get_by_label(label).get_attribute("id")}"]')
    )
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Đã sao chép.")
    assert pasted(page) == text


def pasted(page: Page) -> str:
    """What lies in the clipboard, as another program would get it."""
    page.evaluate("document.body.append(document.createElement('textarea'))")
    page.locator("textarea").focus()
    page.keyboard.press("Control+V")
    return page.locator("textarea").input_value()


def test_a_copy_that_fails_says_what_to_do(open_slip: OpenSlip) -> None:
    page = open_slip()
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject('refused'); }")
    page.get_by_role("button", name="Sao chép").first.click()
    expect(page.get_by_role("status")).to_contain_text("nhấn giữ vào nội dung")
    chosen = page.evaluate("window.getSelection().toString()")
    assert chosen.strip() == slip_link(CODE)


def test_a_screen_reader_hears_the_way_step_by_step(open_slip: OpenSlip) -> None:
    page = open_slip()
    heard = page.get_by_role("list", name="Các bước của hồ sơ").aria_snapshot()
    assert [line.strip("- ").split(": ")[-1] for line in heard.splitlines()[1:]] == [
        "Đã nộp (đã qua)",
        "Tiếp nhận (đã qua)",
        "Đang xử lý (hiện tại)",
        "Có kết quả (chưa tới)",
        "Đã trả (chưa tới)",
    ]
    assert page.locator('[aria-current="step"]').inner_text().startswith("Đang xử lý")


def test_on_paper_it_is_one_black_and_white_page(open_slip: OpenSlip) -> None:
    page = open_slip(color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_text("Tình trạng lúc 09 giờ 00 phút ngày 25/11/2026.")).to_be_visible()
    expect(page.get_by_role("link")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    colours = page.evaluate(
        "[document.body, document.querySelector('header')].map(one => "
        "[getComputedStyle(one).backgroundColor, getComputedStyle(one).color])"
    )
    white, black = ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), "rgb(0, 0, 0)"
    assert all(ground in white and ink == black for ground, ink in colours)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_the_keyboard_reaches_what_can_be_pressed_and_is_seen(open_slip: OpenSlip) -> None:
    page = open_slip()
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    assert reached == ["Sao chép", "Mở trang Zalo", "Sao chép", "Soạn tin nhắn"]


def test_a_result_is_checked_on_a_small_phone_without_script(
    open_slip: OpenSlip, house: House
) -> None:
    house.feed(changed_at=NOW + timedelta(minutes=1), status=9, documents=told(result()))
    page = open_slip(PLACE, width=320, color_scheme="dark", java_script_enabled=False)
    page.get_by_label("Mã số giấy tờ hoặc số, ký hiệu").fill(f"  {NUMBER.lower()} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Còn hiệu lực")).to_be_visible()
    assert page.url.endswith(PLACE)
    assert page.title().startswith("Còn hiệu lực")
    assert fits(page)
    page.get_by_role("textbox").fill("không có số")
    page.get_by_role("button", name="Kiểm tra").click()
    described = page.get_by_role("textbox")
    expect(described).to_have_accessible_description(re.compile("từ 3 đến 120 ký tự"))
    expect(described).to_have_value("không có số")
    assert fits(page)


def test_nothing_bars_the_way_to_a_results_standing(open_slip: OpenSlip) -> None:
    page = open_slip(PLACE, width=320)
    assert barriers(page) == []
    page.get_by_role("textbox").fill("77/QĐ-UBND")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Không tìm thấy")).to_be_visible()
    assert barriers(page) == []
