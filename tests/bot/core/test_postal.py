"""Results by post: item codes, who gets them, what the post's words mean."""

from dataclasses import replace

import pytest

from bot.core.counter_draft import Draft
from bot.core.counter_faults import Faults
from bot.core.counter_receiver import receiver_of
from bot.core.post_item import NoItemCode, is_item_code, read_block, read_item_code
from bot.core.post_items_csv import read_items
from bot.core.post_receiver import (
    Receiver,
    ReceiverDraft,
    check_receiver,
    read_address,
    read_receiver,
    receiver_text,
)
from bot.core.postal import Milestone, ReturnState, milestone_of, state_after
from bot.core.provinces import PROVINCES, province_named
from bot.core.snapshot import Ticks

DRAFT = {
    "name": "Trần Thị Bình",
    "tel": "0905 123 456",
    "line": "12 Trần Phú",
    "commune": "phường Lộc Thọ",
    "province": "tỉnh Khánh Hòa",
}


def test_an_item_code_is_read_as_people_type_it_and_its_check_digit_counts() -> None:
    assert str(read_item_code(" ee 473 124 829 vn ")) == "EE473124829VN"  # UPU S10's own example
    assert is_item_code("RR123456785VN")
    for typed in ("EE473124828VN", "EE47312482VN", "473124829", "", "EE473124829V1"):
        with pytest.raises(NoItemCode, match=r"[mM]ã bưu gửi"):
            read_item_code(typed)


def test_a_block_gives_the_codes_between_its_ends_with_right_check_digits() -> None:
    block = read_block("EE123456001VN - EE123456999VN")
    codes = [str(one) for one in block]
    assert (len(codes), codes[0], codes[-1]) == (100, "EE123456003VN", "EE123456992VN")
    assert all(map(is_item_code, codes))
    assert [str(one) for one in read_block("EE123456003VN")] == ["EE123456003VN"]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("EE123456999VN-EE123456001VN", "viết ngược"),
        ("EE123456003VN-RR123456992VN", "khác loại"),
        ("EE123456001VN-EE123456002VN", "không có mã nào"),
        ("EE100000000VN-EE900000000VN", "tối đa"),
        ("100 mã", "không phải dải mã"),
    ],
)
def test_a_block_that_cannot_be_is_refused_in_plain_words(typed: str, why: str) -> None:
    with pytest.raises(NoItemCode, match=why):
        read_block(typed)


def test_a_receiver_is_checked_kept_whole_and_read_back() -> None:
    found = check_receiver(ReceiverDraft(**DRAFT))
    assert found == Receiver(
        "Trần Thị Bình", "0905123456", "12 Trần Phú", "phường Lộc Thọ", "Khánh Hòa"
    )
    assert found.address == "12 Trần Phú, phường Lộc Thọ"
    assert read_receiver(receiver_text(found)) == found
    assert "Bình" not in repr(found)
    landline = check_receiver(ReceiverDraft(**{**DRAFT, "tel": "0258.3822.111"}))
    assert isinstance(landline, Receiver)
    assert landline.tel == "02583822111"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "123"),
        ("name", "x" * 101),
        ("tel", ""),
        ("tel", "12345"),
        ("line", ""),
        ("line", "12"),
        ("commune", ""),
        ("commune", "..."),
        ("province", ""),
        ("province", "Bắc Kinh"),
        ("email", "an@"),
    ],
)
def test_what_is_wrong_with_a_receiver_is_said_beside_its_field(field: str, typed: str) -> None:
    found = check_receiver(ReceiverDraft(**{**DRAFT, field: typed}))
    assert isinstance(found, Faults)
    assert list(found.fields) == [field]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "Số 12 Trần Phú, phường Lộc Thọ, tỉnh Khánh Hòa",
            ("Số 12 Trần Phú", "phường Lộc Thọ", "Khánh Hòa"),
        ),
        (
            "Thôn 3, xã Hòa Bắc, huyện Hòa Vang, TP. Đà Nẵng, Việt Nam",
            ("Thôn 3, huyện Hòa Vang", "xã Hòa Bắc", "Đà Nẵng"),
        ),
        ("5 Lê Lợi; P. 1; Bà Rịa - Vũng Tàu", ("5 Lê Lợi", "P. 1", "Thành phố Hồ Chí Minh")),
        ("Bộ phận Một cửa", None),
        ("phường Lộc Thọ, Khánh Hòa", None),  # no house: a postman would not find it
        ("12 Trần Phú, phường Lộc Thọ", None),  # of which province?
        ("", None),
    ],
)
def test_an_address_in_one_line_is_read_only_when_it_surely_is_one(
    text: str, read: tuple[str, str, str] | None
) -> None:
    found = read_address(text)
    assert (found and (found.line, found.commune, found.province)) == read


