"""The working calendar in a browser: every eye and screen, a notice entered by keyboard, paper."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bot.close_day import DayOrder, enter_day
from bot.core.staff import Role
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

OpenCalendar = Callable[..., Page]
NOTICE = """\
Thông báo số 1234/TB-BNV ngày 15/10/2026
Nghỉ Tết Nguyên đán từ 05/02/2027 đến 14/02/2027
Nghỉ Chủ nhật 02/5/2027
Nơi nhận: ngày 16/10/2026
"""
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}")
    desk.account(*Role, agency=None, login="quan.tri", name="Nguyễn Thị Lan")
    enter_day(desk.runtime, None, DayOrder("01/12/2026", works=False, reason="Bão số 12"))
    return desk


@pytest.fixture
def calendar(browser: Browser, desk: Desk) -> Iterator[OpenCalendar]:
    """Opens a page of the calendar; a fault in a script or a refused file fails the test."""
    strange: list[str] = []
    with ExitStack() as stack:
        base = stack.enter_context(served_app(desk.runtime))

        def opened(path: str = "/console/lich", width: int = 1024, **profile: Any) -> Page:
            size: ViewportSize = {"width": width, "height": 768}
            context = browser.new_context(
                viewport=size, locale="vi-VN", base_url=base, reduced_motion="reduce", **profile
            )
            stack.callback(context.close)
            page = context.new_page()
            page.on("pageerror", lambda error: strange.append(str(error)))
            page.on(
                "console", lambda one: strange.append(one.text) if one.type == "error" else None
            )
            page.goto("/console/login")
            page.fill("[name=login]", "quan.tri")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/console/")
            page.goto(path)
            return page

        yield opened
    assert strange == []


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1366, "dark")])
def test_everyone_can_read_the_year_and_enter_its_notice(
    calendar: OpenCalendar, width: int, scheme: str
) -> None:
    page = calendar("/console/lich?nam=2026", width=width, color_scheme=scheme)
    assert barriers(page) == []
    assert page.evaluate(FITS)
    september = page.get_by_role("table", name="Tháng 9")
    expect(september.get_by_role("cell", name="2 nghỉ, Quốc khánh 2/9")).to_be_visible()
    page.goto("/console/lich/nhap?nam=2027")
    page.get_by_label("Nội dung").fill(NOTICE)
    page.get_by_label("Nội dung").press("Control+Enter")
    expect(page.get_by_role("heading", name="Xem trước lịch năm 2027")).to_be_visible()
    expect(page.get_by_label("Số, ký hiệu thông báo")).to_have_value("1234/TB-BNV")
    expect(page.get_by_text("Chủ nhật 02/05/2027 là ngày cuối tuần")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate(FITS)
    page.get_by_label("Ngày ban hành").press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi lịch năm 2027")
    assert barriers(page) == []


def test_a_year_is_one_sheet_of_a4_without_what_is_for_the_screen(calendar: OpenCalendar) -> None:
    page = calendar("/console/lich?nam=2026", color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Ghi ngày này")).to_be_hidden()
    expect(page.get_by_role("button", name="Bỏ ngày 01/12/2026")).to_be_hidden()
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
    assert len(paper) == 1
    width, height = paper[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    text = paper[0].get_textpage().get_text_range()
    assert "Lịch làm việc năm 2026" in text
    assert "Tháng 12" in text
    assert "Bão số 12" in text


def test_a_day_is_closed_and_taken_back_without_a_script(calendar: OpenCalendar) -> None:
    page = calendar("/console/lich?nam=2026", java_script_enabled=False)
    page.get_by_label("Ngày", exact=True).fill("02/12/2026")
    page.get_by_label("Lý do").fill("Lũ, Công điện 06/CĐ-UBND")
    page.get_by_role("button", name="Ghi ngày này").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi: 02/12/2026 là ngày nghỉ.")
    page.get_by_role("button", name="Bỏ ngày 02/12/2026").click()
    expect(page.get_by_role("status")).to_contain_text("02/12/2026 là ngày làm việc")
