"""The receipt on paper: every field word for word and in its place, however long it is."""

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from receipts.barcode import Symbology
from receipts.slip.records import Channel, Paper, Person, SecondStage
from receipts.slip.render import render_slip
from tests.receipts.slip.printed import CITIZEN, CODE, LINK, MM, OFFICE, Box, Printed, at, make_slip

PAPERS = ("A5", "A4")
MARGINS = {"A5": (15, 10, 8, 7), "A4": (30, 20, 20, 15)}  # mm: left, right, top, bottom
EVERY_LINE = (
    "ỦY BAN NHÂN DÂN XÃ LỆ THỦY",
    "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 0123/TTPVHCC",
    "Lệ Thủy, ngày 23 tháng 11 năm 2026",
    "Mã QR dùng để tra cứu tiến độ giải quyết hồ sơ qua Zalo",
    CODE,
    "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "Bộ phận tiếp nhận và trả kết quả: Trung tâm Phục vụ hành chính công xã Lệ Thủy",
    "Tiếp nhận hồ sơ của Ông (Bà): Nguyễn Thị Phương Thảo (nộp trực tiếp)",
    "Địa chỉ: Số 12 đường Hùng Vương, thôn Thượng Giang, xã Lệ Thủy",
    "Số điện thoại: 0912 345 678 Email: thao.nguyen@example.vn",
    "Số căn cước/Hộ chiếu: 044190001234",
    "Chủ hồ sơ: Trần Văn Ưởng",
    "Địa chỉ chủ hồ sơ: Thôn Phú Bình Phường, xã Lệ Thủy",
    "Nội dung yêu cầu giải quyết: Đăng ký, cấp Giấy chứng nhận quyền sử dụng đất lần đầu",
    "Thành phần hồ sơ nộp gồm:",
    "TT Thành phần hồ sơ Số lượng Bản chính Bản chứng thực Bản photo",
    "1 Đơn đăng ký, cấp Giấy chứng nhận (Mẫu số 15) 01",
    "2 Giấy tờ về quyền sử dụng đất 01",
    "3 Sơ đồ, trích đo địa chính thửa đất 01 02",
    "Số lượng hồ sơ: 01 (bộ)",
    "Thời gian giải quyết hồ sơ theo quy định là: 20 ngày làm việc",
    "Thời gian nhận hồ sơ: 08 giờ 05 phút, ngày 23 tháng 11 năm 2026",
    "Thời gian trả kết quả giải quyết hồ sơ: 16 giờ 30 phút, ngày 21 tháng 12 năm 2026",
    "Thời gian nhận hồ sơ (giai đoạn 2 nếu có): 09 giờ 00 phút, ngày 28 tháng 12 năm 2026",
    "Thời gian trả kết quả (giai đoạn 2 nếu có): 16 giờ 30 phút, ngày 31 tháng 12 năm 2026",
    "Đăng ký nhận kết quả tại: Trung tâm Phục vụ hành chính công xã Lệ Thủy",
    "Hình thức thu phí, lệ phí: Trực tiếp tại quầy, 100.000 đồng",
    "Kết quả có thể có trước thời gian hẹn; khi đó Ông (Bà) được thông báo qua tin nhắn SMS, "
    "Zalo hoặc thư điện tử.",
    "Tra cứu tình trạng hồ sơ: Zalo “Dịch vụ công tỉnh Quảng Bình”, hoặc soạn MCKH mã số hồ sơ "
    "gửi 8083",
    "Vào Sổ theo dõi hồ sơ, Quyển số: 01/2026 Số thứ tự: 0123",
    "NGƯỜI NỘP HỒ SƠ (Ký và ghi rõ họ tên) Nguyễn Thị Phương Thảo",
    "NGƯỜI TIẾP NHẬN HỒ SƠ (Ký và ghi rõ họ tên) Lê Thị Hồng Gấm",
    "Khi đến nhận kết quả: Người nộp mang theo Giấy này; người nhận thay mang thêm giấy ủy quyền "
    "theo quy định.",
)
THIRTY = tuple(
    Paper(f"Giấy tờ thứ {number} của bộ hồ sơ, bản có xác nhận của cơ quan có thẩm quyền", 1)
    for number in range(1, 31)
)
LONG = "Công ty Trách nhiệm hữu hạn Một thành viên Thương mại Dịch vụ Xuất nhập khẩu " * 6
GLUED = "Khôngcóchỗngắt" * 40


def printed(paper: str = "A5", copies: int = 1, **changed: Any) -> Printed:
    return Printed(render_slip(make_slip(**changed), paper, copies))


