"""Software of the national exchange, as tests write one."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from bot.database import reading
from bot.store.tables import dossier
from tests.webhooks.feeding import Feeder

CODE = "000.00.17.H32-261122-0001"
NATIONAL = "/feeds/dvcqg"
SYNC, PROGRESS = "DongBoHoSoMC", "CapNhatTienDoHoSoMC"


def make_national(number: int = 1, /, **changes: Any) -> dict[str, Any]:
    """One record of DongBoHoSoMC, all values texts; a change to `...` leaves the field out."""
    record = {
        "MaHoSo": f"000.00.17.H32-261122-{number:04d}",
        "MaTTHC": "1.004873",
        "TenTTHC": "Đăng ký biến động đất đai",
        "MaLinhVuc": "G10-DD01",
        "TenLinhVuc": "Đất đai",
        "KenhThucHien": "1",
        "ChuHoSo": "Trần Thị B",
        "LoaiDoiTuong": "1",
        "SoGiayToChuHoSo": "056190001234",
        "SoDienThoai": "0905 123 456",
        "NgayTiepNhan": "20261122080500",
        "NgayHenTra": "20261204170000",
        "TrangThaiHoSo": "2",
        "HinhThuc": "0",
        "DonViXuLy": "H32.15",
        **changes,
    }
    return {name: value for name, value in record.items() if value is not ...}


def make_progress(number: int = 1, /, **changes: Any) -> dict[str, Any]:
    """One record of CapNhatTienDoHoSoMC."""
    record = {
        "MaHoSo": f"000.00.17.H32-261122-{number:04d}",
        "NguoiXuLy": "Nguyễn Văn A",
        "ChucDanh": "Chuyên viên",
        "ThoiDiemXuLy": "20261123093000",
        "PhongBanXuLy": "Phòng Đăng ký",
        "NoiDungXuLy": "Thẩm định hồ sơ",
        "TrangThai": "4",
        "NgayBatDau": "20261123090000",
        "NgayKetThucTheoQuyDinh": "20261201170000",
        **changes,
    }
    return {name: value for name, value in record.items() if value is not ...}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One key at the door of the national format."""

    feeder: Feeder

    def call(self, service: str, /, *records: Any, **changes: Any) -> TestResponse:
        """Send records; `changes` to the call's own fields."""
        body = {
            "session": "x",
            "madonvi": "H32",
            "service": service,
            "isUpdating": "False",
            "data": records,
            **changes,
        }
        body = {name: value for name, value in body.items() if value is not ...}
        return self.feeder.at(NATIONAL).post(json.dumps(body).encode())

    def told(self, service: str, /, *records: Any, **changes: Any) -> tuple[str, str]:
        """Send records in a call whose form is right; error_code and message."""
        answer = self.call(service, *records, **changes)
        assert answer.status_code == 200, answer.text
        said = answer.get_json()
        assert set(said) == {"error_code", "message"}
        return said["error_code"], said["message"]

    def sync(self, *records: Any, **changes: Any) -> None:
        """DongBoHoSoMC, all of which is taken."""
        code, message = self.told(SYNC, *records, **changes)
        assert code == "00", message

    def progress(self, *records: Any) -> None:
        """CapNhatTienDoHoSoMC, all of which is taken."""
        code, message = self.told(PROGRESS, *records)
        assert code == "00", message

    def stored(self, *names: str, code: str = CODE) -> Any:
        """What is stored of a dossier: one column, or a tuple of several."""
        columns = [dossier.c[name] for name in names]
        with reading(self.feeder.runtime.engine) as connection:
            row = connection.execute(select(*columns).where(dossier.c.code == code)).one()
        return tuple(row) if len(names) > 1 else row[0]

    def opened(self, name: str) -> str | None:
        """A sealed column, read."""
        sealed = self.stored(name)
        return self.feeder.runtime.vault.open_text(sealed) if sealed else None
