"""Text is brought into one form before anything is read from it."""

import pytest

from receipts.clean import clean, fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ｈ５６", "H56"),
        ("a\u200bb\u202ec\u2066d\ufeffe\u00adf", "abcdef"),
        ("0\ufe0f\u20e31", "01"),
        ("a\u00a0b\u3000c", "a b c"),
        ("‐‑‒–—―−﹘﹣－", "-" * 10),
        ("o\u031b\u0309", "ở"),
        ("e\u200b\u0302\u0301", "ế"),
        ("Tra cứu\n", "Tra cứu\n"),
    ],
)
def test_text_is_composed_and_the_invisible_goes(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_two_thousand_characters_are_kept_counted_after_composing() -> None:
    assert clean("o\u031b\u0309" * 2_500) == "ở" * 2_000
    assert clean("x" * 100_000) == "x" * 2_000
    assert len(clean("\ufdfa" * 5_000)) == 2_000


def test_accents_without_end_are_cut_to_a_few() -> None:
    assert len(clean("a" + "\u0301\u0323" * 2_000)) <= 10


def test_folding_keeps_every_character_in_its_place() -> None:
    assert fold("Đã Nộp HỒ SƠ ở ĐÂY İ") == "da nop ho so o day i"
