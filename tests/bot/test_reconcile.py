"""A day closes, and what is missing or too much in it is named."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from bot.apologise import apologise_if_due
from bot.channels.channel import Again
from bot.core.snapshot import Procedure, Ticks, Times
from bot.keep_books import keep_books
from bot.reconcile import Line, reconcile
from bot.store.book_tables import book_line
from bot.store.notice_tables import attempt, notice
from tests.bot.notice_stage import Stage, make_stage

DAY = date(2026, 11, 25)


@pytest.fixture
def stage(database_url: str) -> Stage:
    return make_stage(database_url)


def line(stage: Stage, event: str, day: date = DAY) -> Line:
    [found] = [one for one in reconcile(stage.runtime, day).lines if one.event == event]
    return found


def test_what_was_due_was_sent(stage: Stage) -> None:
    stage.follow()
    stage.feed(9, "Trả kết quả")
    assert line(stage, "result").balance.pending == 1
    stage.work()
    found = line(stage, "result")
    assert (found.agency, found.balance.due, found.balance.sent) == ("H32", 1, 1)
    assert reconcile(stage.runtime, DAY).closes


def test_what_found_no_way_is_skipped_and_what_was_refused_has_failed(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", phone=None)
    stage.zbs.refuse(Again.CLOSED)
    stage.sms.refuse(Again.CLOSED)
    stage.feed(5, "Chờ bổ sung", at_desk=True, code="000.00.17.H32-261122-0002")
    stage.clock.move(minutes=1)
    stage.feed(6, "Nộp phí", code="000.00.17.H32-261122-0002")
    stage.work()
    assert line(stage, "result").balance.skipped == 1
    assert line(stage, "payment").balance.failed == 1
    assert reconcile(stage.runtime, DAY).closes


def test_a_notice_that_was_lost_stands_open_with_its_dossier(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    with stage.runtime.engine.begin() as connection:
        connection.execute(delete(notice))
    found = line(stage, "result")
    assert (found.balance.due, found.balance.difference) == (1, 1)
    assert [(one["kind"], one["code"]) for one in found.open] == [
        ("lost", "000.00.17.H32-261122-0001")
    ]
    assert not reconcile(stage.runtime, DAY).closes


def test_a_notice_that_no_change_explains_stands_open(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(notice).values(event="payment"))
    assert line(stage, "result").balance.difference == 1
    found = line(stage, "payment")
    assert (found.balance.difference, found.open[0]["kind"]) == (-1, "unearned")


def test_a_moment_told_twice_owes_one_message(stage: Stage) -> None:
    moment = stage.clock()
    stage.feed(4, "Trình ký", changed_at=moment)
    stage.clock.move(minutes=5)
    stage.feed(4, "Thẩm định", changed_at=moment)
    stage.work()
    found = line(stage, "step")
    assert found.balance.due == len(stage.notices()) == 1
    assert reconcile(stage.runtime, DAY).closes


def test_a_result_taken_back_and_ready_again_closes_on_both_days(stage: Stage) -> None:
    stage.clock.moment = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # ten at night: it waits
    moment = stage.clock()
    stage.feed(9, "Trả kết quả", changed_at=moment)
    stage.feed(4, "Thẩm định", changed_at=moment)
    assert line(stage, "result").balance.skipped == 1
    stage.clock.moment = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)  # half past midnight
    keep_books(stage.runtime)
    stage.feed(9, "Trả kết quả", changed_at=moment)
    stage.later(hours=8)
    assert stage.notices()[0].state in ("sent", "delivered")
    first = reconcile(stage.runtime, DAY)
    assert first.frozen
    assert first.closes, first


def test_a_silent_same_day_procedure_is_due_nothing(stage: Stage) -> None:
    code = "000.00.17.H32-261122-0003"
    same_day = Procedure("2.000815", "Chứng thực", same_day=True)
    stage.feed(2, "Tiếp nhận", code=code, procedure=same_day)
    stage.clock.move(minutes=1)
    stage.feed(9, "Trả kết quả", code=code, procedure=same_day)
    assert reconcile(stage.runtime, DAY).lines == []


def test_a_message_owed_again_to_a_corrected_phone_is_due_again(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", phone=None)
    stage.work()
    stage.clock.move(minutes=5)
    stage.feed(9, "Trả kết quả", phone="0912345678")
    stage.work()
    found = line(stage, "result")
    assert (found.balance.due, found.balance.skipped, found.balance.sent) == (2, 1, 1)
    assert reconcile(stage.runtime, DAY).closes


def test_an_apology_that_was_lost_is_missed(stage: Stage) -> None:
    stage.feed(times=Times(due_at=datetime(2026, 11, 26, 9, 0, tzinfo=UTC)))
    stage.clock.moment = datetime(2026, 11, 25, 10, 31, tzinfo=UTC)
    assert apologise_if_due(stage.runtime) == 1
    assert line(stage, "apology").balance.due == 1
    assert reconcile(stage.runtime, DAY).closes
    with stage.runtime.engine.begin() as connection:
        connection.execute(delete(notice).where(notice.c.event == "apology"))
    found = line(stage, "apology")
    assert (found.balance.difference, found.open[0]["kind"]) == (1, "apologies")


def test_a_midnight_is_told_again_as_it_was(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả", notify=Ticks(zalo=False, sms=True))
    stage.work()  # taken by the gateway, no receipt yet
    stage.clock.moment = datetime(2026, 11, 25, 17, 11, tzinfo=UTC)
    keep_books(stage.runtime)
    stage.later(hours=80)  # closed as sent, then reported after all
    stage.report(stage.sms)
    assert stage.last().state == "delivered"
    keep_books(stage.runtime)
    found = reconcile(stage.runtime, DAY)
    assert found.frozen
    assert found.moved == []
    assert found.closes


def test_a_frozen_row_that_was_tampered_with_is_named(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    stage.work()
    stage.clock.moment = datetime(2026, 11, 25, 17, 11, tzinfo=UTC)
    keep_books(stage.runtime)
    with stage.runtime.engine.begin() as connection:
        connection.execute(
            update(book_line)
            .where(book_line.c.edition == "frozen", book_line.c.procedure_code == "")
            .values(sent=7)
        )
    found = reconcile(stage.runtime, DAY)
    assert [(one.what, one.frozen) for one in found.moved] == [("sent", 7)]
    assert not found.closes


def test_days_on_which_nothing_ran_are_frozen_afterwards_as_they_were(stage: Stage) -> None:
    stage.feed(9, "Trả kết quả")
    stage.work()
    before = stage.attempts()
    stage.clock.move(days=9)
    while len(keep_books(stage.runtime)) > 1:
        pass
    with stage.runtime.engine.begin() as connection:
        connection.execute(update(attempt).values(cost_dong=attempt.c.cost_dong))
    assert before
    found = [reconcile(stage.runtime, DAY + timedelta(days=number)) for number in range(9)]
    assert all(one.frozen and one.closes for one in found)
