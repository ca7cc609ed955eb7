"""A dossier's move in the format of the national exchange, as one-stop software sends it."""

from datetime import datetime
from typing import Any

from sandbox.clock import LOCAL
from sandbox.dossiers import Dossier
from sandbox.electronic import national_lists

HOME = "12 Trần Phú, phường Lộc Thọ, tỉnh Khánh Hòa"  # where by post is asked for
DESK, OFFICE = "Bộ phận Một cửa", "Phòng chuyên môn"


def progress_call(dossier: Dossier, cap: float | None = None) -> dict[str, Any]:
    """CapNhatTienDoHoSoMC: the step the dossier has just taken."""
    row = {
        "MaHoSo": dossier.code,
        "NguoiXuLy": DESK if dossier.step.at_desk else OFFICE,
        "ThoiDiemXuLy": _written(dossier.changed_at, cap),
        "PhongBanXuLy": DESK if dossier.step.at_desk else OFFICE,
        "NoiDungXuLy": dossier.step.name,
        "TrangThai": str(dossier.step.status),
    }
    return _call(dossier, "CapNhatTienDoHoSoMC", row)


def dossier_call(dossier: Dossier, cap: float | None = None) -> dict[str, Any]:
    """DongBoHoSoMC: the dossier as it stands now."""
    row: dict[str, Any] = {
        "MaHoSo": dossier.code,
        "SoBienNhan": dossier.local_code or None,
        "MaTTHC": dossier.procedure_code,
        "TenTTHC": dossier.procedure,
        "MaLinhVuc": "G15-HT01",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": dossier.owner_name,
        "LoaiDoiTuong": "1",
        "SoDienThoai": dossier.phone,
        "NgayTiepNhan": _written(dossier.received_at, cap),
        "NgayHenTra": _written(dossier.due_at, None),
        "TrangThaiHoSo": str(dossier.step.status),
        "HinhThuc": "1" if dossier.by_post else "0",
        "ThongTinTra": HOME if dossier.by_post else None,
        "DonViXuLy": dossier.agency,
    }
    ends = (("NgayKetThucXuLy", dossier.finished_at), ("NgayTra", dossier.returned_at))
    row |= {name: _written(moment, cap) for name, moment in ends if moment is not None}
    if dossier.step.status == 5:
        asked = "Bản sao văn bằng chuyên môn có chứng thực"
        began = _written(dossier.changed_at, cap)
        row["DanhSachHoSoBoSung"] = [{"NoiDungBoSung": asked, "NgayBoSung": began}]
    return _call(dossier, "DongBoHoSoMC", {**row, **national_lists(dossier.about)})


def _call(dossier: Dossier, service: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "madonvi": dossier.agency,
        "service": service,
        "isUpdating": "True",
        "data": [row],
    }


def _written(moment: float, cap: float | None) -> str:
    kept = moment if cap is None else min(moment, cap)
    return datetime.fromtimestamp(kept, LOCAL).strftime("%Y%m%d%H%M%S")
