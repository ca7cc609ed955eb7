"""The whole house as a newcomer meets it: one command, a browser, phones that are answered."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from tests.rig.browser import vietnamese_context
from tests.rig.child import Child, free_port, wait_until

WAIT_MS = 15_000
LOCAL_CODE = "0101701234"


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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("house")
    ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    command = [sys.executable, "-m", "bot", "up", "--sandbox", "--demo"]
    log = Path(place) / "up.log"
    with Child(command, log, env={**ports, "VAR_DIR": str(place / "var")}) as child:
        child.wait_for_line("sandbox", timeout=60)
        running = Running(f"http://127.0.0.1:{ports['SANDBOX_PORT']}")
        wait_until(running.seeded, "the demo dossiers in the house", timeout=60)
        yield running


@pytest.fixture
def page(browser: Browser, house: Running) -> Iterator[Page]:
    context = vietnamese_context(browser)
    opened = context.new_page()
    opened.set_default_timeout(WAIT_MS)
    opened.goto(house.sandbox)
    yield opened
    context.close()


def phone_of(page: Page, house: Running, alias: str) -> tuple[Locator, Locator]:
    """The field and the conversation of one citizen."""
    name = next(one["name"] for one in house.state()["people"] if one["alias"] == alias)
    field = page.get_by_role("textbox", name=f"Tin nhắn từ máy của {name}")
    return field, page.get_by_role("log", name=f"Cuộc trò chuyện của {name}")


def test_a_code_written_on_a_phone_is_answered_there(page: Page, house: Running) -> None:
    field, chat = phone_of(page, house, "an")
    field.fill(f"cho em hỏi hồ sơ {LOCAL_CODE} ạ")
    field.press("Enter")
    answer = chat.get_by_text(f"Hồ sơ của quý Ông/Bà ({LOCAL_CODE}) hiện đang ở bước")
    expect(answer).to_be_visible(timeout=WAIT_MS)
    expect(answer).to_contain_text("trạng thái hồ sơ: Đúng hạn.")


def test_a_button_under_an_answer_is_answered(page: Page, house: Running) -> None:
    field, chat = phone_of(page, house, "binh")
    field.fill("xin chào")
    field.press("Enter")
    chat.get_by_role("button", name="Cách xem mã trên giấy hẹn").last.click()
    expect(chat.get_by_text("Cách xem mã trên Giấy tiếp nhận hồ sơ")).to_be_visible(timeout=WAIT_MS)


def test_a_dossier_moved_at_the_desk_is_told_anew(page: Page, house: Running) -> None:
    dossier = next(one for one in house.state()["dossiers"] if one["next"])
    field, chat = phone_of(page, house, "chi")
    field.fill(dossier["code"])
    field.press("Enter")
    expect(chat.get_by_text(f"ở bước {dossier['step']}").last).to_be_visible(timeout=WAIT_MS)
    code = dossier["code"]
    page.get_by_role("button", name=f"Chuyển sang bước tiếp theo, hồ sơ {code}").click()
    step = page.get_by_role("row").filter(has_text=code).get_by_text(dossier["next"], exact=True)
    expect(step.first).to_be_visible(timeout=WAIT_MS)
    field.fill(dossier["code"])
    field.press("Enter")
    expect(chat.get_by_text(f"ở bước {dossier['next']}").last).to_be_visible(timeout=WAIT_MS)


def test_a_new_follower_is_welcomed(page: Page, house: Running) -> None:
    person = next(one for one in house.state()["people"] if one["alias"] == "chi")
    page.get_by_role("button", name=f"Quan tâm: {person['name']}", exact=True).click()
    _, chat = phone_of(page, house, "chi")
    expect(chat.get_by_text("Cảm ơn Ông/Bà đã quan tâm").last).to_be_visible(timeout=WAIT_MS)
