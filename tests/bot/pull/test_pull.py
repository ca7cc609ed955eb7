"""Reading from software that cannot push: in pages, from where it stood, whatever goes wrong."""

from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response

from bot.agencies import add_agency
from bot.channels.dossier_source import Patience, Source
from bot.core.national_form import Service
from bot.database import reading
from bot.national import NationalCall, Verdict, register_national
from bot.pull import Pulled, Reader, begin_again, cursors, pull, pull_if_due
from bot.runtime import Runtime
from bot.store.feed_keys import FeedKey
from bot.store.pulls import Cursor, move_cursor
from bot.store.tables import dossier, dossier_change
from tests.bot.pull.source import PROGRESS, SYNC, Asked, Pages
from tests.make import HandClock, make_runtime
from tests.webhooks.national_feeding import make_national, make_progress

QUICK = Patience(connect=1.0, read=0.5, whole=0.4)


def make_house(database_url: str, pages: Pages, **settings: Any) -> Runtime:
    runtime = make_runtime(
        database_url,
        now=settings.pop("now", HandClock()),
        pull_url=pages.url,
        pull_agency="H32",
        pull_token="a token",
        **settings,
    )
    add_agency(runtime, "H32", "Ủy ban nhân dân tỉnh")
    add_agency(runtime, "H32.15", "Sở Nông nghiệp và Môi trường", parent="H32")
    add_agency(runtime, "H44", "Ủy ban nhân dân tỉnh bên cạnh")
    return runtime


def make_reader(runtime: Runtime, pages: Pages, patience: Patience = QUICK) -> Reader:
    return Reader(runtime, Source(pages.url, "H32", "a token"), patience)


def known(runtime: Runtime) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(dossier)) or 0


@pytest.fixture
def runtime(sqlite_url: str, pages: Pages) -> Runtime:
    return make_house(sqlite_url, pages)


def test_bare_lists_are_read_until_an_empty_one(database_url: str, pages: Pages) -> None:
    runtime = make_house(database_url, pages)
    pages.pages = {
        (SYNC, "1"): [make_national(1), make_national(2)],
        (SYNC, "2"): [make_national(3)],
        (PROGRESS, "1"): [make_progress(1)],
    }
    pulled = pull(make_reader(runtime, pages))
    assert pulled.outcomes == {"new": 3, "changed": 1}
    assert (pulled.refused, pulled.faults) == ([], {})
    assert (pages.named(), pages.named(PROGRESS)) == (["1", "2", "3"], ["1", "2"])
    with reading(runtime.engine) as connection:
        assert set(connection.scalars(select(dossier_change.c.feed_key_id))) == {"pull"}


def test_named_pages_are_followed_by_their_names(runtime: Runtime, pages: Pages) -> None:
    pages.pages = {
        (SYNC, "1"): {"data": [make_national(1)], "next": "b&=?/ñ"},
        (SYNC, "b&=?/ñ"): {"data": [], "next": 7},
        (SYNC, "7"): {"data": [make_national(2)], "next": None},
        (PROGRESS, "1"): {"data": []},
    }
    assert pull(make_reader(runtime, pages)).outcomes == {"new": 2}
    assert pages.named() == ["1", "b&=?/ñ", "7"]


def test_the_question_names_agency_window_page_and_token(runtime: Runtime, pages: Pages) -> None:
    clock = runtime.clock
    assert isinstance(clock, HandClock)
    pull(make_reader(runtime, pages), [Service.DOSSIERS])
    clock.move(minutes=30)
    pull(make_reader(runtime, pages), [Service.DOSSIERS])
    first, second = pages.asked
    assert first.authorization == "Bearer a token"
    assert first.parameters == {
        "MaDinhDanhDV": "H32",
        "denNgay": "20261125090000",  # of Vietnam
        "trang": "1",
    }
    assert second.parameters == {
        "MaDinhDanhDV": "H32",
        "tuNgay": "20261125085500",  # five minutes before the last window ended
        "denNgay": "20261125093000",
        "trang": "1",
    }


