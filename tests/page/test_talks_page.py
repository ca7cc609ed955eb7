"""Talks at the console in a browser: read by anyone, counted, and renewed without losing a word."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.answer_handover import answer_handover
from bot.core.staff import Role
from bot.show_talks import list_talks
from tests.console.desk import PASSWORD, Desk
from tests.conversation import CODE, House
from tests.page.accessibility import barriers
from tests.page.served_app import served_app
from tests.talks import make_clerk, tell

OpenTalks = Callable[..., Page]
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}")
    desk.account(Role.CLERK, login="lan", name="Lê Thị Lan")
    return desk


@pytest.fixture
def house(desk: Desk) -> House:
    """The same application, as citizens speak to it; one of them waits, one was answered."""
    house = House(desk.runtime, desk.clock)
    house.feed()
    mai = make_clerk(house, "mai")
    tell(house, f"gặp cán bộ {CODE}")
    answered = list_talks(house.runtime, mai).open[0].id
    answer_handover(house.runtime, mai, answered, "Mời Ông/Bà chờ đến thứ Sáu.", "a1")
    tell(house, f"gặp cán bộ {CODE}", "8112233445566778899")
    tell(house, "hồ sơ của tôi bao giờ xong ạ", "8112233445566778899")
    return house


@pytest.fixture
def talks(browser: Browser, house: House) -> Iterator[OpenTalks]:
    """Opens the talks as a clerk does; a fault in a script fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(house.runtime))

        def opened(path: str = "/console/trao-doi", width: int = 1366, **profile: Any) -> Page:
            size: ViewportSize = {"width": width, "height": 768}
            context = browser.new_context(viewport=size, locale="vi-VN", **profile)
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: strange.append(str(error)))
            page.goto(base + path)
            page.get_by_label("Tên đăng nhập").fill("lan")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"**{path}")
            return page

        yield opened
    assert strange == []


def fits(page: Page) -> bool:
    """Whether nothing has to be shifted sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1366), ("dark", 1024), ("light", 390)])
def test_anyone_can_read_them_on_any_screen(talks: OpenTalks, scheme: str, width: int) -> None:
    page = talks(width=width, color_scheme=scheme)
    assert fits(page)
    assert barriers(page) == []
    page.get_by_role("link", name="Trao đổi số 2").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trao đổi số 2")
    assert fits(page)
    assert barriers(page) == []


def test_new_words_come_in_and_what_is_being_typed_stays(talks: OpenTalks, house: House) -> None:
    page = talks("/console/trao-doi/2")
    answer = page.get_by_label("Trả lời", exact=True)
    expect(answer).to_be_focused()
    answer.fill("Hồ sơ đang chờ")
    tell(house, "cán bộ còn đó không", "8112233445566778899")
    page.evaluate(LOOK)
    expect(page.get_by_text("cán bộ còn đó không")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="nội dung mới")).to_be_visible()
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Hồ sơ đang chờ")


def test_letters_are_counted_and_the_keyboard_sends(talks: OpenTalks) -> None:
    page = talks("/console/trao-doi/2")
    answer = page.get_by_label("Trả lời", exact=True)
    answer.fill("a" * 2100)
    expect(page.get_by_text("Dài quá")).to_be_visible()
    answer.fill("Đang xác minh.")
    expect(page.get_by_text("Dài quá")).to_have_count(0)
    answer.press("Control+Enter")
    expect(page.get_by_text("Đã gửi trả lời cho người dân.")).to_be_visible()
    expect(page.locator(".talk-ours")).to_contain_text("Đang xác minh.")


def test_without_a_script_it_works_the_same(talks: OpenTalks) -> None:
    page = talks("/console/trao-doi/2", java_script_enabled=False)
    page.get_by_label("Trả lời", exact=True).fill("Đang xác minh.")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Đã gửi trả lời cho người dân.")).to_be_visible()