@pytest.mark.parametrize("paper", PAPERS)
def test_every_field_stands_on_the_paper_word_for_word_and_in_order(paper: str) -> None:
    text = printed(paper).text()
    places = [text.find(line) for line in EVERY_LINE]
    assert -1 not in places, EVERY_LINE[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.parametrize(("paper", "size"), [("A5", (148.0, 210.0)), ("A4", (210.0, 297.0))])
def test_the_paper_has_its_size(paper: str, size: tuple[float, float]) -> None:
    assert printed(paper).size() == size


def test_an_a4_slip_of_many_fields_is_one_page() -> None:
    assert printed("A4").pages == 1


def test_an_ordinary_a5_slip_is_one_page() -> None:
    assert printed(owner=None, second_stage=None, fees=None).pages == 1


def test_a_reader_is_told_title_author_form_and_language() -> None:
    facts = printed().facts
    assert facts["Title"] == f"GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ {CODE}"
    assert facts["Author"] == "Ủy ban nhân dân xã Lệ Thủy"
    assert facts["Subject"].startswith("Mẫu số 01, Phụ lục I, Thông tư số 03/2025/TT-VPCP")
    assert facts["Lang"] == "vi-VN"


def test_every_font_is_in_the_file() -> None:
    fonts = printed().fonts()
    assert set(fonts.values()) == {True}
    assert len(fonts) == 3


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("dpi", [300, 600])
def test_qr_and_bar_code_read_back_from_the_printed_page(paper: str, dpi: int) -> None:
    assert printed(paper).symbols(dpi=dpi) == {"qrcode": LINK, "code128": CODE}


def test_a_coarse_printer_keeps_the_qr_readable() -> None:
    assert printed().symbols(dpi=203)["qrcode"] == LINK


def test_an_agency_may_have_its_code_in_code_39() -> None:
    office = replace(OFFICE, symbology=Symbology.CODE39)
    assert printed(office=office).symbols() == {"qrcode": LINK, "code39": CODE}


def test_the_qr_is_large_enough_and_lies_upper_left_between_agency_and_caption() -> None:
    page = printed()
    [qr] = [box for box in page.things(0) if _is_qr(box)]
    words = {word.text: word for word in page.words(0)}
    agency = next(box for text, box in words.items() if "HÀNH CHÍNH CÔNG" in text)
    caption = next(box for text, box in words.items() if text.startswith("Mã QR"))
    quiet = (qr.right - qr.left) / 33 * 4
    assert (qr.right - qr.left) / MM >= 20.0
    assert qr.right < page.document[0].get_width() / 2
    assert agency.bottom + quiet <= qr.top
    assert qr.bottom + quiet <= caption.top + 1
    assert not [word for word in page.words(0) if word.over(_grown(qr, quiet - 1), 0)]


def _is_qr(box: Box) -> bool:
    width, height = box.right - box.left, box.bottom - box.top
    return width > 50 and abs(width - height) < 0.5


def _grown(box: Box, by: float) -> Box:
    return Box(box.left - by, box.top - by, box.right + by, box.bottom + by)


def test_without_a_link_there_is_no_qr_and_no_caption() -> None:
    page = printed(link=None)
    assert page.symbols() == {"code128": CODE}
    assert "Mã QR" not in page.text()


def test_two_copies_are_named_one_copy_is_the_citizens() -> None:
    both = printed("A4", copies=2)
    assert [_copy(both, page) for page in range(both.pages)] == ["Lưu", "Giao khách hàng"]
    assert _copy(printed("A4", copies=1), 0) == "Giao khách hàng"
    three = printed("A4", copies=3)
    assert [_copy(three, page) for page in range(3)] == ["Lưu", "Giao khách hàng", "Lưu"]


def _copy(page: Printed, number: int) -> str:
    return page.text(number).partition("(Liên: ")[2].partition(")")[0]


def test_the_copies_say_the_same_but_for_their_name() -> None:
    both = printed("A4", copies=2)
    ours, citizens = (both.text(page) for page in (0, 1))
    assert ours.replace("(Liên: Lưu)", "") == citizens.replace("(Liên: Giao khách hàng)", "")


def test_what_is_not_known_is_left_to_the_pen() -> None:
    blank = printed(
        submitter=Person("Nguyễn Thị Phương Thảo"),
        number=None,
        due_at=None,
        duration=" ",
        collect_at="",
        papers=(),
        office=replace(OFFICE, place=None),
        second_stage=SecondStage(),
    )
    text = blank.text()
    assert "Số: ........../.........." in text
    assert "...................., ngày 23 tháng 11 năm 2026" in text
    assert "Địa chỉ: ..............." in text
    assert "Số điện thoại: ............" in text
    assert "theo quy định là: ..............." in text
    assert "kết quả giải quyết hồ sơ: .... giờ .... phút, ngày .... tháng .... năm ......" in text
    assert "(giai đoạn 2 nếu có): .... giờ" in text
    assert "Đăng ký nhận kết quả tại: ................" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("changed", "gone"),
    [
        ({"owner": None}, "Chủ hồ sơ"),
        ({"second_stage": None}, "giai đoạn 2"),
        ({"fees": None}, "lệ phí"),
        ({"submitter": replace(CITIZEN, identity=None)}, "căn cước"),
        ({"office": replace(OFFICE, lookup=None)}, "Tra cứu tình trạng"),
        ({"channel": None}, "(nộp"),
    ],
)
def test_an_added_line_is_left_out_when_it_has_nothing_to_say(
    changed: dict[str, Any], gone: str
) -> None:
    assert gone in printed().text()
    assert gone not in printed(**changed).text()


