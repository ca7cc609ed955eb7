"""The fonts of the slips: every Vietnamese letter, and what is done with what they lack."""

import unicodedata

import pytest

from receipts.slip import faces

FACES = (
    faces.SERIF,
    faces.SERIF_BOLD,
    faces.SERIF_ITALIC,
    faces.SANS,
    faces.SANS_BOLD,
)
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
VOWELS = "aăâeêioôơuưy"
LETTERS = {
    unicodedata.normalize("NFC", letter + tone)
    for vowel in VOWELS
    for letter in (vowel, vowel.upper())
    for tone in TONES
} | set("đĐ")


@pytest.mark.parametrize("face", FACES)
def test_every_vietnamese_letter_can_be_written(face: str) -> None:
    assert len(LETTERS) == 146
    assert all(len(letter) == 1 for letter in LETTERS)
    assert not {letter for letter in LETTERS if faces.width_of(letter, face, 10) <= 0}
    held = faces.font(face).face.charToGlyph
    assert not {
        sign for sign in LETTERS | set("0123456789.,:;/()“”–…\u00a0") if ord(sign) not in held
    }


@pytest.mark.parametrize("face", FACES)
def test_each_font_stands_beside_its_licence(face: str) -> None:
    family = faces.file_of(face).name.partition("-")[0]
    licence = faces.file_of(face).with_name(f"OFL-{family}.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Copyright" in licence


def test_a_width_grows_with_letters_and_size() -> None:
    one, two = (faces.width_of(text, faces.SERIF, 10) for text in ("hồ", "hồ sơ"))
    assert 0 < one < two
    assert faces.width_of("hồ", faces.SERIF, 20) == pytest.approx(2 * one)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Nguyễn Thị Hồng", "Nguyễn Thị Hồng"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ướng"), "Nguyễn Thị Ướng"),
        ("hai\ndòng\tvà  blank", "hai dòng và blank"),
        ("không\u00a0ngắt", "không ngắt"),
        ("ẩn\u200bdấu\ufeff", "ẩndấu"),
        ("漢字", "??"),
        ("vui 😀", "vui ?"),
        ("\x00\x07", ""),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_what_a_face_cannot_write_is_seen_not_lost(typed: str, printed: str) -> None:
    assert faces.printable(typed) == printed
