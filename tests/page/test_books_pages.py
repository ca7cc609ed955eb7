"""The pages of the books in a browser: charts say what their tables say, nobody is shut out."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from bot.core.staff import Role
from bot.keep_books import keep_books
from tests.console.books import LAND, tell
from tests.console.desk import PASSWORD, Desk
from tests.page.accessibility import barriers
from tests.page.served_app import served_app

OpenConsole = Callable[..., Page]
PAGES = {
    "overview": "/console/bao-cao",
    "days": "/console/bao-cao/ngay?so=due",
    "cases": "/console/bao-cao/ho-so?so=due&ngay=2026-11-25",
    "questions": "/console/bao-cao/cau-hoi",
}
# What every chart draws, beside what stands in its table.
BOTH = """() => [...document.querySelectorAll("[data-chart]")].filter(one => one.chart).map(one => {
  const rows = [...document.getElementById(one.dataset.chart).tBodies[0].rows];
  const names = one.dataset.columns.split(" ");
  return [one.chart.data.datasets.map(set => [...set.data]), names.map(name => rows.map(row =>
    Number(row.querySelector(`[data-column="${name}"]`).textContent.trim().replaceAll(".", ""))))];
})"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(f"sqlite:///{tmp_path / 'bot.db'}")
    for number, agency in enumerate(("H56.14", "H56.14", "H56.15", "H56.14.1"), start=1):
        tell(desk, agency, number, LAND, 2, phone=None if number == 2 else "0905123456")
        desk.clock.move(minutes=10)
        tell(desk, agency, number, LAND, 9)
    keep_books(desk.runtime)
    desk.account(Role.SUPERVISOR, agency=None, login="hoa", name="Phạm Thị Hoa")
    return desk


@pytest.fixture
def console(browser: Browser, desk: Desk) -> Iterator[OpenConsole]:
    """Opens a page of the books as a supervisor does; a fault in a script fails the test."""
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
            page.on(
                "console", lambda one: strange.append(one.text) if one.type == "error" else None
            )
            page.goto(base + "/console/login")
            page.fill("[name=login]", "hoa")
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url("**/console/")
            page.goto(base + path)
            return page

        yield opened
        assert strange == []


@pytest.mark.parametrize("name", ["overview", "days", "questions"])
def test_every_chart_draws_what_its_table_says(console: OpenConsole, name: str) -> None:
    pairs = console(PAGES[name]).evaluate(BOTH)
    assert pairs
    for drawn, told in pairs:
        assert drawn == told


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_nobody_is_shut_out(console: OpenConsole, name: str, scheme: str) -> None:
    assert barriers(console(PAGES[name], color_scheme=scheme)) == []


def test_without_a_script_the_tables_stand(console: OpenConsole) -> None:
    page = console(PAGES["overview"], java_script_enabled=False)
    assert page.locator("#by-agency tbody tr").count() == 3
    assert page.locator(".chart").first.is_hidden()


def test_a_figure_leads_to_its_dossiers(console: OpenConsole) -> None:
    page = console(PAGES["overview"])
    page.click("#by-month td[data-column=due] a")
    page.click("#by-day td a")
    assert page.locator("tbody tr").count() == 8
