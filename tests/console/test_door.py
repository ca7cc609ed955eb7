"""The console's door: closed by default, nothing inline, bodies limited, faults in words."""

from collections.abc import Callable, Iterator

import pytest
from flask import Blueprint, Flask

from bot.core.staff import Role
from bot.runtime import Runtime
from console.door import allowed, open_console, paper
from tests.console.desk import Desk
from tests.make import make_runtime


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    return Desk(sqlite_url)


def opened(runtime: Runtime, view: Callable[[], str]) -> Flask:
    """An application with one page of ours."""
    app = Flask("small")
    app.config["SECRET_KEY"] = "x"
    part = Blueprint("small", __name__)
    part.get("/console/small")(view)
    open_console(app, runtime, [part])
    return app


def test_a_page_that_does_not_say_whom_it_lets_in_keeps_the_console_from_opening(
    sqlite_url: str,
) -> None:
    runtime = make_runtime(sqlite_url)
    with pytest.raises(RuntimeError, match="/console/small"):
        opened(runtime, lambda: "open to all")
    assert (
        opened(runtime, allowed(Role.CLERK)(lambda: ""))
        .test_client()
        .get("/console/small")
        .status_code
        == 303
    )


def test_every_console_page_forbids_what_is_inline_and_foreign(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    for path in ("/console/", "/console/nothing", "/console/login", "/console/staff"):
        headers = clerk.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_no_page_holds_what_the_policy_would_not_run(desk: Desk) -> None:
    boss = desk.login(*Role)
    for path in boss_pages(desk):
        answer = boss.get(path)
        page = answer.text if answer.mimetype == "text/html" else ""
        assert "<style" not in page, path
        assert " style=" not in page, path
        assert not [word for word in (" onclick", " onload", " onsubmit") if word in page], path


def boss_pages(desk: Desk) -> Iterator[str]:
    """Every page of the console that needs no key."""
    for rule in desk.app.url_map.iter_rules():
        if (
            rule.rule.startswith("/console/")
            and not rule.arguments
            and "GET" in (rule.methods or ())
        ):
            yield rule.rule


def test_files_are_kept_for_long_and_change_their_address_with_their_content(desk: Desk) -> None:
    page = desk.stranger().get("/console/login").text
    address = page.split('rel="stylesheet" href="')[2].split('"')[0]
    answer = desk.stranger().get(address)
    assert address.startswith("/console/static/console.css?v=")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "name", ["slip/slip.css", "../door.py", "..%2fdoor.py", "vendor/README.md", "none.css"]
)
def test_only_files_of_the_pages_are_given(desk: Desk, name: str) -> None:
    assert desk.stranger().get(f"/console/static/{name}").status_code == 404


def test_a_missing_page_and_a_body_too_large_are_told_in_vietnamese(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    assert "Không tìm thấy trang này" in clerk.get("/console/nothing").text
    clerk.token()
    answer = clerk.post("/console/mat-khau", {"present": "x" * (2 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "Nội dung gửi lên quá lớn" in answer.text


def test_a_fault_of_ours_is_a_page_in_words(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    with desk.runtime.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE staff_session RENAME TO gone")
    answer = clerk.get("/console/phim-tat")
    assert answer.status_code in (500, 503)
    assert "Hệ thống đang" in answer.text
    assert "Traceback" not in answer.text


def test_the_character_no_database_keeps_is_refused_in_words(desk: Desk) -> None:
    clerk = desk.login(Role.SUPERVISOR)
    for path in ("/console/audit?code=%00", "/console/audit?login=a&login=%00"):
        answer = clerk.get(path)
        assert answer.status_code == 400
        assert "không đọc được" in answer.text


@pytest.mark.parametrize(
    ("who", "path", "status", "why"),
    [
        ("stranger", "/console/", 401, "login"),
        ("clerk", "/console/staff", 403, "role"),
        ("clerk", "/console/nothing", 404, "refused"),
    ],
)
def test_a_script_of_a_page_is_answered_in_its_own_form(
    desk: Desk, who: str, path: str, status: int, why: str
) -> None:
    client = desk.stranger() if who == "stranger" else desk.login(Role.CLERK)
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["why"]) == (status, why)
    assert answer.get_json()["message"]


def test_a_paper_may_stand_inside_a_page_of_ours_and_nowhere_else() -> None:
    shown = paper(b"%PDF-1.7", "phiếu.pdf")
    assert shown.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["Content-Disposition"].startswith("inline")


def test_the_menu_holds_only_what_the_account_may_open(desk: Desk) -> None:
    clerk, boss = desk.login(Role.CLERK).get("/console/"), desk.login(Role.ADMINISTRATOR)
    assert 'href="/console/staff"' not in clerk.text
    assert 'href="/console/staff"' in boss.get("/console/").text
    assert 'aria-current="page"' in boss.get("/console/staff").text


def test_home_says_what_waits(desk: Desk) -> None:
    page = desk.login(Role.CLERK).get("/console/").text
    assert '<span class="count">0</span>' in page
    assert 'href="/console/trao-doi"' in page
