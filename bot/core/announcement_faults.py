"""What is wrong with an announcement as it is written, in the words of whoever writes it."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from bot.core.announcement import ROADS, AudienceKind, Content, Kind, Road

# zalo-platform 3.1 (a chat message), 3.4 (an article), 3.5 (an uploaded picture).
MOST_TITLE = 150
MOST_MESSAGE = 2_000
MOST_SUMMARY = 300
MOST_PICTURE = 1024 * 1024
MOST_LINK = 500
LEAST_TEXT = 10
# What may stand in braces, and what it becomes. Nothing personal: all are told the same.
PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "co_quan": "tên cơ quan",
        "ngay": "ngày gửi",
        "lien_ket": "liên kết rút gọn",
    }
)
_BRACED = re.compile(r"\{([^{}\n]{0,40})\}")
_HOST = re.compile(r"^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}$")

Faults = dict[str, str]


def plain_text(typed: str) -> str:
    """Text as it is kept: composed, with line feeds, without what nobody sees."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    composed = unicodedata.normalize("NFC", plain)
    kept = "".join(char for char in composed if char == "\n" or char.isprintable())
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def placeholder_fault(text: str) -> str:
    """What is wrong with the placeholders of a text; "" when they are spelt right."""
    for name in _BRACED.findall(text):
        if name not in PLACEHOLDERS:
            near = difflib.get_close_matches(name.strip().lower(), PLACEHOLDERS, 1, 0.5)
            known = ", ".join(f"{{{one}}} ({words})" for one, words in PLACEHOLDERS.items())
            meant = f" Có phải là {{{near[0]}}}?" if near else ""
            return f"Không có chỗ điền {{{name}}}.{meant} Dùng được: {known}."
    rest = _BRACED.sub("", text)
    if "{" in rest or "}" in rest:
        return "Có dấu { hoặc } lẻ. Chỗ điền viết đủ cả hai dấu, ví dụ {co_quan}."
    return ""


def link_fault(link: str) -> str:
    """What is wrong with the form of a link; "" when it may be one. Nothing is opened."""
    if not link:
        return ""
    if len(link) > MOST_LINK:
        return f"Liên kết dài {len(link)} ký tự, nhiều nhất {MOST_LINK}. Mời dùng địa chỉ ngắn hơn."
    if any(char.isspace() or not char.isprintable() for char in link):
        return "Liên kết có khoảng trắng hoặc ký tự lạ. Mời sao chép lại địa chỉ trang."
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").encode("idna").decode()
        strange_port = parts.port is not None and not 0 < parts.port < 65536
    except (ValueError, UnicodeError):
        return "Không đọc được liên kết này. Ví dụ đúng: https://dichvucong.gov.vn/thong-bao"
    if parts.scheme not in ("http", "https"):
        return "Liên kết phải bắt đầu bằng https:// hoặc http://. Mời sao chép cả địa chỉ trang."
    if strange_port or parts.username is not None or not _HOST.match(host):
        return (
            "Tên trang trong liên kết không đúng. Ví dụ đúng: https://dichvucong.gov.vn/thong-bao"
        )
    return ""


def content_faults(content: Content, message_length: int, now: datetime) -> Faults:
    """What keeps an announcement from being handed in, by field.

    Units:  `message_length` in characters of the whole chat message, its ending included.
    """
    faults = _of_words(content, message_length)
    if fault := link_fault(content.link):
        faults["link"] = fault
    elif content.kind is Kind.DOCUMENT and not content.link:
        faults["link"] = "Văn bản, chính sách mới cần liên kết đến toàn văn. Mời dán địa chỉ trang."
    faults |= _of_audience(content)
    if content.send_at is not None and content.send_at < now:
        faults["send_at"] = (
            "Giờ gửi đã qua. Mời chọn giờ khác, hoặc để trống để gửi ngay khi phát hành."
        )
    return faults


def _of_words(content: Content, message_length: int) -> Faults:
    faults: Faults = {}
    if not content.title:
        faults["title"] = "Chưa có tiêu đề. Mời nhập một câu nói rõ nội dung chính."
    elif len(content.title) > MOST_TITLE:
        faults["title"] = (
            f"Tiêu đề dài {len(content.title)} ký tự, Zalo nhận nhiều nhất {MOST_TITLE}. "
            "Mời viết gọn lại."
        )
    elif fault := placeholder_fault(content.title):
        faults["title"] = fault
    if len(content.text) < LEAST_TEXT:
        faults["text"] = f"Nội dung quá ngắn. Mời viết ít nhất {LEAST_TEXT} ký tự."
    elif fault := placeholder_fault(content.text):
        faults["text"] = fault
    elif message_length > MOST_MESSAGE:
        faults["text"] = (
            f"Cả tin dài {message_length} ký tự, Zalo nhận nhiều nhất {MOST_MESSAGE}: bớt "
            f"{message_length - MOST_MESSAGE} ký tự, hoặc đưa phần chi tiết lên trang rồi dẫn "
            "liên kết."
        )
    elif "{lien_ket}" in content.text and not content.link:
        faults["link"] = "Nội dung có {lien_ket} nhưng chưa có liên kết. Mời dán địa chỉ trang."
    return faults


def _of_audience(content: Content) -> Faults:
    faults: Faults = {}
    audience = content.audience
    if audience.kind is AudienceKind.PHONES and not audience.count:
        faults["phones"] = "Chưa có số điện thoại nào. Mời tải lên tệp CSV danh sách số."
    if audience.kind is AudienceKind.DOSSIERS and not audience.agency:
        faults["audience_agency"] = "Chưa chọn cơ quan có hồ sơ đang giải quyết."
    if audience.kind in (AudienceKind.OFFICIALS, AudienceKind.TAG) and not audience.tag:
        faults["tag"] = "Chưa chọn nhóm người nhận."
    if not content.ways:
        faults["roads"] = "Chưa chọn cách gửi nào dùng được cho nhóm người nhận này."
    if Road.BROADCAST in content.ways and not content.picture:
        faults["picture"] = "Bài đăng quảng bá cần một ảnh bìa (JPG hoặc PNG, tối đa 1 MB)."
    if not set(content.roads) <= set(ROADS[audience.kind]):
        faults["roads"] = "Có cách gửi không dùng được cho nhóm người nhận này. Mời bỏ chọn."
    return faults


def picture_fault(content: bytes) -> str:
    """What is wrong with a picture's file; "" when Zalo takes it.

    Source: zalo-platform 3.5 (jpg or png, at most 1 MB).
    """
    if not content:
        return "Tệp ảnh rỗng. Mời chọn lại."
    if picture_kind(content) is None:
        return "Tệp này không phải ảnh JPG hoặc PNG. Mời lưu lại ảnh thành JPG rồi tải lên."
    if len(content) > MOST_PICTURE:
        size = f"{len(content) / MOST_PICTURE:.1f}".replace(".", ",")
        return f"Ảnh nặng {size} MB, Zalo nhận nhiều nhất 1 MB. Mời thu nhỏ ảnh rồi tải lại."
    return ""


def picture_kind(content: bytes) -> str | None:
    """Whether bytes are a jpg or a png, by how they begin and end."""
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None
