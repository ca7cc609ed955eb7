"""The other forms, and many slips in one PDF."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from receipts.slip.records import (
    Apology,
    Channel,
    Control,
    Hop,
    Outcome,
    Record,
    Refusal,
    Slip,
    Stop,
    Supplement,
)
from receipts.slip.render import render, render_batch, render_slip
from tests.receipts.slip.printed import (
    CITIZEN,
    CODE,
    LINK,
    MM,
    OFFICE,
    PROCEDURE,
    Printed,
    at,
    make_slip,
)

SHARED: dict[str, Any] = {
    "office": OFFICE,
    "issued_at": at(23),
    "submitter": CITIZEN,
    "procedure": PROCEDURE,
    "code": CODE,
    "link": LINK,
}
SUPPLEMENT = Supplement(
    **SHARED,
    items=("Bản chính Giấy khai sinh", "Sơ đồ thửa đất có xác nhận"),
    reason="Thiếu giấy tờ theo quy định",
    contact="bà Lê Thị Hồng Gấm",
    contact_phone="0232 3821 234",
    clerk="Lê Thị Hồng Gấm",
)
REFUSAL = Refusal(
    **SHARED,
    channel=Channel.DESK,
    submitted_at=at(22, 21, 3),
    reason="Hồ sơ không thuộc thẩm quyền giải quyết của xã.",
    clerk="Lê Thị Hồng Gấm",
)
APOLOGY = Apology(
    **SHARED,
    received_at=at(2),
    due_at=at(24, 16, 30),
    new_due_at=at(27, 16, 30),
    reason="Cần xác minh nguồn gốc đất tại thực địa.",
    signer="Phạm Đức Thịnh",
)
CONTROL = Control(
    **SHARED,
    received_at=at(2),
    due_at=at(24, 16, 30),
    handler="Phòng Kinh tế",
    hops=(
        Hop(
            giver="Bộ phận TN&TKQ",
            taker="Phòng Kinh tế",
            at=at(2, 10, 0),
            giver_name="Lê Thị Hồng Gấm",
            taker_name="Đỗ Văn Quyết",
            outcome=Outcome.KEPT,
            note="Đủ hồ sơ",
        ),
    ),
)
STOP = Stop(
    **SHARED,
    received_at=at(2),
    requested_at=at(20),
    stopped_at=at(23),
    reason="Người nộp rút hồ sơ.",
    signer="Phạm Đức Thịnh",
)
TOLD: dict[str, tuple[Record, tuple[str, ...]]] = {
    "supplement": (
        SUPPLEMENT,
        (
            "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
            "Hồ sơ của: Nguyễn Thị Phương Thảo",
            f"Nội dung yêu cầu giải quyết: {PROCEDURE}",
            "Địa chỉ: Số 12 đường Hùng Vương",
            "Số điện thoại: 0912 345 678 Email: thao.nguyen@example.vn",
            "Yêu cầu hoàn thiện hồ sơ gồm những nội dung sau:",
            "1. Bản chính Giấy khai sinh",
            "2. Sơ đồ thửa đất có xác nhận",
            "Lý do: Thiếu giấy tờ theo quy định",
            "Trong quá trình hoàn thiện hồ sơ nếu có vướng mắc, ông (bà) liên hệ với bà Lê Thị "
            "Hồng Gấm số điện thoại 0232 3821 234 để được hướng dẫn.",
            "NGƯỜI HƯỚNG DẪN (Ký và ghi rõ họ tên) Lê Thị Hồng Gấm",
            "Mẫu số 02",
        ),
    ),
    "refusal": (
        REFUSAL,
        (
            "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
            "Tiếp nhận hồ sơ của Ông (Bà): Nguyễn Thị Phương Thảo (nộp trực tiếp)",
            "Thời gian nộp: 21 giờ 03 phút, ngày 22 tháng 11 năm 2026",
            "Qua xem xét, Ủy ban nhân dân xã Lệ Thủy thông báo không tiếp nhận, giải quyết hồ sơ "
            "này với lý do cụ thể như sau:",
            "Hồ sơ không thuộc thẩm quyền giải quyết của xã.",
            "Xin thông báo cho Ông/Bà được biết và thực hiện.",
            "NGƯỜI NỘP HỒ SƠ",
            "NGƯỜI TỪ CHỐI",
            "Mẫu số 03",
        ),
    ),
    "apology": (
        APOLOGY,
        (
            "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
            "Kính gửi: Nguyễn Thị Phương Thảo",
            "Ngày 02 tháng 11 năm 2026, Trung tâm Phục vụ hành chính công xã Lệ Thủy tiếp nhận "
            f"hồ sơ của Ông (Bà) về việc: {PROCEDURE}; mã số: {CODE}.",
            "Thời gian hẹn trả kết quả giải quyết hồ sơ: 16 giờ 30 phút, ngày 24 tháng 11 năm 2026",
            "Lý do: Cần xác minh nguồn gốc đất tại thực địa.",
            "hẹn lại thời gian trả kết quả: 16 giờ 30 phút, ngày 27 tháng 11 năm 2026",
            "Mong nhận được sự thông cảm của Ông (Bà) vì sự chậm trễ này.",
            "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ (Ký, ghi rõ họ tên và đóng dấu) Phạm Đức Thịnh",
            "Mẫu số 04",
        ),
    ),
    "apology of 2018": (
        replace(APOLOGY, issued_at=at(23, year=2024)),
        (
            "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
            "xin lỗi Ông (Bà) và hẹn lại thời gian trả kết quả:",
            "Thông tư số 01/2018/TT-VPCP",
        ),
    ),
    "control": (
        CONTROL,
        (
            "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
            "Cơ quan (bộ phận) giải quyết hồ sơ: Phòng Kinh tế",
            "Cơ quan phối hợp giải quyết hồ sơ: .....",
            "TÊN CƠ QUAN THỜI GIAN GIAO, NHẬN HỒ SƠ",
            "(Trước hạn/đúng hạn/quá hạn)",
            "1. Giao: Bộ phận TN&TKQ",
            "2. Nhận: Phòng Kinh tế",
            "10 giờ 00 phút, ngày 02 tháng 11 năm 2026",
            "Người giao",
            "Lê Thị Hồng Gấm",
            "Người nhận",
            "Đỗ Văn Quyết",
            "Đúng hạn",
            "Đủ hồ sơ",
            ".... giờ .... phút, ngày .... tháng .... năm ......",
            "Mẫu số 06",
        ),
    ),
    "stop": (
        STOP,
        (
            "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
            "Kính gửi: Nguyễn Thị Phương Thảo",
            "Ngày 20 tháng 11 năm 2026, Ông (Bà) đề nghị dừng giải quyết hồ sơ nêu trên.",
            "thông báo dừng giải quyết hồ sơ kể từ ngày 23 tháng 11 năm 2026.",
            "Lý do: Người nộp rút hồ sơ.",
            "THỦ TRƯỞNG CƠ QUAN, ĐƠN VỊ",
            "Mẫu số 05",
        ),
    ),
}


@pytest.mark.parametrize("paper", ["A5", "A4"])
@pytest.mark.parametrize("form", TOLD)
def test_each_form_says_what_it_must_on_one_clean_page(form: str, paper: str) -> None:
    record, lines = TOLD[form]
    page = Printed(render(record, paper))
    text = page.text()
    assert [line for line in lines if line not in text] == []
    assert page.pages == 1
    assert page.overlaps(0) == []
    assert page.symbols() == {"qrcode": LINK, "code128": CODE}
    assert set(page.fonts().values()) == {True}
    assert "(Liên" not in text
    width = page.document[0].get_width()
    assert all(
        box.left >= 10 * MM - 1 and box.right <= width - 10 * MM + 1 for box in page.things(0)
    )


def test_a_blank_control_sheet_has_four_rows_and_grows_with_the_way() -> None:
    assert Printed(render(replace(CONTROL, hops=()))).text().count("1. Giao:") == 4
    long = Printed(render(replace(CONTROL, hops=CONTROL.hops * 9)))
    assert long.text().count("1. Giao: Bộ phận TN&TKQ") == 9
    assert long.pages > 1
    assert all("TÊN CƠ QUAN" in long.text(page) for page in range(long.pages))


def test_a_refusal_at_the_desk_may_have_no_code() -> None:
    page = Printed(render(replace(REFUSAL, code=None, link=None, submitted_at=None)))
    assert page.symbols() == {}
    assert "Mã hồ sơ" not in page.text()
    assert "Thời gian nộp" not in page.text()


def test_an_online_refusal_is_signed_by_the_office_alone() -> None:
    assert "NGƯỜI NỘP HỒ SƠ" not in Printed(render(replace(REFUSAL, channel=Channel.ONLINE))).text()


def test_nothing_known_leaves_items_to_the_pen() -> None:
    text = Printed(render(replace(SUPPLEMENT, items=(), reason=None))).text()
    assert "1. ......" in text
    assert "3. ......" in text
    assert "Lý do: ......" in text


@pytest.mark.parametrize(
    ("paper", "copies", "told"),
    [("A6", 1, "A5 or A4"), ("a5", 1, "A5 or A4"), ("A5", 0, "1 to 9"), ("A5", 10, "1 to 9")],
)
def test_another_paper_or_number_of_copies_is_refused(paper: str, copies: int, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        render_slip(make_slip(), paper, copies)


def test_a_name_longer_than_a_page_is_refused() -> None:
    office = replace(OFFICE, name="Ủy ban nhân dân " * 400)
    with pytest.raises(ValueError, match="too long for the page"):
        render_slip(make_slip(office=office))


def numbered(count: int) -> Iterator[Slip]:
    """A day's slips, each with a code of its own."""
    for number in range(1, count + 1):
        code = f"H46.16-261123-{number:04d}"
        yield make_slip(code=code, link=LINK.replace(CODE, code), second_stage=None, owner=None)


