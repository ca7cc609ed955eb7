"""What a clerk is told of a number while typing it."""

import pytest

from bot.core.counter_phone import Level, phone_advice


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("0905123456", "0905 123 456"),
        ("+84 905.123.456", "0905 123 456"),
        ("905123456", "0905 123 456"),
        ("ĐT: 0905 123 456 (chị Lan)", "0905 123 456"),
        ("0812345678", "0812 345 678"),  # no landline of today, whatever 08 was before 2017
        ("0589123456", "0589 123 456"),
    ],
)
def test_a_good_number_is_shown_back_without_a_word(typed: str, normalised: str) -> None:
    advice = phone_advice(typed)
    assert (advice.level, advice.words, advice.normalised) == (Level.OK, "", normalised)


@pytest.mark.parametrize(
    ("typed", "part", "normalised"),
    [
        ("01201234567", "0120", "0701 234 567"),
        ("1201234567", "0120", "0701 234 567"),
        ("+84 166 345 6789", "0166", "0363 456 789"),
        ("0905 123 456 - 0912345678", "nhiều số", "0905 123 456"),
    ],
)
def test_a_number_that_was_read_with_a_change_wants_a_look(
    typed: str, part: str, normalised: str
) -> None:
    advice = phone_advice(typed)
    assert (advice.level, advice.normalised) == (Level.NOTE, normalised)
    assert part in advice.words
    assert normalised in advice.words


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("0258 3822 123", "số cố định"),
        ("024 3825 1234", "số cố định"),
        ("090512345", "Thiếu số: mới có 9 chữ số"),
        ("0905", "Thiếu số: mới có 4 chữ số"),
        ("09051234567", "Thừa số: có 11 chữ số"),
        ("0951234567", "Không có đầu số di động 095"),
        ("079188000123", "căn cước"),
        ("1900 1234", "tổng đài"),
        ("hỏi chị Lan", "Không có chữ số nào"),
        ("lan@gmail.com", "Không có chữ số nào"),
        ("+1 202 555 0123", "số"),
    ],
)
def test_a_number_that_will_not_do_says_why(typed: str, reason: str) -> None:
    advice = phone_advice(typed)
    assert (advice.level, advice.normalised) == (Level.WARNING, "")
    assert reason in advice.words


@pytest.mark.parametrize("typed", ["", "   ", "không có", "chưa có sđt"])
def test_no_number_is_no_fault(typed: str) -> None:
    advice = phone_advice(typed)
    assert (advice.level, advice.normalised) == (Level.EMPTY, "")


def test_advice_does_not_print_the_number() -> None:
    assert "0905" not in repr(phone_advice("0905123456"))