def test_a_dossier_of_an_agency_beside_is_refused_and_the_rest_goes_on(
    runtime: Runtime, pages: Pages
) -> None:
    pages.pages[(SYNC, "1")] = [make_national(1, DonViXuLy="H44"), "x", make_national(2)]
    pulled = pull(make_reader(runtime, pages), [Service.DOSSIERS])
    assert pulled.outcomes == {"new": 1, "refused": 2}
    assert [one.code for one in pulled.refused] == ["#2", "000.00.17.H32-261122-0001"][::-1]


def hops(to: str) -> Response:
    return Response("", 302, {"Location": to})


def trickles() -> Response:
    def slowly() -> Any:
        for _ in range(20):
            yield b" "
            sleep(0.1)

    return Response(slowly(), content_type="application/json")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda: Response("", 401), "HTTP 401; the token was refused"),
        (lambda: Response("", 404), "HTTP 404; check PULL_URL"),
        (lambda: Response("[]", 500), "HTTP 500"),
        (lambda: Response("[]", 204), "HTTP 204"),
        (lambda: hops("http://127.0.0.1:9/"), "HTTP 302; redirects are not followed"),
        (lambda: Response("<html>"), "no JSON"),
        (lambda: Response(b'["\xff"]'), "no JSON"),
        (lambda: Response("[" * 100_000), "no JSON"),
        (lambda: Response("5"), "neither a list nor an object"),
        (lambda: Response('{"data": {}}'), "neither a list nor an object"),
        (lambda: Response('{"data": [], "next": "1"}'), "next must name another page"),
        (lambda: Response('{"data": [], "next": true}'), "next must name another page"),
        (lambda: Response('{"data": [], "next": {}}'), "next must name another page"),
        (lambda: Response(f'{{"data": [], "next": "{"x" * 301}"}}'), "next must name another"),
        (lambda: Response("[" + "{}," * 5000 + "{}]"), "over 5000 records"),
        (lambda: Response(" " * (4 * 1024 * 1024 + 1)), "exceeds"),
        (lambda: Response("[]", headers={"Content-Encoding": "gzip"}), "broke off"),
        (trickles, "a page took over"),
    ],
)
def test_what_the_source_does_wrong_is_named_and_the_place_stays(
    runtime: Runtime, pages: Pages, answer: Any, words: str
) -> None:
    pages.before = lambda _: answer()
    reader = make_reader(runtime, pages)
    assert words in pull(reader, [Service.DOSSIERS]).faults[Service.DOSSIERS]
    cursor = cursors(reader)[Service.DOSSIERS]
    assert (cursor.page, cursor.succeeded_at) == ("1", None)
    assert words in (cursor.fault or "")
    assert "a token" not in repr(cursor)


def test_a_source_that_is_away_is_named(runtime: Runtime, pages: Pages) -> None:
    gone = Reader(runtime, Source("http://127.0.0.1:9", "H32"), QUICK)
    assert "does not answer" in pull(gone, [Service.DOSSIERS]).faults[Service.DOSSIERS]


def test_one_services_fault_keeps_the_other_from_nothing(runtime: Runtime, pages: Pages) -> None:
    pages.pages[(SYNC, "1")] = [make_national(1)]
    pages.before = lambda asked: Response("", 500) if asked.service == PROGRESS else None
    pulled = pull(make_reader(runtime, pages))
    assert (dict(pulled.outcomes), list(pulled.faults)) == ({"new": 1}, [Service.PROGRESS])


def test_an_unknown_agency_reads_nothing_so_that_nothing_is_passed_over(
    runtime: Runtime, pages: Pages
) -> None:
    stranger = Reader(runtime, Source(pages.url, "H99"), QUICK)
    assert "agency 'H99' is not known" in pull(stranger).faults[Service.DOSSIERS]
    assert pages.asked == []


class Killed(BaseException):
    """The process died."""


