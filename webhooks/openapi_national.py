"""The national format described for machines: its records, its call and its answer."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from bot.core.national_form import REQUIRED, Service
from webhooks.feed_body import MOST_DOSSIERS

TEXT = str | int | None
FLAGS = ("IsDeleted", "ThoiHanVinhVien", "DuocSoHoa", "DuocTaiSuDung", "DuocLayTuKhoDMQG")
MOMENT = "yyyyMMddHHmmss in the time of Vietnam"

# Fields that are read; others are ignored. Required ones are `REQUIRED`.
DOSSIER_FIELDS = {
    "MaHoSo": "receipt code",
    "SoBienNhan": "a second code that citizens may type",
    "MaTTHC": "the procedure's code",
    "TenTTHC": "the procedure's name",
    "MaLinhVuc": "must be there, is not kept",
    "TenLinhVuc": "must be there, is not kept",
    "LoaiDoiTuong": "must be there, is not kept",
    "ChuHoSo": "whose dossier it is",
    "SoDienThoai": "phone as typed at the desk",
    "NgayNopHoSo": MOMENT,
    "NgayTiepNhan": f"received; {MOMENT}",
    "NgayHenTra": f"the result is promised; {MOMENT}",
    "NgayKetThucXuLy": f"the work ended; {MOMENT}",
    "NgayTra": f"the result was handed over; {MOMENT}",
    "NgayTuChoi": MOMENT,
    "TrangThaiHoSo": "1 to 10",
    "HinhThuc": "1: the result goes by post",
    "DonViXuLy": "the handling unit; when it is not known here, madonvi counts",
}
SUPPLEMENT_FIELDS = {
    "NoiDungBoSung": "what the citizen has to supplement",
    "NgayBoSung": MOMENT,
    "NgayTiepNhanBoSung": f"when it came; {MOMENT}",
}
DAY = "a day: yyyyMMdd, yyyyMMddHHmmss, dd/MM/yyyy or yyyy-MM-dd"
# Of every paper and result; an odd row or field is named in the answer and left out.
DOCUMENT_FIELDS = {
    "MaThanhPhanHoSo": "code of the part of the dossier; stands in for the kind's code",
    "MaGiayTo": "code of the kind of document, or the whole number with the owner's before it",
    "MaDinhDanh": "the owner's identifier; absent: that of whose dossier it is",
    "ChuGiayTo": "the owner's name",
    "TrichYeuNoiDung": "what it is about",
    "ThoiHanHieuLuc": f"the last day it counts; {DAY}",
    "ThoiHanVinhVien": "1: it counts without end",
    "NgayHieuLuc": f"the first day it counts; {DAY}",
    "PhamViHieuLuc": "where it counts",
    "SoKyHieu": "number and symbol",
    "NgayBanHanh": f"issued; {DAY}",
    "CoQuanBanHanh": "who issued it",
    "NguoiKy": "who signed it",
    "NguoiSoHoa": "who digitised it",
    "ThoiGianSoHoa": f"when; {DAY}",
    "MaGiayToKhoQuocGia": "its id in the national portal's store",
    "NgayThuHoi": f"the day it was revoked; {DAY}",
    "IsDeleted": "True: it is deleted here too",
    "DuocSoHoa": "1: it is digitised",
    "DuocTaiSuDung": "1: taken over from an earlier dossier or store",
    "DuocLayTuKhoDMQG": "1: taken from the national portal's store",
}
PAPER_FIELDS = {
    "TepDinhKemId": "what the software calls it: the same one each time",
    "TenTepDinhKem": "its name",
    "DuongDanTaiTepTin": "where it is found",
    "MaKetQuaThayThe": "number of the result that was used instead",
    **DOCUMENT_FIELDS,
}
RESULT_FIELDS = {
    "GiayToId": "what the software calls it: the same one each time",
    "TenGiayTo": "its name",
    "DuongDanTepTinKetQua": "where it is found",
    "MaGiayToKetQua": "code of the kind of result, or the whole number",
    **DOCUMENT_FIELDS,
}
PROGRESS_FIELDS = {
    "MaHoSo": "receipt code of a known dossier",
    "NguoiXuLy": "who handles it",
    "ThoiDiemXuLy": f"the newest one decides where the dossier stands; {MOMENT}",
    "PhongBanXuLy": "tells whether the papers lie at the one-stop desk",
    "NoiDungXuLy": "the step, shown to citizens as it is",
    "TrangThai": "1 to 10",
    "NgayBatDau": f"{MOMENT}; stands in for ThoiDiemXuLy",
    "NgayKetThucTheoQuyDinh": MOMENT,
}


def _record(name: str, about: str, fields: dict[str, str], *required: str) -> type[BaseModel]:
    """A record as it is described; its real reader is tolerant and refuses record by record."""
    given: dict[str, Any] = {
        field: (str | int, Field(description=text))
        if field in required
        else (TEXT | bool if field in FLAGS else TEXT, Field(default=None, description=text))
        for field, text in fields.items()
    }
    config = ConfigDict(extra="allow")
    return create_model(name, __config__=config, __doc__=about, **given)


NationalSupplement = _record("NationalSupplement", "One request to supplement.", SUPPLEMENT_FIELDS)
NationalPaper = _record("NationalPaper", "One paper that was handed in.", PAPER_FIELDS)
NationalResult = _record("NationalResult", "One result.", RESULT_FIELDS)
_Dossier = _record(
    "NationalDossierFields", "One record of DongBoHoSoMC.", DOSSIER_FIELDS, *REQUIRED
)
NationalDossierForm = create_model(
    "NationalDossierForm",
    __base__=_Dossier,
    __doc__="One record of DongBoHoSoMC; values may be texts or numbers.",
    DanhSachHoSoBoSung=(list[NationalSupplement] | None, None),  # type: ignore[valid-type,arg-type]
    TaiLieuNop=(list[NationalPaper] | None, None),  # type: ignore[valid-type,arg-type]
    DanhSachGiayToKetQua=(list[NationalResult] | None, None),  # type: ignore[valid-type,arg-type]
)
NationalProgressForm = _record(
    "NationalProgressForm",
    "One record of CapNhatTienDoHoSoMC; values may be texts or numbers.",
    PROGRESS_FIELDS,
    "MaHoSo",
)


class _Body(BaseModel):
    madonvi: str = Field(min_length=1, description="code of the sending unit", examples=["H32"])
    isUpdating: Literal["True", "False"] | bool | None = Field(  # noqa: N815  (the format's name)
        default=None, description="makes no difference: what is known is changed, the rest added"
    )


class NationalDossiersBody(_Body):
    """DongBoHoSoMC: dossiers, each whole."""

    service: Literal["DongBoHoSoMC"]
    data: list[NationalDossierForm] = Field(max_length=MOST_DOSSIERS)  # type: ignore[valid-type]


class NationalProgressBody(_Body):
    """CapNhatTienDoHoSoMC: what was done to known dossiers."""

    service: Literal["CapNhatTienDoHoSoMC"]
    data: list[NationalProgressForm] = Field(max_length=MOST_DOSSIERS)  # type: ignore[valid-type]


class NationalAnswer(BaseModel):
    """The exchange's own answer, always with HTTP 200."""

    model_config = ConfigDict(extra="forbid")

    error_code: Literal["00", "01"] = Field(description="00: all was taken; 01: some was refused")
    message: str = Field(description="in Vietnamese; names each refused MaHoSo and why")


