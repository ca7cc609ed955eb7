"""Refused log-ins of one address: guessing ends there, and an office still gets in."""

from typing import Any

import pytest
from sqlalchemy import func, select

from bot.core.log_in import MOST_REFUSED, refusal_place
from bot.core.staff import Role
from bot.log_in import log_in
from bot.log_in_places import TooManyRefused
from bot.store.account_tables import login_refusal
from bot.store.counter_tables import audit_entry
from bot.upkeep import tidy
from tests.console.desk import PASSWORD, Desk

OFFICE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
WRONG = "sai mật khẩu mất rồi"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("bot.log_in_places.MOST_REFUSED", 6)
    desk = Desk(database_url)
    for login in ("lan", "minh"):
        desk.account(Role.CLERK, login=login)
    return desk


def spray(desk: Desk, address: str = OFFICE, times: int = 6) -> None:
    for guess in range(times):
        assert log_in(desk.runtime, f"nobody{guess}", WRONG, address) is None


def count(desk: Desk, table: Any, *where: Any) -> int:
    with desk.runtime.engine.connect() as connection:
        chosen = select(func.count()).select_from(table).where(*where)
        return int(connection.scalar(chosen) or 0)


def test_a_place_with_too_many_refused_waits_and_costs_nothing_more(desk: Desk) -> None:
    spray(desk)
    before = count(desk, audit_entry)
    for _ in range(3):
        with pytest.raises(TooManyRefused):
            log_in(desk.runtime, "lan", PASSWORD, OFFICE)
    assert count(desk, audit_entry) == before
    assert count(desk, audit_entry, audit_entry.c.action == "login.place_waits") == 1
    assert log_in(desk.runtime, "lan", PASSWORD, ELSEWHERE) is not None
    desk.clock.move(minutes=15)
    assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is not None


def test_an_office_that_logs_in_at_eight_is_never_stopped_by_right_passwords(desk: Desk) -> None:
    for _ in range(8):
        assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is not None
        assert log_in(desk.runtime, "minh", PASSWORD, OFFICE) is not None
    assert count(desk, login_refusal) == 0


def test_who_works_there_gets_in_although_a_machine_there_guesses(desk: Desk) -> None:
    assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is not None
    spray(desk)
    assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is not None
    with pytest.raises(TooManyRefused) as refused:
        log_in(desk.runtime, "minh", PASSWORD, OFFICE)
    assert (refused.value.until - desk.clock()).total_seconds() == 15 * 60


def test_the_lock_of_an_account_holds_for_who_works_there_too(desk: Desk) -> None:
    assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is not None
    for _ in range(6):
        assert log_in(desk.runtime, "lan", WRONG, OFFICE) is None
    assert log_in(desk.runtime, "lan", PASSWORD, OFFICE) is None


def test_refusals_are_kept_for_an_hour(desk: Desk) -> None:
    spray(desk)
    desk.clock.move(minutes=61)
    tidy(desk.runtime)
    assert count(desk, login_refusal) == 0


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
        ("unix", ""),
    ],
)
def test_a_home_with_a_whole_network_is_one_place(address: str, place: str) -> None:
    assert refusal_place(address) == place


def test_the_limit_leaves_room_for_an_office() -> None:
    assert MOST_REFUSED >= 100
