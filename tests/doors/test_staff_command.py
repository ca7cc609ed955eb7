"""`staff` from outside: accounts made, changed, listed; one line for what is wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.agencies import add_agency
from bot.cli.staff import WORDS
from bot.core.log_in import PasswordFault
from bot.core.staff import Role
from bot.log_in import Opened, log_in
from bot.runtime import Runtime
from bot.staff import NewAccount, StaffFault, add_account
from console.words import WORDS as PAGE_WORDS
from tests.doors.command import Shell, Told, make_shell
from tests.make import make_runtime

PASSWORD = "bốn mùa hoa phượng nở"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = make_shell(tmp_path)
    add_agency(make_runtime(shell.environ["DATABASE_URL"]), "H56.14", "UBND thành phố")
    return shell


@pytest.fixture
def runtime(shell: Shell) -> Runtime:
    """The same database, by the clock that the commands read."""
    return make_runtime(shell.environ["DATABASE_URL"], now=lambda: datetime.now(UTC))


def add(shell: Shell, *more: str, login: str = "lan.nguyen", password: str = PASSWORD) -> Told:
    words = ("staff", "add", login, "--role", "clerk,supervisor", "--agency", "H56.14", *more)
    return shell.bot(*words, "--password-stdin", stdin=f"{password}\n")


def listed(shell: Shell) -> Any:
    told = shell.bot("staff", "list", "--json")
    assert told.code == 0, told
    return json.loads(told.out)


def test_an_account_is_added_with_a_password_from_standard_input(
    shell: Shell, runtime: Runtime
) -> None:
    told = add(shell, "--name", "Nguyễn Thị Lan")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert listed(shell) == [
        {
            "login": "lan.nguyen",
            "roles": ["clerk", "supervisor"],
            "agency": "H56.14",
            "state": "open",
            "must_change": False,
            "second_factor": False,
            "sign_on": "password",
            "last_login_at": None,
        }
    ]
    assert log_in(runtime, "lan.nguyen", PASSWORD, "") is not None


def test_without_a_password_one_is_made_up_and_printed_this_once(
    shell: Shell, runtime: Runtime
) -> None:
    told = shell.bot("staff", "add", "minh", "--role", "administrator")
    assert told.code == 0, told
    login, password = told.out.strip().split("\t")
    assert login == "minh"
    opened = log_in(runtime, "minh", password, "")
    assert isinstance(opened, Opened)
    assert opened.must_change
    assert password not in shell.bot("staff", "list").out


def test_a_known_login_is_refused_with_what_to_do(shell: Shell) -> None:
    assert add(shell).code == 0
    told = add(shell, login="LAN.nguyen")
    assert (told.code, told.out) == (2, "")
    [line] = told.lines
    assert "staff set" in line


@pytest.mark.parametrize(
    ("words", "password", "expected"),
    [
        (("a b", "--role", "clerk", "--agency", "H99"), "ngắn quá", "a-z 0-9"),
        (("a b", "--role", "clerk", "--agency", "H99"), "ngắn quá", "agency list"),
        (("a b", "--role", "clerk", "--agency", "H99"), "ngắn quá", "at least 14"),
        (("minh", "--role", "boss"), PASSWORD, "'boss' came, expected some of: clerk, announcer"),
        (("minh",), PASSWORD, "--role"),
        (("minh", "--role", "clerk"), "mật khẩu của minh đây", "holds the login"),
    ],
)
def test_wrong_input_is_one_line_and_exit_two(
    shell: Shell, words: tuple[str, ...], password: str, expected: str
) -> None:
    told = shell.bot("staff", "add", *words, "--password-stdin", stdin=f"{password}\n")
    assert (told.code, told.out) == (2, ""), told
    [line] = told.lines
    assert expected in line
    assert password not in line


def test_everything_that_can_be_wrong_has_words() -> None:
    never_at_the_machine = {
        StaffFault.LOGIN_OWN,
        StaffFault.AGENCY_BEYOND,
        StaffFault.PRESENT_WRONG,
        PasswordFault.USED,
    }
    assert set(WORDS) == {*StaffFault, *PasswordFault} - never_at_the_machine
    assert set(PAGE_WORDS) == {*StaffFault, *PasswordFault}


def test_an_account_is_changed_closed_opened_and_given_a_password(
    shell: Shell, runtime: Runtime
) -> None:
    add(shell)
    new = "năm mùa hoa phượng nở"
    words = ("--role", "clerk", "--agency", "", "--name", "Lan", "--disable", "--password-stdin")
    assert shell.bot("staff", "set", "lan.nguyen", *words, stdin=f"{new}\n").code == 0
    [one] = listed(shell)
    assert (one["roles"], one["agency"], one["state"]) == (["clerk"], None, "disabled")
    assert log_in(runtime, "lan.nguyen", new, "") is None
    assert shell.bot("staff", "set", "lan.nguyen", "--enable").code == 0
    assert log_in(runtime, "lan.nguyen", new, "") is not None
    assert shell.bot("staff", "list").out == "lan.nguyen\tclerk\t-\topen\n"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("lan.nguyen",), "nothing to change"),
        (("nobody", "--disable"), "no such account"),
        (("lan.nguyen", "--agency", "H99"), "agency list"),
    ],
)
def test_a_change_that_cannot_be_is_one_line_and_exit_two(
    shell: Shell, words: tuple[str, ...], expected: str
) -> None:
    runtime = make_runtime(shell.environ["DATABASE_URL"])
    add_account(runtime, None, NewAccount("lan.nguyen", frozenset({Role.CLERK})), PASSWORD)
    told = shell.bot("staff", "set", *words)
    assert (told.code, told.out) == (2, ""), told
    [line] = told.lines
    assert expected in line
