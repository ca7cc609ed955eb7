"""Where things stand on the sandbox's page, found as a reader or a screen reader finds them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

AN, BINH = "Trần Thị Mẫu", "Lê Văn Mẫu"


def phone(page: Page, name: str = AN) -> Locator:
    """One citizen's phone on the page."""
    return page.get_by_role("article", name=name)


def chat(page: Page, name: str = AN) -> Locator:
    """The conversation on one citizen's phone."""
    return page.get_by_role("log", name=f"Cuộc trò chuyện của {name}")


def field(page: Page, name: str = AN) -> Locator:
    """Where one citizen types."""
    return page.get_by_role("textbox", name=f"Tin nhắn từ máy của {name}")