def test_a_dossier_handed_in_online_is_signed_by_the_desk_alone() -> None:
    text = printed(channel=Channel.ONLINE).text()
    assert "(nộp trực tuyến)" in text
    assert "NGƯỜI NỘP HỒ SƠ" not in text
    assert "NGƯỜI TIẾP NHẬN HỒ SƠ (Ký và ghi rõ họ tên) Lê Thị Hồng Gấm" in text


def test_times_are_vietnams_whatever_zone_they_come_in() -> None:
    utc = at(23).astimezone(UTC)
    assert "08 giờ 05 phút, ngày 23 tháng 11 năm 2026" in printed(received_at=utc).text()
    bare = at(23).replace(tzinfo=None)
    assert "08 giờ 05 phút, ngày 23 tháng 11 năm 2026" in printed(received_at=bare).text()


@pytest.mark.parametrize("paper", PAPERS)
def test_thirty_papers_go_on_under_a_repeated_head_with_page_numbers(paper: str) -> None:
    page = printed(paper, papers=THIRTY)
    assert page.pages == 3
    for number in range(page.pages):
        assert f"Trang {number + 1}/{page.pages}" in page.text(number)
        assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in page.text(number)
        assert f"Mã hồ sơ: {CODE}" in page.text(number)
        assert "(Liên: Giao khách hàng)" in page.text(number)
    with_rows = [n for n in range(page.pages) if "Giấy tờ thứ" in page.text(n)]
    assert len(with_rows) > 1
    assert all("TT Thành phần hồ sơ Số lượng" in page.text(number) for number in with_rows)
    assert all(f"Giấy tờ thứ {number} của" in page.text() for number in range(1, 31))
    assert "NGƯỜI NỘP HỒ SƠ" in page.text(page.pages - 1)


AWKWARD: dict[str, dict[str, Any]] = {
    "ordinary": {},
    "thirty papers": {"papers": THIRTY},
    "long names": {
        "submitter": replace(CITIZEN, name=LONG, address=LONG),
        "owner": Person(LONG, LONG),
        "procedure": LONG,
        "office": replace(OFFICE, name=LONG[:160], desk=LONG[:160], full=LONG, lookup=LONG),
        "clerk": LONG[:90],
    },
    "words without a blank": {
        "submitter": replace(CITIZEN, name=GLUED, email=GLUED),
        "papers": (Paper(GLUED),),
        "clerk": GLUED[:120],
    },
    "one endless paper": {"papers": (Paper(LONG * 12, 1), Paper("Đơn", 1))},
    "nothing known": {
        "submitter": Person("Đỗ Ấm"),
        "papers": (),
        "link": None,
        "number": None,
        "due_at": None,
    },
}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("case", AWKWARD)
def test_nothing_runs_over_the_margins_or_into_other_words(paper: str, case: str) -> None:
    page = printed(paper, **AWKWARD[case])
    left, right, top, bottom = (mm * MM for mm in MARGINS[paper])
    for number in range(page.pages):
        width, height = page.document[number].get_size()
        for box in page.things(number):
            assert box.left >= left - 1
            assert box.right <= width - right + 1
            assert box.top >= top - 1
            assert box.bottom <= height - bottom + 1
        assert page.overlaps(number) == []


@pytest.mark.parametrize("case", ["long names", "words without a blank", "one endless paper"])
def test_nothing_of_a_long_text_is_lost(case: str) -> None:
    told = printed(**AWKWARD[case]).text().replace(" ", "").replace("\ufffe", "")
    wanted = {"long names": LONG, "words without a blank": GLUED, "one endless paper": LONG * 12}
    assert wanted[case][:300].replace(" ", "") in told
    assert told.count("khẩu") >= wanted[case].count("khẩu")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"code": "mã có dấu"}, "no receipt code"),
        ({"link": "https://thường.vn/t/x"}, "QR"),
        ({"issued_at": at(1, year=2017)}, "no form"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_reason(
    changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        printed(**changed)
