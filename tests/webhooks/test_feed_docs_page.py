"""The page /docs: an integrator tries the feed out with nothing but a key and its secret."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.make import make_runtime
from tests.webhooks.feeding import Feeder, make_feeder, served


@dataclass(slots=True)
class Opened:
    """The page as it stands open, what it asked for, and what the browser complained about."""

    feeder: Feeder
    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def send(self, key: str, secret: str, operation: str = "sendDossiers") -> None:
        """Type key and secret and press Execute on an operation's example body."""
        self.page.get_by_label("Key id").fill(key)
        self.page.get_by_label("Secret").fill(secret)
        self.button(operation).click()

    def button(self, operation: str) -> Locator:
        """What sends an operation's example body."""
        place = self.page.locator(f"#operations-Dossiers-{operation}")
        return place.get_by_role("button", name="Execute")


@pytest.fixture
def opened(sqlite_url: str, browser_context: BrowserContext) -> Iterator[Opened]:
    """A feed whose clock is three days ahead of the browser's, as in a rehearsal."""
    ahead = datetime.now(UTC) + timedelta(days=3)
    feeder = make_feeder(make_runtime(sqlite_url, now=ahead))
    one = Opened(feeder, browser_context.new_page())
    one.page.on("request", lambda request: one.asked.append(request.url))
    one.page.on("console", lambda line: one.complaints.append(f"{line.type}: {line.text}"))
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    with served(feeder.runtime) as address:
        one.page.goto(f"{address}/docs")
        expect(one.button("sendDossiers")).to_be_visible()
        yield one
        one.page.close()


def test_a_call_signed_in_the_page_is_taken(opened: Opened) -> None:
    key = opened.feeder.key
    opened.send(key.id, key.secret)
    answer = opened.page.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text('"outcome": "new"')


def test_a_call_of_the_national_format_can_be_tried_too(opened: Opened) -> None:
    key = opened.feeder.key
    opened.send(key.id, key.secret, "sendNational")
    answer = opened.page.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer).to_contain_text('"error_code": "00"')


def test_the_page_asks_nobody_else_and_breaks_no_rule_of_its_policy(opened: Opened) -> None:
    opened.send(opened.feeder.key.id, opened.feeder.key.secret)
    expect(opened.page.locator(".live-responses-table")).to_be_visible()
    outside = [url for url in opened.asked if not url.startswith(("http://127.0.0.1:", "data:"))]
    assert outside == []
    assert opened.complaints == []


def test_the_secret_is_never_sent(opened: Opened) -> None:
    sent: list[str] = []
    opened.page.on(
        "request",
        lambda request: sent.append(f"{request.url} {request.all_headers()} {request.post_data}"),
    )
    opened.send(opened.feeder.key.id, opened.feeder.key.secret)
    expect(opened.page.locator(".live-responses-table")).to_be_visible()
    assert sent
    assert not any(opened.feeder.key.secret in one for one in sent)


def test_without_a_secret_the_page_says_what_is_missing(opened: Opened) -> None:
    opened.send(opened.feeder.key.id, "")
    expect(opened.page.get_by_role("status")).to_contain_text("type the key's id and secret")
    expect(opened.page.locator(".live-responses-table .response").first).to_contain_text("401")


def test_the_page_runs_nothing_inline_and_keeps_no_copy(feeder: Feeder) -> None:
    answer = feeder.client.get("/docs")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/docs/swagger-ui/x.js", "/docs/page/../../feed.py", "/docs/page/feed.py"]
)
def test_only_the_pages_own_files_are_given_out(feeder: Feeder, path: str) -> None:
    assert feeder.client.get(path).status_code == 404
