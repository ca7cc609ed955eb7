"""The page of the sandbox, open in a browser on a stand-in server."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.page.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stand-in sandbox of its own for each test."""
    with Stage() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.drop()
        server.shutdown()
        thread.join()


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    """The page, open and connected; a script error or a foreign request fails the test."""
    context = browser.new_context(
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1400, "height": 900},
        reduced_motion="reduce",
    )
    opened = context.new_page()
    strange: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((stage.url, "blob:")):
            strange.append(request.url)

    opened.on("request", note)
    opened.on("pageerror", lambda error: strange.append(str(error)))
    opened.goto(stage.url)
    expect(opened.get_by_text("Đã kết nối")).to_be_visible()
    yield opened
    context.close()
    assert strange == []
