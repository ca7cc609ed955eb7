"""The counter's poster."""

from dataclasses import replace

import pytest

from receipts.slip.poster import Poster, render_poster
from tests.receipts.slip.printed import MM, Printed

POSTER = Poster(
    agency="Trung tâm Phục vụ hành chính công xã Lệ Thủy",
    oa_id="2516981234567890123",
    oa_name="Dịch vụ công tỉnh Quảng Bình",
    short_code="8083",
    price="1.000 đồng",
    hotline="0232 3821 234",
)


@pytest.mark.parametrize(("paper", "size"), [("A4", (210.0, 297.0)), ("A3", (297.0, 420.0))])
def test_it_tells_how_to_ask_by_zalo_and_by_sms(paper: str, size: tuple[float, float]) -> None:
    page = Printed(render_poster(POSTER, paper))
    assert page.size() == size
    assert page.pages == 1
    assert page.symbols(dpi=100) == {"qrcode": "https://zalo.me/2516981234567890123"}
    for line in (
        "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG XÃ LỆ THỦY",
        "TRA CỨU HỒ SƠ",
        "Qua Zalo",
        "Trang Zalo: Dịch vụ công tỉnh Quảng Bình",
        "quét mã QR bên cạnh và bấm Quan tâm.",
        "Qua tin nhắn SMS",
        "MCKH <mã số hồ sơ>",
        "gửi 8083",
        "Ví dụ: MCKH H46.16-261123-0007",
        "Cước: 1.000 đồng mỗi tin nhắn gửi đi.",
        "Cần hỗ trợ, xin gọi 0232 3821 234",
    ):
        assert line in page.text()
    assert page.overlaps(0) == []
    assert set(page.fonts().values()) == {True}
    assert page.facts["Title"].startswith("TRA CỨU HỒ SƠ")


def test_the_qr_can_be_read_from_the_queue() -> None:
    for poster in (POSTER, replace(POSTER, short_code=None)):
        page = Printed(render_poster(poster))
        assert (
            max(_side(box.right - box.left, box.bottom - box.top) for box in page.things(0)) >= 60
        )


def _side(width: float, height: float) -> float:
    """Millimetres of what is square; 0 for the rest."""
    return width / MM if abs(width - height) < 1 else 0.0


def test_without_a_short_code_nothing_is_said_of_sms() -> None:
    text = Printed(render_poster(replace(POSTER, short_code=None, hotline=None))).text()
    assert "SMS" not in text
    assert "xin gọi" not in text
    assert "None" not in text


def test_long_names_stay_on_the_paper() -> None:
    long = "Ủy ban nhân dân phường Trường Sa và các đơn vị trực thuộc " * 2
    page = Printed(render_poster(replace(POSTER, agency=long, oa_name=long)))
    width, height = page.document[0].get_size()
    assert page.pages == 1
    assert all(box.left >= 0 and box.right <= width + 0.1 for box in page.things(0))
    assert all(box.top + 0.1 >= 0 and box.bottom <= height for box in page.things(0))
    assert page.overlaps(0) == []


@pytest.mark.parametrize("oa", ["", "abc", "12 34", "https://zalo.me/1"])
def test_a_page_number_is_of_digits(oa: str) -> None:
    with pytest.raises(ValueError, match="expected digits"):
        render_poster(replace(POSTER, oa_id=oa))


def test_another_paper_is_refused() -> None:
    with pytest.raises(ValueError, match="A4 or A3"):
        render_poster(POSTER, "A5")
