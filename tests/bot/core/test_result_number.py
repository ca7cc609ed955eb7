"""Which texts ask whether a result is in force, and what many results of one number come to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.document import Validity
from bot.core.intent import Intent, Kind, read_intent
from bot.core.result_number import Standing, asked_number, readings, standing_of
from receipts.clean import clean, fold
from receipts.code import find_codes

NUMBER = "079090001234.KQ.G15.000031"
CODE = "H29.15-261105-0042"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (f"KQ {NUMBER}", NUMBER),
        (f"kq: {NUMBER.lower()} ạ", NUMBER.lower()),
        ("Kiểm tra kết quả số 12/QĐ-UBND?", "12/QĐ-UBND"),
        ("kiem tra ket qua 12/QD-UBND", "12/QD-UBND"),
        ("XÁC MINH KẾT QUẢ 15/2026/GCN-HKD.", "15/2026/GCN-HKD"),
        ("kết quả giấy tờ số 1234567/GP - UBND", "1234567/GP - UBND"),
        ("xác minh KQ BK 123456", "BK 123456"),
        ("#KQ 12/GP", "12/GP"),
    ],
)
def test_a_number_is_found_behind_the_word_for_result(text: str, number: str) -> None:
    assert asked_number(text) == number
    assert read_intent(text) == Intent(Kind.RESULT, number=number)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("kết quả số điện thoại 0905123456", Kind.PHONE),
        ("kết quả đt 0905123456", Kind.PHONE),
        ("kq 0905.123.456", Kind.PHONE),
        ("kết quả số căn cước 079090001234", Kind.CITIZEN_ID),
        ("kq 079 090 001 234", Kind.CITIZEN_ID),
        ("KQ 079 090 001 234 KQ G15 000031", Kind.PARTIAL_CODE),
        ("kết quả hồ sơ số 1234567", Kind.PARTIAL_CODE),
        ("kết quả H29.15-261105-004", Kind.PARTIAL_CODE),
        ("kết quả G03-GD10", Kind.PROCEDURE_CODE),
        ("KQ.G15.000031", Kind.PROCEDURE_CODE),
        ("kết quả hồ sơ 12345", Kind.LOOKUP),
        ("kết quả hs 123456", Kind.LOOKUP),
        ("KQ HS 123456", Kind.LOOKUP),
        ("kết quả sổ đỏ thửa 45 ạ", Kind.LOOKUP),
        ("xem kết quả ở quầy 5 ạ", Kind.LOOKUP),
        ("kết quả 8h30", Kind.LOOKUP),
        ("kết quả 15ngày", Kind.LOOKUP),
        ("kq 5", Kind.LOOKUP),
        ("kết quả 12/10", Kind.LOOKUP),
        ("kq 25/11/2026", Kind.LOOKUP),
        ("kết quả hồ sơ nộp ngày 12/10", Kind.LOOKUP),
        ("kq của tôi 123/GP", Kind.LOOKUP),
        ("kiểm tra kết quả", Kind.LOOKUP),
        ("kết quả bao giờ có", Kind.LOOKUP),
        ("12/QĐ-UBND", Kind.DOCUMENT_NUMBER),
        (f"xin kq {NUMBER}", Kind.PROCEDURE_CODE),
        ("kq " + "1/" * 80, Kind.LOOKUP),
    ],
)
def test_what_asks_for_no_result_of_a_number_is_read_as_before(text: str, kind: Kind) -> None:
    assert read_intent(text) == Intent(kind)


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


# Written without a look at the rule: the asking words, a name for the number, one group, courtesy.
EXPLICIT = re.compile(
    r"[\W_]*(?:(?:kiem tra|xac minh) +)?(?:kq|ket ?qua)(?:[^\w.]|_|(?=[0-9]))[\W_]*"
    r"(?:(?:giay to|ky hieu|ket qua|so|ma)[ :.]+)*[a-z0-9./ _-]+?(?:[\s,;.?!]+\w{1,3})?[\W_]*"
)
words = st.lists(
    st.sampled_from(
        ["kết quả", "KQ", "kiểm tra", "số", "mã", "hồ sơ", "điện thoại", "căn cước", "thửa",
         "quầy", "0905123456", "0905.123.456", "079090001234", "1234567", "12345", "45",
         "12/GP", NUMBER, "H29.15-261105-004", "ạ", "của tôi", "xong chưa", "A12", "24/11"]
    ),
    max_size=6,
).map(" ".join)  # fmt: skip


@given(words | pieces)
def test_only_the_explicit_form_is_answered_otherwise_than_before(text: str) -> None:
    intent = read_intent(text)
    if intent.number:
        assert EXPLICIT.fullmatch(fold(clean(text)))
        assert {"dien", "thoai", "can", "cuoc", "ho", "so", "thua", "quay"}.isdisjoint(
            re.findall("[a-z]+", fold(intent.number))
        )
    assert (intent.kind is Kind.RESULT) <= bool(intent.number)


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
        ([Validity.IN_FORCE, Validity.NO_TERM], Standing.UNKNOWN),
    ],
)
def test_only_what_all_agree_on_is_told(found: list[Validity], told: Standing) -> None:
    assert standing_of(found) is told


def test_whatever_staff_read_of_a_result_has_its_answer() -> None:
    assert {standing_of([one]) for one in Validity} == set(Standing) - {Standing.UNKNOWN}
