"""In and out: what the login page says, where it leads, and that nothing typed is lost."""

import re
from html import unescape

import pytest
from werkzeug.http import parse_cookie

from bot.core.staff import Role
from bot.staff import Change, NewAccount, add_account, change_account
from tests.console.desk import ORIGIN, PASSWORD, Client, Desk

ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    desk = Desk(sqlite_url)
    desk.account(Role.CLERK, login="lan.nguyen", name="Nguyễn Thị Lan")
    return desk


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    return unescape(found.group(1)) if found else ""


def test_who_logs_in_comes_back_to_where_they_were(desk: Desk) -> None:
    client = desk.stranger()
    sent = client.get("/console/mat-khau?from=menu")
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"]).text
    back = hidden(page, "next")
    assert back == "/console/mat-khau?from=menu"
    assert client.enter("lan.nguyen", next=back).headers["Location"] == back


@pytest.mark.parametrize(
    "wished",
    [
        "https://evil.example/console/",
        "//evil.example/console/",
        "/\\evil.example/console/",
        "/console/\\..\\..\\evil",
        "javascript:alert(1)",
        "/console/\r\nSet-Cookie: x=1",
        "/t/page/slip.css",
        "/consolation/",
        "http:///console/",
    ],
)
def test_nobody_is_led_elsewhere_by_logging_in(desk: Desk, wished: str) -> None:
    client = desk.stranger()
    assert client.enter("lan.nguyen", next=wished).headers["Location"] == "/console/"


def test_the_cookie_is_hidden_from_scripts_and_other_sites(desk: Desk) -> None:
    answer = desk.stranger().enter("lan.nguyen")
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("console=")]
    parts = {part.strip() for part in cookie.split(";")}
    assert {"HttpOnly", "SameSite=Lax", "Path=/console"} <= parts
    assert "Secure" not in parts
    assert len(parse_cookie(cookie)["console"]) >= 43  # 256 bits


def test_behind_https_no_cookie_goes_over_open_lines(sqlite_url: str) -> None:
    desk = Desk(sqlite_url, settings={"public_url": "https://motcua.example.vn"})
    desk.account(Role.CLERK, login="lan.nguyen")
    web = desk.app.test_client()
    client = Client(web)
    page = web.get("/console/login", base_url="https://localhost")
    assert all("Secure" in cookie for cookie in page.headers.getlist("Set-Cookie"))
    form = {
        "login": "lan.nguyen",
        "password": PASSWORD,
        "csrf_token": hidden(page.text, "csrf_token"),
    }
    answer = client.web.post("/console/login", data=form, base_url="https://localhost")
    cookies = answer.headers.getlist("Set-Cookie")
    assert answer.status_code == 303
    assert any(one.startswith("console=") for one in cookies)
    assert all("Secure" in one for one in cookies)


def test_each_log_in_has_a_token_of_its_own(desk: Desk) -> None:
    answers = [desk.stranger().enter("lan.nguyen").headers.getlist("Set-Cookie") for _ in range(2)]
    assert answers[0] != answers[1]


@pytest.mark.parametrize("login", ["lan.nguyen", "nobody"])
@pytest.mark.parametrize("tries", [1, 5, 6])
def test_unknown_wrong_and_locked_are_told_in_the_same_words(
    desk: Desk, login: str, tries: int
) -> None:
    client = desk.stranger()
    for _ in range(tries):
        answer = client.enter(login, "sai mật khẩu mất rồi")
    assert answer.status_code == 422
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in answer.text
    assert "mời thử lại sau 09 giờ 15 phút" in answer.text
    assert f'value="{login}"' in answer.text
    assert "sai mật khẩu" not in answer.text


def test_who_is_locked_is_told_the_same_with_the_right_password(desk: Desk) -> None:
    client = desk.stranger()
    wrong = [client.enter("lan.nguyen", "sai mật khẩu mất rồi").text for _ in range(5)][-1]
    locked = client.enter("lan.nguyen", PASSWORD).text
    assert re.sub("csrf.*", "", locked) == re.sub("csrf.*", "", wrong)


