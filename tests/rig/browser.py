"""The headless Chromium of the page tests, set to Vietnam."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

LAUNCH_WORDS = (
    "--no-sandbox",  # root has no other way, and only our own pages are opened
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The network is closed to the pages as well, addresses in digits included.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@contextmanager
def launched(program: Path) -> Iterator[Browser]:
    """Start one browser, and end it with everything it started."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(LAUNCH_WORDS))
        try:
            yield browser
        finally:
            browser.close()


def vietnamese_context(browser: Browser) -> BrowserContext:
    """A clean profile of a reader in Vietnam; it sees no address but this machine's."""
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    context.set_default_timeout(15_000)
    return context
