"""Logging in by the province's identity provider, played by the sandbox over real HTTP."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from sqlalchemy import text
from werkzeug.test import TestResponse

from bot.change_sign_on import change_sign_on
from bot.core.log_in import MOST_REFUSED
from bot.core.sign_on import SignOn
from bot.core.staff import Role
from bot.log_in import log_in
from bot.staff import Change, StaffFault, change_account, list_accounts
from tests.console.desk import PASSWORD, Client, Desk
from tests.console.test_login_page import hidden
from tests.factors import set_up
from tests.sandbox.rehearsal import PATIENCE, Product, Rehearsal

LOGIN, THERE, BACK = "/console/login", "/console/login/tinh", "/console/login/tinh/ve"
SECRET = "the client's secret, for the tests"


@pytest.fixture(scope="module")
def provider() -> Iterator[Rehearsal]:
    product = Product()
    rehearsal = Rehearsal(product, OIDC_CLIENT_SECRET=SECRET)
    yield rehearsal
    rehearsal.close()
    product.close()


@pytest.fixture(autouse=True)
def _no_faults(provider: Rehearsal) -> Iterator[None]:
    yield
    provider.control("fault", name="all", on=False)


def set_clock(desk: Desk, provider: Rehearsal, **further: float) -> None:
    """Let both clocks tell the same time, perhaps some time from now."""
    if further:
        provider.control("clock", advance_seconds=timedelta(**further).total_seconds())
    now = provider.get("/control/state")["now"]
    desk.clock.moment = datetime.fromisoformat(now).astimezone(UTC)


def house(url: str, provider: Rehearsal, **settings: Any) -> Desk:
    """A desk whose staff may log in at the provider."""
    known = {
        "oidc_issuer": f"{provider.url}/oidc",
        "oidc_client_id": "motcua",
        "oidc_client_secret": SECRET,
    }
    desk = Desk(url, settings={**known, **settings})
    set_clock(desk, provider)
    desk.account(Role.ADMINISTRATOR, agency=None, login="quan.tri")
    desk.account(Role.CLERK, login="lan.nguyen", name="Nguyễn Thị Lan")
    assert change_sign_on(desk.runtime, None, "lan.nguyen", SignOn.ALLOWED)
    return desk


@pytest.fixture
def desk(sqlite_url: str, provider: Rehearsal) -> Desk:
    return house(sqlite_url, provider)


def to_provider(client: Client, provider: Rehearsal, login: str, page: str, mfa: bool) -> str:
    """Log in at the provider; the address of ours that the browser is sent back to."""
    sent = client.get(f"{THERE}?{urlencode({'next': page})}")
    assert sent.status_code == 303, sent.text
    asked = urlsplit(sent.headers["Location"])
    assert provider.http.get(sent.headers["Location"], timeout=PATIENCE).status_code == 200
    query = f"{asked.query}&{urlencode({'login': login, 'mfa': '1' if mfa else ''})}"
    allow = f"{provider.url}/oidc/authorize/allow?{query}"
    answer = provider.http.get(allow, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"].removeprefix("http://127.0.0.1:8000")


def enter(
    desk: Desk,
    provider: Rehearsal,
    login: str = "lan.nguyen",
    page: str = "/console/tim",
    mfa: bool = False,
    client: Client | None = None,
) -> tuple[Client, TestResponse]:
    """The whole way; the browser, and what our callback answered."""
    client = client or desk.stranger()
    set_clock(desk, provider)
    return client, client.get(to_provider(client, provider, login, page, mfa))


def trail(desk: Desk) -> list[tuple[str, str, str | None]]:
    """What the audit trail tells of log-ins."""
    chosen = "SELECT action, login, detail FROM audit_entry WHERE action LIKE 'login.%' ORDER BY id"
    with desk.runtime.engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(text(chosen))]


def test_whom_the_provider_vouches_for_is_logged_in_where_they_wished(
    database_url: str, provider: Rehearsal
) -> None:
    desk = house(database_url, provider)
    assert "Đăng nhập bằng tài khoản của tỉnh" in desk.stranger().get(LOGIN).text
    client, answer = enter(desk, provider, "Lan.Nguyen")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/tim")
    assert "Nguyễn Thị Lan" in client.get("/console/tim").text
    enter(desk, provider, "Lan.Nguyen")  # linked since the first time
    assert [one.linked for one in list_accounts(desk.runtime, None)] == [True, False]
    told = [row for row in trail(desk) if row[0] == "login.ok"]
    assert told == [("login.ok", "lan.nguyen", '{"way": "provider"}')] * 2
    with desk.runtime.engine.connect() as connection:
        [kept] = connection.scalars(text("SELECT provider_token FROM staff_session LIMIT 1"))
    assert desk.runtime.vault.open_text(bytes(kept)).count(".") == 2  # sealed at rest


def test_logging_out_ends_the_session_at_the_provider_too(desk: Desk, provider: Rehearsal) -> None:
    client, _ = enter(desk, provider)
    page = client.post("/console/logout").text
    found = re.search(r'href="([^"]*/oidc/end[^"]*)"', page)
    assert found is not None
    there = unescape(found.group(1))
    answer = provider.http.get(there, allow_redirects=False, timeout=PATIENCE)
    assert answer.headers["Location"] == f"http://127.0.0.1:8000{LOGIN}"
    assert client.get("/console/tim").status_code == 303
    by_password = desk.login(Role.CLERK, login="lan.nguyen")
    assert by_password.post("/console/logout").status_code == 303


FALSE = (
    "oidc_wrong_nonce", "oidc_wrong_audience", "oidc_other_party", "oidc_wrong_issuer",
    "oidc_expired", "oidc_early", "oidc_alg_none", "oidc_alg_hs256", "oidc_foreign_key",
)  # fmt: skip


def test_no_false_token_opens_a_session(desk: Desk, provider: Rehearsal) -> None:
    enter(desk, provider)  # document and keys are known from here on
    for fault in FALSE:
        provider.fault(fault, count=1)
        client, answer = enter(desk, provider)
        assert answer.status_code == 422, fault
        assert "Không kiểm tra được câu trả lời" in answer.text, fault
        assert client.get("/console/tim").status_code == 303, fault
        assert trail(desk)[-1][0::2] == (
            "login.refused",
            '{"way": "provider", "why": "not_genuine"}',
        )


def test_an_answer_is_good_once_in_its_own_browser_and_within_ten_minutes(
    desk: Desk, provider: Rehearsal
) -> None:
    client = desk.stranger()
    back = to_provider(client, provider, "lan.nguyen", "/console/tim", mfa=False)
    stale = "quá 10 phút"
    assert stale in desk.stranger().get(back).text
    assert client.get(back).status_code == 303
    other = desk.stranger()
    other.get(THERE)
    assert stale in other.get(back).text  # another's state
    assert stale in other.get(back).text
    late = desk.stranger()
    back = to_provider(late, provider, "lan.nguyen", "/console/tim", mfa=False)
    desk.clock.move(minutes=11)
    assert stale in late.get(back).text
    desk.clock.move(minutes=-11)
    provider.fault("oidc_wrong_state", count=1)
    assert stale in enter(desk, provider)[1].text
    provider.fault("oidc_denied", count=1)
    assert "không cho đăng nhập lần này" in enter(desk, provider)[1].text


def test_only_accounts_that_an_administrator_let_in_are_opened(
    desk: Desk, provider: Rehearsal
) -> None:
    runtime, refused = desk.runtime, "chưa có tài khoản được phép"
    assert refused in enter(desk, provider, "nobody")[1].text
    assert refused in enter(desk, provider, "quan.tri")[1].text
    assert trail(desk)[-1] == ("login.refused", "", '{"way": "provider", "why": "no_account"}')
    client, _ = enter(desk, provider)
    change_account(runtime, None, "lan.nguyen", Change(disabled=True))
    assert "đã bị khóa" in client.get("/console/tim", follow_redirects=True).text
    assert refused in enter(desk, provider)[1].text
    change_account(runtime, None, "lan.nguyen", Change(disabled=False))
    for _ in range(5):
        log_in(runtime, "lan.nguyen", "not the password", "10.9.9.9")
    assert refused in enter(desk, provider)[1].text  # locked
    set_clock(desk, provider, minutes=16)
    assert enter(desk, provider)[1].status_code == 303


def test_an_account_unused_for_45_days_stays_closed(desk: Desk, provider: Rehearsal) -> None:
    enter(desk, provider)
    set_clock(desk, provider, days=46)
    assert "chưa có tài khoản được phép" in enter(desk, provider)[1].text


def test_who_is_linked_is_found_under_another_name_and_nobody_takes_the_place(
    desk: Desk, provider: Rehearsal
) -> None:
    enter(desk, provider)
    with desk.runtime.engine.begin() as connection:  # the login here was another before
        connection.execute(text("UPDATE staff SET login = 'lan' WHERE login = 'lan.nguyen'"))
    assert enter(desk, provider)[1].status_code == 303
    assert "chưa có tài khoản" in enter(desk, provider, "lan")[1].text  # somebody else of that name
    change_sign_on(desk.runtime, None, "lan", None)
    change_sign_on(desk.runtime, None, "lan", SignOn.ALLOWED)
    assert enter(desk, provider, "lan")[1].status_code == 303  # unlinked, then linked anew


def test_the_providers_second_factor_counts_else_ours_is_asked_for(
    sqlite_url: str, provider: Rehearsal
) -> None:
    desk = house(sqlite_url, provider, second_factor="required")
    change_sign_on(desk.runtime, None, "quan.tri", SignOn.ALLOWED)
    client, _ = enter(desk, provider, "quan.tri", "/console/staff", mfa=True)
    assert client.get("/console/staff").status_code == 200
    client, _ = enter(desk, provider, "quan.tri", "/console/staff")
    assert client.get("/console/staff").headers["Location"] == "/console/xac-thuc"
    telephone = set_up(desk.runtime, "quan.tri", PASSWORD)
    client, answer = enter(desk, provider, "quan.tri", "/console/staff")
    assert 'name="otp"' in answer.text
    assert client.get("/console/staff").status_code == 303
    form = {"otp": telephone.code(1), "next": "/console/staff"}
    assert client.post("/console/ma-xac-thuc", form).status_code == 303
    assert client.get("/console/staff").status_code == 200
    client, answer = enter(desk, provider, "quan.tri", "/console/staff", mfa=True)
    assert (answer.status_code, client.get("/console/staff").status_code) == (303, 200)


def test_an_account_of_the_provider_alone_has_no_password_but_the_last_administrator_keeps_one(
    desk: Desk, provider: Rehearsal
) -> None:
    runtime = desk.runtime
    boss = desk.login(Role.ADMINISTRATOR, agency=None, login="quan.tri")
    change = "/console/staff/{}/cach-dang-nhap"
    clerk, _ = enter(desk, provider)
    assert boss.post(change.format("lan.nguyen"), {"sign_on": "only"}).status_code == 303
    assert "Cách đăng nhập" in clerk.get("/console/tim", follow_redirects=True).text
    assert log_in(runtime, "lan.nguyen", PASSWORD, "10.1.2.3") is None
    assert enter(desk, provider)[1].status_code == 303
    told = boss.post(change.format("quan.tri"), {"sign_on": "only"}, follow_redirects=True).text
    assert "người quản trị cuối cùng" in told
    desk.account(Role.ADMINISTRATOR, agency=None, login="thu.hai")
    assert boss.post(change.format("quan.tri"), {"sign_on": "only"}).status_code == 303
    told = boss.post("/console/staff/thu.hai", {"roles": "clerk", "agency": ""}).text
    assert "người quản trị cuối cùng" in told
    assert boss.post(change.format("thu.hai"), {"sign_on": "never"}).status_code == 400
    assert "mật khẩu hoặc nơi cấp định danh → chỉ nơi cấp" in boss.get("/console/audit").text


def test_a_provider_that_is_away_leaves_the_password(desk: Desk, provider: Rehearsal) -> None:
    away = "Mời đăng nhập bằng mật khẩu"
    provider.fault("oidc_down")
    answer = desk.stranger().get(THERE)
    assert (answer.status_code, away in answer.text) == (503, True)
    provider.control("fault", name="all", on=False)
    provider.fault("oidc_elsewhere")  # its keys lie on the machine that clouds tell secrets at
    assert away in desk.stranger().get(THERE).text
    provider.control("fault", name="all", on=False)
    client = desk.stranger()
    back = to_provider(client, provider, "lan.nguyen", "/console/tim", mfa=False)
    provider.fault("oidc_down")
    assert away in client.get(back).text
    assert desk.stranger().get(THERE).status_code == 303  # its document is known
    assert desk.login(Role.CLERK, login="lan.nguyen").get("/console/tim").status_code == 200


def test_new_keys_of_the_provider_are_read_when_a_token_names_one(
    desk: Desk, provider: Rehearsal
) -> None:
    enter(desk, provider)
    set_clock(desk, provider, seconds=31)
    provider.fault("oidc_new_key", count=1)
    provider.fault("oidc_no_login", count=1)  # and the login is told beside the token
    assert enter(desk, provider)[1].status_code == 303


def test_in_a_place_with_too_many_refusals_only_who_works_there_gets_in(
    desk: Desk, provider: Rehearsal
) -> None:
    desk.account(Role.CLERK, login="minh")
    change_sign_on(desk.runtime, None, "minh", SignOn.ALLOWED)
    enter(desk, provider)
    with desk.runtime.engine.begin() as connection:
        row = "INSERT INTO login_refusal (place, at) VALUES ('127.0.0.1', :at)"
        rows = [{"at": desk.clock().replace(tzinfo=None)}] * MOST_REFUSED
        connection.execute(text(row), rows)
    assert enter(desk, provider)[1].status_code == 303
    assert enter(desk, provider, "minh")[1].status_code == 429
    assert enter(desk, provider, "nobody")[1].status_code == 429


def test_what_was_typed_before_a_log_in_at_the_provider_is_not_lost(
    desk: Desk, provider: Rehearsal
) -> None:
    client = desk.stranger()
    client.get("/console/phim-tat")
    page = client.post("/console/staff", {"login": "minh", "name": "Trần Văn Minh"}).text
    form = {"kept": hidden(page, "kept"), "next": hidden(page, "next"), "again": "1"}
    assert 'target="_blank"' in page
    assert "chưa đăng nhập xong" in client.post(LOGIN, form).text
    old = client.token()
    enter(desk, provider, client=client)
    shown = client.web.post(
        LOGIN, data={**form, "csrf_token": old}, headers={"Origin": "http://localhost"}
    )
    assert hidden(shown.text, "name") == "Trần Văn Minh"


def test_without_a_provider_there_is_no_such_way(sqlite_url: str) -> None:
    desk = Desk(sqlite_url)
    assert "Đăng nhập bằng tài khoản" not in desk.stranger().get(LOGIN).text
    assert desk.stranger().get(THERE).status_code == 404
    assert desk.stranger().get(f"{BACK}?code=x&state=y").status_code == 404
    desk.account(Role.CLERK, login="lan.nguyen")
    refused = change_sign_on(desk.runtime, None, "lan.nguyen", SignOn.ONLY)
    assert refused == (StaffFault.SIGN_ON_OFF,)


def test_the_way_there_asks_for_proof_that_the_same_browser_comes_back(
    desk: Desk, provider: Rehearsal
) -> None:
    sent = desk.stranger().get(THERE).headers["Location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(sent).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://127.0.0.1:8000{BACK}"
    assert len(asked["state"]) >= 43 <= len(asked["nonce"])
    assert requests.get(sent, timeout=PATIENCE).status_code == 200
