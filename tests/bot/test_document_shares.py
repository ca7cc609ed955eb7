"""How digital a day's results are: counted, told again for a past midnight, never impossible."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.core.snapshot import FeedDossier, Times
from bot.core.staff import Role
from bot.keep_books import keep_books
from bot.reconcile import reconcile
from bot.register import register_dossiers
from bot.store.book_pages import Extract, Numbers, lines_by
from bot.store.book_tables import book_line
from bot.store.books import FROZEN, stored_period
from bot.store.documents import wipe_documents
from tests.bot.results import paper, result, told
from tests.console.books import KEY, LAND
from tests.console.desk import Desk

DAY = date(2026, 11, 25)
FIGURES = ("resolved_electronic", "resolved_digitised", "papers", "papers_reused")


@pytest.fixture
def desk(database_url: str) -> Desk:
    return Desk(database_url)


def tell(desk: Desk, number: int, *documents: Any, status: int = 9) -> None:
    """A dossier of H56.14 with these documents."""
    desk.clock.move(minutes=1)
    now = desk.clock()
    dossier = FeedDossier(
        code=f"000.00.17.H56-261122-{number:04d}",
        agency="H56.14",
        procedure=LAND,
        step="Bước",
        status=status,
        changed_at=now,
        times=Times(received_at=now, due_at=now + timedelta(days=3)),
        documents=told(*documents) if documents else None,
    )
    [answer] = register_dossiers(desk.runtime, KEY, [dossier])
    assert answer.why is None, answer.why


def figures(row: Numbers) -> tuple[int, ...]:
    return tuple(row[name] for name in FIGURES)


def latest(desk: Desk) -> tuple[int, ...]:
    """The day's figures as pages show them."""
    with desk.runtime.engine.connect() as connection:
        found = lines_by(connection, Extract((DAY.isoformat(),)), "period")
    return figures(found[DAY.isoformat()])


def frozen(desk: Desk) -> tuple[int, ...]:
    """The day's figures as they were at its midnight."""
    with desk.runtime.engine.connect() as connection:
        lines, _ = stored_period(connection, DAY.isoformat(), FROZEN)
    return figures(next(row for row in lines if not row["procedure_code"]))


def three_dossiers(desk: Desk) -> None:
    """One with a result and papers, one with a digitised paper, one with nothing digital."""
    tell(desk, 1, result(), paper("a", reused=True), paper("b"))
    tell(desk, 2, paper("c", digitised=True))
    tell(desk, 3, paper("d"))
    tell(desk, 4, result(), status=4)  # not resolved: counts nowhere yet


def test_the_decisions_shares_are_counted_of_what_was_resolved(desk: Desk) -> None:
    three_dossiers(desk)
    keep_books(desk.runtime)
    assert latest(desk) == (1, 2, 4, 1)
    client = desk.login(Role.SUPERVISOR, agency="H56.14")
    page = client.get("/console/bao-cao").text
    cell = r'</th><td class="number">([^<]*)</td><td class="number">([^<]*)</td>'
    group = rf'<tr><td>Số hóa hồ sơ</td><th scope="row">[^<]*{cell}'
    assert re.findall(group, page) == [("1", "3"), ("2", "3"), ("1", "4")]
    assert "10 điểm còn lại" in page
    table = client.get("/console/bao-cao/xuat.csv?bang=co-quan").get_data().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(table))
    names = ("Có kết quả điện tử", "Có số hóa giấy tờ hoặc kết quả", "Giấy tờ dùng lại")
    assert [row[name] for name in names] == ["1", "2", "1"]
    for figure, number, dossiers in (("resolved_digitised", 2, 2), ("papers", 4, 3)):
        cases = client.get(f"/console/bao-cao/ho-so?so={figure}&ngay={DAY}").text
        assert f": {number}</h1>" in cases
        assert cases.count('<th scope="row" class="code">') == dossiers


def test_a_result_on_paper_alone_is_no_electronic_one(desk: Desk) -> None:
    tell(desk, 1, result(digitised=False))
    tell(desk, 2, result(digitised=False, link="https://kho.example.vn/2"))
    keep_books(desk.runtime)
    assert latest(desk) == (1, 1, 0, 0)


def test_a_document_that_comes_later_counts_on_the_day_of_its_result(desk: Desk) -> None:
    three_dossiers(desk)
    desk.clock.move(hours=24)
    keep_books(desk.runtime)
    assert frozen(desk) == latest(desk) == (1, 2, 4, 1)
    tell(desk, 3, result(), paper("d", reused=True))
    tell(desk, 2, paper("c", digitised=True, deleted=True))
    desk.clock.move(hours=25)
    keep_books(desk.runtime)
    assert frozen(desk) == (1, 2, 4, 1)
    assert latest(desk) == (2, 2, 3, 2)
    assert reconcile(desk.runtime, DAY).closes
    # Who is forgotten takes no figure along.
    with desk.runtime.engine.begin() as connection:
        assert wipe_documents(connection, [1, 2, 3])
    assert reconcile(desk.runtime, DAY).closes


@pytest.mark.parametrize(("after", "counts"), [(20, True), (100, False)])
def test_a_backlog_is_counted_within_a_quarter(desk: Desk, after: int, counts: bool) -> None:
    tell(desk, 1)
    keep_books(desk.runtime)
    desk.clock.move(days=after)
    while len(keep_books(desk.runtime)) > 1:
        pass
    tell(desk, 1, result())
    desk.clock.move(minutes=5)
    keep_books(desk.runtime)
    assert latest(desk) == ((1, 1, 0, 0) if counts else (0, 0, 0, 0))
    assert len(keep_books(desk.runtime)) == (2 if counts else 1)  # again, until all is committed
    desk.clock.move(minutes=11)
    keep_books(desk.runtime)
    assert len(keep_books(desk.runtime)) == 1


def test_figures_that_cannot_be_are_named(desk: Desk) -> None:
    three_dossiers(desk)
    keep_books(desk.runtime)
    with desk.runtime.engine.begin() as connection:
        connection.execute(
            update(book_line)
            .where(book_line.c.procedure_code == "")
            .values(resolved_digitised=4, papers_reused=9)
        )
    found = reconcile(desk.runtime, DAY)
    assert not found.closes
    assert [one.rule for one in found.broken] == [
        "resolved_digitised 4 > resolved_early + resolved_on_time + resolved_late 3",
        "papers_reused 9 > papers 4",
    ]
