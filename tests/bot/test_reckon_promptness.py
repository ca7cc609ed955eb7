"""The public figure: which notices became due on a day, and which of them were prompt."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.channels.channel import Again
from bot.reckon_promptness import keep_promptness, promptness, reckon_promptness
from bot.store.prompt_days import PromptDay
from tests.bot.notice_stage import Stage, make_stage, result, switch
from tests.make import NOW
from wsgi import create_app

TODAY = date(2026, 11, 25)
EVENING = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # 22:00 in Vietnam


def figure(stage: Stage, day: date = TODAY) -> tuple[int, int]:
    told = reckon_promptness(stage.runtime, day)
    return told.due, told.prompt


def test_what_a_carrier_has_within_ten_seconds_is_prompt(database_url: str) -> None:
    stage = make_stage(database_url)
    stage.feed(9, "Trả kết quả")
    stage.later(seconds=10)
    assert figure(stage) == (1, 1)


@pytest.mark.parametrize("seconds", [11, 3600])
def test_what_waits_longer_is_not(sqlite_url: str, seconds: int) -> None:
    stage = make_stage(sqlite_url)
    stage.feed(9, "Trả kết quả")
    stage.later(seconds=seconds)
    assert figure(stage) == (1, 0)


def test_a_carrier_that_refuses_for_good_has_had_it(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url)
    stage.zbs.refuse(Again.NEVER)
    result(stage)
    assert stage.last().state == "failed"
    assert figure(stage) == (1, 1)


def test_what_is_held_by_a_fault_counts_against_us(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url)
    stage.zbs.refuse(Again.HALT)
    result(stage)
    assert stage.last().state == "held"
    assert figure(stage) == (1, 0)


def test_what_had_no_way_to_anybody_does_not_count(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url)
    stage.feed(9, "Trả kết quả", phone="")
    stage.work()
    assert stage.last().state == "skipped"
    assert figure(stage) == (0, 0)


def test_a_night_begins_at_its_morning(database_url: str) -> None:
    stage = make_stage(database_url, now=EVENING)
    stage.feed(9, "Trả kết quả")
    stage.work()
    stage.clock.moment = datetime(2026, 11, 26, 0, 0, 5, tzinfo=UTC)  # 07:00:05
    stage.work()
    assert figure(stage) == (0, 0)
    assert figure(stage, date(2026, 11, 26)) == (1, 1)


def test_an_agencys_hold_is_not_slowness(database_url: str) -> None:
    stage = make_stage(database_url)
    switch(stage, result_hold_minutes=2 * 24 * 60)
    stage.feed(9, "Trả kết quả")
    stage.later(days=2, seconds=4)
    assert stage.texts == 1
    assert figure(stage) == (0, 0)
    assert figure(stage, date(2026, 11, 27)) == (1, 1)


def test_each_day_is_written_down_after_its_midnight_and_can_be_reckoned_again(
    database_url: str,
) -> None:
    stage = make_stage(database_url)
    stage.feed(9, "Trả kết quả")
    stage.work()
    runtime, clock = stage.runtime, stage.clock
    clock.moment = datetime(2026, 11, 25, 17, 5, tzinfo=UTC)  # five past midnight
    assert keep_promptness(runtime) == [date(2026, 11, 24)]
    clock.move(minutes=5)
    assert keep_promptness(runtime) == [TODAY]
    assert keep_promptness(runtime) == []
    [told, _] = promptness(runtime)
    assert told == PromptDay(TODAY, 1, 1, clock())
    assert figure(stage) == (1, 1)
    clock.move(days=3)
    assert keep_promptness(runtime) == [date(2026, 11, day) for day in (26, 27, 28)]


def test_a_day_that_a_moved_clock_wrote_down_stops_no_later_one(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url)
    stage.clock.moment = NOW + timedelta(days=40)
    assert keep_promptness(stage.runtime)
    stage.clock.moment = NOW + timedelta(days=1)
    assert keep_promptness(stage.runtime)


def test_everybody_may_read_it_and_a_crowd_costs_one_look_a_minute(sqlite_url: str) -> None:
    stage = make_stage(sqlite_url)
    stage.feed(9, "Trả kết quả")
    stage.work()
    stage.clock.move(days=1)
    reckon_promptness(stage.runtime, TODAY)
    web = create_app(stage.runtime).test_client()
    page = web.get("/tinh-trang")
    assert page.status_code == 200
    assert "25/11/2026" in page.text
    assert "100,0 %" in page.text
    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert len(page.data) < 8_000
    assert "Set-Cookie" not in page.headers
    stage.clock.move(days=1)
    reckon_promptness(stage.runtime, NOW.date() + timedelta(days=1))
    assert web.get("/tinh-trang").text == page.text
