"""Console accounts: who makes and changes whose, and what the audit trail keeps of it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.log_in import PasswordFault
from bot.core.staff import Account, Actor, Role
from bot.log_in import NoSession, Standing, log_in, standing
from bot.staff import (
    Added,
    Change,
    NewAccount,
    StaffFault,
    add_account,
    change_account,
    list_accounts,
    reset_password,
)
from bot.store.counter_tables import audit_entry
from tests.console.desk import PASSWORD, Desk

HERE = "10.1.2.3"
CLERK = frozenset({Role.CLERK})


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


def acting(desk: Desk, *roles: Role, agency: str | None = "H56.14", login: str = "sep") -> Actor:
    """One who is logged in with a new account."""
    desk.account(*roles, agency=agency, login=login)
    opened = log_in(desk.runtime, login, PASSWORD, HERE)
    assert opened is not None
    found = standing(desk.runtime, opened.token, HERE)
    assert isinstance(found, Standing)
    return found.actor


def deed(desk: Desk) -> tuple[str, str, str | None, Any]:
    """The newest entry of the audit trail: action, who, about whom, details."""
    chosen = select(audit_entry).order_by(audit_entry.c.id.desc()).limit(1)
    with desk.runtime.engine.connect() as connection:
        row = connection.execute(chosen).one()
    return row.action, row.login, row.about_key, json.loads(row.detail or "{}")


def test_a_made_up_password_opens_once_and_has_to_be_changed(desk: Desk) -> None:
    added = add_account(desk.runtime, None, NewAccount("Minh", CLERK, "H56.14", "Trần Văn Minh"))
    assert isinstance(added, Added)
    assert added.account.login == "minh"
    opened = log_in(desk.runtime, "minh", str(added.made_up), HERE)
    assert opened is not None
    assert opened.must_change


def test_a_typed_password_of_the_operator_need_not_be_changed(desk: Desk) -> None:
    added = add_account(desk.runtime, None, NewAccount("minh", CLERK, "H56.14"), PASSWORD)
    assert isinstance(added, Added)
    assert added.made_up is None
    opened = log_in(desk.runtime, "minh", PASSWORD, HERE)
    assert opened is not None
    assert not opened.must_change


def test_all_that_is_wrong_with_a_new_account_is_told_together(desk: Desk) -> None:
    new = NewAccount("Cán bộ", frozenset(), "H99", "x" * 101)
    assert add_account(desk.runtime, None, new, "ngắn") == (
        StaffFault.ROLES_NONE,
        StaffFault.AGENCY_UNKNOWN,
        StaffFault.NAME_FORM,
        StaffFault.LOGIN_FORM,
        PasswordFault.SHORT,
    )


def test_a_login_is_given_once_whatever_its_letters(desk: Desk) -> None:
    desk.account(Role.CLERK, login="minh")
    assert add_account(desk.runtime, None, NewAccount("MINH", CLERK, "H56.15"), PASSWORD) == (
        StaffFault.LOGIN_TAKEN,
    )
    [one] = list_accounts(desk.runtime, None)
    assert one.account.agency_code == "H56.14"


def test_the_trail_tells_roles_and_agency_and_no_name_or_password(desk: Desk) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    add_account(desk.runtime, boss, NewAccount("minh", CLERK, "H56.14.1", "Trần Văn Minh"))
    assert deed(desk) == (
        "staff.added",
        "sep",
        "minh",
        {"roles": "clerk", "agency_code": "H56.14.1", "name": "changed"},
    )
    change_account(desk.runtime, boss, "minh", Change(disabled=True))
    closed = {"disabled.before": False, "disabled.after": True}
    assert deed(desk) == ("staff.changed", "sep", "minh", closed)
    reset_password(desk.runtime, boss, "minh")
    assert deed(desk) == ("staff.changed", "sep", "minh", {"new_password": True})


@pytest.mark.parametrize("agency", ["H56", "H56.15", "", "H99"])
def test_nobody_makes_an_account_beyond_ones_own_agencies(desk: Desk, agency: str) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    new = NewAccount("minh", CLERK, agency or None)
    assert add_account(desk.runtime, boss, new) == (StaffFault.AGENCY_BEYOND,)


@pytest.mark.parametrize("agency", ["H56", "H56.15", None])
def test_accounts_of_others_are_neither_seen_nor_changed(desk: Desk, agency: str | None) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    desk.account(Role.CLERK, agency=agency, login="xa")
    desk.account(Role.CLERK, agency="H56.14.1", login="gan")
    assert [one.account.login for one in list_accounts(desk.runtime, boss)] == ["gan", "sep"]
    unknown = (StaffFault.LOGIN_UNKNOWN,)
    assert change_account(desk.runtime, boss, "xa", Change(disabled=True)) == unknown
    assert reset_password(desk.runtime, boss, "xa") == unknown
    assert change_account(desk.runtime, boss, "nobody", Change(disabled=True)) == unknown
    assert log_in(desk.runtime, "xa", PASSWORD, HERE) is not None


def test_an_account_cannot_be_moved_out_of_ones_own_agencies(desk: Desk) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    desk.account(Role.CLERK, agency="H56.14.1", login="gan")
    for agency in ("H56.15", ""):
        moved = change_account(desk.runtime, boss, "gan", Change(agency_code=agency))
        assert moved == (StaffFault.AGENCY_BEYOND,)


@pytest.mark.parametrize(
    "change",
    [
        Change(disabled=True),
        Change(roles=CLERK),
        Change(agency_code="H56.14.1"),
        Change(password=PASSWORD + "!"),
    ],
)
def test_nobody_closes_the_door_behind_themselves(desk: Desk, change: Change) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    assert change_account(desk.runtime, boss, "sep", change) == (StaffFault.LOGIN_OWN,)


def test_ones_own_name_may_be_changed(desk: Desk) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    same = Change(frozenset({Role.ADMINISTRATOR}), "H56.14", "Lê  Thị Hoa")
    changed = change_account(desk.runtime, boss, "sep", same)
    assert not isinstance(changed, tuple)
    assert changed.name == "Lê Thị Hoa"


def test_a_reset_password_ends_sessions_unlocks_and_has_to_be_changed(desk: Desk) -> None:
    boss = acting(desk, Role.ADMINISTRATOR)
    desk.account(Role.CLERK, login="minh")
    session = log_in(desk.runtime, "minh", PASSWORD, HERE)
    assert session is not None
    for _ in range(5):
        log_in(desk.runtime, "minh", "sai mật khẩu mất rồi", HERE)
    given = reset_password(desk.runtime, boss, "minh")
    assert standing(desk.runtime, session.token, HERE) is NoSession.PASSWORD
    assert log_in(desk.runtime, "minh", PASSWORD, HERE) is None
    opened = log_in(desk.runtime, "minh", str(given), HERE)
    assert opened is not None
    assert opened.must_change


def test_opening_an_account_again_unlocks_it(desk: Desk) -> None:
    desk.account(Role.CLERK, login="minh")
    for _ in range(5):
        log_in(desk.runtime, "minh", "sai mật khẩu mất rồi", HERE)
    [one] = list_accounts(desk.runtime, None)
    assert one.locked_until is not None
    change_account(desk.runtime, None, "minh", Change(disabled=False))
    assert log_in(desk.runtime, "minh", PASSWORD, HERE) is not None


def test_a_change_with_anything_wrong_changes_nothing(desk: Desk) -> None:
    desk.account(Role.CLERK, login="minh", name="Minh")
    wrong = Change(frozenset({Role.SUPERVISOR}), "H99", "Khác", disabled=True, password="ngắn")
    faults = change_account(desk.runtime, None, "minh", wrong)
    assert faults == (StaffFault.AGENCY_UNKNOWN, PasswordFault.SHORT)
    [one] = list_accounts(desk.runtime, None)
    assert (one.account.name, one.account.roles, one.disabled) == ("Minh", CLERK, False)
    assert log_in(desk.runtime, "minh", PASSWORD, HERE) is not None


def test_roles_and_agency_are_told_before_and_after_and_what_stays_is_not(desk: Desk) -> None:
    desk.account(Role.CLERK, login="minh", name="Minh")
    change = Change(frozenset({Role.CLERK, Role.SUPERVISOR}), "H56.15", "Minh", disabled=False)
    change_account(desk.runtime, None, "minh", change)
    assert deed(desk)[3] == {
        "roles.before": "clerk",
        "roles.after": "clerk,supervisor",
        "agency_code.before": "H56.14",
        "agency_code.after": "H56.15",
    }
    change_account(desk.runtime, None, "minh", replace(change, name="Minh Anh"))
    assert deed(desk)[3] == {"name": "changed"}


def test_whoever_works_at_the_machine_is_warned_of_a_password_that_is_tried_first(
    sqlite_url: str,
) -> None:
    desk = Desk(sqlite_url)
    common = "test-password-1234"
    new = NewAccount("may-chu", frozenset({Role.CLERK}), None, "")
    assert isinstance(add_account(desk.runtime, None, new, common), Added)
    boss = Actor(Account(1, "sep", "", frozenset({Role.ADMINISTRATOR}), None), "", frozenset())
    other = NewAccount("quay-1", frozenset({Role.CLERK}), None, "")
    assert add_account(desk.runtime, boss, other, common) == (PasswordFault.COMMON,)
