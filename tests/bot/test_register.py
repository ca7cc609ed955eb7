"""Two feeds at once, and what the verb does without a web server around it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from bot.agencies import add_agency
from bot.core.snapshot import FeedDossier, Outcome, Procedure
from bot.database import reading
from bot.index_key import index_key
from bot.register import CHUNK, register_dossiers
from bot.runtime import Runtime
from bot.store.dossiers import progress_by_codes
from bot.store.feed_keys import FeedKey
from bot.store.phone_states import count_failure
from bot.store.tables import dossier, dossier_change, receipt_code
from bot.vault import blind_index
from tests.make import make_runtime

KEY = FeedKey("fk-1", "H32", all_agencies=False)
MORNING = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def make_told(number: int = 1, minutes: int = 0, local_code: str | None = None) -> FeedDossier:
    return FeedDossier(
        code=f"000.00.17.H32-261122-{number:04d}",
        agency="H32",
        procedure=Procedure("1.004873", "Đăng ký biến động đất đai"),
        step=f"bước {minutes}",
        status=4,
        changed_at=MORNING + timedelta(minutes=minutes),
        local_code=local_code,
    )


@pytest.fixture
def runtime(database_url: str) -> Runtime:
    built = make_runtime(database_url)
    add_agency(built, "H32", "Ủy ban nhân dân tỉnh")
    return built


@pytest.mark.parametrize("failures", [1, 2])
def test_a_number_that_two_messages_failed_at_is_reported_until_another_comes(
    runtime: Runtime, failures: int
) -> None:
    number = blind_index(index_key(runtime), "+84905123456")
    told = replace(make_told(), phone="0905 123 456")
    assert register_dossiers(runtime, KEY, [told])[0].warnings == ()
    for _ in range(failures):
        with runtime.engine.begin() as connection:
            count_failure(connection, number, MORNING)
    warned = ("phone.undeliverable",) if failures == 2 else ()
    assert register_dossiers(runtime, KEY, [told])[0].warnings == warned
    moved = replace(told, changed_at=MORNING + timedelta(hours=1))
    other = replace(moved, changed_at=MORNING + timedelta(hours=2), phone="0912 345 678")
    results = register_dossiers(runtime, KEY, [moved, other])
    assert [result.warnings for result in results] == [warned, ()]


def at_once(*tasks: Callable[[], list[Outcome]]) -> list[list[Outcome]]:
    """Run the tasks in threads that all begin at the same moment."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], list[Outcome]]) -> list[Outcome]:
        barrier.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def feed(runtime: Runtime, *told: FeedDossier) -> list[Outcome]:
    return [result.outcome for result in register_dossiers(runtime, KEY, told)]


def test_the_newest_change_wins_in_whatever_order_feeds_arrive(runtime: Runtime) -> None:
    numbers = range(40)
    told = [[make_told(number, minutes) for number in numbers] for minutes in range(5)]
    backwards = [list(reversed(one)) for one in told[::2]] + told[1::2]
    at_once(*(lambda one=one: feed(runtime, *one) for one in backwards))
    with reading(runtime.engine) as connection:
        steps = set(connection.scalars(select(dossier.c.step)))
        assert steps == {"bước 4"}
        assert connection.scalar(select(func.count()).select_from(dossier)) == len(numbers)


def test_one_of_two_feeds_that_first_see_the_same_dossier_makes_it_new(runtime: Runtime) -> None:
    told = [make_told(number) for number in range(60)]
    both = at_once(lambda: feed(runtime, *told), lambda: feed(runtime, *reversed(told)))
    first, second = both[0], list(reversed(both[1]))
    for one, other in zip(first, second, strict=True):
        assert {one, other} == {Outcome.NEW, Outcome.REPEAT}
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(dossier_change)) == len(told)


def test_one_of_two_dossiers_that_claim_a_local_code_at_once_gets_it(runtime: Runtime) -> None:
    outcomes = at_once(
        *(
            lambda number=number: feed(runtime, make_told(number, local_code="0101701234"))
            for number in range(6)
        )
    )
    assert sorted(outcome for [outcome] in outcomes) == [Outcome.NEW] + [Outcome.REFUSED] * 5
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(receipt_code)) == 2


def test_two_dossiers_may_exchange_their_local_codes_in_one_call(runtime: Runtime) -> None:
    feed(runtime, make_told(1, 0, "A-1"), make_told(2, 0, "B-2"))
    outcomes = feed(runtime, make_told(1, 1), make_told(2, 1, "A-1"), make_told(1, 2, "B-2"))
    assert outcomes == [Outcome.CHANGED] * 3
    with reading(runtime.engine) as connection:
        found = progress_by_codes(connection, ["A-1", "B-2"])
    assert (found["A-1"].local_code, found["A-1"].progress.step) == ("A-1", "bước 1")
    assert (found["B-2"].local_code, found["B-2"].progress.step) == ("B-2", "bước 2")


def test_order_holds_over_the_edge_of_a_transaction(runtime: Runtime) -> None:
    filling = [make_told(number) for number in range(100, 100 + CHUNK)]
    outcomes = feed(runtime, make_told(1), *filling, make_told(1), make_told(1, 1))
    assert (outcomes[0], outcomes[-2:]) == (Outcome.NEW, [Outcome.REPEAT, Outcome.CHANGED])


def test_history_says_who_told_what_and_when(runtime: Runtime) -> None:
    feed(runtime, make_told(1), make_told(1, 5))
    with reading(runtime.engine) as connection:
        rows = list(connection.execute(select(dossier_change).order_by(dossier_change.c.id)))
    assert [(row.outcome, row.step, row.feed_key_id) for row in rows] == [
        ("new", "bước 0", "fk-1"),
        ("changed", "bước 5", "fk-1"),
    ]
    assert {row.arrived_at for row in rows} == {runtime.now()}


def test_a_feed_that_only_repeats_waits_for_no_writer(runtime: Runtime) -> None:
    feed(runtime, make_told(1))
    with runtime.engine.begin() as connection:
        connection.execute(update(dossier).values(updated_at=runtime.now()))
        assert feed(runtime, make_told(1)) == [Outcome.REPEAT]


def test_a_dossier_without_a_covered_agency_is_never_looked_up(runtime: Runtime) -> None:
    assert feed(runtime, replace(make_told(1), agency="H44")) == [Outcome.REFUSED]


def test_the_key_of_the_indexes_is_made_once_whoever_is_first(runtime: Runtime) -> None:
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: index_key(runtime), range(8)))
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 1
