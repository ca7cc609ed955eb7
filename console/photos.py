"""`/console/anh`: photos of slips that a clerk drops, and the dossiers they lead to."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from werkzeug.datastructures import FileStorage

from bot.core.staff import Role
from bot.photo_reader import Outcome
from bot.read_dropped_photo import MOST_PHOTOS, DropDesk, Dropped
from bot.runtime import Runtime
from console.door import actor, allowed

PLACE = "/console/anh"
MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 60
BUSY = 503
PAGE = "photos/drop.html"

_SPOILT = "Không đọc được ảnh này. Mời chụp lại, hoặc gõ mã ở trang Tìm hồ sơ."
# What to tell of a photo without a code; how to photograph stands on the page itself.
WORDS: dict[Outcome, str] = {
    Outcome.NOTHING: "Chưa thấy mã QR hoặc mã vạch nào đọc được trong ảnh. Mời chụp lại theo "
    "hướng dẫn dưới đây, hoặc gõ mã ở trang Tìm hồ sơ.",
    Outcome.OTHER: "Ảnh có mã QR hoặc mã vạch, nhưng không phải mã hồ sơ. Mời chụp mã in trên "
    "Giấy tiếp nhận hồ sơ và hẹn trả kết quả, hoặc gõ mã ở trang Tìm hồ sơ.",
    Outcome.FORMAT: "Tệp này không phải ảnh. Mời chọn ảnh JPEG, PNG, WebP hoặc HEIC.",
    Outcome.TOO_LARGE: "Tệp này nặng hơn 10 MB. Mời chọn ảnh nhẹ hơn.",
    Outcome.PIXELS: "Ảnh này có hơn 25 triệu điểm ảnh. Mời chụp lại ở cỡ nhỏ hơn, hoặc cắt lấy "
    "phần có mã.",
    Outcome.ANIMATED: "Đây là ảnh động. Mời chọn ảnh chụp thường.",
    Outcome.BROKEN: "Tệp ảnh bị hỏng hoặc chưa tải lên hết. Mời gửi lại, hoặc chụp ảnh khác.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One photo's line on the page: its file's name, the dossiers, and words where needed."""

    name: str
    dossiers: tuple[str, ...]
    others: tuple[str, ...]
    words: str


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_photos", __name__, template_folder="templates")
    desk = DropDesk(runtime)

    @routes.get(PLACE)
    @allowed(Role.CLERK, Role.SUPERVISOR)
    def photos() -> str:
        return _page()

    @routes.post(PLACE)
    @allowed(Role.CLERK, Role.SUPERVISOR, most_bytes=MOST_BYTES)
    def drop() -> str | tuple[str, int]:
        return _read(desk)

    return routes


def _page(shown: tuple[Shown, ...] = (), fault: str = "") -> str:
    return render_template(
        PAGE, shown=shown, fault=fault, most_bytes=MOST_BYTES, most_photos=MOST_PHOTOS
    )


def _read(desk: DropDesk) -> str | tuple[str, int]:
    """Read what was dropped; what was wrong with the sending is said above the form."""
    files = [one for one in request.files.getlist("photo") if one.filename]
    if not files:
        return _page(fault="Chưa chọn ảnh nào. Mời chọn hoặc kéo thả ảnh chụp phiếu."), 422
    if len(files) > MOST_PHOTOS:
        chosen = f"Đã chọn {len(files)} ảnh; mỗi lần gửi nhiều nhất {MOST_PHOTOS} ảnh."
        return _page(fault=f"{chosen} Mời chọn bớt rồi gửi lại."), 422
    dropped = desk.read(actor(), [one.read() for one in files])
    if dropped is None:
        busy = "Đang đọc ảnh của người khác. Mời gửi lại sau vài giây."
        return _page(fault=busy), BUSY
    pairs = zip(files, dropped, strict=True)
    return _page(tuple(_shown(file, found) for file, found in pairs))


def _shown(file: FileStorage, found: Dropped) -> Shown:
    name = (file.filename or "")[:LONGEST_NAME]
    words = "" if found.outcome is Outcome.FOUND else WORDS.get(found.outcome, _SPOILT)
    return Shown(name, found.dossiers, found.others, words)
