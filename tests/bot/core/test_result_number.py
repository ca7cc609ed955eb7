"""Which texts ask whether a result is in force, and what many results of one number come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.document import Validity
from bot.core.intent import Intent, Kind, read_intent
from bot.core.result_number import Standing, asked_number, readings, standing_of
from receipts.code import find_codes

NUMBER = "079090001234.KQ.G15.000031"
CODE = "H29.15-261105-0042"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"KQ {NUMBER}", NUMBER),
        (f"kq: {NUMBER.lower()} ạ", NUMBER.lower()),
        ("Kiểm tra kết quả số 12/QĐ-UBND còn hiệu lực không ạ?", "số 12/QĐ-UBND"),
        ("kiem tra ket qua 12/QD-UBND", "12/QD-UBND"),
        ("XÁC MINH KẾT QUẢ 15/2026/GCN-HKD.", "15/2026/GCN-HKD"),
        ("xác minh giúp em KQ BK 123456 với", "BK 123456"),
        ("#KQ 12/GP", "12/GP"),
        ("KQ 079 090 001 234 KQ G15 000031", "079 090 001 234 KQ G15 000031"),
    ],
)
def test_a_number_is_found_behind_the_word_for_result(text: str, number: str) -> None:
    assert asked_number(text) == number
    assert read_intent(text) == Intent(Kind.RESULT, number=number)


@pytest.mark.parametrize(
    "text",
    [
        "kq", "kết quả bao giờ có", "kiểm tra kết quả", "KQ.G15.000031", "kq 5", "kq 25/11/2026",
        "kq 079090001234", "kq 079 090 001 234", "kq 0905123456", "kết quả hồ sơ nộp ngày 12/10",
        "kq của tôi 123/GP", "12/QĐ-UBND", f"xin kq {NUMBER}", "kq " + "1/" * 80,
    ],
)  # fmt: skip
def test_what_asks_for_no_result_of_a_number_is_read_as_before(text: str) -> None:
    assert asked_number(text) is None
    assert read_intent(text).number == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("kq 12/GP, cho tôi gặp cán bộ", Kind.HANDOVER),
        ("kq 12/GP thôi theo dõi", Kind.STOP),
        ("kq H29.15-261332-0042", Kind.IMPOSSIBLE_DATE),
    ],
)
def test_other_wishes_go_first(text: str, kind: Kind) -> None:
    assert read_intent(text) == Intent(kind)


pieces = st.lists(
    st.sampled_from(
        ["KQ ", "kết quả ", "xác minh kq ", CODE, "0101701234", NUMBER, "12/QĐ-UBND", " ", ".", ",",
         "MCKH ", "H29", "-", "1"]
    )
    | st.text(max_size=6),
    max_size=7,
).map("".join)  # fmt: skip


@given(pieces)
def test_codes_are_read_as_if_there_were_no_results(text: str) -> None:
    intent = read_intent(text)
    assert intent.codes == tuple(code.canonical for code in find_codes(text))
    assert (intent.kind is Kind.CODES) == bool(intent.codes)


def test_a_blank_between_letters_and_digits_may_be_left_out_or_put_in() -> None:
    assert readings("BK123456") == ("BK123456", "BK.123456")
    assert readings("bk 123456") == ("BK.123456", "BK123456")
    assert readings("12/34-QĐ") == ("12.34.QD", "12.34QD")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], Standing.UNKNOWN),
        ([Validity.IN_FORCE], Standing.IN_FORCE),
        ([Validity.REVOKED, Validity.REVOKED], Standing.REVOKED),
        ([Validity.IN_FORCE, Validity.EXPIRED], Standing.UNKNOWN),
    ],
)
def test_only_what_all_agree_on_is_told(found: list[Validity], told: Standing) -> None:
    assert standing_of(found) is told
