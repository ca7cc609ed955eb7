"""`audit` and `staff reset-second-factor` from outside: what is printed, and the exit code."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.core.staff import Role
from bot.runtime import Runtime
from bot.seal_audit import seal_audit
from bot.staff import NewAccount, add_account, list_accounts
from tests.doors.command import Shell, make_shell
from tests.factors import set_up
from tests.make import make_runtime

PASSWORD = "bốn mùa hoa phượng nở"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return make_shell(tmp_path)


@pytest.fixture
def runtime(shell: Shell) -> Runtime:
    built = make_runtime(shell.environ["DATABASE_URL"], now=lambda: datetime.now(UTC))
    add_account(built, None, NewAccount("quan.tri", frozenset({Role.ADMINISTRATOR})), PASSWORD)
    return built


def test_a_whole_trail_is_exit_zero_and_a_broken_one_names_the_entry(
    shell: Shell, runtime: Runtime
) -> None:
    assert shell.bot("audit", "purge").out == "0 entries\n"
    head = shell.bot("audit", "head").out.strip()
    assert head.startswith("1:")
    whole = shell.bot("audit", "verify", "--head", head)
    assert (whole.code, whole.out) == (0, f"whole: 1 entries, head {head}, 0 not linked yet\n")
    with runtime.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
        connection.execute(text("UPDATE audit_entry SET login = 'khac'"))
    broken = shell.bot("audit", "verify", "--json")
    assert broken.code == 1
    assert shell.bot("audit", "purge").code == 1
    told = json.loads(broken.out)
    assert (told["whole"], told["head"]) == (False, head)
    assert [(one["what"], one["link"], one["entry"]) for one in told["faults"]] == [
        ("changed", 1, 1),
        ("unguarded", None, None),
    ]


def test_a_head_that_is_none_is_one_line_and_exit_two(shell: Shell, runtime: Runtime) -> None:
    seal_audit(runtime)
    told = shell.bot("audit", "verify", "--head", "12")
    assert (told.code, told.out) == (2, "")
    [line] = told.lines
    assert "'12' came, expected PLACE:DIGEST" in line


def test_the_last_administrator_is_helped_at_the_machine(shell: Shell, runtime: Runtime) -> None:
    set_up(runtime, "quan.tri", PASSWORD)
    assert shell.bot("staff", "reset-second-factor", "quan.tri").code == 0
    assert [one.factor for one in list_accounts(runtime, None)] == [False]
    again = shell.bot("staff", "reset-second-factor", "quan.tri")
    assert (again.code, again.out) == (2, "")
    assert "has none" in again.lines[0]
