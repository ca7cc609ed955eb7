"""What every console page stands in: its menu, its style sheet and scripts, its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.core.staff import Actor, Role
from bot.log_in import Standing
from bot.runtime import Runtime

STATIC = Path(__file__).with_name("static")
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".csv": "text/csv; charset=utf-8",
}
ROLE_WORDS: Mapping[Role, str] = {
    Role.CLERK: "Cán bộ một cửa",
    Role.ANNOUNCER: "Soạn thông báo",
    Role.APPROVER: "Duyệt thông báo",
    Role.SUPERVISOR: "Giám sát",
    Role.ADMINISTRATOR: "Quản trị",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu; who sees it is who may open its page."""

    words: str
    path: str
    key: str = ""  # the letter that opens it


# A place whose page is not registered, or not for this account, is not shown.
MENU = (
    Place("Bàn làm việc", "/console/", "b"),
    Place("Tìm hồ sơ", "/console/tim", "/"),
    Place("Tiếp nhận", "/console/tiep-nhan", "n"),
    Place("Trao đổi", "/console/trao-doi", "t"),
    Place("Đến hạn", "/console/den-han", "h"),
    Place("Đọc ảnh phiếu", "/console/anh", "a"),
    Place("Sửa số điện thoại", "/console/so-dien-thoai", "s"),
    Place("In theo ngày", "/console/in-theo-ngay", "i"),
    Place("Trả qua bưu điện", "/console/buu-dien", "e"),
    Place("Giấy tờ, kết quả số", "/console/giay-to"),
    Place("Thủ tục", "/console/thu-tuc"),
    Place("Quầy", "/console/quay"),
    Place("Thông báo", "/console/thong-bao"),
    Place("Nhóm nhận tin", "/console/nhom-nhan-tin"),
    Place("Báo cáo", "/console/bao-cao"),
    Place("Phản ánh", "/console/phan-anh"),
    Place("Câu chữ", "/console/cau-chu"),
    Place("Lịch làm việc", "/console/lich"),
    Place("Cơ quan", "/console/co-quan"),
    Place("Tài khoản", "/console/staff"),
    Place("Rà soát quyền", "/console/ra-soat-quyen"),
    Place("Khóa nguồn dữ liệu", "/console/khoa-nguon"),
    Place("Kênh gửi", "/console/kenh"),
    Place("Vận hành", "/console/van-hanh"),
    Place("Nhật ký", "/console/audit"),
)

LetsIn = Callable[[Actor], bool]


@dataclass(slots=True)
class Frame:
    """What pages are given; files are read once, when the process starts."""

    runtime: Runtime
    files: dict[str, bytes] = field(init=False, default_factory=dict)
    _marks: dict[str, str] = field(init=False, default_factory=dict)
    _places: dict[str, LetsIn] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(STATIC.rglob("*")):
            name = path.relative_to(STATIC).as_posix()
            if path.suffix in KINDS and not name.startswith("slip/"):
                self.files[name] = path.read_bytes()
                self._marks[name] = sha256(self.files[name]).hexdigest()[:10]

    @property
    def public_url(self) -> str:
        """The address that people reach us at."""
        return self.runtime.settings.public_url

    def open_places(self, lets_in: Mapping[str, LetsIn]) -> None:
        """Tell which pages there are, and whom each lets in."""
        self._places = dict(lets_in)

    def asset(self, name: str) -> str:
        """The address of a file of ours; a new content has a new address."""
        return f"/console/static/{name}?v={self._marks[name]}"

    def menu(self, actor: Actor | None) -> list[Place]:
        """The places that this account may open."""
        return [one for one in MENU if actor is not None and self.may_open(actor, one.path)]

    def may_open(self, actor: Actor, path: str) -> bool:
        """Whether there is such a page, and this account may open it."""
        return path in self._places and self._places[path](actor)

    def _said(self, moment: datetime | None, form: str) -> str:
        """A stored moment as the province's clocks showed it."""
        return moment.astimezone(self.runtime.settings.zone).strftime(form) if moment else ""

    def _provider(self) -> str:
        """Whose accounts may log in beside our own; "" for nobody's."""
        settings = self.runtime.settings
        return settings.oidc_name if settings.oidc_issuer else ""

    def values(self, present: Standing | None, path: str) -> dict[str, Any]:
        """What every template of the console may name."""
        actor = present.actor if present else None
        return {
            "actor": actor,
            "menu": self.menu(None if present and present.must_prove else actor),
            "here": path,
            "asset": self.asset,
            "provider": self._provider(),
            "role_words": ROLE_WORDS,
            "day": lambda moment: self._said(moment, "%d/%m/%Y"),
            "minute": lambda moment: self._said(moment, "%d/%m/%Y %H:%M"),
            "second": lambda moment: self._said(moment, "%d/%m/%Y %H:%M:%S"),
        }