def test_every_province_of_before_leads_to_one_of_today() -> None:
    assert len(PROVINCES) == 34
    assert sum(len(before) for before in PROVINCES.values()) == 31  # with Thừa Thiên Huế, Sài Gòn
    assert province_named("TP.HCM") == province_named("sài gòn") == "Thành phố Hồ Chí Minh"
    assert province_named("quang binh") == "Quảng Trị"
    assert province_named("Lào") is None


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        ("Đã nhận gửi tại BCVH Nha Trang", Milestone.COLLECTED),
        ("CHẤP NHẬN GỬI", Milestone.COLLECTED),
        ("Phát thành công cho Nguyễn Văn A", Milestone.DELIVERED),
        ("Phát không thành công, hẹn phát lại", Milestone.UNDER_WAY),
        ("Chưa phát thành công", Milestone.UNDER_WAY),
        ("Chuyển hoàn người gửi", Milestone.RETURNED),
        ("Phát không thành công, chuyển hoàn về người gửi", Milestone.RETURNED),
        ("Không phát được, chuyển hoàn", Milestone.RETURNED),
        ("Chuyển hoàn do không liên lạc được", Milestone.RETURNED),
        ("Chưa chuyển hoàn", Milestone.UNDER_WAY),
        ("Chuyển hoàn thất bại", Milestone.UNDER_WAY),
        ("Vận chuyển hoàn tất", Milestone.UNDER_WAY),
        ("Phát thành công. Người nhận: không phải chính chủ", Milestone.DELIVERED),
        ("Không thể phát thành công", Milestone.UNDER_WAY),
        ("Đang vận chuyển", Milestone.UNDER_WAY),
        ("", Milestone.UNDER_WAY),
    ],
)
def test_only_known_words_of_the_post_are_believed(message: str, meant: Milestone) -> None:
    assert milestone_of(message) is meant


def test_a_return_never_goes_back_and_its_end_stays() -> None:
    states = ReturnState
    assert state_after(states.COLLECTED, Milestone.UNDER_WAY) is states.UNDER_WAY
    assert state_after(states.UNDER_WAY, Milestone.COLLECTED) is states.UNDER_WAY
    assert state_after(states.REGISTERED, Milestone.COLLECTED) is states.COLLECTED
    assert state_after(states.DELIVERED, Milestone.RETURNED) is states.DELIVERED
    assert state_after(states.RETURNED, Milestone.UNDER_WAY) is states.RETURNED
    # Delivered to whom it was sent back to.
    assert state_after(states.RETURNED, Milestone.DELIVERED) is states.RETURNED


@pytest.mark.parametrize("state", ["cancelled", "registered", "refused", "ordered"])
def test_words_that_are_not_known_move_nothing_that_the_post_has_not(state: str) -> None:
    for words in ("Đơn hàng đã hủy", "Bưu tá đang đến lấy hàng", "Lấy hàng không thành công"):
        assert state_after(ReturnState(state), milestone_of(words)) == state


def test_an_address_that_names_another_province_is_not_filled_in_with_the_desks_own() -> None:
    typed = ReceiverDraft(line="12 Trần Phú (Hà Nội)", commune="phường Lộc Thọ")
    ticks = Ticks(post=True)
    draft = Draft("H32", "1.004873", "Trần Thị Bình", "0905123456", receiver=typed, ticks=ticks)
    found = receiver_of(draft, "Khánh Hòa")
    assert isinstance(found, Faults)
    assert "“Hà Nội”" in found.fields["receiver_province"]
    chosen = replace(draft, receiver=replace(typed, province="Hà Nội"))
    assert isinstance(receiver_of(chosen, "Khánh Hòa"), Receiver)
    plain = replace(draft, receiver=replace(typed, line="12 Trần Phú, huyện Diên Khánh"))
    assert isinstance(receiver_of(plain, "Khánh Hòa"), Receiver)


def test_a_file_of_item_codes_is_read_whole_or_every_bad_line_is_named() -> None:
    rows = "OrderNumber,ItemCode,Trạng thái\r\nH32.14-240823-0001,ee 473124829 vn,Đã phát\r\n"
    good = read_items(("\ufeff" + rows + "H32.14-240823-0002,,\r\n").encode())
    assert [(one.number, one.item, one.message) for one in good.lines] == [
        ("H32.14-240823-0001", "EE473124829VN", "Đã phát")
    ]
    bad = rows + "xyz,EE473124829VN,\r\nH32.14-240823-0003,EE473124828VN,\r\n"
    bad += "H32.14-240823-0004,EE473124829VN,\r\n"
    assert [fault.row for fault in read_items(bad.encode()).faults] == [3, 4, 5]
    [fault] = read_items(b"a,b\r\n1,2\r\n").faults
    assert "OrderNumber" in str(fault)
