"""From the counter to the phone: taken in, printed, photographed, followed, moved on, told; and
how a desk is called otherwise and merged meanwhile."""

import base64
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2 as pdfium
import pytest
import requests
import zxingcpp
from dotenv import dotenv_values
from playwright.sync_api import Browser, Page, expect

from bot.demo_counter import PASSWORD
from tests.rig.browser import vietnamese_context
from tests.rig.child import Child, free_port, wait_until

SCAN_DPI = 130  # as a phone sees an A5 sheet held before it


@dataclass(frozen=True, slots=True)
class Running:
    """A house that runs: where its console and its sandbox are, and the demo's password."""

    web: str
    sandbox: str
    password: str

    def told(self, citizen: str) -> list[str]:
        """What the province has written to a citizen's Zalo, oldest first."""
        answer = requests.get(f"{self.sandbox}/control/messages", timeout=5).json()
        return [
            str(one["text"])
            for one in answer["messages"]
            if one["from"] == "oa" and one["alias"] == citizen
        ]

    def send_photo(self, citizen: str, jpeg: bytes) -> None:
        """A citizen sends a photo to the page."""
        body = {"user": citizen, "image_base64": base64.b64encode(jpeg).decode()}
        requests.post(f"{self.sandbox}/control/photo", json=body, timeout=10).raise_for_status()

    def say(self, citizen: str, text: str) -> None:
        """A citizen types to the page."""
        body = {"user": citizen, "text": text}
        requests.post(f"{self.sandbox}/control/say", json=body, timeout=10).raise_for_status()

    def wait_for(self, citizen: str, words: str) -> str:
        """The message with these words, once it is there."""
        wait_until(
            lambda: any(words in text for text in self.told(citizen)), repr(words), timeout=60
        )
        return next(text for text in self.told(citizen) if words in text)


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
        child.wait_for_line("console", timeout=90)
        yield Running(
            f"http://127.0.0.1:{environ['PORT']}",
            f"http://127.0.0.1:{environ['SANDBOX_PORT']}",
            str(dotenv_values(place / "var" / "env")[PASSWORD]),
        )


@pytest.fixture
def page(browser: Browser, house: Running) -> Iterator[Page]:
    context = vietnamese_context(browser)
    opened = context.new_page()
    opened.goto(f"{house.web}/console/")
    yield opened
    context.close()


def photo_of(pdf: bytes) -> bytes:
    """The citizen's copy, photographed: a grey JPEG that stands a little crooked."""
    sheet = pdfium.PdfDocument(pdf)[1]
    picture = sheet.render(scale=SCAN_DPI / 72).to_pil().convert("L")
    crooked = picture.rotate(4, expand=True, fillcolor=120)
    stream = io.BytesIO()
    crooked.save(stream, "JPEG", quality=70)
    return stream.getvalue()


def scanned(pdf: bytes) -> str:
    """The link that a phone reads off the slip's QR."""
    sheet = pdfium.PdfDocument(pdf)[1].render(scale=SCAN_DPI / 72).to_pil()
    links = [one.text for one in zxingcpp.read_barcodes(sheet) if "/T/" in one.text]
    return str(links[0])


