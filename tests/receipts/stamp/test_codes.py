"""Which code a paper's text bears."""

import pytest
from PIL import Image

from receipts.stamp.codes import code_of, codes_in_text
from receipts.stamp.order import Order
from receipts.stamp.refusal import Refusal, StampRefused

NOTHING = Image.new("L", (50, 50), 255)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Mã hồ sơ: H46.16-261123-0007", ("H46.16-261123-0007",)),
        ("000.00.16.H46-261123-0007\nnhắc lại 000.00.16.H46-261123-0007", 1),
        ("Mã hồ sơ: 000.00.16.\nH46-261123-0007", ("000.00.16.H46-261123-0007",)),
        ("Mã hồ sơ: 000.00.16.H46-\n261123-0007", ("000.00.16.H46-261123-0007",)),
        ("Mã hồ sơ: H46.16-261123-\n 0007 ngày", ("H46.16-261123-0007",)),
        ("Mã số biên nhận: 0101701234\nĐiện thoại: 0912345678", ("0101701234",)),
        ("Mã số thuế: 0101701234", ()),
        ("Thủ tục 1.003560, số 1263/STTTT-CNTT, CCCD 044190001234", ()),
        ("https://dvc.vn/tra-cuu?MHS=H46.16-261123-0007&SGT=044190001234", ("H46.16-261123-0007",)),
        ("x\n" * 3000 + "H46.16-261123-0007", ("H46.16-261123-0007",)),
    ],
)
def test_a_papers_text_gives_its_codes(text: str, codes: tuple[str, ...] | int) -> None:
    found = codes_in_text(text)
    assert len(found) == codes if isinstance(codes, int) else found == codes


BOTH = "Số biên nhận: 0101701234\nMÃ HỒ SƠ : H46.16-261123-0007\nHồ sơ trước\nH46.16-251123-0001"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Mã hồ sơ", "H46.16-261123-0007"),
        ("ma ho so", "H46.16-261123-0007"),
        ("Số biên nhận:", "0101701234"),
        ("Hồ sơ trước", "H46.16-251123-0001"),
    ],
)
def test_words_before_it_say_which_of_several_codes_is_meant(words: str, code: str) -> None:
    assert code_of(Order(code_after=words), BOTH, lambda: NOTHING) == code


def test_several_codes_or_none_are_refused() -> None:
    for order, text, why in (
        (Order(), BOTH, Refusal.SEVERAL_CODES),
        (Order(), "", Refusal.NO_CODE),
        (Order(code_after="Số"), "khác", Refusal.NO_CODE_AFTER),
        (Order(code_after="số"), "số 0101701234\nsố 0101701235", Refusal.SEVERAL_CODES),
    ):
        with pytest.raises(StampRefused) as refused:
            code_of(order, text, lambda: NOTHING)
        assert refused.value.why is why


def test_a_code_that_was_given_is_not_looked_for() -> None:
    assert code_of(Order(code="0101701234"), BOTH, lambda: NOTHING) == "0101701234"
