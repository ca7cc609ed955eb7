"""Notices as the feeds make them owed: in the transaction of the change, each once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.agencies import set_agency
from bot.core.national_form import Service
from bot.core.snapshot import FeedDossier, Outcome, Procedure, Result, Times
from bot.database import reading
from bot.index_key import index_key
from bot.national import NationalCall, register_national
from bot.register import CHUNK, desk_of, register_source
from bot.store.tables import dossier
from bot.vault import blind_index
from tests.bot.owing import CHECKED, DUE, KEY, RECEIVED, RESULT, Place, make_told, numbered
from tests.make import NOW
from tests.webhooks.national_feeding import make_national, make_progress


@pytest.fixture
def place(database_url: str) -> Place:
    return Place(database_url)


# What is owed


def test_a_notice_keeps_what_its_change_said(place: Place) -> None:
    place.feed(RECEIVED, CHECKED)
    received, step = place.rows()
    index = blind_index(index_key(place.runtime), "+84905123456").hex()
    for row, event, told in ((received, "received", RECEIVED), (step, "step", CHECKED)):
        assert (row.event, row.step, row.changed_at) == (event, told.step, told.changed_at)
        assert (row.agency_code, row.procedure_code) == ("H32.15", "1.004873")
        assert (row.recipient, row.phone, row.lane) == (index, None, "normal")
        assert (row.promised_at, row.late, row.due_at) == (DUE, False, NOW)
        assert (row.state, row.claim, row.closed_at) == ("waiting", None, None)
        assert row.expires_at == NOW + timedelta(hours=72)


@pytest.mark.parametrize("phone", [None, "0258 3822 123", "không có"])
def test_a_dossier_without_a_mobile_number_owes_to_whoever_follows_it(
    place: Place, phone: str | None
) -> None:
    place.feed(replace(RECEIVED, phone=phone))
    assert [row.recipient for row in place.rows()] == [""]


@pytest.mark.parametrize(
    ("due_at", "finished_at", "late"),
    [
        (None, None, False),
        (NOW, None, False),
        (NOW - timedelta(days=1), None, True),
        (NOW - timedelta(days=1), NOW - timedelta(days=2), False),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), None, True),
        (datetime(2026, 11, 24, 17, 1, tzinfo=UTC), None, False),
    ],
    ids=["no date", "today", "yesterday", "ended in time", "a minute before today", "a minute in"],
)
def test_late_is_reckoned_by_the_provinces_calendar(
    place: Place, due_at: datetime | None, finished_at: datetime | None, late: bool
) -> None:
    times = Times(due_at=due_at, finished_at=finished_at)
    place.feed(make_told(), replace(make_told(4, "Ký duyệt", 1), times=times))
    [row] = place.rows()
    assert (row.promised_at, row.late) == (due_at, late)


def test_first_sight_is_news_of_one_status_only(place: Place) -> None:
    place.feed(*(numbered(make_told(status), status) for status in range(1, 11)))
    assert place.owed() == [("received", "waiting")]


def test_a_same_day_procedure_owes_nothing_unless_its_agency_wants_it(place: Place) -> None:
    same_day = Procedure("2.000815", "Chứng thực bản sao", same_day=True)
    told = [replace(one, procedure=same_day) for one in (RECEIVED, CHECKED, RESULT)]
    place.feed(*told)
    assert place.owed() == []
    assert place.bell.rung == []
    set_agency(place.runtime, "H32.15", same_day_notices=True)
    place.feed(*(numbered(one, 2) for one in told))
    assert [event for event, _ in place.owed()] == ["received", "step", "result"]


# Once


def test_what_was_told_before_owes_nothing_again(place: Place) -> None:
    place.feed(RECEIVED, CHECKED, RESULT)
    before = place.rows()
    place.bell.rung.clear()
    outcomes = place.feed(RESULT, CHECKED, RECEIVED, make_told(6, "Nộp phí", 1))
    assert outcomes == [Outcome.REPEAT, Outcome.STALE, Outcome.STALE, Outcome.STALE]
    assert place.rows() == before
    assert place.bell.rung == []


def test_a_change_of_something_else_is_no_news(place: Place) -> None:
    place.feed(CHECKED, replace(CHECKED, handler="Nguyễn Văn A", changed_at=RESULT.changed_at))
    assert place.owed() == []


def test_one_change_told_by_several_feeds_at_once_is_owed_once(place: Place) -> None:
    numbers = range(1, 31)
    place.feed(*(numbered(make_told(), number) for number in numbers))
    news = [numbered(RESULT, number) for number in numbers]
    barrier = Barrier(4)

    def run(told: Sequence[FeedDossier]) -> list[Outcome]:
        barrier.wait(30)
        return place.feed(*told)

    with ThreadPoolExecutor(4) as pool:
        heard = list(pool.map(run, (news, news[::-1], news, news[::-1])))
    assert sum(one.count(Outcome.CHANGED) for one in heard) == len(news)
    assert place.owed() == [("result", "waiting")] * len(news)
    assert len({row.dossier_id for row in place.rows()}) == len(news)


def test_the_bell_is_rung_only_when_something_is_owed(place: Place) -> None:
    place.feed(make_told(), numbered(make_told(), 2))
    place.feed(CHECKED, replace(numbered(CHECKED, 2), handler="Nguyễn Văn A"))
    assert (place.rows(), place.bell.rung) == ([], [])
    place.feed(RESULT, numbered(RESULT, 2), numbered(RECEIVED, 3))
    assert place.bell.rung == ["notice"]


def test_the_bell_is_rung_after_the_commit(place: Place) -> None:
    seen: list[int] = []

    class Looking:
        def ring(self, lane: str) -> None:
            assert lane == "notice"
            seen.append(len(place.rows()))

    place.runtime = replace(place.runtime, bell=Looking())
    place.feed(*(numbered(RECEIVED, number) for number in range(1, CHUNK + 11)))
    assert seen == [CHUNK, CHUNK + 10]


class Failing:
    """A source whose own records cannot be kept."""

    def tell(self, _connection: Connection, _hold: bool) -> Sequence[FeedDossier]:
        return [RECEIVED]

    def owes(self, _results: Sequence[Result]) -> bool:
        return True

    def keep(self, *_given: object) -> None:
        raise ConnectionError("the disk is full")


def test_dossier_and_notice_are_stored_together_or_not_at_all(place: Place) -> None:
    with pytest.raises(ConnectionError):
        register_source(desk_of(place.runtime, KEY), Failing())
    with reading(place.runtime.engine) as connection:
        assert connection.scalars(select(dossier.c.id)).all() == []
    assert (place.rows(), place.bell.rung) == ([], [])


# The national feed goes through the same door


def national(place: Place, service: Service, *records: dict[str, Any]) -> None:
    verdicts = register_national(place.runtime, KEY, NationalCall("H32", service, records))
    assert all(one.outcome is not Outcome.REFUSED for one in verdicts)


def test_the_national_feed_owes_as_the_own_one_does(place: Place) -> None:
    national(place, Service.DOSSIERS, make_national())
    rows = (
        make_progress(),
        make_progress(ThoiDiemXuLy="20261123150000", TrangThai="9", NoiDungXuLy="Trả kết quả"),
    )
    national(place, Service.PROGRESS, *rows)
    national(place, Service.PROGRESS, *rows)
    assert [event for event, _ in place.owed()] == ["received", "step", "result"]
    assert set(place.bell.rung) == {"notice"}


def test_a_first_sync_at_the_result_is_no_news_nor_is_what_it_hid_a_correction(
    place: Place,
) -> None:
    national(place, Service.DOSSIERS, make_national(TrangThaiHoSo="9"))
    progress = make_progress(TrangThai="6", NoiDungXuLy="Chờ nộp thuế")
    national(place, Service.PROGRESS, progress)
    assert place.owed() == [("payment", "waiting")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_late_facts_owe_nothing_that_is_already_untrue(
    sqlite_url: str, order: tuple[int, ...]
) -> None:
    place = Place(sqlite_url)
    facts = [
        ("20261123080000", "9", "Trả kết quả"),
        ("20261123090000", "4", "Ký duyệt"),
        ("20261123100000", "6", "Chờ nộp thuế"),
    ]
    national(place, Service.DOSSIERS, make_national())
    newest, expected = -1, []
    for fact in order:
        moment, status, step = facts[fact]
        row = make_progress(ThoiDiemXuLy=moment, TrangThai=status, NoiDungXuLy=step)
        national(place, Service.PROGRESS, row)
        if fact > newest:
            expected.append(("result", "step", "payment")[fact])
            newest = fact
    rows = place.rows()[1:]
    assert [row.event for row in rows] == expected
    open_ones = {row.event for row in rows if row.due_at}
    assert "result" not in open_ones, "the dossier ends at payment, so no result is still owed"
