"""The second factor's pages: set up, asked for at log-in, nothing typed lost, reset by another."""

import re
from base64 import b64decode
from html import unescape
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from werkzeug.test import TestResponse

from bot.core.staff import Role
from bot.staff import list_accounts
from tests.console.desk import PASSWORD, Client, Desk
from tests.console.test_login_page import hidden
from tests.factors import set_up, shown

CODE_PAGE, FACTOR_PAGE = "/console/ma-xac-thuc", "/console/xac-thuc"
LOGIN = "quan.tri"


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    desk = Desk(sqlite_url, settings={"second_factor": "required"})
    desk.account(Role.ADMINISTRATOR, login=LOGIN)
    return desk


def secret_of(page: str) -> str:
    [groups] = re.findall(r'<p class="secret">([A-Z2-7 ]+)</p>', page)
    return str(groups).replace(" ", "")


def codes_of(page: str) -> list[str]:
    return re.findall(r"<li>([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})</li>", page)


def enrolled(desk: Desk, client: Client) -> tuple[str, TestResponse]:
    """What setting up at the page answers, and the secret that was set up."""
    page = client.get(FACTOR_PAGE).text
    secret = secret_of(page)
    form = {"offered": hidden(page, "offered"), "otp": shown(desk.runtime, secret)}
    return secret, client.post(FACTOR_PAGE, form)


def test_an_administrator_without_one_is_led_to_set_it_up_and_then_works(desk: Desk) -> None:
    client = desk.stranger()
    assert client.enter(LOGIN).headers["Location"] == "/console/"
    assert client.get("/console/staff").headers["Location"] == FACTOR_PAGE
    _, answer = enrolled(desk, client)
    assert answer.status_code == 200
    assert len(codes_of(answer.text)) == 10
    assert client.get("/console/staff").status_code == 200
    assert codes_of(client.get(FACTOR_PAGE).text) == []


def test_the_picture_holds_the_address_that_the_page_links_to(desk: Desk) -> None:
    client = desk.stranger()
    client.enter(LOGIN)
    page = client.get(FACTOR_PAGE).text
    [data] = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    [found] = zxingcpp.read_barcodes(Image.open(BytesIO(b64decode(data))).convert("L"))
    assert found.text == unescape(re.findall(r'href="(otpauth:[^"]+)"', page)[0])
    assert f"secret={secret_of(page)}" in found.text


def test_a_wrong_code_keeps_the_secret_that_was_scanned(desk: Desk) -> None:
    client = desk.stranger()
    client.enter(LOGIN)
    page = client.get(FACTOR_PAGE).text
    answer = client.post(FACTOR_PAGE, {"offered": hidden(page, "offered"), "otp": "12345"})
    assert answer.status_code == 422
    assert "Mã không đúng" in answer.text
    assert secret_of(answer.text) == secret_of(page)


def test_before_the_code_nothing_is_open_and_afterwards_the_wished_page_is(desk: Desk) -> None:
    telephone = set_up(desk.runtime, LOGIN, PASSWORD)
    desk.clock.move(minutes=1)
    client = desk.stranger()
    asked = client.enter(LOGIN, next="/console/audit?login=minh")
    assert asked.status_code == 200
    assert "Nhập mã xác thực" in asked.text
    assert 'href="/console/staff"' not in client.get(CODE_PAGE).text  # no menu yet
    sent = client.get("/console/staff?x=1")
    assert sent.headers["Location"] == f"{CODE_PAGE}?next=%2Fconsole%2Fstaff%3Fx%3D1"
    back = hidden(asked.text, "next")
    wrong = client.post(CODE_PAGE, {"otp": "000000", "next": back})
    assert wrong.status_code == 422
    assert hidden(wrong.text, "next") == back
    assert "000000" not in wrong.text
    right = client.post(CODE_PAGE, {"otp": telephone.code(), "next": back})
    assert right.headers["Location"] == "/console/audit?login=minh"
    assert client.get("/console/staff").status_code == 200
    assert client.get(CODE_PAGE).status_code == 303


def test_what_was_typed_before_the_session_ended_outlives_the_code_too(desk: Desk) -> None:
    telephone = set_up(desk.runtime, LOGIN, PASSWORD)
    desk.clock.move(minutes=1)
    client = desk.stranger()
    client.enter(LOGIN)
    client.post(CODE_PAGE, {"otp": telephone.code()})
    client.token()
    desk.clock.move(minutes=31)
    typed = {"login": "minh", "name": "Trần Văn Minh", "roles": "clerk"}
    lost = client.post("/console/staff", typed)
    kept, back = hidden(lost.text, "kept"), hidden(lost.text, "next")
    step = client.enter(LOGIN, kept=kept, next=back)
    form = {"otp": telephone.code(), "kept": hidden(step.text, "kept"), "next": back}
    again = client.post(CODE_PAGE, form)
    assert 'action="/console/staff"' in again.text
    assert hidden(again.text, "name") == "Trần Văn Minh"


def test_a_script_is_told_which_step_is_missing(desk: Desk) -> None:
    set_up(desk.runtime, LOGIN, PASSWORD)
    client = desk.stranger()
    client.enter(LOGIN)
    asks = {"Accept": "application/json"}
    answer = client.get("/console/staff", headers=asks)
    assert (answer.status_code, answer.json and answer.json["why"]) == (403, "code")


def test_new_codes_and_another_telephone_are_had_for_a_code(desk: Desk) -> None:
    client = desk.stranger()
    client.enter(LOGIN)
    secret, answer = enrolled(desk, client)
    before = codes_of(answer.text)
    desk.clock.move(minutes=1)
    code = shown(desk.runtime, secret)
    fresh = codes_of(client.post(f"{FACTOR_PAGE}/ma-du-phong", {"otp": code}).text)
    assert len(fresh) == 10
    assert not set(fresh) & set(before)
    assert client.post(f"{FACTOR_PAGE}/bo", {"otp": before[0]}).status_code == 422
    assert client.post(f"{FACTOR_PAGE}/bo", {"otp": fresh[0]}).status_code == 303
    assert client.get("/console/staff").headers["Location"] == FACTOR_PAGE
    assert secret_of(client.get(FACTOR_PAGE).text) != secret


def test_another_administrator_resets_it_from_the_accounts_page(desk: Desk) -> None:
    desk.account(Role.CLERK, login="lan")
    set_up(desk.runtime, "lan", PASSWORD)
    boss = desk.stranger()
    boss.enter(LOGIN)
    enrolled(desk, boss)
    assert "Đặt lại xác thực hai lớp" in boss.get("/console/staff/lan").text
    answer = boss.post("/console/staff/lan/xac-thuc", follow_redirects=True)
    assert "Đã đặt lại xác thực hai lớp của lan." in answer.text
    assert "chưa bật xác thực hai lớp" in answer.text
    own = boss.post(f"/console/staff/{LOGIN}/xac-thuc", follow_redirects=True)
    assert "Không tự khóa" in own.text
    assert [one.factor for one in list_accounts(desk.runtime, None)] == [False, True]