def test_after_half_an_hour_of_rest_the_page_says_why_and_comes_back(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    desk.clock.move(minutes=31)
    sent = client.get("/console/phim-tat")
    page = client.get(sent.headers["Location"]).text
    assert "Phiên làm việc đã đóng vì 30 phút không có thao tác." in page
    assert hidden(page, "next") == "/console/phim-tat"


def test_what_was_typed_before_the_session_ended_is_shown_to_be_sent_again(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    boss.token()
    desk.clock.move(minutes=31)
    typed = {"login": "minh", "name": "Trần <b>Văn</b> Minh", "roles": ["clerk", "supervisor"]}
    asked = boss.post("/console/staff", typed)
    assert asked.status_code == 401
    assert "Nội dung vừa nhập vẫn được giữ" in asked.text
    kept = hidden(asked.text, "kept")
    again = boss.enter("quan.tri", kept=kept, next=hidden(asked.text, "next"))
    assert again.status_code == 200
    assert 'action="/console/staff"' in again.text
    assert "Trần &lt;b&gt;Văn&lt;/b&gt; Minh" in again.text
    assert again.text.count('name="roles"') == 2
    assert hidden(again.text, "login") == "minh"


def test_what_another_site_typed_is_not_kept(desk: Desk) -> None:
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    boss.token()
    for answer in (
        boss.post("/console/staff", {"login": "minh", "csrf_token": "x"}, headers=ELSEWHERE),
        desk.stranger().post("/console/staff", {"login": "minh"}, headers=ELSEWHERE),
    ):
        assert answer.status_code in (400, 401)
        assert "minh" not in answer.text


def test_passwords_are_never_shown_again(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    typed = {"present": PASSWORD, "wished": "một câu khác", "again": "một câu khác"}
    answer = client.post("/console/mat-khau", {**typed, "csrf_token": "old"})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
    assert "một câu khác" not in answer.text


@pytest.mark.parametrize("token", ["", "old"])
def test_a_page_that_was_open_too_long_says_so_and_keeps_what_was_typed(
    desk: Desk, token: str
) -> None:
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    answer = boss.post("/console/staff", {"login": "minh", "roles": "clerk", "csrf_token": token})
    assert answer.status_code == 400
    assert "Trang đã mở quá lâu" in answer.text
    again = boss.post("/console/staff", {"login": hidden(answer.text, "login"), "roles": "clerk"})
    assert "Cơ quan này không thuộc phạm vi" in again.text


def test_a_login_page_that_was_open_too_long_asks_for_the_password_again(desk: Desk) -> None:
    client = desk.stranger()
    form = {"login": "lan.nguyen", "password": PASSWORD, "csrf_token": "old"}
    answer = client.web.post("/console/login", data=form, headers={"Origin": ORIGIN})
    assert "Trang đăng nhập đã mở quá lâu" in answer.text
    assert 'value="lan.nguyen"' in answer.text
    assert PASSWORD not in answer.text


def test_a_form_opened_before_the_log_in_is_not_taken_after_it(desk: Desk) -> None:
    client = desk.stranger()
    before = client.token()
    client.enter("lan.nguyen")
    answer = client.web.post("/console/logout", data={"csrf_token": before})
    assert answer.status_code == 400


def test_who_logs_in_anew_leaves_no_session_behind(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    old = client.web.get_cookie("console", path="/console")
    assert old is not None
    client.enter("lan.nguyen")
    client.web.set_cookie("console", old.value, path="/console")
    assert client.get("/console/").status_code == 303


def test_who_logs_out_is_out_and_cannot_go_back(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    old = client.web.get_cookie("console", path="/console")
    assert old is not None
    left = client.post("/console/logout")
    assert "Ông/Bà đã đăng xuất." in client.get(left.headers["Location"]).text
    assert client.get("/console/").status_code == 303
    client.web.set_cookie("console", old.value, path="/console")
    assert client.get("/console/").status_code == 303


def test_who_is_logged_in_needs_no_login_page(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    assert client.get("/console/login?next=/console/phim-tat").headers["Location"] == (
        "/console/phim-tat"
    )


def test_a_made_up_password_is_changed_before_anything_else(desk: Desk) -> None:
    new = NewAccount("minh", frozenset({Role.CLERK}), "H56.14")
    added = add_account(desk.runtime, None, new)
    client = desk.stranger()
    client.enter("minh", str(getattr(added, "made_up", "")))
    for path in ("/console/", "/console/phim-tat"):
        assert client.get(path).headers["Location"] == "/console/mat-khau"
    page = client.get("/console/mat-khau").text
    assert "đặt mật khẩu của riêng mình" in page
    form = {
        "csrf_token": hidden(page, "csrf_token"),
        "present": str(getattr(added, "made_up", "")),
        "wished": PASSWORD,
        "again": PASSWORD,
    }
    assert client.web.post("/console/mat-khau", data=form).headers["Location"] == "/console/"
    assert "Đã đổi mật khẩu." in client.get("/console/").text


@pytest.mark.parametrize(
    ("typed", "words", "field"),
    [
        ({"present": "sai", "wished": "x" * 8 + "yz mười"}, "không đúng", "present"),
        ({"wished": "ngắn"}, "ít nhất 14 ký tự", "wished"),
        ({"wished": "có lan.nguyen ở trong"}, "không được chứa tên đăng nhập", "wished"),
        ({"again": "một câu khác hẳn"}, "không giống nhau", "again"),
    ],
)
def test_what_is_wrong_with_a_new_password_stands_at_its_field(
    desk: Desk, typed: dict[str, str], words: str, field: str
) -> None:
    client = desk.login(login="lan.nguyen")
    good = {"present": PASSWORD, "wished": "năm mùa hoa phượng nở"}
    form = {**good, **typed}
    form.setdefault("again", form["wished"])
    answer = client.post("/console/mat-khau", form)
    assert answer.status_code == 422
    assert re.search(rf'id="e-{field}">[^<]*{words}', answer.text)
    assert re.search(rf'name="{field}"[^>]*aria-describedby="[^"]*e-{field}', answer.text)


def test_a_closed_account_is_told_so_on_its_next_page(desk: Desk) -> None:
    client = desk.login(login="lan.nguyen")
    change_account(desk.runtime, None, "lan.nguyen", Change(disabled=True))
    page = client.get("/console/", follow_redirects=True).text
    assert "Tài khoản này đã bị khóa." in page
