"""A dossier's whole life, played on the sandbox's page against the real house, in a browser."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.rig.browser import vietnamese_context
from tests.rig.child import Child, free_port, wait_until

WHOLE_STORY_MS = 100_000
FAST = {"action": "start", "pace": 0.3, "patience": 30}


@dataclass(frozen=True, slots=True)
class Running:
    """A house that runs: its sandbox's address."""

    sandbox: str

    def state(self) -> dict[str, Any]:
        """What the sandbox knows."""
        answer: dict[str, Any] = requests.get(f"{self.sandbox}/control/state", timeout=5).json()
        return answer

    def seeded(self) -> bool:
        """Whether the feed has taken every demo dossier."""
        dossiers = self.state()["dossiers"]
        return bool(dossiers) and all(one["last_answer"] for one in dossiers)

    def told(self, place: int) -> list[dict[str, Any]]:
        """What the province has put on the phone of one of the story's people, oldest first."""
        state = self.state()
        who = state["story"]["cast"][place]
        return [m for m in state["messages"] if m["user"] == who and m["from"] != "citizen"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Everything that `make run` starts; notices go at every hour, for tests run at night too."""
    place = tmp_path_factory.mktemp("house")
    environ = {
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "VAR_DIR": str(place / "var"),
        "NOTICE_HOURS": "00:00-23:59",
    }
    command = [sys.executable, "-m", "bot", "up", "--sandbox", "--demo"]
    with Child(command, Path(place) / "up.log", env=environ) as child:
        child.wait_for_line("sandbox", timeout=60)
        running = Running(f"http://127.0.0.1:{environ['SANDBOX_PORT']}")
        wait_until(running.seeded, "the demo dossiers in the house", timeout=60)
        yield running


@pytest.fixture
def page(browser: Browser, house: Running) -> Iterator[Page]:
    context = vietnamese_context(browser)
    opened = context.new_page()
    # The page asks for a pace that people can read at; a test need not read.
    opened.route("**/control/story", lambda route: route.continue_(post_data=FAST))
    opened.goto(house.sandbox)
    yield opened
    context.close()


def test_a_dossiers_life_from_the_desk_to_the_result(page: Page, house: Running) -> None:
    page.get_by_role("button", name="Diễn từ đầu").click()
    strip = page.locator("#story")
    expect(strip.get_by_role("heading", name="Hết chuyện")).to_be_visible(timeout=WHOLE_STORY_MS)
    expect(strip).to_contain_text("13 trên 13 tin đã tới nơi.")
    assert {one["outcome"] for one in house.state()["story"]["scenes"]} == {"seen"}

    mai, hoa = house.told(0), house.told(1)
    # One SMS only went to the phone with Zalo: the code that proves it.
    assert [m["brandname"] for m in mai if m["channel"] == "sms"] == ["MotcuaSMS"]
    assert {m["channel"] for m in hoa} == {"sms"}
    assert [m["from"] for m in hoa] == ["brandname", "short_code", "brandname"]
    assert all(m["parts"] == 1 for m in hoa if m["from"] == "brandname")
    texts = [m["text"] for m in (*mai, *hoa)]
    assert len(texts) == len(set(texts)), "something was told twice"

    name = "Đỗ Thị Mai"
    chat = page.get_by_role("log", name=f"Cuộc trò chuyện của {name}")
    expect(chat.get_by_text("Hồ sơ đã được tiếp nhận", exact=True)).to_be_attached()
    expect(
        chat.get_by_text("Mời ông/bà đến Bộ phận Một cửa UBND phường Lộc Thọ để nhận kết quả")
    ).to_be_attached()
    inbox = page.get_by_role("log", name="Tin SMS của Võ Thị Hoa")
    expect(inbox.get_by_text("da duoc giai quyet xong")).to_be_visible()
