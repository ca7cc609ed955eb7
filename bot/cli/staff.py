"""`staff`: console accounts."""

import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import click

from bot.change_sign_on import change_sign_on
from bot.cli.door import print_json, refuse, runtime_for
from bot.core.log_in import LEAST_PASSWORD, MOST_PASSWORD, PasswordFault
from bot.core.sign_on import SignOn
from bot.core.staff import Role
from bot.reset_factor import reset_factor
from bot.staff import (
    MOST_NAME,
    Added,
    Change,
    Faults,
    Listed,
    NewAccount,
    StaffFault,
    add_account,
    change_account,
    list_accounts,
)

ROLES = ", ".join(Role)
WORDS: Mapping[StaffFault | PasswordFault, str] = {
    StaffFault.LOGIN_FORM: "login: expected 2 to 40 of a-z 0-9 . _ - @, a letter or digit first",
    StaffFault.LOGIN_TAKEN: "login: there is an account with this login; change it with: "
    "python -m bot staff set LOGIN …, or choose another login",
    StaffFault.LOGIN_UNKNOWN: "login: there is no such account; see: python -m bot staff list, or "
    "add it: python -m bot staff add LOGIN --role ROLE",
    StaffFault.ROLES_NONE: f"role: none came, expected some of: {ROLES}",
    StaffFault.AGENCY_UNKNOWN: "agency: expected the code of one that was added; "
    "see: python -m bot agency list",
    StaffFault.FACTOR_NONE: "second factor: the account has none; nothing was changed",
    StaffFault.SIGN_ON_OFF: "sign-on: OIDC_ISSUER is not set; set it first, see "
    "docs/single-sign-on.md",
    StaffFault.SIGN_ON_LAST: "sign-on: this is the last administrator with a password, and "
    "somebody has to get in when the provider is away; give another one a password first",
    StaffFault.NAME_FORM: f"name: expected at most {MOST_NAME} printable characters",
    PasswordFault.SHORT: f"password: expected at least {LEAST_PASSWORD} characters; give a longer "
    "one, or leave --password-stdin out and one is made up",
    PasswordFault.LONG: f"password: expected at most {MOST_PASSWORD} characters",
    PasswordFault.LOGIN: "password: it holds the login; choose another",
    PasswordFault.NAME: "password: it holds the person's name; choose another",
    PasswordFault.COMMON: "password: it is made of words that are tried first; choose another",
    PasswordFault.PLAIN: "password: it repeats a few characters or follows their order; "
    "choose another",
    PasswordFault.UNPRINTABLE: "password: expected one line of printable characters",
}


def _roles(_context: click.Context, _option: click.Parameter, typed: str | None) -> Any:
    """Roles separated by commas."""
    if typed is None:
        return None
    words = [one.strip().lower() for one in typed.split(",") if one.strip()]
    unknown = [one for one in words if one not in set(Role)]
    if unknown or not words:
        came = repr(unknown[0][:40]) if unknown else "nothing"
        raise click.BadParameter(f"{came} came, expected some of: {ROLES}.")
    return frozenset(Role(one) for one in words)


@click.group()
def staff() -> None:
    """Console accounts: add, change, list."""


@staff.command("add")
@click.argument("login")
@click.option("--role", "roles", callback=_roles, required=True, help=f"One or more of: {ROLES}.")
@click.option("--agency", help="Its agency's code; it covers all below. Left out: every agency.")
@click.option("--name", default="", help="The person's name, printed on slips.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(
    login: str, roles: frozenset[Role], agency: str | None, name: str, password_stdin: bool
) -> None:
    """Add an account. Without --password-stdin a password is made up and printed this once."""
    runtime = runtime_for()
    password = _typed_password() if password_stdin else None
    added = add_account(runtime, None, NewAccount(login, roles, agency, name), password)
    if not isinstance(added, Added):
        _refuse(login, added)
    if added.made_up is not None:
        click.echo(f"{added.account.login}\t{added.made_up}")


@staff.command("set")
@click.argument("login")
@click.option("--role", "roles", callback=_roles, help=f"One or more of: {ROLES}.")
@click.option("--agency", help='Its agency\'s code; "" for every agency.')
@click.option("--name", help="The person's name, printed on slips.")
@click.option("--disable/--enable", "disabled", default=None, help="Close it, or open it again.")
@click.option("--password-stdin", is_flag=True, help="Read a new password from standard input.")
def change(
    login: str,
    roles: frozenset[Role] | None,
    agency: str | None,
    name: str | None,
    disabled: bool | None,
    password_stdin: bool,
) -> None:
    """Change an account; a new password or --disable ends its sessions."""
    wished = Change(roles, agency, name, disabled, _typed_password() if password_stdin else None)
    if wished == Change():
        refuse("staff set: nothing to change was given; name at least one option, see --help")
    changed = change_account(runtime_for(), None, login, wished)
    if isinstance(changed, tuple):
        _refuse(login, changed)


@staff.command("reset-second-factor")
@click.argument("login")
def reset(login: str) -> None:
    """Take the second factor of an account away, whose telephone and recovery codes are lost."""
    changed = reset_factor(runtime_for(), None, login)
    if isinstance(changed, tuple):
        _refuse(login, changed)


@staff.command("sign-on")
@click.argument("login")
@click.argument("way", type=click.Choice(["password", *SignOn]))
def sign_on(login: str, way: str) -> None:
    """Let an account log in by password, by the identity provider too (allowed), or only so."""
    wished = None if way == "password" else SignOn(way)
    changed = change_sign_on(runtime_for(), None, login, wished)
    if isinstance(changed, tuple):
        _refuse(login, changed)


@staff.command("list")
@click.option("--json", "as_json", is_flag=True, help="Machine-read output.")
def list_all(as_json: bool) -> None:
    """List every account with its roles and agency."""
    rows = [_row(one) for one in list_accounts(runtime_for(), None)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        roles = ",".join(row["roles"]) if isinstance(row["roles"], list) else ""
        click.echo(f"{row['login']}\t{roles}\t{row['agency'] or '-'}\t{row['state']}")


def _row(one: Listed) -> dict[str, str | list[str] | bool | None]:
    return {
        "login": one.account.login,
        "roles": [role for role in Role if role in one.account.roles],
        "agency": one.account.agency_code,
        "state": _state(one),
        "must_change": one.must_change,
        "second_factor": one.factor,
        "sign_on": one.sign_on or "password",
        "last_login_at": one.last_login_at.isoformat() if one.last_login_at else None,
    }


def _state(one: Listed) -> str:
    if one.unused:
        return "unused"
    if one.disabled:
        return "disabled"
    return "locked" if one.locked_until else "open"


def _typed_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _refuse(login: str, faults: Faults) -> NoReturn:
    refuse(f"staff {login[:60]!r}: " + " | ".join(WORDS[fault] for fault in faults))