def enter(page: Page, house: Running, login: str) -> None:
    """Log in at the desk that the page shows."""
    expect(page.get_by_label("Tên đăng nhập")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(house.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
    page.wait_for_load_state()  # keys are heard once the page is whole


def take_in(page: Page) -> str:
    """Take a dossier in by keyboard alone, up to its slip; its code."""
    keyboard = page.keyboard
    keyboard.press("n")
    expect(page.get_by_role("combobox", name="Thủ tục")).to_be_focused()
    keyboard.type("kết hôn")
    keyboard.press("Enter")
    expect(page.get_by_label("Họ và tên")).to_be_focused()
    keyboard.type("Nguyễn Văn Hành Trình")
    keyboard.press("Enter")
    keyboard.type("0987 654 321")
    keyboard.press("Control+Enter")
    page.wait_for_url(re.compile("/in/bien-nhan"))
    expect(page.get_by_text("đã được ghi nhận")).to_be_visible()
    return page.url.split("/console/ho-so/")[1].split("/")[0]


def paper(page: Page, house: Running) -> bytes:
    """The paper that the page shows, as its printer would get it."""
    source = page.locator("iframe").get_attribute("src")
    answer = page.request.get(f"{house.web}{source}")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def press(page: Page, label: str, **chosen: Any) -> None:
    """Press a button of a dossier's page and send what it asks for."""
    page.get_by_role("link", name=label).click()
    if "step" in chosen:
        page.get_by_label("Bước tiếp theo").select_option(chosen["step"])
    page.get_by_role("button", name=label).click()
    expect(page.get_by_text(f"{label}: đã ghi nhận.")).to_be_visible()


def test_a_slip_leads_from_the_counter_to_the_phone(page: Page, house: Running) -> None:
    enter(page, house, "can-bo")
    code = take_in(page)
    house.send_photo("an", photo_of(paper(page, house)))
    answer = house.wait_for("an", code)
    assert f"({code}) hiện đang ở bước Tiếp nhận hồ sơ, trạng thái hồ sơ: Đúng hạn." in answer
    house.wait_for("an", "được theo dõi theo giấy hẹn")

    page.goto(f"{house.web}/console/ho-so/{code}")
    press(page, "Chuyển xử lý", step="Thẩm định hồ sơ")
    house.wait_for("an", "hiện đang ở bước Thẩm định hồ sơ")
    press(page, "Có kết quả")
    told = house.wait_for("an", f"(MS: {code}) đã được giải quyết xong")
    assert "UBND phường Lộc Thọ" in told
    page.reload()
    expect(page.get_by_text("đã đến nơi").first).to_be_visible()


def saved(page: Page, button: str, words: str) -> None:
    """Press a button of an agency's page and see that it was kept."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(words)).to_be_visible()


def test_a_citizen_is_led_to_where_a_desk_was_renamed_and_merged_to(
    page: Page, house: Running
) -> None:
    enter(page, house, "quan-tri")
    page.goto(f"{house.web}/console/tiep-nhan?co_quan=H32.01")  # the choice is kept
    page.goto(f"{house.web}/console/")
    code = take_in(page)
    slip = paper(page, house)
    house.send_photo("binh", photo_of(slip))
    house.wait_for("binh", "được theo dõi theo giấy hẹn")
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()

    page.goto(f"{house.web}/console/co-quan/H32.01")
    page.get_by_label("Tên mới", exact=True).fill("UBND phường Lộc Thọ cũ")
    page.get_by_label("Từ ngày", exact=True).fill(today.isoformat())
    saved(page, "Ghi tên mới", "Đã ghi tên mới")
    page.goto(scanned(slip))
    expect(page.get_by_text("UBND phường Lộc Thọ cũ")).to_be_visible()

    page.goto(f"{house.web}/console/co-quan")
    page.get_by_label("Mã cơ quan").fill("H32.05")
    page.get_by_label("Tên", exact=True).fill("UBND phường Nha Trang")
    page.get_by_label("Cấp trên").select_option("H32")
    saved(page, "Thêm cơ quan", "Đã thêm UBND phường Nha Trang")
    page.goto(f"{house.web}/console/co-quan/H32.01")
    page.get_by_label("Đến hết ngày").fill((today - timedelta(days=1)).isoformat())
    page.get_by_label("Cơ quan nối tiếp").select_option("H32.05")
    saved(page, "Lưu thời gian hoạt động", "Đã lưu thời gian hoạt động")

    page.goto(scanned(slip))
    expect(page.get_by_text("UBND phường Nha Trang").first).to_be_visible()
    house.say("binh", code)  # the old code is answered as before
    house.wait_for("binh", f"({code}) hiện đang ở bước Tiếp nhận hồ sơ")
    page.goto(f"{house.web}/console/ho-so/{code}")
    press(page, "Chuyển xử lý", step="Thẩm định hồ sơ")
    press(page, "Có kết quả")
    told = house.wait_for("binh", f"(MS: {code}) đã được giải quyết xong")
    assert "Bộ phận Một cửa UBND phường Nha Trang" in told
    page.goto(f"{house.web}/console/tiep-nhan?co_quan=H32.01")
    expect(page.get_by_text("Mời tiếp nhận tại UBND phường Nha Trang")).to_be_visible()
