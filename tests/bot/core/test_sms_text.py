"""SMS as written and billed: unaccented, GSM-7 or UCS-2, parts."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.sms_text import is_gsm7, sms_parts, unaccented

VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
LETTERS = [
    unicodedata.normalize("NFC", case + tone)
    for vowel in VOWELS
    for case in (vowel, vowel.upper())
    for tone in TONES
] + ["đ", "Đ"]
ASCII_OF = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}


def bare(letter: str) -> str:
    """The letter a Vietnamese reader sees under the marks."""
    kept = [c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c)]
    return ASCII_OF.get(kept[0].lower(), kept[0].lower())


@pytest.mark.parametrize("letter", LETTERS)
def test_every_vietnamese_letter_has_its_plain_letter(letter: str) -> None:
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        plain = unaccented(unicodedata.normalize(form, letter))
        assert plain.lower() == bare(letter)
        assert plain.isupper() == letter.isupper()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hồ sơ của quý Ông/Bà", "Ho so cua quy Ong/Ba"),
        ("Thẩm định – phê duyệt…", "Tham dinh - phe duyet..."),
        ("“Trả kết quả” ‘hẹn’ «x»", '"Tra ket qua" \'hen\' "x"'),
        ("UBND\u00a0phường\u202fLộc\u2009Thọ", "UBND phuong Loc Tho"),
        ("Ðăng ký ðất ðai", "Dang ky dat dai"),  # eth, typed for đ
        ("d\u0335ất", "dat"),  # a stroke laid over the letter
        ("a\u0340 e\u0341", "a e"),  # the deprecated tone marks
        ("`x` ´y´", "'x' 'y'"),  # a backtick is no GSM-7 sign
        ("120 m² × 2, 25°C, ½", "120 m2 x 2, 25oC, 1/2"),
        ("1.000 ₫ ≥ 5 €", "1.000 d >= 5 EUR"),
        ("№ 7 ①", "No 7 1"),
        ("ＭＣＫＨ　０１", "MCKH 01"),
        ("zero\u200bwidth\ufeff\u00adsoft", "zerowidthsoft"),
        ("vui 😀 vẻ ❤️", "vui  ve "),
        ("a\x00b\x1b\x7fc\td\ne", "abc d\ne"),
        ("[x] {y} ~ ^ \\ |", "[x] {y} ~ ^ \\ |"),
        ("Я 文", "? ?"),
        ("", ""),
        ("\ud800x", "x"),  # half an emoji
    ],
)
def test_the_unaccented_form(text: str, plain: str) -> None:
    assert unaccented(text) == plain


@given(st.text())
def test_an_unaccented_text_is_plain_gsm7_and_stays_as_it_is(text: str) -> None:
    plain = unaccented(text)
    assert plain.isascii()
    assert is_gsm7(plain)
    assert unaccented(plain) == plain


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        ("[" * 80, 1),
        ("[" * 81, 2),  # 162 septets
        ("[" * 152, 2),  # 76 in each part: one septet of each stays empty
        ("[" * 153, 3),
        ("a" * 152 + "[" + "a" * 152, 3),  # 306 septets, but the escape would be cut in half
        ("a" * 151 + "[" + "a" * 153, 2),
        ("a" * 159 + "€", 2),  # the euro sign is escaped too
        ("a" * 158 + "€", 1),
        ("àèéìòù" * 26 + "abcd", 1),  # these few accents are in GSM-7
        ("a" * 159 + "á", 3),  # and this one is not: 160 UTF-16 units
        ("ệ" * 70, 1),
        ("ệ" * 71, 2),
        ("ệ" * 134, 2),
        ("ệ" * 135, 3),
        ("ệ" * 201, 3),
        ("e\u0302\u0323" * 70, 1),  # decomposed: the same seventy letters
        ("a" * 69 + "\u00a0", 1),
        ("a" * 70 + "\u00a0", 2),  # one no-break space turns the whole text into UCS-2
        ("😀" * 35, 1),  # two UTF-16 units each
        ("😀" * 36, 2),
        ("😀" * 66, 2),  # 33 in each part: no pair is cut
        ("😀" * 67, 3),
        ("ế" * 66 + "😀" + "ế" * 66, 3),  # 134 units, but the emoji would be cut in half
        ("\n" * 160, 1),
        ("`" * 70, 1),  # a backtick is not in GSM-7
        ("`" * 71, 2),
    ],
)
def test_the_parts_that_are_billed(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_an_empty_text_is_no_sms() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        sms_parts("")


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_longer_text_never_needs_fewer_parts(head: str, tail: str) -> None:
    text = unicodedata.normalize("NFC", head) + " " + unicodedata.normalize("NFC", tail)
    assert sms_parts(text) >= sms_parts(unicodedata.normalize("NFC", head))


@pytest.mark.parametrize(
    ("text", "inside"), [("Ho so [1]", True), ("€", True), ("Hồ sơ", False), ("`", False)]
)
def test_which_texts_are_in_the_default_alphabet(text: str, inside: bool) -> None:
    assert is_gsm7(text) is inside
