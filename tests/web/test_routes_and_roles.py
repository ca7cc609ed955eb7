"""Every console route × every role: each page opens to whom its mark names, and to nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.core.staff import Role
from bot.staff import Change, change_account
from console.door import Mark, mark_of
from tests.console.counter import feed
from tests.console.desk import PASSWORD, Client, Desk
from tests.factors import set_up

LOGIN = "/console/login"
STEP = "Thẩm định ở Hòn Tre"  # stands in no text of the catalogue, whose samples pages show
# What stands in for `<code>` and the like: of the right form where the route asks for a number.
DUMMIES = {"RowNumber": "999999", "UnicodeConverter": "H56.14-240823-0009"}
# A page is answered, or its typed values are refused; a fault of ours is neither.
SERVED = {200, 204, 302, 303, 400, 404, 405, 409, 410, 413, 415, 422}
# Those who hold one role each, and one who holds all, at an agency that has nothing of the other's.
HOLDERS: tuple[tuple[Role, ...], ...] = (*((role,) for role in Role), tuple(Role))


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address of the console, and whom it lets in."""

    method: str
    path: str
    rule: str
    mark: Mark

    def asked_by(self, client: Client) -> TestResponse:
        """The answer to a request that says nothing but what the address says."""
        if self.method == "GET":
            return client.get(self.path)
        return client.post(self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def closed_routes(app: Flask) -> Iterator[Route]:
    """Every console route that asks for a log-in."""
    for rule in app.url_map.iter_rules():
        mark = mark_of(app, rule.endpoint)
        if not rule.rule.startswith("/console") or mark is None or mark.public:
            continue
        values = {
            name: DUMMIES[type(converter).__name__] for name, converter in rule._converters.items()
        }
        _, path = rule.build(values) or ("", "")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, path, rule.rule, mark)


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return Desk(sqlite_url)


def leaves(route: Route) -> bool:
    """Whether asking for it ends the session."""
    return route.path == "/console/logout"


def sent_to_log_in(answer: TestResponse, route: Route) -> bool:
    """Whether an answer asks to log in first, and gives nothing else."""
    if route.method == "GET":
        return answer.status_code == 303 and answer.headers["Location"].startswith(LOGIN)
    return answer.status_code == 401 and 'name="password"' in answer.text


def test_the_console_has_many_routes_and_each_says_whom_it_lets_in(desk: Desk) -> None:
    routes = list(closed_routes(desk.app))
    assert len(routes) > 10
    assert {route.method for route in routes} <= {"GET", "POST"}


def test_a_stranger_is_asked_to_log_in_on_every_route(desk: Desk) -> None:
    stranger = desk.stranger()
    for route in closed_routes(desk.app):
        assert sent_to_log_in(route.asked_by(stranger), route), route


@pytest.mark.parametrize("roles", HOLDERS, ids="+".join)
@pytest.mark.parametrize("agency", ["H56.14", None], ids=["an agency", "every agency"])
def test_each_role_opens_its_pages_and_no_others(
    desk: Desk, roles: tuple[Role, ...], agency: str | None
) -> None:
    client = desk.login(*roles, agency=agency, login="mot.nguoi")
    for route in closed_routes(desk.app):
        lets_in = not route.mark.roles or not route.mark.roles.isdisjoint(roles)
        answer = route.asked_by(client)
        if lets_in:
            assert answer.status_code in SERVED, (route, answer.status_code)
        else:
            assert answer.status_code == 403, (route, answer.status_code)
            assert "không thuộc phần việc" in answer.text
        if leaves(route):
            client.enter("mot.nguoi")


def test_no_page_breaks_for_who_holds_every_role_on_postgresql(postgres_url: str) -> None:
    desk = Desk(postgres_url)
    client = desk.login(*Role, login="mot.nguoi")
    for route in closed_routes(desk.app):
        if not leaves(route):
            assert route.asked_by(client).status_code in SERVED, route
        if route.method == "GET" and "<" in route.rule:
            path = route.path.replace(DUMMIES["UnicodeConverter"], "%00")
            assert client.get(path).status_code in (400, 404), route
            path = route.path.replace(DUMMIES["RowNumber"], "9" * 20)
            assert client.get(path).status_code in SERVED, route


def test_a_closed_account_opens_nothing(desk: Desk) -> None:
    client = desk.login(*Role, login="mot.nguoi")
    client.token()
    change_account(desk.runtime, None, "mot.nguoi", Change(disabled=True))
    for route in closed_routes(desk.app):
        assert sent_to_log_in(route.asked_by(client), route), route


def test_who_has_to_change_the_password_opens_nothing_else(desk: Desk) -> None:
    client = desk.login(*Role, login="mot.nguoi")
    client.token()
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    password = boss.post("/console/staff/mot.nguoi/password").text.split('class="secret">')[1]
    client.enter("mot.nguoi", password.split("<")[0])
    token = client.get("/console/mat-khau").text.split('name="csrf-token" content="')[1]
    for route in closed_routes(desk.app):
        if route.path in ("/console/mat-khau", "/console/logout"):
            continue
        form = {"csrf_token": token.split('"')[0]}
        answer = client.web.open(route.path, method=route.method, data=form)
        assert answer.headers.get("Location") == "/console/mat-khau", route


@pytest.mark.parametrize("proves", [True, False], ids=["the code is to come", "none is set up"])
def test_before_the_second_factor_nothing_but_its_own_page_opens(
    sqlite_url: str, proves: bool
) -> None:
    desk = Desk(sqlite_url, settings={"second_factor": "required"})
    desk.account(*Role, login="mot.nguoi")
    if proves:
        set_up(desk.runtime, "mot.nguoi", PASSWORD)
    client = desk.stranger()
    client.enter("mot.nguoi")
    page = "/console/ma-xac-thuc" if proves else "/console/xac-thuc"
    token = client.token()
    for route in closed_routes(desk.app):
        if route.path in (page, "/console/logout"):
            continue
        answer = client.web.open(route.path, method=route.method, data={"csrf_token": token})
        assert answer.headers.get("Location", "").split("?")[0] == page, route


def test_no_form_is_taken_without_its_token(desk: Desk) -> None:
    client = desk.login(*Role, login="mot.nguoi")
    for route in closed_routes(desk.app):
        if route.method == "POST":
            for form in ({}, {"csrf_token": "forged"}):
                answer = client.web.post(route.path, data=form)
                assert answer.status_code == 400, route
                assert "Trang đã mở quá lâu" in answer.text
    assert client.get("/console/").status_code == 200


@pytest.mark.parametrize("agency", ["H56.15", "H56.14.1"])
def test_no_route_shows_or_moves_a_dossier_of_another_agency(desk: Desk, agency: str) -> None:
    code = feed(desk, "H56.14-240823-0009", step=STEP)
    own = desk.login(*Role, agency="H56.14").get(f"/console/ho-so/{code}")
    assert STEP in own.text
    client = desk.login(*Role, agency=agency, login="mot.nguoi")
    for route in closed_routes(desk.app):
        if leaves(route):
            continue
        answer = route.asked_by(client)
        if "/ho-so/<code>" in route.rule:
            assert answer.status_code in ({404} if route.method == "GET" else {400, 404}), route
        shown = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        for told in (STEP, "Phần Mềm", "999 888", "999888"):
            assert told not in shown, route
    for query in (code, "0905999888", "Trần Văn Phần Mềm"):
        found = client.post("/console/tim", {"q": query}, follow_redirects=True)
        assert STEP not in found.text
