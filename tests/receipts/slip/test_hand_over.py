"""The list of results that change hands: whole, over several pages, its head on each."""

from datetime import date

from receipts.slip.hand_over import HandedOver, HandOver, render_hand_over
from tests.receipts.slip.printed import CODE, OFFICE, Printed

ROW = HandedOver(
    code=CODE,
    procedure="Đăng ký khai sinh",
    result="Giấy khai sinh",
    owner="Nguyễn Thị Mẫu",
    address="12 Lê Lợi, phường Lộc Thọ, Khánh Hòa",
    fees="8.000 đồng",
    by_post=True,
    item_code="EE123456785VN",
)


def test_every_column_of_the_list_is_filled() -> None:
    page = Printed(render_hand_over(HandOver(OFFICE, date(2026, 11, 27), (ROW,), "Lê Thị Giao")))
    told = page.text()
    assert (page.pages, page.size()[0]) == (1, 297.0)
    for words in (
        "PHIẾU BÀN GIAO KẾT QUẢ",
        "Ngày 27/11/2026",
        "Số kết quả bàn giao: 1",
        "Đăng ký trả qua bưu điện",
        "Nguyễn Thị Mẫu",
        "Có Mã bưu gửi EE123456785VN",
        "BÊN NHẬN",
        "Lê Thị Giao",
    ):
        assert words in told
    assert page.overlaps(0) == []


def test_a_long_list_repeats_its_head_and_keeps_its_signatures_whole() -> None:
    rows = tuple(HandedOver(f"{CODE[:-4]}{number:04d}", "Đất đai " * 9) for number in range(90))
    page = Printed(render_hand_over(HandOver(OFFICE, date(2026, 11, 27), rows)))
    assert page.pages > 2
    for number in range(page.pages):
        assert "Đăng ký trả qua bưu điện" in page.text(number)
    last = page.text(page.pages - 1)
    assert "BÊN GIAO" in last
    assert f"{CODE[:-4]}0089" in last
    assert "Không" in last


def test_a_day_without_results_is_a_list_of_none() -> None:
    page = Printed(render_hand_over(HandOver(OFFICE, date(2026, 11, 27), ())))
    assert "Số kết quả bàn giao: 0" in page.text()
