"""Logging in: who is let in, who is not told why not, and when it is over."""

import runpy
import time
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import passwords
from bot.change_password import change_own_password
from bot.core.log_in import PasswordFault
from bot.core.staff import Role
from bot.log_in import NoSession, Opened, Standing, log_in, log_out, standing
from bot.passwords import hash_password, is_outdated
from bot.staff import Change, NewAccount, StaffFault, add_account, change_account
from bot.store.counter_tables import audit_entry, staff, staff_session
from bot.upkeep import tidy
from tests.console.desk import PASSWORD, Desk

HERE = "10.1.2.3"
WRONG = "sai mật khẩu mất rồi"
# "bốn mùa hoa phượng nở" hashed with other parameters than today's.
OLD_HASH = (
    "$argon2id$v=19$m=8192,t=1,p=1$95YYJueCxZkvKhRVlcM2ww$SjvsAC0"
    "A+G9iV9I2r6BOJ6v6DuUO7L2SI1K+B+PdXP8"
)


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    desk.account(Role.CLERK, login="lan.nguyen", name="Nguyễn Thị Lan")
    return desk


def enter(desk: Desk, password: str = PASSWORD, login: str = "lan.nguyen") -> Opened | None:
    return log_in(desk.runtime, login, password, HERE)


def opened(desk: Desk) -> Opened:
    found = enter(desk)
    assert found is not None
    return found


def who(desk: Desk, session: Opened, renews: bool = True) -> Standing | NoSession:
    return standing(desk.runtime, session.token, HERE, renews)


def there(desk: Desk, session: Opened) -> Standing:
    found = who(desk, session)
    assert isinstance(found, Standing), found
    return found


def deeds(desk: Desk) -> list[tuple[str, str, str]]:
    """What the audit trail says: action, who, about whom."""
    with desk.runtime.engine.connect() as connection:
        rows = connection.execute(select(audit_entry).order_by(audit_entry.c.id)).all()
    return [(row.action, row.login, row.about_key or "") for row in rows]


def test_the_right_password_opens_a_session_of_the_account(desk: Desk) -> None:
    found = there(desk, opened(desk))
    assert found.actor.account.login == "lan.nguyen"
    assert found.actor.account.name == "Nguyễn Thị Lan"
    assert found.actor.agencies == {"H56.14", "H56.14.1"}
    assert found.actor.address == HERE
    assert deeds(desk)[-1] == ("login.ok", "lan.nguyen", "lan.nguyen")


def test_a_password_is_known_in_whichever_way_its_letters_were_typed(desk: Desk) -> None:
    assert enter(desk, "bốn mùa hoa phượng nở")
    assert enter(desk, login="  LAN.Nguyen ")


def test_neither_password_nor_token_nor_name_can_be_read_in_the_database(desk: Desk) -> None:
    token = opened(desk).token
    with desk.runtime.engine.connect() as connection:
        account = connection.execute(select(staff)).one()
        [mark] = connection.scalars(select(staff_session.c.token_mark))
    assert account.password_hash.startswith("$argon2id$")
    assert "Nguyễn Thị Lan".encode() not in account.name
    assert token.encode() not in mark
    assert len(mark) == 32


@pytest.mark.parametrize("login", ["lan.nguyen", "nobody", "", "x" * 500, "lan\x00"])
def test_a_wrong_password_and_an_unknown_login_open_nothing(desk: Desk, login: str) -> None:
    assert enter(desk, WRONG, login) is None


def test_what_a_stranger_typed_as_a_login_is_written_nowhere(desk: Desk) -> None:
    enter(desk, WRONG, "bốn mùa hoa phượng nở")
    enter(desk, WRONG)
    assert deeds(desk)[-2:] == [("login.refused", "", ""), ("login.refused", "", "lan.nguyen")]


def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(desk: Desk) -> None:
    for _ in range(5):
        assert enter(desk, WRONG) is None
    assert deeds(desk)[-1] == ("login.locked", "", "lan.nguyen")
    assert enter(desk) is None
    desk.clock.move(minutes=14, seconds=59)
    assert enter(desk) is None
    desk.clock.move(seconds=1)
    assert enter(desk) is not None


def test_a_right_password_in_between_begins_the_count_anew(desk: Desk) -> None:
    for _ in range(3):
        for _ in range(4):
            enter(desk, WRONG)
        assert enter(desk) is not None


def test_an_unknown_login_is_refused_as_slowly_as_a_known_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = runpy.run_path(str(passwords.__file__))["_HASHER"]  # as dear as it is in production
    monkeypatch.setattr(passwords, "_HASHER", product)
    passwords._nobodys.cache_clear()
    change_account(desk.runtime, None, "lan.nguyen", Change(password=PASSWORD))

    def seconds(login: str) -> float:
        began = time.perf_counter()
        enter(desk, WRONG, login)
        return time.perf_counter() - began

    seconds("warm")
    known = min(seconds("lan.nguyen") for _ in range(4))
    unknown = min(seconds("nobody") for _ in range(4))
    assert 0.5 < unknown / known < 2


def test_a_session_ends_after_half_an_hour_of_rest(desk: Desk) -> None:
    session = opened(desk)
    for _ in range(3):
        desk.clock.move(minutes=29)
        there(desk, session)
    desk.clock.move(minutes=30)
    assert who(desk, session) is NoSession.IDLE
    desk.clock.move(minutes=-20)
    assert who(desk, session) is NoSession.IDLE  # it is over, whatever the clock says


def test_what_a_page_asks_by_itself_keeps_no_session_alive(desk: Desk) -> None:
    session = opened(desk)
    for _ in range(5):
        desk.clock.move(minutes=5, seconds=50)
        assert isinstance(who(desk, session, renews=False), Standing)
    desk.clock.move(minutes=1)
    assert who(desk, session, renews=False) is NoSession.IDLE


