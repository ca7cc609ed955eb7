"""`/console/staff`: accounts of one's agencies, made, changed, closed, given a password."""

import re

import pytest

from bot.core.staff import Role
from bot.staff import list_accounts
from tests.console.desk import PASSWORD, Client, Desk


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


@pytest.fixture
def boss(desk: Desk) -> Client:
    return desk.login(Role.ADMINISTRATOR, login="quan.tri", name="Lê Thị Hoa")


def test_an_account_is_made_and_its_password_shown_this_once(desk: Desk, boss: Client) -> None:
    form = {"login": "minh", "name": "Trần Văn Minh", "agency": "H56.14.1", "roles": ["clerk"]}
    page = boss.post("/console/staff", form).text
    [password] = re.findall(r'class="secret">([^<]+)<', page)
    assert password not in boss.get("/console/staff").text
    assert "Trần Văn Minh" in boss.get("/console/staff").text
    assert desk.stranger().enter("minh", password).headers["Location"] == "/console/"


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(boss: Client) -> None:
    form = {"login": "Có dấu", "name": "Trần Văn Minh", "agency": "H56.14", "roles": []}
    answer = boss.post("/console/staff", form)
    assert answer.status_code == 422
    assert 'id="e-login"' in answer.text
    assert 'id="e-roles"' in answer.text
    assert 'value="Có dấu"' in answer.text
    assert 'value="Trần Văn Minh"' in answer.text
    assert 'value="H56.14" selected' in answer.text


def test_only_agencies_of_ones_own_are_offered(desk: Desk, boss: Client) -> None:
    offered = set(re.findall(r'<option value="([^"]*)"', boss.get("/console/staff").text))
    assert offered == {"H56.14", "H56.14.1"}
    everywhere = desk.login(Role.ADMINISTRATOR, agency=None)
    offered = set(re.findall(r'<option value="([^"]*)"', everywhere.get("/console/staff").text))
    assert offered == {"", "H56", "H56.14", "H56.14.1", "H56.15"}


def test_an_account_is_changed_closed_and_opened(desk: Desk, boss: Client) -> None:
    clerk = desk.login(Role.CLERK, login="minh")
    form = {"name": "Minh", "agency": "H56.14.1", "roles": ["clerk", "supervisor"]}
    assert boss.post("/console/staff/minh", {**form, "disabled": "1"}).status_code == 303
    assert "Đã khóa" in boss.get("/console/staff").text
    assert clerk.get("/console/").status_code == 303
    boss.post("/console/staff/minh", form)
    [one] = [one for one in list_accounts(desk.runtime, None) if one.account.login == "minh"]
    assert (one.disabled, one.account.agency_code) == (False, "H56.14.1")
    assert one.account.roles == {Role.CLERK, Role.SUPERVISOR}
    assert desk.stranger().enter("minh").status_code == 303


def test_a_password_is_reset(desk: Desk, boss: Client) -> None:
    desk.account(Role.CLERK, login="minh")
    page = boss.post("/console/staff/minh/password").text
    [password] = re.findall(r'class="secret">([^<]+)<', page)
    assert desk.stranger().enter("minh", PASSWORD).status_code == 422
    client = desk.stranger()
    client.enter("minh", password)
    assert client.get("/console/").headers["Location"] == "/console/mat-khau"


def test_one_cannot_close_oneself(boss: Client) -> None:
    form = {"agency": "H56.14", "roles": ["administrator"], "disabled": "1"}
    answer = boss.post("/console/staff/quan.tri", form)
    assert answer.status_code == 422
    assert "Không tự khóa" in answer.text
    assert boss.post("/console/staff/quan.tri/password").status_code == 422
    assert boss.get("/console/staff").status_code == 200


@pytest.mark.parametrize("agency", ["H56", "H56.15", None])
def test_an_account_of_others_is_as_one_that_is_not_there(
    desk: Desk, boss: Client, agency: str | None
) -> None:
    desk.account(Role.CLERK, agency=agency, login="xa")
    for login in ("xa", "nobody"):
        assert boss.get(f"/console/staff/{login}").status_code == 404
        assert boss.post(f"/console/staff/{login}", {"disabled": "1"}).status_code == 404
        assert boss.post(f"/console/staff/{login}/password").status_code == 404
    assert ">xa<" not in boss.get("/console/staff").text
    assert desk.stranger().enter("xa").status_code == 303
