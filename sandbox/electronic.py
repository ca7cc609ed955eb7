"""The digitised papers and the result of a dossier, as one-stop software tells of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zlib import crc32

FORM_CODE, CARD_CODE = "KQ.G00.000001", "KQ.G01.000004"
STORE = "https://dichvucong.gov.vn"
YEARS = 5
# By the procedure: what its result is called, the code of its kind, and what its symbol ends with.
RESULTS = {
    "1.001193": ("Giấy khai sinh", "KQ.G15.000031", "TP/ĐKKS"),
    "1.000894": ("Giấy chứng nhận kết hôn", "KQ.G15.000032", "TP/ĐKKH"),
    "1.004873": ("Giấy xác nhận tình trạng hôn nhân", "KQ.G15.000037", "UBND-XNTTHN"),
    "1.013225": ("Giấy phép xây dựng", "KQ.G17.000012", "GPXD-SXD"),
    "1.008891": ("Chứng chỉ hành nghề hoạt động xây dựng", "KQ.G17.000021", "CCHN-SXD"),
    "1.013239": ("Kết quả thẩm định", "KQ.G17.000044", "TĐ-SXD"),
}
# What counts for some time only.
ENDING = frozenset({"1.004873", "1.008891"})


@dataclass(frozen=True, slots=True)
class About:
    """What is told of the dossier; `finished` is the local day its work ended, None before."""

    code: str
    procedure: str
    agency: str
    owner: str
    finished: date | None

    @property
    def identifier(self) -> str:
        """A made-up personal number, the same of one owner each time."""
        return f"056090{crc32(self.owner.encode()) % 10**6:06d}"

    @property
    def number(self) -> str:
        """What the dossier's own number ends with."""
        return self.code.rpartition("-")[2].lstrip("0")


def documents(about: About) -> list[dict[str, Any]]:
    """All of them, in the form of the own feed."""
    shared = {"owner_identifier": about.identifier, "digitised": True}
    form = {
        "ref": f"{about.code}-don",
        "kind": "paper",
        "name": "Đơn đề nghị",
        "type_code": FORM_CODE,
        "summary": "Đơn của người nộp hồ sơ",
        "valid_forever": True,
    }
    card = {
        "ref": f"{about.code}-cc",
        "kind": "paper",
        "name": "Căn cước",
        "type_code": CARD_CODE,
        "reused": True,
        "from_national_store": True,
    }
    return [{**one, **shared} for one in (form, card, *_result(about))]


def _result(about: About) -> list[dict[str, Any]]:
    if about.finished is None or about.procedure not in RESULTS:
        return []
    name, type_code, ending = RESULTS[about.procedure]
    until = about.finished + timedelta(days=365 * YEARS)
    term = {"valid_until": until.isoformat()} if about.procedure in ENDING else {}
    return [
        {
            "ref": f"{about.code}-kq",
            "kind": "result",
            "name": name,
            "type_code": type_code,
            "summary": f"{name} cấp theo hồ sơ {about.code}",
            "symbol": f"{about.number}/{ending}",
            "issued_on": about.finished.isoformat(),
            "issuer": about.agency,
            "link": STORE,
            **(term or {"valid_forever": True}),
        }
    ]


NAMES = {
    "name": "Ten",
    "type_code": "MaGiayTo",
    "owner_identifier": "MaDinhDanh",
    "summary": "TrichYeuNoiDung",
    "symbol": "SoKyHieu",
    "issued_on": "NgayBanHanh",
    "issuer": "CoQuanBanHanh",
    "valid_until": "ThoiHanHieuLuc",
    "valid_forever": "ThoiHanVinhVien",
    "digitised": "DuocSoHoa",
    "reused": "DuocTaiSuDung",
    "from_national_store": "DuocLayTuKhoDMQG",
}


def national_lists(about: About) -> dict[str, list[dict[str, str]]]:
    """The same in the national format, where all values travel as texts."""
    lists: dict[str, list[dict[str, str]]] = {"TaiLieuNop": [], "DanhSachGiayToKetQua": []}
    for one in documents(about):
        is_result = one["kind"] == "result"
        row = {NAMES[name]: _text(one[name]) for name in NAMES if name in one}
        row["GiayToId" if is_result else "TepDinhKemId"] = one["ref"]
        if "link" in one:
            row["DuongDanTepTinKetQua"] = one["link"]
        lists["DanhSachGiayToKetQua" if is_result else "TaiLieuNop"].append(row)
    return lists


def _text(value: object) -> str:
    return {True: "1", False: "0"}[value] if isinstance(value, bool) else str(value)
