"""The mini-slip in a thermal printer's dots."""

from dataclasses import replace

import pytest

from receipts.slip.marks import Words
from receipts.slip.mini import mini_page, render_mini
from tests.receipts.slip.printed import CODE, LINK, OFFICE, make_slip, symbols_in
from tests.receipts.worn import WEAR

SHORT = "H46.16-261123-0007"


def told(width: int = 80) -> str:
    """The words of a mini-slip, in order."""
    page = mini_page(make_slip(), width)
    return " ".join(
        mark.text.strip()
        for placed in page.placed
        for mark in placed.marks
        if isinstance(mark, Words)
    )


@pytest.mark.parametrize(("width", "dots"), [(80, 576), (58, 384)])
def test_the_slip_is_as_wide_as_the_printers_line_in_black_and_white(width: int, dots: int) -> None:
    image = render_mini(make_slip(), width)
    assert image.mode == "1"
    assert image.width == dots


@pytest.mark.parametrize("width", [80, 58])
def test_it_says_that_it_is_not_the_official_form(width: int) -> None:
    text = told(width)
    assert "PHIẾU TÓM TẮT" in text
    assert "KHÔNG PHẢI MẪU CHÍNH THỨC" in text
    assert "Không thay thế Giấy tiếp nhận hồ sơ và hẹn trả kết quả." in " ".join(text.split())


def test_it_says_what_the_citizen_needs() -> None:
    text = told()
    for line in (
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
        CODE,
        "Nguyễn Thị Phương Thảo",
        "Nhận: 08:05 ngày 23/11/2026",
        "16:30 ngày 21/12/2026",
        "giải quyết hồ sơ qua Zalo",
        "gửi 8083",
    ):
        assert line in text


@pytest.mark.parametrize("width", [80, 58])
@pytest.mark.parametrize("wear", WEAR)
def test_its_qr_reads_however_worn(width: int, wear: str) -> None:
    image = render_mini(make_slip(code=SHORT, link=LINK.replace(CODE, SHORT)), width)
    assert symbols_in(WEAR[wear](image, 1))["qrcode"] == LINK.replace(CODE, SHORT)


def test_the_bar_code_is_there_where_its_bars_can_be_told_apart() -> None:
    short = make_slip(code=SHORT)
    assert symbols_in(render_mini(short, 80))["code128"] == SHORT
    assert "code128" not in symbols_in(render_mini(short, 58))
    assert "code128" not in symbols_in(render_mini(make_slip(), 80))


def test_nothing_of_it_touches_the_edge() -> None:
    long = make_slip(
        procedure="Thủ tục " * 40, office=replace(OFFICE, name="Ủy ban " * 20, lookup="x" * 300)
    )
    for width in (80, 58):
        image = render_mini(long, width).convert("L")
        for x in (0, image.width - 1):
            assert image.crop((x, 0, x + 1, image.height)).getextrema() == (255, 255)


def test_a_printer_with_another_line_is_served() -> None:
    image = render_mini(make_slip(), 80, dots=512)
    assert image.width == 512
    assert symbols_in(image)["qrcode"] == LINK


@pytest.mark.parametrize(("width", "dots"), [(70, None), (58, 150)])
def test_a_paper_without_room_is_refused(width: int, dots: int | None) -> None:
    with pytest.raises(ValueError, match="mm"):
        render_mini(make_slip(), width, dots)
