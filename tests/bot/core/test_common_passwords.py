"""Passwords that everybody tries first are known, and sentences are not."""

import pytest

from bot.core.common_passwords import folded, is_common
from bot.core.log_in import PasswordFault, password_fault


@pytest.mark.parametrize(
    "password",
    [
        "Password123456!",
        "mật khẩu 2026 mật khẩu",
        "Matkhau@123456",
        "qwertyuiop1234",
        "1q2w3e4r5t6y7u",
        "1qaz2wsx3edc4rfv",
        "administrator2026",
        "UBND Khánh Hòa 2026",
        "I love you 123456",
        "toiyeuvietnam1945",
        "Admin@Admin@2026",
    ],
)
def test_what_lists_are_made_of_is_refused(password: str) -> None:
    assert is_common(password)
    assert password_fault("lan.nguyen", password) is PasswordFault.COMMON


@pytest.mark.parametrize(
    "password",
    [
        "bốn mùa hoa phượng nở",
        "mười bốn chữ đ",
        "con mèo trèo cây cau",
        "abcd-efgh-jkmn-pqrs-tuvw",
        "wq7f-3k9m-x2hd-pz6t-b8rn",
        "日本語のパスワード十四文字だ",
    ],
)
def test_a_sentence_and_a_made_up_one_are_taken(password: str) -> None:
    assert not is_common(password)
    assert password_fault("lan.nguyen", password) is None


def test_letters_are_compared_without_accents_and_marks() -> None:
    assert folded("Đường Số 9!") == "duongso9"
