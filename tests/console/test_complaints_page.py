"""Complaints at the console: seen and answered by the clerks of their agency alone."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from bot.core.staff import Role
from bot.database import reading
from bot.store.book_tables import complaint
from bot.store.counter_tables import audit_entry
from bot.store.notice_tables import notice
from bot.store.tables import follower, outbox
from tests.console.books import LAND, tell
from tests.console.desk import Desk

CODE = "000.00.17.H56-261122-0001"


@pytest.fixture
def desk(database_url: str) -> Desk:
    desk = Desk(database_url)
    tell(desk, "H56.14", 1, LAND, 2)
    desk.clock.move(hours=1)
    tell(desk, "H56.14", 1, LAND, 9)
    now = desk.clock()
    with desk.runtime.engine.begin() as connection:
        connection.execute(
            insert(follower).values(
                user_id="u1", following=True, first_seen_at=now, last_interaction_at=now
            )
        )
        told = connection.execute(
            select(notice.c.id, notice.c.dossier_id).where(notice.c.event == "result")
        ).one()
        connection.execute(
            insert(complaint).values(
                dossier_id=told[1], user_id="u1", agency_code="H56.14", procedure_code=LAND.code,
                notice_id=told[0], event="result", opened_at=now,
                words=desk.runtime.vault.seal("tôi đến nhưng chưa có"),
            )
        )  # fmt: skip
    return desk


def test_a_clerk_sees_who_moved_the_step_and_answers(desk: Desk) -> None:
    clerk = desk.login(Role.CLERK)
    assert CODE in clerk.get("/console/phan-anh").text
    assert "Phản ánh chờ trả lời" in clerk.get("/console/").text
    page = clerk.get("/console/phan-anh/1").text
    assert "tôi đến nhưng chưa có" in page
    assert "fk-1" in page
    answer = clerk.post(
        "/console/phan-anh/1",
        {"verdict": "ready", "text": "Mời đến quầy 3."},
        follow_redirects=True,
    )
    assert "đang được gửi cho công dân" in answer.text
    with reading(desk.runtime.engine) as connection:
        assert connection.scalars(select(outbox.c.event)).all() == ["complaint"]
        actions = connection.scalars(select(audit_entry.c.action)).all()
    assert "complaint.answered" in actions
    assert "Mời đến quầy 3." in clerk.get("/console/phan-anh/1").text
    assert CODE in clerk.get("/console/phan-anh?xem=da-tra-loi").text
    late = clerk.post("/console/phan-anh/1", {"verdict": "ready", "text": "Lần nữa"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"verdict": "ready", "text": " "}, "Chưa có nội dung trả lời"),
        ({"verdict": "", "text": "Mời đến"}, "Chưa chọn kết luận"),
        ({"verdict": "ready", "text": "x" * 1001}, "dài quá 1000 ký tự"),
    ],
)
def test_an_answer_that_cannot_go_is_explained_and_kept(
    desk: Desk, typed: dict[str, str], words: str
) -> None:
    answer = desk.login(Role.CLERK).post("/console/phan-anh/1", typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert typed["text"].strip() in answer.text


def test_another_agency_knows_nothing_of_it(desk: Desk) -> None:
    other = desk.login(Role.CLERK, agency="H56.15")
    assert CODE not in other.get("/console/phan-anh").text
    assert other.get("/console/phan-anh/1").status_code == 404
    assert other.post("/console/phan-anh/1", {"verdict": "ready", "text": "x"}).status_code == 404


def test_a_supervisor_reads_and_does_not_answer(desk: Desk) -> None:
    supervisor = desk.login(Role.SUPERVISOR)
    assert "<textarea" not in supervisor.get("/console/phan-anh/1").text
    assert supervisor.post("/console/phan-anh/1", {"text": "x"}).status_code == 403


def test_outside_the_chats_window_the_clerk_is_told_to_call(desk: Desk) -> None:
    desk.clock.moment += timedelta(days=3)
    clerk = desk.login(Role.CLERK)
    assert "mời gọi điện" in clerk.get("/console/phan-anh/1").text
    answer = clerk.post(
        "/console/phan-anh/1", {"verdict": "not_ready", "text": "Xin lỗi."}, follow_redirects=True
    )
    assert "mời gọi điện cho công dân" in answer.text
    with reading(desk.runtime.engine) as connection:
        assert connection.scalars(select(outbox.c.event)).all() == []