BODIES: tuple[type[BaseModel], ...] = (NationalDossiersBody, NationalProgressBody)

NATIONAL_EXAMPLES: dict[str, dict[str, Any]] = {
    Service.DOSSIERS: {
        "madonvi": "H32",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [
            {
                "MaHoSo": "000.00.17.H32-261122-0001",
                "SoBienNhan": "0101701234",
                "MaTTHC": "1.004873",
                "TenTTHC": "Đăng ký biến động đất đai",
                "MaLinhVuc": "G10-DD01",
                "TenLinhVuc": "Đất đai",
                "LoaiDoiTuong": "1",
                "ChuHoSo": "Trần Thị B",
                "SoDienThoai": "0905 123 456",
                "NgayTiepNhan": "20261120080500",
                "NgayHenTra": "20261204170000",
                "TrangThaiHoSo": "2",
                "HinhThuc": "0",
                "DonViXuLy": "H32.15",
                "TaiLieuNop": [
                    {
                        "TepDinhKemId": "88123",
                        "TenTepDinhKem": "Đơn đăng ký biến động đất đai",
                        "IsDeleted": "False",
                        "DuocSoHoa": "1",
                    }
                ],
            }
        ],
    },
    Service.PROGRESS: {
        "madonvi": "H32",
        "service": "CapNhatTienDoHoSoMC",
        "isUpdating": "True",
        "data": [
            {
                "MaHoSo": "000.00.17.H32-261122-0001",
                "NguoiXuLy": "Nguyễn Văn A",
                "ThoiDiemXuLy": "20261122093000",
                "PhongBanXuLy": "Phòng Đăng ký",
                "NoiDungXuLy": "Thẩm định hồ sơ",
                "TrangThai": "4",
            }
        ],
    },
}
