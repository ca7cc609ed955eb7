"""The page that reads photos of slips, in a browser: picked, dropped, pasted; without a script."""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from bot.core.staff import Role
from tests.console.desk import PASSWORD, Desk
from tests.console.test_photos import CODE, OTHERS, PLACE, fed
from tests.page.accessibility import barriers
from tests.page.served_app import served_app
from tests.photos.sets import clear_photo
from tests.slips import slip_link

OpenPhotos = Callable[..., Page]
DROP = """([kind, bytes]) => {
  const carried = new DataTransfer();
  const content = Uint8Array.from(atob(bytes), one => one.charCodeAt(0));
  carried.items.add(new File([content], "phieu.jpg", {type: "image/jpeg"}));
  const event = kind === "paste"
    ? new ClipboardEvent("paste", {clipboardData: carried, bubbles: true})
    : new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true});
  document.body.dispatchEvent(event);
}"""


@pytest.fixture
def photos(browser: Browser, tmp_path: Path) -> Iterator[OpenPhotos]:
    """Opens the page as a clerk of the whole province does; a script's fault fails the test."""
    desk = fed(Desk(f"sqlite:///{tmp_path / 'bot.db'}"))
    desk.account(Role.CLERK, agency="H56", login="lan")
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def opened(width: int = 1366, **profile: Any) -> Page:
            context = browser.new_context(
                viewport={"width": width, "height": 768}, locale="vi-VN", **profile
            )
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: strange.append(str(error)))
            page.goto(base + PLACE)
            page.get_by_label("Tên đăng nhập").fill("lan")
            page.get_by_label("Mật khẩu").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{base}{PLACE}")
            return page

        yield opened
    assert strange == []


def picture(name: str, *texts: str) -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": clear_photo(*texts)}


def pick(page: Page, *files: FilePayload) -> None:
    page.get_by_label("Ảnh chụp phiếu").set_input_files(list(files))


def test_one_photo_opens_its_dossier(photos: OpenPhotos) -> None:
    page = photos()
    pick(page, picture("phieu.jpg", slip_link(CODE)))
    page.wait_for_url(re.compile(f"/console/ho-so/{re.escape(CODE)}$"))


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_photo_is_taken_where_it_is_dropped_or_pasted(photos: OpenPhotos, kind: str) -> None:
    page = photos()
    page.evaluate(DROP, [kind, base64.b64encode(clear_photo(slip_link(CODE))).decode()])
    page.wait_for_url(re.compile(f"/console/ho-so/{re.escape(CODE)}$"))


def test_several_photos_are_listed_each_with_what_it_held(photos: OpenPhotos) -> None:
    page = photos()
    pick(
        page,
        picture("một.jpg", CODE),
        picture("hai.jpg", "https://zalo.me/1"),
        picture("ba.jpg", OTHERS),
        {"name": "bốn.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024 * 1024)},
    )
    expect(page.get_by_role("status")).to_have_text("Đã đọc xong 4 ảnh.", timeout=30_000)
    listed = page.locator("[data-results] li")
    expect(listed).to_have_count(4)
    expect(listed.filter(has_text="bốn.jpg")).to_contain_text("11,0 MB")
    expect(listed.filter(has_text="hai.jpg")).to_contain_text("không phải mã hồ sơ")
    for name, code in (("một.jpg", CODE), ("ba.jpg", OTHERS)):
        link = listed.filter(has_text=name).get_by_role("link")
        expect(link).to_have_attribute("href", f"/console/ho-so/{code}")
    expect(page.get_by_role("link", name=f"Mở hồ sơ {CODE}")).to_be_focused()
    assert barriers(page) == []


def test_without_a_script_the_form_does_it(photos: OpenPhotos) -> None:
    page = photos(java_script_enabled=False)
    pick(page, picture("phieu.jpg", slip_link(CODE)))
    page.get_by_role("button", name="Đọc mã trong ảnh").click()
    page.get_by_role("link", name=f"Mở hồ sơ {CODE}").click()
    page.wait_for_url(re.compile(f"/console/ho-so/{re.escape(CODE)}$"))


@pytest.mark.parametrize(("width", "scheme"), [(1366, "light"), (320, "dark")])
def test_anyone_can_read_the_page(photos: OpenPhotos, width: int, scheme: str) -> None:
    page = photos(width=width, color_scheme=scheme)
    page.get_by_text("Chụp thế nào cho dễ đọc").click()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_was_logged_out_meanwhile_is_told_so(photos: OpenPhotos) -> None:
    page = photos()
    page.context.clear_cookies()
    pick(page, picture("phieu.jpg", CODE))
    expect(page.locator("[data-results] li")).to_contain_text("Mời tải lại trang")
