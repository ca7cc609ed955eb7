"""Opened pages are counted, and a day's number outlasts the books that are made anew."""

from bot.core.staff import Account, Actor
from bot.count_pages import PageCount
from bot.keep_books import keep_books
from bot.read_books import Asked, read_counts
from tests.make import HandClock, make_runtime

EVERYBODY = Actor(Account(1, "hoa", "", frozenset(), None), "", frozenset())
NOVEMBER = Asked("2026-11", "2026-11")


def test_pages_are_counted_by_day_and_month(database_url: str) -> None:
    clock = HandClock()
    runtime = make_runtime(database_url, clock)
    count = PageCount(runtime, every=0.0)
    for _ in range(3):
        count.opened()
    keep_books(runtime)
    count.opened()
    keep_books(runtime)
    assert read_counts(runtime, EVERYBODY, NOVEMBER, "period")["2026-11", "lookup.page"] == 4


def test_writing_waits_for_its_time_and_loses_none(sqlite_url: str) -> None:
    runtime = make_runtime(sqlite_url)
    count = PageCount(runtime, every=3600.0)
    count.opened()
    assert read_counts(runtime, EVERYBODY, NOVEMBER, "period") == {}
    count.every = 0.0
    count.opened()
    assert read_counts(runtime, EVERYBODY, NOVEMBER, "period")["2026-11", "lookup.page"] == 2