def test_a_batch_has_every_slip_with_its_copies_in_order(tmp_path: Path) -> None:
    seen: list[int] = []
    out = tmp_path / "day.pdf"
    assert render_batch(numbered(12), out, "A4", progress=seen.append) == 12
    page = Printed(out.read_bytes())
    assert page.pages == 24
    assert seen == list(range(1, 13))
    for number in (1, 7, 12):
        code = f"H46.16-261123-{number:04d}"
        ours, citizens = (number - 1) * 2, (number - 1) * 2 + 1
        assert page.symbols(ours) == page.symbols(citizens)
        assert page.symbols(ours)["code128"] == code
        assert "(Liên: Lưu)" in page.text(ours)
        assert "(Liên: Giao khách hàng)" in page.text(citizens)
    assert [path.name for path in tmp_path.iterdir()] == ["day.pdf"]


def test_forms_of_all_kinds_may_share_a_batch() -> None:
    out = BytesIO()
    records: list[Record] = [make_slip(), SUPPLEMENT, REFUSAL, APOLOGY, CONTROL, STOP]
    assert render_batch(records, out, "A4") == 6
    page = Printed(out.getvalue())
    assert page.pages == 7
    assert "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ" in page.text(6)


def test_a_bad_slip_is_named_and_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "day.pdf"
    out.write_bytes(b"yesterday")
    slips = [make_slip(), make_slip(), make_slip(code="mã")]
    with pytest.raises(ValueError, match=r"slip 3: .*no receipt code"):
        render_batch(slips, out)
    assert out.read_bytes() == b"yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["day.pdf"]


def test_no_slips_make_no_batch() -> None:
    with pytest.raises(ValueError, match="no slip"):
        render_batch([], BytesIO())


def test_the_memory_of_a_batch_does_not_grow_with_it() -> None:
    """Source: issue 4, 9: 500-slip batch memory flat; measured in a process of its own."""
    few, many = (
        float(
            run(
                [sys.executable, "-m", "bench.slips", str(count)], check=True, capture_output=True
            ).stdout
        )
        for count in (50, 500)
    )
    assert many - few < 4.0


def test_a_batch_may_go_on_without_what_cannot_be_printed() -> None:
    told: list[tuple[int, str]] = []
    slips = [make_slip(), make_slip(code="Hồ sơ"), make_slip()]
    stream = BytesIO()
    count = render_batch(
        slips, stream, copies=1, left_out=lambda place, why: told.append((place, str(why)))
    )
    assert (count, Printed(stream.getvalue()).pages) == (2, 4)
    [(place, why)] = told
    assert place == 2
    assert "no receipt code" in why