@pytest.mark.parametrize("when", ["before the page is stored", "before the place moves on"])
def test_a_reader_killed_between_pages_goes_on_where_it_stood(
    database_url: str, pages: Pages, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = make_house(database_url, pages)
    pages.pages = {(SYNC, str(n)): [make_national(n)] for n in range(1, 5)}
    reader = make_reader(runtime, pages)

    def dies_storing(house: Runtime, key: FeedKey, call: NationalCall) -> list[Verdict]:
        if pages.named()[-1] == "3":
            raise Killed
        return register_national(house, key, call)

    def dies_moving(connection: Connection, before: Cursor, after: Cursor) -> bool:
        if before.page == "3":
            raise Killed
        return move_cursor(connection, before, after)

    if when == "before the page is stored":
        monkeypatch.setattr("bot.pull.register_national", dies_storing)
    else:
        monkeypatch.setattr("bot.pull.move_cursor", dies_moving)
    with pytest.raises(Killed):
        pull(reader, [Service.DOSSIERS])
    monkeypatch.undo()
    until = cursors(reader)[Service.DOSSIERS].until
    assert pull(reader, [Service.DOSSIERS]).faults == {}
    assert known(runtime) == 4
    assert pages.named() == ["1", "2", "3", "3", "4", "5"]
    window = {one.parameters["denNgay"] for one in pages.asked}
    assert len(window) == 1, "the window stays the same"
    assert until is not None
    assert cursors(reader)[Service.DOSSIERS].until is None


def test_a_second_reader_leaves_the_place_to_the_first(runtime: Runtime, pages: Pages) -> None:
    pages.pages = {(SYNC, "1"): [make_national(1)], (SYNC, "2"): [make_national(2)]}
    reader, second = make_reader(runtime, pages), list[Pulled]()

    def meanwhile(asked: Asked) -> None:
        if asked.parameters["trang"] == "2" and not second:
            second.append(Pulled())
            second.append(pull(reader, [Service.DOSSIERS]))

    pages.before = meanwhile
    pull(reader, [Service.DOSSIERS])
    assert known(runtime) == 2
    assert second[1].faults == {}
    assert cursors(reader)[Service.DOSSIERS].until is None


def test_another_address_begins_anew_and_so_does_one_told_to(
    runtime: Runtime, pages: Pages
) -> None:
    reader = make_reader(runtime, pages)
    other = Reader(runtime, Source(f"{pages.url}/v2", "H32"), QUICK)
    for one in (reader, reader, other):
        pull(one, [Service.DOSSIERS])
    begin_again(reader, [Service.DOSSIERS])
    pull(reader, [Service.DOSSIERS])
    assert ["tuNgay" in one.parameters for one in pages.asked] == [False, True, False, False]


# The timed job


def test_the_worker_reads_each_time_it_is_due(sqlite_url: str, pages: Pages) -> None:
    clock = HandClock()
    runtime = make_house(sqlite_url, pages, now=clock, pull_every_minutes=5)
    pages.pages[(SYNC, "1")] = [make_national(1)]
    counts = []
    for minutes in (0, 4, 1, 5):
        clock.move(minutes=minutes)
        pull_if_due(runtime)
        counts.append(len(pages.named()))
    assert counts == [2, 2, 4, 6]
    assert known(runtime) == 1


def test_the_worker_reads_nothing_unless_it_was_told_how_often(
    runtime: Runtime, pages: Pages
) -> None:
    pull_if_due(runtime)
    assert pages.asked == []


def test_a_long_window_is_left_off_and_gone_on_with_at_the_next_run(
    sqlite_url: str, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = make_house(sqlite_url, pages, pull_every_minutes=60)
    pages.pages = {(SYNC, str(n)): [make_national(n)] for n in range(1, 4)}
    monkeypatch.setattr("bot.pull.monotonic", iter([0.0, 1.0, 99.0, *[99.0] * 9]).__next__)
    pull_if_due(runtime)
    assert known(runtime) == 1
    monkeypatch.undo()
    pull_if_due(runtime)
    assert known(runtime) == 3
    assert pages.named() == ["1", "2", "3", "4"]


def test_after_a_fault_the_worker_waits_for_its_time(sqlite_url: str, pages: Pages) -> None:
    clock = HandClock()
    runtime = make_house(sqlite_url, pages, now=clock, pull_every_minutes=5)
    pages.before = lambda _: Response("", 500)
    pull_if_due(runtime)
    clock.move(minutes=1)
    pull_if_due(runtime)
    assert len(pages.asked) == 2, "one for each service"
    clock.moment += timedelta(minutes=-90)  # the clock was set back
    pull_if_due(runtime)
    assert len(pages.asked) == 4
