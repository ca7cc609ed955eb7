"""`/console/staff`: the accounts of one's agencies: made, changed, closed, given a password."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from bot.agencies import list_agencies
from bot.change_sign_on import change_sign_on
from bot.core.sign_on import SignOn
from bot.core.staff import Role
from bot.reset_factor import reset_factor
from bot.runtime import Runtime
from bot.staff import (
    Added,
    Change,
    Faults,
    Listed,
    NewAccount,
    add_account,
    change_account,
    list_accounts,
    reset_password,
)
from console.door import actor, allowed, present
from console.frame import ROLE_WORDS
from console.words import told

LABELS = {  # in the order of the form
    "login": "Tên đăng nhập",
    "name": "Họ tên",
    "agency": "Cơ quan",
    "roles": "Vai trò",
    "sign_on": "Cách đăng nhập",
}
WAYS = {
    "password": "Chỉ bằng mật khẩu",
    SignOn.ALLOWED: "Bằng mật khẩu hoặc tài khoản {name}",
    SignOn.ONLY: "Chỉ bằng tài khoản {name}",
}
PATH = "/console/staff"
Answer = Response | str | tuple[str, int]
Typed = MultiDict[str, str]


def blueprint(runtime: Runtime) -> Blueprint:
    """Build the routes; whatever they need comes in through `runtime`."""
    routes = Blueprint("console_staff", __name__, template_folder="templates")

    @routes.get(PATH)
    @allowed(Role.ADMINISTRATOR)
    def accounts() -> str:
        return _list_page(runtime, MultiDict(), {})

    @routes.post(PATH)
    @allowed(Role.ADMINISTRATOR)
    def add() -> Answer:
        return _add(runtime, request.form)

    @routes.get(f"{PATH}/<login>")
    @allowed(Role.ADMINISTRATOR)
    def account(login: str) -> str:
        return _account_page(runtime, login)

    @routes.post(f"{PATH}/<login>")
    @allowed(Role.ADMINISTRATOR)
    def change(login: str) -> Answer:
        return _change(runtime, login, request.form)

    @routes.post(f"{PATH}/<login>/password")
    @allowed(Role.ADMINISTRATOR)
    def password(login: str) -> Answer:
        return _reset(runtime, login)

    @routes.post(f"{PATH}/<login>/xac-thuc")
    @allowed(Role.ADMINISTRATOR)
    def factor(login: str) -> Answer:
        return _reset_factor(runtime, login)

    @routes.post(f"{PATH}/<login>/cach-dang-nhap")
    @allowed(Role.ADMINISTRATOR)
    def ways(login: str) -> Answer:
        return _change_sign_on(runtime, login, request.form.get("sign_on", ""))

    return routes


def _add(runtime: Runtime, typed: Typed) -> Answer:
    agency = typed.get("agency", "") or None
    new = NewAccount(typed.get("login", ""), _roles(typed), agency, typed.get("name", ""))
    added = add_account(runtime, actor(), new)
    if not isinstance(added, Added):
        return _list_page(runtime, typed, _in_order(added)), 422
    return _password_page(added.account.login, str(added.made_up))


def _change(runtime: Runtime, login: str, typed: Typed) -> Answer:
    listed = _known(runtime, login)
    closes = "disabled" in typed
    wished = Change(
        roles=_roles(typed),
        agency_code=typed.get("agency", ""),
        name=typed.get("name", ""),
        disabled=closes if closes != listed.disabled else None,
    )
    changed = change_account(runtime, actor(), listed.account.login, wished)
    if isinstance(changed, tuple):
        return _account_page(runtime, login, typed, _in_order(changed)), 422
    flash(f"Đã lưu tài khoản {changed.login}.")
    return redirect(PATH, 303)


def _reset(runtime: Runtime, login: str) -> Answer:
    listed = _known(runtime, login)
    given = reset_password(runtime, actor(), listed.account.login)
    if isinstance(given, tuple):
        return _account_page(runtime, login, None, _in_order(given)), 422
    return _password_page(listed.account.login, given)


def _reset_factor(runtime: Runtime, login: str) -> Answer:
    listed = _known(runtime, login)
    changed = reset_factor(runtime, actor(), listed.account.login)
    if isinstance(changed, tuple):
        flash(" ".join(told(changed).values()), "danger")
    else:
        flash(f"Đã đặt lại xác thực hai lớp của {changed.login}.")
    return redirect(f"{PATH}/{quote(listed.account.login)}", 303)


def _change_sign_on(runtime: Runtime, login: str, typed: str) -> Answer:
    listed = _known(runtime, login)
    if typed not in WAYS:
        abort(400)
    wished = SignOn(typed) if typed in set(SignOn) else None
    whose, session = listed.account.login, present().session_id
    changed = change_sign_on(runtime, actor(), whose, wished, session)
    if isinstance(changed, tuple):
        flash(" ".join(told(changed).values()), "danger")
    else:
        flash(f"Đã đổi cách đăng nhập của {changed.login}.")
    return redirect(f"{PATH}/{quote(listed.account.login)}", 303)


def _in_order(faults: Faults) -> dict[str, str]:
    """The faults' words in the order of the form."""
    words = told(faults)
    return {name: words[name] for name in LABELS if name in words}


def _roles(typed: Typed) -> frozenset[Role]:
    return frozenset(Role(one) for one in typed.getlist("roles") if one in set(Role))


def _known(runtime: Runtime, login: str) -> Listed:
    """The account, when it is one of those that are administered here."""
    rows = [one for one in list_accounts(runtime, actor()) if one.account.login == login]
    return rows[0] if rows else abort(404)


def _choices(runtime: Runtime) -> dict[str, Any]:
    """The roles and agencies that can be given."""
    everywhere = actor().account.agency_code is None
    agencies = [("", "Tất cả cơ quan")] if everywhere else []
    agencies += [
        (one.code, f"{one.code} – {one.name}")
        for one in list_agencies(runtime)
        if one.code in actor().agencies
    ]
    name = runtime.settings.oidc_name
    return {
        "roles": list(ROLE_WORDS.items()),
        "agencies": agencies,
        "labels": LABELS,
        "ways": [(way, words.format(name=name)) for way, words in WAYS.items()],
    }


def _list_page(runtime: Runtime, typed: Typed, faults: Mapping[str, str]) -> str:
    rows: Sequence[Listed] = list_accounts(runtime, actor())
    return render_template(
        "console/accounts.html", rows=rows, typed=typed, faults=faults, **_choices(runtime)
    )


def _account_page(
    runtime: Runtime,
    login: str,
    typed: Typed | None = None,
    faults: Mapping[str, str] | None = None,
) -> str:
    listed = _known(runtime, login)
    if typed is None:
        account = listed.account
        typed = MultiDict([("roles", str(role)) for role in account.roles])
        typed["name"], typed["agency"] = account.name, account.agency_code or ""
        if listed.disabled:
            typed["disabled"] = "1"
    return render_template(
        "console/account.html", one=listed, typed=typed, faults=faults or {}, **_choices(runtime)
    )


def _password_page(login: str, password: str) -> str:
    return render_template("console/new_password.html", login=login, password=password)
