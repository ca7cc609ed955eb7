"""Who came for a result and found none says so, and the agency's clerks answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.staff import Account, Actor
from bot.database import reading
from bot.keep_books import keep_books
from bot.read_books import Asked, read_counts
from bot.store.book_tables import complaint
from tests.bot.complaining import answered, press, told
from tests.bot.notice_stage import CODE, Stage, make_stage, result

AGENCY = "Sở Nông nghiệp và Môi trường"
SUPERVISOR = Actor(Account(1, "hoa", "", frozenset(), None), "", frozenset({"H32"}))


@pytest.fixture
def stage(database_url: str) -> Stage:
    stage = make_stage(database_url)
    stage.follow("u1")
    result(stage)
    return stage


def cases(stage: Stage) -> list[tuple[str, str]]:
    with reading(stage.runtime.engine) as connection:
        rows = connection.execute(select(complaint.c.user_id, complaint.c.event))
        return [(row[0], row[1]) for row in rows]


def test_the_button_under_a_result_opens_a_case_once(stage: Stage) -> None:
    first = press(stage, "u1", f"#CHUACO{stage.last().id}")
    assert CODE in first
    assert AGENCY in first
    assert cases(stage) == [("u1", "result")]
    assert "đang chờ cán bộ trả lời" in press(stage, "u1", f"#CHUACO{stage.last().id}")
    assert len(cases(stage)) == 1


@pytest.mark.parametrize(
    "words",
    [
        "tôi đến nhưng chưa có kết quả",
        "Da den roi ma khong co ket qua gi ca",
        "em lên lấy mà cán bộ bảo chưa xong",
    ],
)
def test_words_do_what_the_button_does(stage: Stage, words: str) -> None:
    assert CODE in press(stage, "u1", words)
    assert cases(stage) == [("u1", "result")]


def test_somebody_elses_notice_cannot_be_complained_of(stage: Stage) -> None:
    stage.follow("u2", phone="0912345678")
    answer = press(stage, "u2", f"#CHUACO{stage.last().id}")
    assert CODE not in answer
    assert cases(stage) == []


def test_an_old_notice_is_asked_about_anew(stage: Stage) -> None:
    stage.clock.move(days=31)
    assert "Chưa thấy tin nào" in press(stage, "u1", "tôi đến nhưng chưa có kết quả")
    assert cases(stage) == []


def test_a_step_carries_no_such_button_and_a_result_does(stage: Stage) -> None:
    stage.clock.move(minutes=5)
    titles = [one.title for one in stage.chat_buttons[0]]
    assert titles == ["Tôi đến nhưng chưa có kết quả", "Hồ sơ của tôi"]
    stage.feed(4, "Trình ký")
    stage.work()
    assert stage.chat_buttons[-1] == ()


def test_the_answer_is_told_in_the_chat_once_and_counted(stage: Stage) -> None:
    press(stage, "u1", f"#CHUACO{stage.last().id}")
    assert answered(stage, "Kết quả ở quầy số 3.").told
    assert told(stage)[-1] == (
        f"{AGENCY} trả lời phản ánh của Ông/Bà về hồ sơ {CODE}: Kết quả ở quầy số 3."
    )
    assert answered(stage, "Lần nữa.") == "answered"
    keep_books(stage.runtime)
    counts = read_counts(stage.runtime, SUPERVISOR, Asked("2026-11", "2026-11"), "agency_code")
    assert counts["H32", "complaint.opened"] == counts["H32", "complaint.answered"] == 1


def test_once_the_window_is_closed_the_answer_is_only_kept(stage: Stage) -> None:
    press(stage, "u1", f"#CHUACO{stage.last().id}")
    before = len(told(stage))
    stage.clock.moment += timedelta(days=3)
    assert not answered(stage, "Mời Ông/Bà đến nhận.").told
    assert len(told(stage)) == before
