"""Slips to print, and a stranger's eyes on the printed PDF: text, boxes, fonts, symbols."""

import ctypes
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2 as pdfium
import zxingcpp
from PIL import Image
from pypdfium2 import raw

from receipts.slip.records import Channel, Office, Paper, Person, SecondStage, Slip

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MM = 72 / 25.4
CODE = "000.00.16.H46-261123-0001"
LINK = f"HTTPS://DICHVUCONG.QUANGBINH.GOV.VN/T/{CODE}.ABCDEFGH23"
OFFICE = Office(
    name="Ủy ban nhân dân xã Lệ Thủy",
    desk="Trung tâm Phục vụ hành chính công",
    full="Trung tâm Phục vụ hành chính công xã Lệ Thủy",
    place="Lệ Thủy",
    lookup="Zalo “Dịch vụ công tỉnh Quảng Bình”, hoặc soạn MCKH mã số hồ sơ gửi 8083",
)
CITIZEN = Person(
    name="Nguyễn Thị Phương Thảo",
    address="Số 12 đường Hùng Vương, thôn Thượng Giang, xã Lệ Thủy",
    phone="0912 345 678",
    email="thao.nguyen@example.vn",
    identity="044190001234",
)
PROCEDURE = "Đăng ký, cấp Giấy chứng nhận quyền sử dụng đất lần đầu"


def at(day: int, hour: int = 8, minute: int = 5, month: int = 11, year: int = 2026) -> datetime:
    """A time on the wall in Vietnam."""
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


def make_slip(**changed: Any) -> Slip:
    """A receipt with every field, changed as asked."""
    full = Slip(
        office=OFFICE,
        code=CODE,
        issued_at=at(23),
        submitter=CITIZEN,
        procedure=PROCEDURE,
        link=LINK,
        number="0123/TTPVHCC",
        owner=Person("Trần Văn Ưởng", "Thôn Phú Bình Phường, xã Lệ Thủy"),
        channel=Channel.DESK,
        papers=(
            Paper("Đơn đăng ký, cấp Giấy chứng nhận (Mẫu số 15)", 1),
            Paper("Giấy tờ về quyền sử dụng đất", None, 1),
            Paper("Sơ đồ, trích đo địa chính thửa đất", 1, None, 2),
        ),
        sets=1,
        duration="20 ngày làm việc",
        received_at=at(23, 8, 5),
        due_at=at(21, 16, 30, month=12),
        second_stage=SecondStage(at(28, 9, 0, month=12), at(31, 16, 30, month=12)),
        collect_at="Trung tâm Phục vụ hành chính công xã Lệ Thủy",
        fees="Trực tiếp tại quầy, 100.000 đồng",
        book="01/2026",
        book_entry="0123",
        clerk="Lê Thị Hồng Gấm",
    )
    return replace(full, **changed)


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands on a page. Units: points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str = ""

    def over(self, other: "Box", slack: float) -> bool:
        """Whether the two overlap by more than the slack each way."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and down > slack


class Printed:
    """A PDF as a reader that is not ours sees it."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.document = pdfium.PdfDocument(data)

    @property
    def pages(self) -> int:
        """How many there are."""
        return len(self.document)

    @property
    def facts(self) -> dict[str, str]:
        """Title, author, subject, language."""
        told: dict[str, str] = self.document.get_metadata_dict()
        size = raw.FPDFCatalog_GetLanguage(self.document, None, 0)
        buffer = ctypes.create_string_buffer(size)
        raw.FPDFCatalog_GetLanguage(
            self.document, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
        )
        return told | {"Lang": buffer.raw.decode("utf-16-le").rstrip("\0")}

    def text(self, page: int | None = None) -> str:
        """A page's text, or all pages', blanks joined."""
        chosen = range(self.pages) if page is None else [page]
        told = " ".join(self.document[number].get_textpage().get_text_range() for number in chosen)
        return " ".join(unicodedata.normalize("NFC", told).split())

    def size(self, page: int = 0) -> tuple[float, float]:
        """Millimetres."""
        width, height = self.document[page].get_size()
        return round(width / MM, 1), round(height / MM, 1)

    def words(self, page: int) -> list[Box]:
        """Every line of text with its box."""
        sheet = self.document[page]
        text, height = sheet.get_textpage(), sheet.get_height()
        boxes = []
        for number in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(number)
            told = text.get_text_bounded(left, bottom, right, top)
            boxes.append(Box(left, height - top, right, height - bottom, told))
        return boxes

    def things(self, page: int) -> list[Box]:
        """Everything drawn: text, lines, symbols."""
        sheet = self.document[page]
        height = sheet.get_height()
        found = []
        for one in sheet.get_objects():
            left, bottom, right, top = one.get_bounds()
            found.append(Box(left, height - top, right, height - bottom))
        return found

    def fonts(self) -> dict[str, bool]:
        """Name of each font used, and whether the file holds it."""
        return {
            one.get_font().get_base_name(): one.get_font().is_embedded
            for page in self.document
            for one in page.get_objects()
            if one.type == raw.FPDF_PAGEOBJ_TEXT
        }

    def picture(self, page: int = 0, dpi: int = 300) -> Image.Image:
        """The page as a printer sets it."""
        image: Image.Image = self.document[page].render(scale=dpi / 72).to_pil().convert("L")
        return image

    def symbols(self, page: int = 0, dpi: int = 300) -> dict[str, str]:
        """What the QR and the bar code on a page say."""
        return symbols_in(self.picture(page, dpi))

    def overlaps(self, page: int) -> list[tuple[str, str]]:
        """Lines of text that run into one another."""
        pairs = combinations(self.words(page), 2)
        return [(one.text, other.text) for one, other in pairs if one.over(other, 1.5)]


def symbols_in(image: Image.Image) -> dict[str, str]:
    """Kind and text of every symbol in a picture."""
    found = zxingcpp.read_barcodes(image)
    return {re.sub(r"\W", "", str(one.format)).lower(): one.text for one in found}