def test_a_session_ends_after_twelve_hours_of_work(desk: Desk) -> None:
    session = opened(desk)
    for _ in range(12 * 3 - 1):
        desk.clock.move(minutes=20)
        there(desk, session)
    desk.clock.move(minutes=20)
    assert who(desk, session) is NoSession.AGE


def test_who_logged_out_is_out_with_that_session_only(desk: Desk) -> None:
    first, second = opened(desk), opened(desk)
    log_out(desk.runtime, there(desk, first))
    assert who(desk, first) is NoSession.LOGOUT
    there(desk, second)
    assert deeds(desk)[-1] == ("login.ended", "lan.nguyen", "lan.nguyen")


@pytest.mark.parametrize("token", ["", "guessed", "x" * 5000])
def test_a_token_nobody_was_given_is_nobodys(desk: Desk, token: str) -> None:
    assert standing(desk.runtime, token, HERE) is NoSession.NONE


def test_a_closed_account_is_out_at_once_and_stays_out(desk: Desk) -> None:
    session = opened(desk)
    change_account(desk.runtime, None, "lan.nguyen", Change(disabled=True))
    assert who(desk, session) is NoSession.DISABLED
    assert enter(desk) is None
    change_account(desk.runtime, None, "lan.nguyen", Change(disabled=False))
    assert who(desk, session) is NoSession.DISABLED
    assert enter(desk) is not None


def test_an_account_nobody_used_is_closed_until_it_is_given_a_password(desk: Desk) -> None:
    opened(desk)
    desk.clock.move(days=45)
    assert enter(desk) is None
    new = "năm mùa hoa phượng nở"
    change_account(desk.runtime, None, "lan.nguyen", Change(password=new))
    assert enter(desk, new) is not None


def test_ones_own_new_password_ends_the_other_sessions(desk: Desk) -> None:
    here, elsewhere = opened(desk), opened(desk)
    new = "năm mùa hoa phượng nở"
    assert change_own_password(desk.runtime, there(desk, here), PASSWORD, new) == ()
    there(desk, here)
    assert who(desk, elsewhere) is NoSession.PASSWORD
    assert enter(desk) is None
    assert enter(desk, new) is not None


@pytest.mark.parametrize(
    ("typed", "wished", "fault"),
    [
        (WRONG, "năm mùa hoa phượng nở", StaffFault.PRESENT_WRONG),
        (PASSWORD, "ngắn quá", PasswordFault.SHORT),
        (PASSWORD, PASSWORD, PasswordFault.USED),
    ],
)
def test_a_password_that_cannot_be_is_not_taken(
    desk: Desk, typed: str, wished: str, fault: Any
) -> None:
    session = opened(desk)
    assert change_own_password(desk.runtime, there(desk, session), typed, wished) == (fault,)
    there(desk, session)
    assert enter(desk) is not None


def test_guessing_the_present_password_in_an_open_session_locks_too(desk: Desk) -> None:
    session = there(desk, opened(desk))
    for _ in range(5):
        change_own_password(desk.runtime, session, WRONG, "năm mùa hoa phượng nở")
    faults = change_own_password(desk.runtime, session, PASSWORD, "năm mùa hoa phượng nở")
    assert faults == (StaffFault.PRESENT_WRONG,)


def test_an_administrator_changes_the_password_every_two_months(desk: Desk) -> None:
    desk.account(Role.ADMINISTRATOR, login="quan.tri")
    for days in (30, 29):
        desk.clock.move(days=days)
        session = enter(desk, login="quan.tri")
        assert session is not None
        assert not session.must_change
    desk.clock.move(days=1)
    session = enter(desk, login="quan.tri")
    assert session is not None
    assert session.must_change
    present = there(desk, session)
    assert present.must_change
    change_own_password(desk.runtime, present, PASSWORD, "năm mùa hoa phượng nở")
    assert not there(desk, session).must_change


def test_a_hash_of_older_parameters_is_made_anew_at_log_in(desk: Desk) -> None:
    weak = OLD_HASH
    with desk.runtime.engine.begin() as connection:
        connection.execute(update(staff).values(password_hash=weak))
    assert is_outdated(weak)
    assert enter(desk) is not None
    with desk.runtime.engine.connect() as connection:
        stored = connection.scalars(select(staff.c.password_hash)).one()
    assert stored != weak
    assert not is_outdated(stored)
    assert enter(desk) is not None


def test_a_hash_that_is_none_lets_nobody_in(desk: Desk) -> None:
    with desk.runtime.engine.begin() as connection:
        connection.execute(update(staff).values(password_hash="broken"))
    assert enter(desk) is None


def test_equal_passwords_have_unlike_hashes() -> None:
    assert hash_password(PASSWORD) != hash_password(PASSWORD)


def test_a_session_covers_agencies_as_they_are_now(desk: Desk) -> None:
    new = NewAccount("tinh", frozenset({Role.SUPERVISOR}), None)
    add_account(desk.runtime, None, new, PASSWORD)
    session = enter(desk, login="tinh")
    assert session is not None
    assert there(desk, session).actor.agencies == {"H56", "H56.14", "H56.14.1", "H56.15"}
    change_account(desk.runtime, None, "tinh", Change(agency_code="H56.15"))
    assert there(desk, session).actor.agencies == {"H56.15"}


def test_sessions_of_the_month_before_last_are_forgotten(desk: Desk) -> None:
    opened(desk)
    desk.clock.move(days=29)
    present = opened(desk)
    desk.clock.move(hours=25)
    tidy(desk.runtime)
    assert who(desk, present) is NoSession.AGE
    with desk.runtime.engine.connect() as connection:
        assert len(connection.scalars(select(staff_session.c.id)).all()) == 1
