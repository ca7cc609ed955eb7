"""`/console/audit`: what staff did, of one's own agencies, found and paged."""

import ast
import re

import pytest

from bot.core.staff import Deed, Role
from bot.store.audit import write_deed
from console.deeds import WORDS
from tests.console.desk import Client, Desk
from tests.rig.tree import python_files, syntax_of

CODE = "H56.14-261125-0001"


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


def write(desk: Desk, count: int = 1, agency: str | None = "H56.14", key: str = CODE) -> None:
    deed = Deed("intake.saved", agency, "dossier", key)
    with desk.runtime.engine.begin() as connection:
        for _ in range(count):
            write_deed(connection, None, desk.clock(), deed)


def lines(client: Client, query: str = "") -> list[str]:
    """The rows of the trail, each as its words."""
    page = client.get(f"/console/audit{query}")
    assert page.status_code == 200, page.text
    rows = re.findall(r"<tr>(.*?)</tr>", page.text.partition("<tbody>")[2], re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_the_trail_tells_when_who_what_and_about_whom(desk: Desk) -> None:
    boss = desk.login(Role.SUPERVISOR, login="hoa")
    write(desk)
    assert lines(boss)[0] == (f"25/11/2026 09:00:00 Lệnh tại máy chủ Tiếp nhận hồ sơ {CODE} H56.14")
    assert lines(boss)[1].startswith("25/11/2026 09:00:00 hoa Đăng nhập hoa H56.14")


def test_each_sees_what_was_done_in_their_agencies(desk: Desk) -> None:
    for agency in ("H56.14.1", "H56.15", "H56", None):
        write(desk, agency=agency, key=f"of-{agency}")
    seen = {
        agency: {
            key
            for key in re.findall(
                r"of-\S+", " ".join(lines(desk.login(Role.SUPERVISOR, agency=agency)))
            )
        }
        for agency in ("H56.14", "H56", None)
    }
    assert seen["H56.14"] == {"of-H56.14.1"}
    assert seen["H56"] == {"of-H56.14.1", "of-H56.15", "of-H56"}
    assert seen[None] == {"of-H56.14.1", "of-H56.15", "of-H56", "of-None"}


def test_it_is_found_by_account_day_and_dossier(desk: Desk) -> None:
    desk.login(Role.CLERK, login="minh")
    desk.clock.move(days=1)
    boss = desk.login(Role.ADMINISTRATOR, login="quan.tri")
    write(desk)
    write(desk, key="H56.14-261125-0002")
    assert len(lines(boss, "?login=MINH")) == 2  # made, and logged in
    assert len(lines(boss, "?day=2026-11-26")) == 4
    assert len(lines(boss, "?day=25/11/2026")) == 4  # and two agencies were added
    assert len(lines(boss, f"?code={CODE.lower()}")) == 1
    assert len(lines(boss, f"?code={CODE}&day=2026-11-25")) == 0


def test_the_day_is_the_provinces(desk: Desk) -> None:
    desk.clock.move(hours=14, minutes=59)  # 23:59 in Vietnam
    write(desk)
    desk.clock.move(minutes=1)
    write(desk, count=2)
    assert len(lines(desk.login(Role.SUPERVISOR), "?day=2026-11-25&code=" + CODE)) == 1
    assert len(lines(desk.login(Role.SUPERVISOR), "?day=2026-11-26&code=" + CODE)) == 2


def test_older_entries_stand_on_the_next_page_each_once(desk: Desk) -> None:
    boss = desk.login(Role.SUPERVISOR)
    for number in range(120):
        write(desk, key=f"key-{number:03}")
    seen: list[str] = []
    query = "?day=2026-11-25"
    while query:
        seen += re.findall(r"key-\d+", " ".join(lines(boss, query)))
        older = re.search(
            r'href="/console/audit(\?[^"]+)">Cũ hơn', boss.get(f"/console/audit{query}").text
        )
        query = older.group(1).replace("&amp;", "&") if older else ""
    assert seen == [f"key-{number:03}" for number in reversed(range(120))]


@pytest.mark.parametrize("query", ["?day=32/13/2026", "?day=tomorrow", "?login=có dấu"])
def test_a_filter_that_cannot_be_read_is_told_and_kept(desk: Desk, query: str) -> None:
    answer = desk.login(Role.SUPERVISOR).get(f"/console/audit{query}")
    assert answer.status_code == 422
    assert "Mời " in answer.text
    assert query.split("=")[1] in answer.text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1e9"])
def test_a_place_that_is_none_is_the_first_page(desk: Desk, before: str) -> None:
    boss = desk.login(Role.SUPERVISOR)
    assert lines(boss, f"?before={before}") == lines(boss)


def test_every_deed_of_the_product_has_words() -> None:
    written = {
        part.value
        for path in python_files("bot", "console")
        for node in ast.walk(syntax_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Deed", "_deed")
        for given in node.args
        for part in ast.walk(given)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and "." in part.value
    }
    assert {"login.ok", "intake.saved", "handover.closed"} <= written
    assert written - set(WORDS) == set()
