"""A desk at the console: an application with agencies, and browsers of accounts logged in to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.agencies import add_agency
from bot.core.staff import Role
from bot.runtime import Runtime
from bot.staff import Added, NewAccount, add_account, list_accounts
from tests.make import HandClock, make_runtime
from wsgi import create_app

PASSWORD = "bốn mùa hoa phượng nở"
ORIGIN = "http://localhost"
# A province, two districts' desks below it, and one commune below the first.
AGENCIES = (
    ("H56", "UBND tỉnh", None),
    ("H56.14", "UBND thành phố Nha Trang", "H56"),
    ("H56.14.1", "UBND phường Lộc Thọ", "H56.14"),
    ("H56.15", "UBND huyện Vạn Ninh", "H56"),
)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(slots=True)
class Client:
    """A browser of one account: keeps cookies, and sends each form with its page's token."""

    web: FlaskClient
    login: str = ""
    _token: str = ""

    def get(self, path: str, **how: Any) -> TestResponse:
        """Open a page."""
        return self.web.get(path, **how)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **how: Any) -> TestResponse:
        """Send a form as a page of ours would."""
        how.setdefault("headers", {"Origin": ORIGIN})
        return self.web.post(path, data={"csrf_token": self.token(), **(data or {})}, **how)

    def token(self) -> str:
        """The token that the pages of this browser carry."""
        if not self._token:
            page = self.get("/console/phim-tat", follow_redirects=True).text
            [token] = _TOKEN.findall(page)
            self._token = unescape(token)
        return self._token

    def enter(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        """Log in by the form."""
        self._token = ""
        answer = self.post(
            "/console/login", {"login": login, "password": password, "next": "", **more}
        )
        self.login, self._token = login, ""
        return answer


@dataclass(slots=True)
class Desk:
    """The application on a database, with a clock that a test moves."""

    url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    clock: HandClock = field(default_factory=HandClock)
    runtime: Runtime = field(init=False)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        self.runtime = make_runtime(self.url, self.clock, **self.settings)
        for code, name, parent in AGENCIES:
            add_agency(self.runtime, code, name, parent=parent)
        self.app = create_app(self.runtime)

    def account(
        self, *roles: Role, agency: str | None = "H56.14", login: str = "", name: str = ""
    ) -> str:
        """Make an account whose password is PASSWORD; its login."""
        login = login or _login_of(roles, agency)
        new = NewAccount(login, frozenset(roles), agency, name)
        added = add_account(self.runtime, None, new, PASSWORD)
        assert isinstance(added, Added), added
        return login

    def stranger(self) -> Client:
        """A browser in which nobody has logged in."""
        return Client(self.app.test_client())

    def login(
        self, *roles: Role, agency: str | None = "H56.14", login: str = "", name: str = ""
    ) -> Client:
        """A browser logged in to an account with these roles, made when the login is new."""
        client = self.stranger()
        logins = {one.account.login for one in list_accounts(self.runtime, None)}
        wished = login or _login_of(roles, agency)
        if wished not in logins:
            self.account(*roles, agency=agency, login=wished, name=name)
        answer = client.enter(wished)
        assert answer.status_code == 303, answer.text
        return client


def _login_of(roles: tuple[Role, ...], agency: str | None) -> str:
    return ".".join([*(role[:5] for role in roles), (agency or "all").lower()])
