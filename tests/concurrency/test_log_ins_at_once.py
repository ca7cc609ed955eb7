"""Fifty at one instant: wrong passwords are no more than five, and a login is given once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from bot.core.staff import Role
from bot.log_in import log_in
from bot.staff import Added, NewAccount, StaffFault, add_account, list_accounts
from bot.store.counter_tables import audit_entry
from tests.console.desk import PASSWORD, Desk

AT_ONCE = 50
WRONG = "sai mật khẩu mất rồi"


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    desk.account(Role.CLERK, login="lan.nguyen")
    return desk


def count(desk: Desk, action: str) -> int:
    chosen = select(func.count()).where(audit_entry.c.action == action)
    with desk.runtime.engine.connect() as connection:
        return int(connection.scalar(chosen.where(audit_entry.c.about_key == "lan.nguyen")) or 0)


def test_fifty_wrong_passwords_at_once_are_five_tries(desk: Desk) -> None:
    def guess(number: int) -> object:
        return log_in(desk.runtime, "lan.nguyen", f"{WRONG} {number}", "10.1.2.3")

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(guess, range(AT_ONCE))) == [None] * AT_ONCE
    assert count(desk, "login.refused") + count(desk, "login.locked") == 5
    assert count(desk, "login.locked") == 1
    assert log_in(desk.runtime, "lan.nguyen", PASSWORD, "10.1.2.3") is None


def test_a_right_guess_among_fifty_is_heard_only_if_it_is_among_the_first_five(
    desk: Desk,
) -> None:
    for number in range(5):
        log_in(desk.runtime, "lan.nguyen", f"{WRONG} {number}", "10.1.2.3")
    with ThreadPoolExecutor(10) as pool:
        guesses = [pool.submit(log_in, desk.runtime, "lan.nguyen", PASSWORD, "") for _ in range(20)]
        assert [guess.result() for guess in guesses] == [None] * 20


def test_a_login_asked_for_by_twenty_at_once_is_given_to_one(desk: Desk) -> None:
    def add(number: int) -> object:
        new = NewAccount("minh", frozenset({Role.CLERK}), "H56.14", f"Minh {number}")
        return add_account(desk.runtime, None, new, PASSWORD)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(add, range(20)))
    assert sum(isinstance(one, Added) for one in answers) == 1
    assert answers.count((StaffFault.LOGIN_TAKEN,)) == 19
    assert [one.account.login for one in list_accounts(desk.runtime, None)] == [
        "lan.nguyen",
        "minh",
    ]
