"""What a password must be, when tries lock, when a session ends."""

from datetime import datetime, timedelta

import pytest

from bot.core.log_in import (
    IDLE,
    LOCK,
    LONGEST,
    EndedWhy,
    PasswordFault,
    Tries,
    another_try,
    is_unused,
    must_change,
    password_fault,
    plain_login,
    plain_password,
    session_end,
)
from bot.core.staff import Role
from tests.make import NOW


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("bốn mùa hoa phượng", None),
        ("mười ba chữ đ", PasswordFault.SHORT),
        ("mười bốn chữ đ", None),
        ("", PasswordFault.SHORT),
        ("aaaaaaaaaaaaaaa", PasswordFault.PLAIN),
        ("abababababababab", PasswordFault.PLAIN),
        ("abcdefghijklmnopq", PasswordFault.PLAIN),
        ("12345678901234", PasswordFault.PLAIN),
        ("43210987654321", PasswordFault.PLAIN),
        ("của Lan.Nguyen năm nay", PasswordFault.LOGIN),
        ("có phím lạ ở đây\t", PasswordFault.UNPRINTABLE),
        ("ô" * 201, PasswordFault.LONG),
    ],
)
def test_a_password_is_taken_or_named_wrong(password: str, fault: PasswordFault | None) -> None:
    assert password_fault("lan.nguyen", password) is fault


def test_a_login_of_three_letters_may_be_a_word_of_the_password() -> None:
    assert password_fault("hoa", "bốn mùa hoa phượng nở") is None


def test_a_password_typed_in_either_way_of_vietnamese_is_the_same() -> None:
    assert plain_password("bốn mùa") == plain_password("bốn mùa")
    assert plain_login("  LAN.Nguyen ") == "lan.nguyen"


def test_the_fifth_try_in_a_row_locks_for_a_quarter_of_an_hour() -> None:
    tries: Tries | None = Tries(0, None)
    for _ in range(5):
        assert tries is not None
        tries = another_try(tries, NOW)
    assert tries == Tries(5, NOW + LOCK)
    assert another_try(tries, NOW + LOCK - timedelta(seconds=1)) is None
    assert another_try(tries, NOW + LOCK) == Tries(1, None)


@pytest.mark.parametrize(
    ("seen", "now", "why"),
    [
        (NOW, NOW + IDLE - timedelta(seconds=1), None),
        (NOW, NOW + IDLE, EndedWhy.IDLE),
        (NOW + LONGEST - timedelta(minutes=1), NOW + LONGEST, EndedWhy.AGE),
        (NOW + LONGEST - timedelta(minutes=1), NOW + LONGEST - timedelta(seconds=1), None),
    ],
)
def test_a_session_ends_by_rest_and_by_age(
    seen: datetime, now: datetime, why: EndedWhy | None
) -> None:
    assert session_end(NOW, seen, now) is why


def test_an_administrators_password_lasts_two_months_a_clerks_longer() -> None:
    later = NOW + timedelta(days=60)
    assert must_change({Role.ADMINISTRATOR, Role.CLERK}, NOW, later)
    assert not must_change({Role.ADMINISTRATOR}, NOW, later - timedelta(days=1))
    assert not must_change({Role.CLERK}, NOW, later)


def test_an_account_nobody_used_for_forty_five_days_is_closed_until_a_new_password() -> None:
    later = NOW + timedelta(days=45)
    assert is_unused(NOW, NOW - timedelta(days=9), later)
    assert is_unused(None, NOW, later)
    assert not is_unused(NOW + timedelta(days=1), NOW, later)
    assert not is_unused(NOW, later, later)
