"""A dossier's papers as another program reads them: what the desk knows, and dots for the rest."""

from dataclasses import replace

import pytest

from bot.agencies import set_agency
from bot.core.staff import Actor, Role
from bot.log_in import account_of
from bot.print_slip import CannotPrint, Kind, Order, print_slip
from bot.runtime import Runtime
from bot.store.staff import staff_by_login
from tests.console.counter import FED, deeds, feed, make_counter, move, take_in
from tests.console.desk import Client, Desk
from tests.receipts.slip.printed import Printed
from tests.slips import slip_link


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = make_counter(database_url)
    set_agency(
        desk.runtime,
        "H56.14",
        place="Nha Trang",
        desk_name="Trung tâm Phục vụ",
        hotline="0258 3 800",
    )
    return desk


@pytest.fixture
def clerk(desk: Desk) -> Client:
    return desk.login(Role.CLERK, login="lan", name="Lê Thị Lan")


def actor_of(runtime: Runtime, login: str, *agencies: str) -> Actor:
    with runtime.engine.connect() as connection:
        found = staff_by_login(connection, login)
    assert found is not None
    return Actor(account_of(runtime, found), "127.0.0.1", frozenset(agencies))


def paper(desk: Desk, code: str, kind: Kind, hop: int = 0) -> Printed:
    drawn = print_slip(
        desk.runtime, actor_of(desk.runtime, "lan", "H56.14"), code, Order(kind, hop)
    )
    assert drawn is not None
    assert drawn.name.startswith(code)
    return Printed(drawn.content)


def test_the_receipt_says_all_that_was_taken_in(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk, owner="Trần Văn Ưởng", papers__1__name="", fees="8.000 đồng")
    page = paper(desk, code, Kind.RECEIPT)
    told = page.text(0)
    for words in (
        "UBND THÀNH PHỐ NHA TRANG",
        "TRUNG TÂM PHỤC VỤ",
        "Nha Trang, ngày 25 tháng 11 năm 2026",
        f"Mã hồ sơ: {code}",
        "Tiếp nhận hồ sơ của Ông (Bà): Nguyễn Thị Mẫu (nộp trực tiếp)",
        "Địa chỉ: Số 12 đường Hùng Vương",
        "Số điện thoại: 0905 123 456",
        "Chủ hồ sơ: Trần Văn Ưởng",
        "Nội dung yêu cầu giải quyết: Đăng ký khai sinh",
        "Thời gian giải quyết hồ sơ theo quy định là: 05 ngày làm việc",
        "Thời gian nhận hồ sơ: 09 giờ 00 phút, ngày 25 tháng 11 năm 2026",
        "Thời gian trả kết quả giải quyết hồ sơ: 09 giờ 00 phút, ngày 02 tháng 12 năm 2026",
        "Hình thức thu phí, lệ phí: 8.000 đồng",
        "soạn MCKH mã số hồ sơ gửi 8083",
        "Lê Thị Lan",
    ):
        assert words in told
    assert "Tờ khai" in told
    assert "Giấy chứng sinh" not in told  # nobody handed it in
    assert page.symbols() == {"qrcode": slip_link(code), "code128": code}
    assert page.pages == 2  # "02 liên"


def test_a_reprint_on_another_day_is_the_same_paper(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    first = paper(desk, code, Kind.RECEIPT).text()
    desk.clock.move(days=40)
    desk.login(Role.CLERK, login="khac", name="Người Khác")
    assert paper(desk, code, Kind.RECEIPT).text() == first


def test_of_a_fed_dossier_what_is_known_is_printed_and_dots_for_the_rest(
    desk: Desk, clerk: Client
) -> None:
    feed(desk)
    told = paper(desk, FED, Kind.RECEIPT).text(0)
    assert "Tiếp nhận hồ sơ của Ông (Bà): Trần Văn Phần Mềm" in told
    assert "Số điện thoại: 0905 999 888" in told
    assert "Địa chỉ: ......" in told
    assert "ngày 20 tháng 11 năm 2026" in told


def test_each_move_has_its_slip(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    desk.clock.move(minutes=5)
    move(clerk, code, "supplement", needed="Giấy chứng sinh\nSổ hộ khẩu", reason="Thiếu giấy")
    told = paper(desk, code, Kind.MOVE, 0).text()
    assert "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ" in told
    assert "1. Giấy chứng sinh 2. Sổ hộ khẩu" in told
    assert "liên hệ với Lê Thị Lan số điện thoại 0258 3 800" in told
    desk.clock.move(minutes=5)
    move(clerk, code, "resume")
    desk.clock.move(minutes=5)
    move(clerk, code, "new_day", reason="Chờ xác minh", new_day="10/12/2026")
    told = paper(desk, code, Kind.MOVE, 2).text()
    assert "ngày 02 tháng 12 năm 2026" in told
    assert "ngày 10 tháng 12 năm 2026" in told
    assert "Chờ xác minh" in told
    desk.clock.move(minutes=5)
    move(clerk, code, "refuse", reason="Không đủ điều kiện")
    assert "Không đủ điều kiện" in paper(desk, code, Kind.MOVE, 3).text()
    control = paper(desk, code, Kind.CONTROL).text()
    assert "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ" in control
    assert "Lê Thị Lan" in control


def test_label_and_mini_slip_carry_code_and_link(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    label = paper(desk, code, Kind.LABEL)
    assert label.symbols()["qrcode"] == slip_link(code)
    mini = print_slip(desk.runtime, actor_of(desk.runtime, "lan", "H56.14"), code, Order(Kind.MINI))
    assert mini is not None
    assert mini.content_type == "image/png"


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("H56.14-261125-0001", Order(Kind.MOVE, 0)),  # nothing was moved yet
        ("H56.14-261125-0001", Order(Kind.SUPPLEMENT)),  # only of what software feeds
        ("H56.14-261125-0777", Order(Kind.RECEIPT)),
        ("H56.15-261101-0001", Order(Kind.RECEIPT)),  # another agency's
    ],
)
def test_what_is_not_there_and_what_is_not_yours_are_alike(
    desk: Desk, clerk: Client, code: str, order: Order
) -> None:
    assert take_in(clerk) == "H56.14-261125-0001"
    feed(desk, "H56.15-261101-0001", "H56.15")
    assert print_slip(desk.runtime, actor_of(desk.runtime, "lan", "H56.14"), code, order) is None


def test_each_printing_is_written_down(desk: Desk, clerk: Client) -> None:
    code = take_in(clerk)
    paper(desk, code, Kind.RECEIPT)
    assert deeds(desk)[-1] == ("slip.printed", code)


def test_an_address_that_no_qr_can_hold_is_named(sqlite_url: str) -> None:
    desk = make_counter(sqlite_url)
    code = take_in(desk.login(Role.CLERK, login="lan"))
    settings = desk.runtime.settings.model_copy(update={"public_url": "http://mã.example"})
    runtime = replace(desk.runtime, settings=settings)
    with pytest.raises(CannotPrint, match="Không in được"):
        print_slip(runtime, actor_of(runtime, "lan", "H56.14"), code, Order(Kind.RECEIPT))
