"""The national format at the door: what is taken, what is refused and why, what is never kept."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.database import reading
from bot.feed_keys import add_feed_key
from bot.store.document_tables import document
from bot.store.tables import dossier, dossier_change, dossier_progress
from tests.make import make_record, make_runtime
from tests.webhooks.feeding import Feeder, make_feeder
from tests.webhooks.national_feeding import (
    CODE,
    NATIONAL,
    PROGRESS,
    SYNC,
    Exchange,
    make_national,
    make_progress,
)


def test_a_record_of_the_exchange_becomes_a_dossier(either_exchange: Exchange) -> None:
    exchange = either_exchange
    asked = {"NoiDungBoSung": "Bản sao giấy chứng nhận", "NgayBoSung": "20261123100000"}
    received = {**asked, "NoiDungBoSung": "Đã nhận", "NgayTiepNhanBoSung": "20261123110000"}
    record = make_national(
        SoBienNhan="0101701234",
        TrangThaiHoSo="5",
        HinhThuc="1",
        NgayNopHoSo="20261121200000",
        DanhSachHoSoBoSung=[asked, received],
    )
    assert exchange.told(SYNC, record) == ("00", "Đã nhận 1/1 hồ sơ.")
    names = ("agency_code", "procedure_code", "procedure_name", "status", "step", "local_code")
    assert exchange.stored(*names) == (
        "H32.15",
        "1.004873",
        "Đăng ký biến động đất đai",
        5,
        "Yêu cầu bổ sung giấy tờ",
        "0101701234",
    )
    moments = ("changed_at", "received_at", "due_at")
    assert [one.isoformat() for one in exchange.stored(*moments)] == [
        "2026-11-23T04:00:00+00:00",  # the newest of its times; the appointment is none of them
        "2026-11-22T01:05:00+00:00",
        "2026-12-04T10:00:00+00:00",
    ]
    assert exchange.stored("notify_zalo", "notify_sms", "notify_post") == (False, True, True)
    assert exchange.opened("phone") == "+84905123456"
    assert exchange.opened("owner_name") == "Trần Thị B"
    assert exchange.opened("needed") == '["Bản sao giấy chứng nhận"]'


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("1", "Mới đăng ký"),
        ("2", "Được tiếp nhận"),
        ("3", "Không được tiếp nhận"),
        ("4", "Đang xử lý"),
        ("5", "Yêu cầu bổ sung giấy tờ"),
        ("6", "Yêu cầu thực hiện nghĩa vụ tài chính"),
        ("7", "Công dân yêu cầu rút hồ sơ"),
        ("8", "Dừng xử lý"),
        ("9", "Đã xử lý xong"),
        ("10", "Đã trả kết quả"),
    ],
)
def test_without_any_progress_the_step_is_the_statuss_name(
    exchange: Exchange, status: str, step: str
) -> None:
    exchange.sync(make_national(TrangThaiHoSo=status))
    assert exchange.stored("status", "step") == (int(status), step)


def test_numbers_do_as_well_as_texts(exchange: Exchange) -> None:
    exchange.sync(make_national())
    plain = exchange.stored("content")
    number = make_national(TrangThaiHoSo=2, HinhThuc=0, LoaiDoiTuong=1, NgayTiepNhan=20261122080500)
    exchange.sync(number, isUpdating=True)
    assert exchange.stored("content") == plain
    with reading(exchange.feeder.runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(dossier_change)) == 1


@pytest.mark.parametrize("phone", [905123456, "0905123456", " 0905.123.456 "])
def test_a_phone_may_have_lost_its_zero_as_a_number(exchange: Exchange, phone: object) -> None:
    exchange.sync(make_national(SoDienThoai=phone))
    assert exchange.opened("phone") == "+84905123456"


def test_null_blank_and_unknown_fields_are_as_if_they_were_not_there(exchange: Exchange) -> None:
    exchange.sync(
        make_national(
            ChuHoSo=None,
            SoBienNhan="",
            NgayHenTra="  ",
            NgayTra=None,
            DanhSachHoSoBoSung=None,
            TaiLieuNop=[{"TepDinhKemId": 1}],
            MaDoiTuong={"x": [1]},
            TruongLa=True,
        )
    )
    assert exchange.stored("local_code", "due_at", "returned_at", "owner_name") == (None,) * 4


def test_long_and_odd_texts_are_made_to_fit(exchange: Exchange) -> None:
    exchange.sync(make_national(TenTTHC="Đ" * 300, ChuHoSo="A\x00B\nC\ud800"))
    assert len(exchange.stored("procedure_name")) == 200
    assert exchange.opened("owner_name") == "A B C"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"MaTTHC": ...}, "thiếu MaTTHC"),
        ({"TenTTHC": ""}, "thiếu TenTTHC"),
        ({"MaLinhVuc": None, "TenLinhVuc": ...}, "thiếu MaLinhVuc, TenLinhVuc"),
        ({"LoaiDoiTuong": ...}, "thiếu LoaiDoiTuong"),
        ({"NgayTiepNhan": ...}, "thiếu NgayTiepNhan"),
        ({"TrangThaiHoSo": ...}, "thiếu TrangThaiHoSo"),
        ({"HinhThuc": ...}, "thiếu HinhThuc"),
        ({"DonViXuLy": ...}, "thiếu DonViXuLy"),
        ({"TrangThaiHoSo": "0"}, "TrangThaiHoSo: trạng thái phải là số từ 1 đến 10"),
        ({"TrangThaiHoSo": "11"}, "TrangThaiHoSo: trạng thái phải là số từ 1 đến 10"),
        ({"TrangThaiHoSo": "Đang xử lý"}, "TrangThaiHoSo: trạng thái phải là số từ 1 đến 10"),
        ({"TrangThaiHoSo": -2}, "TrangThaiHoSo: trạng thái phải là số từ 1 đến 10"),
        ({"TrangThaiHoSo": 2.0}, "TrangThaiHoSo: giá trị không đọc được"),
        ({"TrangThaiHoSo": True}, "TrangThaiHoSo: giá trị không đọc được"),
        ({"NgayTiepNhan": "20261322080500"}, "NgayTiepNhan: ngày giờ không đúng dạng"),
        ({"NgayTiepNhan": "22/11/2026 08:05"}, "NgayTiepNhan: ngày giờ không đúng dạng"),
        ({"NgayHenTra": "20261204"}, "NgayHenTra: ngày giờ không đúng dạng"),
        ({"NgayHenTra": "20270229120000"}, "NgayHenTra: ngày giờ không đúng dạng"),
        ({"NgayTra": "00010101000000"}, "NgayTra: ngày giờ không đúng dạng"),
        ({"NgayTra": "99991231235959"}, "NgayTra: ngày giờ không đúng dạng"),
        ({"DanhSachHoSoBoSung": [{"NgayBoSung": "x"}]}, "NgayBoSung: ngày giờ không đúng dạng"),
        ({"DanhSachHoSoBoSung": "x"}, "DanhSachHoSoBoSung: giá trị không đọc được"),
        ({"DanhSachHoSoBoSung": ["x"]}, "DanhSachHoSoBoSung: giá trị không đọc được"),
        ({"SoDienThoai": {"so": 1}}, "SoDienThoai: giá trị không đọc được"),
        ({"NgayKetThucXuLy": "20261127120000"}, "24 giờ trong tương lai"),
        ({"MaTTHC": "1" * 65}, "MaTTHC: giá trị không đọc được"),
        ({"MaHoSo": "hồ sơ của tôi"}, "MaHoSo không đọc được"),
        ({"SoBienNhan": "ﷺ" * 100}, "SoBienNhan quá dài"),
        ({"DonViXuLy": "H44"}, "khóa gửi không được gửi cho đơn vị này"),
    ],
)
def test_a_refused_record_is_named_with_its_reason_and_the_rest_is_stored(
    exchange: Exchange, change: dict[str, Any], why: str
) -> None:
    wrong = make_national(2, **change)
    code, message = exchange.told(SYNC, make_national(1), wrong, make_national(3))
    assert code == "01"
    assert message.startswith("Đã nhận 2/3 hồ sơ. Không nhận: ")
    assert f"{wrong['MaHoSo']}: " in message
    assert why in message
    with reading(exchange.feeder.runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(dossier)) == 2


def test_every_refused_record_is_named(exchange: Exchange) -> None:
    _, message = exchange.told(
        SYNC,
        make_national(1, HinhThuc=...),
        make_national(MaHoSo=...),
        make_national(2, MaTTHC=...),
    )
    assert message == (
        "Đã nhận 0/3 hồ sơ. Không nhận: 000.00.17.H32-261122-0001: thiếu HinhThuc; "
        "#2: thiếu MaHoSo; 000.00.17.H32-261122-0002: thiếu MaTTHC."
    )


@pytest.mark.parametrize(
    ("unit", "sender", "agency"),
    [
        ("H32.15", "H32", "H32.15"),
        ("Sở Nông nghiệp và Môi trường", "H32.15.8", "H32.15.8"),
        (" H32.15.8 ", "H99", "H32.15.8"),
    ],
)
def test_the_agency_is_the_handling_unit_when_known_else_the_sender(
    exchange: Exchange, unit: str, sender: str, agency: str
) -> None:
    exchange.sync(make_national(DonViXuLy=unit), madonvi=sender)
    assert exchange.stored("agency_code") == agency


def test_when_neither_unit_is_known_the_record_is_refused(exchange: Exchange) -> None:
    code, message = exchange.told(SYNC, make_national(DonViXuLy="H99"), madonvi="H98")
    assert (code, CODE in message, "không nhận ra đơn vị" in message) == ("01", True, True)


def test_a_phone_nobody_can_be_told_by_is_pointed_out(exchange: Exchange) -> None:
    told = exchange.told(
        SYNC, make_national(1, SoDienThoai=...), make_national(2, SoDienThoai="0258 3822 222")
    )
    assert told == (
        "00",
        "Đã nhận 2/2 hồ sơ. Lưu ý: 000.00.17.H32-261122-0001: thiếu số điện thoại; "
        "000.00.17.H32-261122-0002: số điện thoại cố định không nhận được tin nhắn.",
    )


def test_progress_of_an_unknown_dossier_is_refused(either_exchange: Exchange) -> None:
    code, message = either_exchange.told(PROGRESS, make_progress())
    assert (code, message) == (
        "01",
        f"Đã nhận 0/1 bản ghi tiến độ. Không nhận: {CODE}: chưa có hồ sơ này, "
        "cần gửi DongBoHoSoMC trước.",
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"MaHoSo": ...}, "#1: thiếu MaHoSo"),
        ({"TrangThai": "11"}, "TrangThai: trạng thái phải là số từ 1 đến 10"),
        ({"ThoiDiemXuLy": "2026-11-23"}, "ThoiDiemXuLy: ngày giờ không đúng dạng"),
        ({"NgayKetThucTheoQuyDinh": "mai"}, "NgayKetThucTheoQuyDinh: ngày giờ không đúng dạng"),
        ({"NguoiXuLy": ["A"]}, "NguoiXuLy: giá trị không đọc được"),
        ({"ThoiDiemXuLy": "20261127120000"}, "24 giờ trong tương lai"),
    ],
)
def test_a_refused_progress_row_is_named_and_not_kept(
    exchange: Exchange, change: dict[str, Any], why: str
) -> None:
    exchange.sync(make_national())
    code, message = exchange.told(PROGRESS, make_progress(**change))
    assert code == "01"
    assert why in message
    with reading(exchange.feeder.runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(dossier_progress)) == 0


def test_progress_is_told_only_by_a_key_of_the_dossiers_agency(exchange: Exchange) -> None:
    exchange.sync(make_national())
    stranger = Exchange(exchange.feeder.with_key(add_feed_key(exchange.feeder.runtime, "H44")))
    code, message = stranger.told(PROGRESS, make_progress(), madonvi="H44")
    assert (code, CODE in message) == ("01", True)
    assert exchange.stored("step") == "Được tiếp nhận"


def test_a_dossier_belongs_to_one_agency_whichever_feed_speaks(exchange: Exchange) -> None:
    exchange.feeder.outcomes(make_record(agency="H32.15.8", local_code="0101701234"))
    runtime = exchange.feeder.runtime
    stranger = Exchange(exchange.feeder.with_key(add_feed_key(runtime, "H44")))
    code, message = stranger.told(SYNC, make_national(DonViXuLy="H44"))
    assert (code, "thuộc đơn vị mà khóa gửi không được gửi cho" in message) == ("01", True)
    code, message = exchange.told(SYNC, make_national(2, SoBienNhan="0101701234"))
    assert (code, "SoBienNhan đã thuộc hồ sơ khác" in message) == ("01", True)


@pytest.mark.parametrize(
    ("change", "field", "index"),
    [
        ({"madonvi": ...}, "madonvi", None),
        ({"madonvi": 32}, "madonvi", None),
        ({"madonvi": " "}, "madonvi", None),
        ({"service": ...}, "service", None),
        ({"service": "DongBoTienDoHoSoMC"}, "service", None),
        ({"service": ["DongBoHoSoMC"]}, "service", None),
        ({"isUpdating": "maybe"}, "isUpdating", None),
        ({"isUpdating": []}, "isUpdating", None),
        ({"data": ...}, "data", None),
        ({"data": {"MaHoSo": CODE}}, "data", None),
        ({"data": [make_national(), "x"]}, "data", 1),
    ],
)
def test_a_call_of_another_form_is_refused_whole(
    exchange: Exchange, change: dict[str, Any], field: str, index: int | None
) -> None:
    answer = exchange.call(SYNC, make_national(), **change)
    assert answer.status_code == 400
    said = answer.get_json()
    assert said["error"] == "form"
    [fault] = said["errors"]
    assert (fault["field"], fault.get("index")) == (field, index)
    with reading(exchange.feeder.runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(dossier)) == 0


@pytest.mark.parametrize("updating", ["True", "False", True, False, None, ...])
def test_updating_or_not_both_add_and_change(exchange: Exchange, updating: object) -> None:
    exchange.sync(make_national(), isUpdating=updating)
    exchange.sync(make_national(ChuHoSo="Trần Thị C"), isUpdating=updating)
    assert exchange.opened("owner_name") == "Trần Thị C"


def test_an_empty_list_is_fine(exchange: Exchange) -> None:
    assert exchange.told(SYNC) == ("00", "Đã nhận 0/0 hồ sơ.")


def test_the_headers_are_those_of_the_own_feed(exchange: Exchange) -> None:
    feeder, body = exchange.feeder.at(NATIONAL), json.dumps({"data": []}).encode()
    refused = {
        "signature": feeder.post(body, X_Feed_Signature=None),
        "key": feeder.post(body, X_Feed_Key="fk-unknown"),
        "clock": feeder.post(body, at=1),
    }
    for error, answer in refused.items():
        assert (answer.status_code, answer.get_json()["error"]) == (401, error)
    assert feeder.post(body, "text/plain").status_code == 415
    assert feeder.post(b"not JSON").status_code == 400
    assert exchange.call(SYNC, *[{}] * 5001).status_code == 413


def test_gzip_is_taken(exchange: Exchange) -> None:
    body = {"madonvi": "H32", "service": SYNC, "data": [make_national()]}
    packed = gzip.compress(json.dumps(body).encode())
    answer = exchange.feeder.at(NATIONAL).post(packed, Content_Encoding="gzip")
    assert answer.get_json()["error_code"] == "00"


def test_a_database_that_is_away_is_said_so(exchange: Exchange) -> None:
    with exchange.feeder.runtime.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE dossier RENAME TO gone")
    assert exchange.call(SYNC, make_national()).status_code == 503


def test_identity_numbers_and_attachments_are_nowhere_in_clear(either_exchange: Exchange) -> None:
    exchange = either_exchange
    secret = "056190001234"
    exchange.sync(
        make_national(
            SoGiayToChuHoSo=secret,
            MaDoiTuong=secret,
            DinhDanhCHS=[{"LoaiDinhDanh": "1", "SoDinhDanh": secret}],
            TaiLieuNop=[{"TenTepDinhKem": secret, "DuongDanTaiTepTin": f"https://x/{secret}"}],
            Email=f"{secret}@example.vn",
        )
    )
    exchange.progress(make_progress(NguoiXuLy="Nguyễn Văn A"))
    with reading(exchange.feeder.runtime.engine) as connection:
        for table in (dossier, dossier_change, dossier_progress, document):
            for row in connection.execute(select(table)):
                assert secret not in repr(row)
                assert "Nguyễn Văn A" not in repr(row)
                assert "Nguyễn Văn A".encode() not in b"".join(
                    one for one in row if isinstance(one, bytes)
                )
    assert exchange.opened("handler") == "Nguyễn Văn A"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ODD_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
LISTED = ["DanhSachHoSoBoSung", "TaiLieuNop", "DanhSachGiayToKetQua", "DinhDanhCHS"]
FIELDS = [*make_national(), *make_progress(), "NgayTra", "NgayTuChoi", *LISTED]
CHANGES = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | ODD_TEXT, max_size=4)
RECORDS = CHANGES.map(lambda changes: {**make_national(), **make_progress(), **changes})


@pytest.fixture(scope="module")
def shared_feeder(tmp_path_factory: pytest.TempPathFactory) -> Feeder:
    place = tmp_path_factory.mktemp("national") / "bot.db"
    return make_feeder(make_runtime(f"sqlite:///{place}"))


@given(st.sampled_from([SYNC, PROGRESS]), st.lists(RECORDS, max_size=3))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_record_whatever_is_our_fault(
    shared_feeder: Feeder, service: str, records: list[dict[str, Any]]
) -> None:
    answer = Exchange(shared_feeder).call(service, *records)
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.get_json()["error_code"] in ("00", "01")


@given(ANYTHING)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_body_whatever_is_our_fault(shared_feeder: Feeder, body: Any) -> None:
    answer = shared_feeder.at(NATIONAL).post(json.dumps(body).encode())
    assert answer.status_code == 400
