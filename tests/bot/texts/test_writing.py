"""What whoever writes a text is told: faults that keep it from being saved, and warnings."""

import pytest

from bot.texts.catalogue import Text
from bot.texts.uses import Use
from bot.texts.writing import Length, Writing, composed, length

URL = "https://motcua.example.vn"
TEXT = Text("Mời gửi mã, ví dụ: {example}", {"example": "H56.14-240823-0001"})
ZALO = Use("ask.which_code", "khi hỏi", ("zalo",), 200)
SMS = Use("sms.usage", "khi soạn sai", ("sms",), 160)
PAGE = Use("page.house", "đầu trang", ("page",), 40)


def written(words: str, use: Use = ZALO) -> Writing:
    return Writing(words, TEXT, use, {"example": "x" * 25}, URL)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("", "Chưa có câu chữ nào"),
        ("Mời gửi mã.", "Thiếu chỗ điền {example}"),
        ("Mời gửi {exampel}", "Có phải là {example}?"),
        ("Gửi {example} cho {ten}", "Không có chỗ điền {ten}"),
        ("Gửi {example} }", "Có dấu { hoặc } lẻ"),
        ("Gửi {example}\u200b", "U+200B"),
        ("Gửi {example}\x07", "U+0007"),
        ("Gửi {example} " + "x" * 200, "nhiều nhất 200: mời bớt 30 ký tự"),
        ("Gửi {example} http://dichvucong.gov.vn", "không bắt đầu bằng https://"),
        ("Gửi {example} javascript:alert(1)", "không bắt đầu bằng https://"),
    ],
)
def test_a_fault_names_what_came_and_what_to_do(words: str, told: str) -> None:
    faults = written(words).faults()
    assert any(told in fault for fault in faults), faults


def test_words_that_must_stay_are_missed() -> None:
    use = Use("phone.sent", "khi gửi mã", ("zalo",), 200, keep=("thôi theo dõi",))
    [fault] = written("Mã {example}.", use).faults()
    assert "“thôi theo dõi”" in fault


@pytest.mark.parametrize(
    "words",
    [
        "Gửi {example}, xem https://dichvucong.gov.vn/huong-dan.",
        "Gửi {example} đến https://zalo.me/123 hoặc https://motcua.example.vn/t/x",
        "Gửi {example}, hạn 7:30, Tp.HCM, mục 1.2, email mc@tinh.gov.vn",
        "Gửi {example}: dichvucong.gov.vn",
    ],
)
def test_the_states_own_links_and_what_is_no_link_are_fine(words: str) -> None:
    assert written(words).faults() == []
    assert written(words).warnings() == []


@pytest.mark.parametrize(
    ("words", "link"),
    [
        ("Gửi {example}, xem https://gov.vn.lua-dao.com/x", "https://gov.vn.lua-dao.com/x"),
        ("Gửi {example} https://dichvucong.gov.vn@evil.com.", "https://dichvucong.gov.vn@evil.com"),
        ("Gửi {example} bit.ly/abc", "bit.ly/abc"),
        ("Gửi {example} www.dichvucong.net!", "www.dichvucong.net"),
    ],
)
def test_a_strangers_link_is_warned_of(words: str, link: str) -> None:
    [warning] = written(words).warnings()
    assert f"Liên kết {link} dẫn ra ngoài" in warning


def test_an_sms_is_counted_unaccented_and_has_one_part() -> None:
    words = "Mời soạn mã: {example} "
    assert length(words, SMS, {"example": "x" * 25}) == Length(39, 1)
    assert written(words + "ế" * 121, SMS).faults() == []
    [fault] = written(words + "ế" * 122, SMS).faults()
    assert "161 ký tự không dấu, thành 2 tin SMS" in fault


def test_a_label_of_the_page_has_one_line() -> None:
    [fault] = written("Mã\n{example}", PAGE).faults()
    assert "một dòng" in fault


def test_typed_words_are_kept_composed_without_blanks_at_the_ends() -> None:
    assert composed("  Ca\u0309m ơn\u00a0Ông/Bà  \r\n{x}\r\n") == "Cảm ơn Ông/Bà\n{x}"
