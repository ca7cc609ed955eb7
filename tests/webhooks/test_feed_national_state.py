"""Where a dossier stands after records of the exchange, in whatever order they arrive."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.core.national_form import Service
from bot.database import reading
from bot.national import NationalCall, register_national
from bot.store.feed_keys import FeedKey
from bot.store.tables import dossier_change, dossier_progress
from tests.make import make_record, make_runtime
from tests.webhooks.feeding import make_feeder
from tests.webhooks.national_feeding import (
    CODE,
    PROGRESS,
    SYNC,
    Exchange,
    make_national,
    make_progress,
)

EARLY, MIDDLE, LATE = "20261123080000", "20261123093000", "20261124150000"


def count(exchange: Exchange, table: Any) -> int:
    with reading(exchange.feeder.runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_progress_moves_step_status_handler_and_time(either_exchange: Exchange) -> None:
    exchange = either_exchange
    exchange.sync(make_national())
    exchange.progress(make_progress())
    assert exchange.stored("step", "status") == ("Thẩm định hồ sơ", 4)
    assert exchange.stored("changed_at").isoformat() == "2026-11-23T02:30:00+00:00"
    assert exchange.opened("handler") == "Nguyễn Văn A"
    assert exchange.opened("owner_name") == "Trần Thị B"
    assert exchange.opened("phone") == "+84905123456"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_latest_moment_decides_in_whatever_order_rows_arrive(
    exchange: Exchange, order: tuple[int, ...]
) -> None:
    rows = [
        make_progress(ThoiDiemXuLy=EARLY, NoiDungXuLy="Phân công", NguoiXuLy="A"),
        make_progress(ThoiDiemXuLy=MIDDLE, NoiDungXuLy="Thẩm định", NguoiXuLy="B"),
        make_progress(ThoiDiemXuLy=LATE, NoiDungXuLy="Ký duyệt", NguoiXuLy="C"),
    ]
    exchange.sync(make_national())
    for place in order:
        exchange.progress(rows[place])
    assert exchange.stored("step") == "Ký duyệt"
    assert exchange.opened("handler") == "C"
    assert count(exchange, dossier_progress) == 3


def test_several_rows_of_one_dossier_in_one_call_each_count(either_exchange: Exchange) -> None:
    exchange = either_exchange
    exchange.sync(make_national(1), make_national(2))
    steps = [(1, EARLY), (2, EARLY), (1, LATE), (1, MIDDLE), (2, MIDDLE)]
    exchange.progress(
        *(make_progress(one, ThoiDiemXuLy=at, NoiDungXuLy=f"lúc {at}") for one, at in steps)
    )
    assert exchange.stored("step") == f"lúc {LATE}"
    assert exchange.stored("step", code="000.00.17.H32-261122-0002") == f"lúc {MIDDLE}"
    assert count(exchange, dossier_progress) == 5
    assert count(exchange, dossier_change) == 6, "two first sights and four that were newer"


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ({}, 1),
        ({"NoiDungXuLy": "Chữ khác"}, 1),
        ({"TrangThai": 4, "ChucDanh": "Trưởng phòng"}, 1),
        ({"MaHoSo": " 000.00.17.h32–261122–0001 "}, 1),
        ({"ThoiDiemXuLy": LATE}, 2),
        ({"TrangThai": "5"}, 2),
        ({"NguoiXuLy": "Lê Văn C"}, 2),
        ({"NguoiXuLy": ...}, 2),
    ],
)
def test_a_row_is_kept_once_by_code_moment_status_and_person(
    either_exchange: Exchange, change: dict[str, Any], rows: int
) -> None:
    either_exchange.sync(make_national())
    either_exchange.progress(make_progress())
    either_exchange.progress(make_progress(**change))
    either_exchange.progress(make_progress())
    assert count(either_exchange, dossier_progress) == rows


def test_a_row_without_a_moment_counts_from_its_arrival_and_once(exchange: Exchange) -> None:
    timeless = {"ThoiDiemXuLy": ..., "NgayBatDau": ...}
    exchange.sync(make_national())
    exchange.progress(make_progress(**timeless))
    assert exchange.stored("changed_at") == exchange.feeder.runtime.now()
    exchange.progress(make_progress(**timeless))
    assert count(exchange, dossier_progress) == 1


def test_a_row_that_says_little_leaves_the_rest_as_it_is(exchange: Exchange) -> None:
    exchange.sync(make_national())
    exchange.progress(make_progress())
    bare = {"TrangThai": ..., "NoiDungXuLy": "", "NguoiXuLy": None, "ThoiDiemXuLy": LATE}
    exchange.progress(make_progress(**bare))
    assert exchange.stored("step", "status") == ("Thẩm định hồ sơ", 4)
    assert exchange.opened("handler") == "Nguyễn Văn A"


def test_a_late_whole_record_never_takes_a_step_back(either_exchange: Exchange) -> None:
    exchange = either_exchange
    exchange.sync(make_national())
    exchange.progress(make_progress())
    exchange.sync(make_national(), isUpdating="True")
    exchange.sync(make_national(TrangThaiHoSo="1", NgayNopHoSo="20261121200000"))
    exchange.sync(make_national(TrangThaiHoSo="4"))
    assert exchange.stored("step", "status") == ("Thẩm định hồ sơ", 4)
    assert exchange.stored("changed_at").isoformat() == "2026-11-23T02:30:00+00:00"


def test_a_late_whole_record_still_brings_a_moved_date_and_another_phone(
    exchange: Exchange,
) -> None:
    exchange.sync(make_national())
    exchange.progress(make_progress())
    exchange.sync(make_national(NgayHenTra="20261210170000", SoDienThoai="0912 345 678"))
    assert exchange.stored("due_at").isoformat() == "2026-12-10T10:00:00+00:00"
    assert exchange.opened("phone") == "+84912345678"
    assert exchange.opened("handler") == "Nguyễn Văn A"
    assert exchange.stored("step") == "Thẩm định hồ sơ"


def test_an_overtaken_whole_record_changes_nothing(exchange: Exchange) -> None:
    old = make_national(NgayHenTra="20261201170000")
    exchange.sync(old)
    exchange.sync(make_national(TrangThaiHoSo="9", NgayKetThucXuLy=LATE))
    exchange.sync(old)
    assert exchange.stored("status") == 9
    assert exchange.stored("due_at").isoformat() == "2026-12-04T10:00:00+00:00"


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("2", "4", 4),
        ("2", "9", 9),
        ("4", "6", 6),
        ("4", "7", 7),
        ("4", "8", 8),
        ("9", "10", 10),
        ("4", "2", 4),
        ("9", "4", 9),
        ("6", "5", 6),
        ("10", "9", 10),
        ("8", "4", 8),
    ],
)
def test_without_newer_times_a_status_only_moves_forward(
    exchange: Exchange, before: str, after: str, status: int
) -> None:
    exchange.sync(make_national(TrangThaiHoSo=before))
    exchange.sync(make_national(TrangThaiHoSo=after))
    assert exchange.stored("status") == status


def test_a_stop_without_a_time_of_its_own_is_believed_after_progress(exchange: Exchange) -> None:
    exchange.sync(make_national(TrangThaiHoSo="4"))
    exchange.progress(make_progress())
    exchange.sync(make_national(TrangThaiHoSo="8"))
    assert exchange.stored("status") == 8


def test_a_result_taken_back_is_not_brought_again_by_the_record_before(exchange: Exchange) -> None:
    result = make_national(TrangThaiHoSo="9", NgayKetThucXuLy=MIDDLE)
    exchange.sync(make_national())
    exchange.sync(result)
    exchange.progress(make_progress(ThoiDiemXuLy=LATE, NoiDungXuLy="Ký lại"))
    assert exchange.stored("status", "finished_at", "ended_at") == (4, None, None)
    exchange.sync(result)
    assert exchange.stored("status", "step") == (4, "Ký lại")


def test_newer_times_may_take_a_status_back(exchange: Exchange) -> None:
    exchange.sync(make_national(TrangThaiHoSo="5"))
    came = {"NgayTiepNhanBoSung": LATE, "NoiDungBoSung": "Bản sao"}
    exchange.sync(make_national(TrangThaiHoSo="4", DanhSachHoSoBoSung=[came]))
    assert exchange.stored("status", "needed") == (4, None)


def test_the_step_stays_the_newest_text_while_whole_records_come(exchange: Exchange) -> None:
    exchange.sync(make_national())
    exchange.progress(make_progress(NoiDungXuLy="Trả kết quả", TrangThai="9"))
    exchange.sync(make_national(TrangThaiHoSo="9", NgayKetThucXuLy=LATE))
    assert exchange.stored("step", "status") == ("Trả kết quả", 9)
    assert exchange.stored("ended_at").isoformat() == "2026-11-23T02:30:00+00:00"


def test_of_one_second_the_row_further_along_counts(exchange: Exchange) -> None:
    exchange.sync(make_national())
    exchange.progress(make_progress(TrangThai="9", NoiDungXuLy="Trả kết quả", NguoiXuLy="B"))
    exchange.progress(make_progress(TrangThai="4", NoiDungXuLy="Ký duyệt", NguoiXuLy="A"))
    assert exchange.stored("step", "status") == ("Trả kết quả", 9)
    assert count(exchange, dossier_progress) == 2


@pytest.mark.parametrize(
    ("sync", "progress", "at_desk"),
    [
        ({"TrangThaiHoSo": "5"}, None, False),
        ({"TrangThaiHoSo": "5", "DanhSachHoSoBoSung": [{"NoiDungBoSung": "x"}]}, None, True),
        (
            {
                "TrangThaiHoSo": "5",
                "DanhSachHoSoBoSung": [{"NoiDungBoSung": "x", "NgayTiepNhanBoSung": EARLY}],
            },
            None,
            False,
        ),
        ({"TrangThaiHoSo": "4", "DanhSachHoSoBoSung": [{"NoiDungBoSung": "x"}]}, None, False),
        ({"TrangThaiHoSo": "9"}, None, False),
        ({}, {"TrangThai": "5", "NoiDungXuLy": "Chờ một cửa bổ sung"}, False),
        ({}, {"TrangThai": "5", "PhongBanXuLy": "Bộ phận Một cửa"}, True),
        ({}, {"TrangThai": "9", "PhongBanXuLy": "Trung tâm Phục vụ hành chính công"}, True),
        ({}, {"TrangThai": "9", "PhongBanXuLy": "BỘ PHẬN TIẾP NHẬN VÀ TRẢ KẾT QUẢ"}, True),
    ],
)
def test_papers_lie_at_the_desk_only_when_the_exchange_says_so(
    exchange: Exchange, sync: dict[str, Any], progress: dict[str, Any] | None, at_desk: bool
) -> None:
    exchange.sync(make_national(**sync))
    if progress:
        exchange.progress(make_progress(**progress))
    assert exchange.stored("at_desk") is at_desk


def test_a_request_told_after_the_status_brings_the_papers_to_the_desk(exchange: Exchange) -> None:
    exchange.sync(make_national())
    exchange.progress(make_progress(TrangThai="5"))
    asked = {"NoiDungBoSung": "Bản sao", "NgayBoSung": EARLY}
    exchange.sync(make_national(TrangThaiHoSo="5", DanhSachHoSoBoSung=[asked]))
    assert exchange.stored("status", "at_desk") == (5, True)


def test_the_first_sight_of_a_dossier_is_kept_as_such_whatever_its_status(
    exchange: Exchange,
) -> None:
    exchange.sync(make_national(TrangThaiHoSo="9"))
    exchange.sync(make_national(TrangThaiHoSo="5", DanhSachHoSoBoSung=[{"NgayBoSung": LATE}]))
    chosen = select(dossier_change.c.outcome, dossier_change.c.status)
    with reading(exchange.feeder.runtime.engine) as connection:
        rows = [tuple(row) for row in connection.execute(chosen.order_by(dossier_change.c.id))]
    assert rows == [("new", 9), ("changed", 5)]


# Both feeds may speak of one dossier


def test_the_own_feed_and_the_exchange_speak_of_one_dossier(either_exchange: Exchange) -> None:
    exchange = either_exchange
    exchange.feeder.outcomes(
        make_record(notify={"zalo": True, "sms": False}, changed_at="2026-11-22T09:00:00+07:00")
    )
    exchange.progress(make_progress())
    assert exchange.stored("step", "agency_code") == ("Thẩm định hồ sơ", "H32.15")
    assert exchange.stored("notify_zalo", "notify_sms") == (True, False)
    exchange.sync(make_national(TrangThaiHoSo="9", NgayKetThucXuLy=LATE))
    assert exchange.stored("notify_zalo", "notify_sms") == (True, False)
    later = make_record(step="Trả kết quả", status=9, changed_at="2026-11-24T16:00:00+07:00")
    assert exchange.feeder.outcomes(later) == ["changed"]
    assert exchange.feeder.outcomes(make_record()) == ["stale"]


def test_what_the_own_feed_told_later_stays(exchange: Exchange) -> None:
    exchange.sync(make_national(TrangThaiHoSo="4"))
    exchange.feeder.outcomes(make_record(step="Lãnh đạo ký", due_at="2026-12-20T17:00:00+07:00"))
    exchange.sync(make_national(TrangThaiHoSo="4"))
    assert exchange.stored("step") == "Lãnh đạo ký"
    assert exchange.stored("due_at").isoformat() == "2026-12-20T10:00:00+00:00"
    exchange.sync(make_national(TrangThaiHoSo="4", NgayNopHoSo=LATE))
    assert exchange.stored("step") == "Lãnh đạo ký", "newer, and of the same status"


def test_a_landline_is_still_known_as_one_after_progress(exchange: Exchange) -> None:
    exchange.sync(make_national(SoDienThoai="0258 3822 222"))
    exchange.progress(make_progress())
    assert exchange.stored("phone", "phone_line") == (None, "landline")


# At once


def test_the_same_rows_told_at_once_are_kept_once_and_the_newest_wins(database_url: str) -> None:
    exchange = Exchange(make_feeder(make_runtime(database_url)))
    exchange.sync(*(make_national(one) for one in range(20)))
    key = FeedKey("fk-1", "H32", all_agencies=False)
    rows = [
        make_progress(one, ThoiDiemXuLy=at, NoiDungXuLy=f"lúc {at}")
        for one in range(20)
        for at in (MIDDLE, LATE, EARLY)
    ]
    orders = [rows, rows[::-1], rows[10:] + rows[:10], rows]
    barrier = Barrier(len(orders))

    def tell(order: list[dict[str, Any]]) -> None:
        barrier.wait(30)
        call = NationalCall("H32", Service.PROGRESS, order)
        register_national(exchange.feeder.runtime, key, call)

    with ThreadPoolExecutor(len(orders)) as pool:
        list(pool.map(tell, orders))
    assert count(exchange, dossier_progress) == 60
    for one in range(20):
        code = f"000.00.17.H32-261122-{one:04d}"
        assert exchange.stored("step", code=code) == f"lúc {LATE}"


def test_one_of_two_that_first_see_a_dossier_makes_it_new(database_url: str) -> None:
    exchange = Exchange(make_feeder(make_runtime(database_url)))
    key = FeedKey("fk-1", "H32", all_agencies=False)
    barrier = Barrier(3)

    def tell(_: int) -> list[str]:
        barrier.wait(30)
        call = NationalCall("H32", Service.DOSSIERS, [make_national(one) for one in range(30)])
        return [str(one.outcome) for one in register_national(exchange.feeder.runtime, key, call)]

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(tell, range(3)))
    assert [sorted(each) for each in zip(*outcomes, strict=True)] == [
        ["new", "repeat", "repeat"]
    ] * 30


def test_a_call_of_many_records_is_stored_whole(either_exchange: Exchange) -> None:
    exchange = either_exchange
    exchange.sync(*(make_national(one) for one in range(450)))
    exchange.sync(*(make_national(one) for one in range(450)))
    assert exchange.told(PROGRESS, *(make_progress(one) for one in range(450)))[0] == "00"
    assert count(exchange, dossier_change) == 900
    assert exchange.told(SYNC, make_national(MaHoSo=CODE))[0] == "00"
