"""The sheet that tells what to bring: complete, readable by another program, on several pages."""

import pytest

from receipts.slip.guide import Guide, render_guide
from receipts.slip.records import Paper
from tests.receipts.slip.printed import OFFICE, Printed

GUIDE = Guide(
    office=OFFICE,
    procedure="Đăng ký khai sinh",
    code="1.001193",
    papers=(Paper("Tờ khai đăng ký khai sinh", 1), Paper("Giấy chứng sinh", None, 1, 2)),
    duration="05 ngày làm việc",
    fees="8.000 đồng",
    text="Mang theo căn cước của cha, mẹ.\nKhông phải nộp bản sao sổ hộ khẩu.",
    address="Số 1 đường Hùng Vương",
    open_hours="Thứ Hai đến Thứ Sáu, 7 giờ đến 17 giờ",
    hotline="0232 3 333 333",
)


@pytest.mark.parametrize(("paper", "width"), [("A5", 148.0), ("A4", 210.0)])
def test_a_citizen_reads_what_to_bring(paper: str, width: float) -> None:
    page = Printed(render_guide(GUIDE, paper))
    told = page.text()
    assert (page.pages, page.size()[0]) == (1, width)
    for words in (
        "HƯỚNG DẪN THỰC HIỆN THỦ TỤC",
        "Đăng ký khai sinh Mã thủ tục: 1.001193",
        "1. Tờ khai đăng ký khai sinh (01 bản chính)",
        "2. Giấy chứng sinh (01 bản chứng thực, 02 bản photo)",
        "Thời gian giải quyết: 05 ngày làm việc kể từ khi nhận đủ hồ sơ hợp lệ.",
        "Phí, lệ phí: 8.000 đồng",
        "Không phải nộp bản sao sổ hộ khẩu.",
        "Nơi nộp hồ sơ: Số 1 đường Hùng Vương",
        "Giờ tiếp dân: Thứ Hai đến Thứ Sáu, 7 giờ đến 17 giờ",
    ):
        assert words in told
    assert page.overlaps(0) == []
    assert all(page.fonts().values())


def test_what_is_not_known_is_not_spoken_of() -> None:
    told = Printed(render_guide(Guide(OFFICE, "Chứng thực bản sao", "2.000815"))).text()
    for words in ("Hồ sơ gồm có", "Thời gian giải quyết", "Phí", "Nơi nộp", "Điện thoại"):
        assert words not in told


def test_many_papers_go_on_on_the_next_page() -> None:
    papers = tuple(Paper(f"Giấy tờ số {number} " * 6, 1) for number in range(60))
    page = Printed(render_guide(Guide(OFFICE, "Đất đai", "1.0", papers), "A5"))
    assert page.pages > 1
    assert "60. Giấy tờ số 59" in page.text()


def test_another_paper_is_named() -> None:
    with pytest.raises(ValueError, match="A3"):
        render_guide(GUIDE, "A3")
