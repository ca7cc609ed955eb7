"""`/console/ra-soat-quyen`: due accounts on the first page, confirmed, closed, taken as a table."""

import csv
import io

import pytest
from sqlalchemy import select

from bot.core.staff import Role
from bot.review_accounts import close_unused
from bot.store.counter_tables import audit_entry
from tests.console.desk import Desk

PATH = "/console/ra-soat-quyen"


@pytest.fixture
def desk(sqlite_url: str) -> Desk:
    desk = Desk(sqlite_url)
    desk.account(Role.ADMINISTRATOR, login="quan.tri")
    desk.account(Role.CLERK, login="lan", name="=Nguyễn Thị Lan")
    desk.account(Role.CLERK, login="xa", agency="H56.15")
    return desk


def used(desk: Desk) -> None:
    """Half a year in which everybody works."""
    for _ in range(5):
        desk.clock.move(days=37)
        for login in ("lan", "quan.tri", "xa"):
            client = desk.stranger()
            client.enter(login)


def test_what_is_due_stands_on_the_first_page_until_each_is_judged(desk: Desk) -> None:
    used(desk)
    boss = desk.login(login="quan.tri")
    form = {"present": "bốn mùa hoa phượng nở", "wished": "năm mùa hoa phượng nở"}
    boss.post("/console/mat-khau", {**form, "again": form["wished"]})
    assert (
        'urgent" href="/console/ra-soat-quyen"><span class="count">2<' in boss.get("/console/").text
    )
    page = boss.get(PATH).text
    assert "2 trong 2 tài khoản đang mở đến hạn rà soát" in page
    assert ">xa<" not in page
    kept = boss.post(f"{PATH}/quan.tri", {"verdict": "keep"}, follow_redirects=True)
    assert "Đã xác nhận tài khoản quan.tri." in kept.text
    closed = boss.post(f"{PATH}/lan", {"verdict": "remove"}, follow_redirects=True)
    assert "Đã khóa tài khoản lan" in closed.text
    assert "0 trong 1 tài khoản" in closed.text
    assert desk.stranger().enter("lan").status_code == 422


def test_an_unclear_verdict_another_agency_and_oneself_are_refused(desk: Desk) -> None:
    boss = desk.login(login="quan.tri")
    for login, verdict, words in (
        ("lan", "", "Chưa chọn giữ hay khóa"),
        ("xa", "remove", "Không có tài khoản này"),
        ("quan.tri", "remove", "Không tự khóa"),
    ):
        answer = boss.post(f"{PATH}/{login}", {"verdict": verdict}, follow_redirects=True)
        assert words in answer.text, login


def test_the_list_is_taken_as_a_table_and_the_trail_tells_so(desk: Desk) -> None:
    boss = desk.login(login="quan.tri")
    answer = boss.get(f"{PATH}/danh-sach.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["Tên đăng nhập", "lan", "quan.tri"]
    assert rows[1][1:6] == ["'=Nguyễn Thị Lan", "Cán bộ một cửa", "H56.14", "Đang dùng", "không"]
    with desk.runtime.engine.connect() as connection:
        assert "staff.exported" in connection.scalars(select(audit_entry.c.action)).all()


def test_who_was_closed_for_want_of_use_is_listed_for_a_month(desk: Desk) -> None:
    desk.clock.move(days=44)
    boss = desk.login(login="quan.tri")
    desk.clock.move(days=1)
    close_unused(desk.runtime)
    boss = desk.login(login="quan.tri")
    assert '<span class="count">1</span> <span>Tài khoản tự khóa' in boss.get("/console/").text
    page = boss.get(PATH).text
    assert "Tự khóa trong 30 ngày qua vì 45 ngày không dùng" in page
    assert '<a href="/console/staff/lan">lan</a>' in page
    assert "/console/staff/xa" not in page
    account = boss.get("/console/staff/lan").text
    assert "Tự khóa vì lâu không dùng" in account
    opened = {"name": "Lan", "agency": "H56.14", "roles": "clerk"}
    assert boss.post("/console/staff/lan", opened).status_code == 303
    assert desk.stranger().enter("lan").status_code == 303
