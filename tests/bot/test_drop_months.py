"""Whole months go when their time is over and their books are closed; what lives on stays whole."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, func, insert, select

from bot import drop_months
from bot.drop_months import NOT_FROZEN, past_months
from bot.keep_books import keep_books
from bot.keep_months import keep_months
from bot.purge import purge
from bot.reconcile import reconcile
from bot.store.book_tables import book_day
from bot.store.notice_tables import attempt
from bot.store.privacy_tables import month_dropped
from bot.store.tables import dossier_change
from tests.bot.notice_stage import Stage, make_stage
from tests.meanwhile import meanwhile

DAY = date(2026, 11, 25)
OVER, OPEN = "000.00.17.H32-261122-0001", "000.00.17.H32-261122-0002"
RULES = ("attempt", "history")


@pytest.fixture
def stage(database_url: str) -> Stage:
    """A dossier that was handed out and one that is still worked on, their day in the books."""
    return closed_stage(database_url)


def closed_stage(database_url: str) -> Stage:
    stage = make_stage(database_url)
    stage.follow()
    stage.feed(9, "Trả kết quả", code=OVER)
    stage.feed(4, "Thẩm định", code=OPEN)
    stage.work()
    stage.clock.move(minutes=1)
    stage.feed(10, "Đã trả", code=OVER)
    stage.clock.moment = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)  # past midnight
    keep_books(stage.runtime)
    stage.later(hours=80)  # nothing is owed any more
    keep_books(stage.runtime)
    return stage


def years_pass(stage: Stage, days: int) -> None:
    """Let so many days pass, counted from when the months were made where that is later."""
    stage.clock.moment = max(stage.clock(), datetime.now(UTC)) + timedelta(days=days)


def freeze_on(stage: Stage) -> None:
    """Let the books have been kept up to yesterday."""
    yesterday = stage.runtime.today() - timedelta(days=1)
    row = {"day": yesterday, "frozen_at": stage.clock()}
    with stage.runtime.engine.begin() as connection:
        connection.execute(insert(book_day).values(row))


def left(stage: Stage) -> tuple[int, int]:
    """How many attempts and changes there are."""
    with stage.runtime.engine.begin() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (attempt, dossier_change)
        ]
    return counts[0], counts[1]


def purged(stage: Stage, dry_run: bool = False) -> list[tuple[int, int]]:
    """(past, purged) by the rules of whole months."""
    lines = {line.rule: line for line in purge(stage.runtime, dry_run)}
    return [(lines[name].counted, lines[name].purged) for name in RULES]


def sums(stage: Stage) -> list[tuple[str, int, int]]:
    """What the check of the day tells: event, due, sent."""
    found = reconcile(stage.runtime, DAY)
    assert found.closes, found
    return [(line.event, line.balance.due, line.balance.sent) for line in found.lines]


def test_attempts_go_after_two_years_and_the_day_still_closes(stage: Stage) -> None:
    tried, changes = left(stage)
    told = sums(stage)
    assert not reconcile(stage.runtime, DAY).gone
    years_pass(stage, days=800)
    assert purged(stage) == [(0, 0), (0, 0)]
    before = stage.clock() - timedelta(days=730)
    assert {one.stays for one in past_months(stage.runtime, "attempt", before)} == {NOT_FROZEN}
    freeze_on(stage)
    assert purged(stage, dry_run=True) == [(tried, 0), (0, 0)]
    assert left(stage) == (tried, changes)
    assert purged(stage) == [(tried, tried), (0, 0)]
    assert left(stage) == (0, changes)
    assert sums(stage) == told
    assert reconcile(stage.runtime, DAY).gone
    assert purged(stage) == [(0, 0), (0, 0)]


def test_of_dossiers_that_live_on_the_whole_history_stays(stage: Stage) -> None:
    told = sums(stage)
    gone = left(stage)[1] - 1
    years_pass(stage, days=1900)
    freeze_on(stage)
    assert purged(stage)[1] == (gone, gone)
    assert left(stage) == (0, 1), "what the open dossier's next days are reckoned from"
    assert sums(stage) == told
    with stage.runtime.engine.begin() as connection:
        chosen = select(month_dropped.c.dropped, month_dropped.c.kept)
        rows = connection.execute(chosen.where(month_dropped.c.table_name == "dossier_change"))
        assert [tuple(row) for row in rows] == [(gone, 1)]
    keep_months(stage.runtime)
    stage.feed(9, "Trả kết quả", code=OPEN)
    stage.feed(4, "Thẩm định", code=OVER)  # nobody knows any more what it was before
    stage.work()
    today = reconcile(stage.runtime, stage.runtime.today())
    assert today.closes, today
    assert "result" in {line.event for line in today.lines}
    assert purged(stage)[1] == (0, 0)


def test_a_month_whose_dropping_was_cut_off_goes_with_the_next_purge(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    years_pass(stage, days=1900)
    freeze_on(stage)
    monkeypatch.setattr(drop_months, "ROWS", 1)
    before = stage.clock() - timedelta(days=1825)
    [past] = past_months(stage.runtime, "dossier_change", before)
    noted: list[int] = []

    def note(_: Connection, rows: int) -> None:
        noted.append(rows)
        if len(noted) > 1 or rows == past.going:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        drop_months.drop_month(stage.runtime, past, note)
    assert left(stage)[1] > 1
    purge(stage.runtime)
    assert left(stage) == (0, 1)


def test_a_dossier_that_moves_just_before_its_month_goes_keeps_its_history(
    postgres_url: str,
) -> None:
    stage = closed_stage(postgres_url)
    years_pass(stage, days=1900)
    freeze_on(stage)
    changes = left(stage)[1]
    before = stage.clock() - timedelta(days=1825)
    [past] = past_months(stage.runtime, "dossier_change", before)
    with meanwhile(
        stage.runtime.engine,
        "SET LOCAL lock_timeout",
        lambda: stage.feed(4, "Thẩm định", code=OVER),
    ):
        drop_months.drop_month(stage.runtime, past, lambda *_: None)
    assert left(stage)[1] == changes + 1
