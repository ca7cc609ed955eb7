"""Records of the national exchange, read tolerantly: strings or numbers, unknown fields ignored."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.document import ToldDocuments
from bot.core.dossier import Status
from bot.core.snapshot import Cause, Procedure, Refusal, Times
from receipts.clean import fold

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")  # of the format itself, wherever the province may be
MOST_NAME, MOST_CODE = 200, 64
MOST_NEEDED, MOST_NEEDED_LENGTH = 20, 500
MOST_ADDRESS = 500
BY_POST = "1"  # "HinhThuc"

# Source: domain-facts 3.1 ("TrangThaiHoSo").
STATUS_NAMES: Mapping[int, str] = MappingProxyType(
    {
        Status.REGISTERED: "Mới đăng ký",
        Status.RECEIVED: "Được tiếp nhận",
        Status.REFUSED: "Không được tiếp nhận",
        Status.PROCESSING: "Đang xử lý",
        Status.SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
        Status.PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
        Status.WITHDRAWN: "Công dân yêu cầu rút hồ sơ",
        Status.STOPPED: "Dừng xử lý",
        Status.RESULT: "Đã xử lý xong",
        Status.RETURNED: "Đã trả kết quả",
    }
)
REQUIRED = (
    "MaHoSo",
    "MaTTHC",
    "TenTTHC",
    "MaLinhVuc",
    "TenLinhVuc",
    "LoaiDoiTuong",
    "NgayTiepNhan",
    "TrangThaiHoSo",
    "HinhThuc",
    "DonViXuLy",
)
# When something happened to the dossier; "NgayHenTra" is a promise and is none of them.
HAPPENED = ("NgayNopHoSo", "NgayTiepNhan", "NgayKetThucXuLy", "NgayTra", "NgayTuChoi")
SUPPLEMENT_HAPPENED = ("NgayBoSung", "NgayTiepNhanBoSung")
# What departments at the one-stop desk are called, folded.
DESKS = ("mot cua", "tiep nhan va tra ket qua", "phuc vu hanh chinh cong")

_ODD = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_MOMENT = re.compile(r"[0-9]{14}")
_STATUS = re.compile(r"0?[1-9]|10")


class Service(StrEnum):
    """The services of the exchange that tell of dossiers."""

    DOSSIERS = "DongBoHoSoMC"
    PROGRESS = "CapNhatTienDoHoSoMC"


@dataclass(frozen=True, slots=True, repr=False)
class NationalDossier:
    """One record of DongBoHoSoMC.

    Shape: `unit` is "DonViXuLy"; `moment` the newest of what happened; `asked` when a request to
    supplement is with the citizen. Documents are read apart (bot/core/national_documents.py);
    `odd_rows` says which of their rows or fields could not be.
    """

    code: str
    unit: str
    procedure: Procedure
    status: int
    moment: datetime
    times: Times
    local_code: str | None = None
    phone: str | None = None
    owner_name: str | None = None
    needed: tuple[str, ...] = ()
    asked: bool = False
    by_post: bool = False
    post_address: str | None = None  # "ThongTinTra", in one line
    documents: ToldDocuments | None = None
    odd_rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class NationalProgress:
    """One record of CapNhatTienDoHoSoMC; None where it says nothing.

    Shape: `at_desk` when the department that has it is the one-stop desk.
    """

    code: str
    moment: datetime | None = None
    status: int | None = None
    text: str | None = None
    handler: str | None = None
    at_desk: bool = False


class NotRead(Exception):
    """A record that cannot be taken as it is."""

    def __init__(self, cause: Cause, why: str, *fields: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(cause, why, fields)


def read_dossier(record: Mapping[str, Any]) -> NationalDossier:
    """Read a record of DongBoHoSoMC.

    Errors: NotRead for a required field that is missing, a status or date that is none, a field
    of another type than text or number.
    Source: interfaces 3 (the national format); domain-facts 3.4.
    """
    missing = [name for name in REQUIRED if _plain(record, name) is None]
    if missing:
        raise NotRead(Cause.MISSING, f"missing: {', '.join(missing)}", *missing)
    asks = _supplements(record)
    open_asks = [one for one in asks if _moment(one, "NgayTiepNhanBoSung") is None]
    needed = [text for one in open_asks if (text := _cut(one, "NoiDungBoSung", MOST_NEEDED_LENGTH))]
    status = _status(record, "TrangThaiHoSo") or 0
    return NationalDossier(
        code=_plain(record, "MaHoSo") or "",
        unit=_plain(record, "DonViXuLy") or "",
        procedure=Procedure(_short(record, "MaTTHC"), _cut(record, "TenTTHC") or ""),
        status=status,
        moment=max(_happened(record, asks)),
        times=Times(
            received_at=_moment(record, "NgayTiepNhan"),
            due_at=_moment(record, "NgayHenTra"),
            finished_at=_moment(record, "NgayKetThucXuLy"),
            returned_at=_moment(record, "NgayTra"),
        ),
        local_code=_cut(record, "SoBienNhan"),
        phone=_plain(record, "SoDienThoai"),
        owner_name=_cut(record, "ChuHoSo"),
        needed=tuple(needed[:MOST_NEEDED]),
        asked=status == Status.SUPPLEMENT and bool(open_asks),
        by_post=_plain(record, "HinhThuc") == BY_POST,
        post_address=_cut(record, "ThongTinTra", MOST_ADDRESS),
    )


def read_progress(record: Mapping[str, Any]) -> NationalProgress:
    """Read a record of CapNhatTienDoHoSoMC, of which only the dossier's code is required.

    Errors: NotRead as for `read_dossier`.
    Source: domain-facts 3.4.
    """
    code = _plain(record, "MaHoSo")
    if code is None:
        raise NotRead(Cause.MISSING, "missing: MaHoSo", "MaHoSo")
    handled, begun = _moment(record, "ThoiDiemXuLy"), _moment(record, "NgayBatDau")
    _moment(record, "NgayKetThucTheoQuyDinh")
    return NationalProgress(
        code=code,
        moment=handled or begun,
        status=_status(record, "TrangThai"),
        text=_cut(record, "NoiDungXuLy"),
        handler=_cut(record, "NguoiXuLy"),
        at_desk=names_desk(_plain(record, "PhongBanXuLy")),
    )


def names_desk(department: str | None) -> bool:
    """Whether a department is the one-stop desk, by its name."""
    folded = " ".join(fold(department or "").split())
    return any(desk in folded for desk in DESKS)


def shown_code(record: Mapping[str, Any], place: int) -> str:
    """What a record is called in an answer: its code, or its place when it has none."""
    try:
        code = _plain(record, "MaHoSo")
    except NotRead:
        code = None
    return code[:MOST_CODE] if code else f"#{place + 1}"


def _plain(record: Mapping[str, Any], name: str) -> str | None:
    """A field as one line of text; None for null, an empty text and a field that is not there."""
    value = record.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise NotRead(Cause.VALUE, f"{name} is neither a text nor a whole number", name)
    return one_line(value) or None


def one_line(text: str) -> str:
    """A text without what no text can be stored or printed with."""
    return unicodedata.normalize("NFC", _ODD.sub(" ", text)).strip()


def _cut(record: Mapping[str, Any], name: str, most: int = MOST_NAME) -> str | None:
    """A text that may be longer than what is kept of it."""
    text = _plain(record, name)
    return text if text is None or len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _short(record: Mapping[str, Any], name: str) -> str:
    text = _plain(record, name) or ""
    if len(text) > MOST_CODE:
        raise NotRead(Cause.VALUE, f"{name} has more than {MOST_CODE} characters", name)
    return text


def _status(record: Mapping[str, Any], name: str) -> int | None:
    text = _plain(record, name)
    if text is None:
        return None
    if not _STATUS.fullmatch(text):
        raise NotRead(Cause.STATUS, f"{name} is not 1 to 10", name)
    return int(text)


def _moment(record: Mapping[str, Any], name: str) -> datetime | None:
    """Read yyyyMMddHHmmss in the time of Vietnam; the result is in UTC."""
    text = _plain(record, name)
    if text is None:
        return None
    try:
        if not _MOMENT.fullmatch(text) or not "1900" <= text[:4] <= "9998":
            raise ValueError(name)
        parts = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))]
        return datetime(*parts, tzinfo=ZONE).astimezone(UTC)  # type: ignore[misc,arg-type]
    except ValueError:
        raise NotRead(Cause.DATE, f"{name} is no date yyyyMMddHHmmss", name) from None


def _supplements(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    name = "DanhSachHoSoBoSung"
    asks = record.get(name) or []
    if not isinstance(asks, list) or not all(isinstance(one, dict) for one in asks):
        raise NotRead(Cause.VALUE, f"{name} is no list of objects", name)
    return asks


def _happened(record: Mapping[str, Any], asks: Sequence[Mapping[str, Any]]) -> Iterator[datetime]:
    fields = [(record, name) for name in HAPPENED]
    fields += [(one, name) for one in asks for name in SUPPLEMENT_HAPPENED]
    for place, name in fields:
        moment = _moment(place, name)
        if moment is not None:
            yield moment
