"""A worker dies at any instant: every question is answered, and answered once."""

import signal
from itertools import count
from random import Random
from time import monotonic, sleep

import pytest

from tests.journey.live_house import (
    LiveHouse,
    has_all_lanes,
    sentence,
    wait,
)
from tests.rig.child import Child
from tests.rig.redis_server import RedisServer

NEXT = count(1)
# What no database has a part in.
on_sqlite = pytest.mark.parametrize("any_house", ["sqlite"], indirect=True)
# A process that sleeps amid a write would keep everybody out of an SQLite file.
on_postgresql = pytest.mark.parametrize("any_house", ["postgresql"], indirect=True)


def a_citizen() -> str:
    return f"citizen{next(NEXT)}"


def codes(number: int) -> list[str]:
    return [f"H56.14-240824-{next(NEXT):04}" for _ in range(number)]


@pytest.fixture
def code(house: LiveHouse) -> str:
    """A dossier that the house knows."""
    [code] = codes(1)
    house.feed([code])
    return code


def is_being_sent(house: LiveHouse, *asked: str) -> bool:
    """Whether an answer about one of these dossiers is on its way.

    The tests share a house: what a worker that was killed had in hand may still stand there.
    """
    on_the_way = [row.body for row in house.owed() if row.state == "sending"]
    texts = [house.runtime.vault.open_text(body) for body in on_the_way]
    return any(code in text for code in asked for text in texts)


def test_killed_before_zalo_took_the_message(house: LiveHouse, code: str) -> None:
    citizen = a_citizen()
    worker = house.start_worker()
    with house.fault("timeout_before", value=20):
        house.say(citizen, code)
        wait(lambda: is_being_sent(house, code), "a claim", house.story, 20)
        worker.kill9()
    assert house.replies(citizen) == []
    house.start_worker_later()
    assert house.wait_for_replies(1, citizen) == [sentence(code)]
    house.wait_until_settled()
    assert len(house.replies(citizen)) == 1


def test_killed_before_zalos_answer_was_recorded(house: LiveHouse, code: str) -> None:
    citizen = a_citizen()
    worker = house.start_worker()
    with house.fault("timeout_after", value=20):
        house.say(citizen, code)
        house.wait_for_replies(1, citizen)
        assert is_being_sent(house, code)
        worker.kill9()
    house.start_worker_later()
    house.wait_until_settled()
    assert house.replies(citizen) == [sentence(code)]
    assert house.owed()[-1].reason == "known by its echo"


@on_sqlite
def test_the_parent_alone_killed_leaves_no_worker_behind(house: LiveHouse, code: str) -> None:
    citizen = a_citizen()
    worker = house.start_worker()
    wait(lambda: has_all_lanes(worker), "a parent and three lanes", house.story, 20)
    worker.signal(signal.SIGKILL)
    wait(lambda: not worker.processes(), "the end of its lanes", house.story, 20)
    house.say(citizen, code)
    house.start_worker()
    assert house.wait_for_replies(1, citizen) == [sentence(code)]


def test_told_to_stop_under_load_it_ends_in_order(house: LiveHouse) -> None:
    citizen, asked = a_citizen(), codes(40)
    house.feed(asked)
    worker = house.start_worker()
    with house.fault("slow", value=300):
        for place, code in enumerate(asked):
            house.say(f"{citizen}-{place}", code)
        wait(lambda: is_being_sent(house, *asked), "a message on its way", house.story, 20)
        before = monotonic()
        assert worker.stop(timeout=10) == 0
        assert monotonic() - before < 10
    assert not is_being_sent(house, *asked)
    house.start_worker()
    house.wait_until_settled()
    told = [text for text in house.replies() if any(code in text for code in asked)]
    assert sorted(told) == sorted(sentence(code) for code in asked)


@on_sqlite
def test_told_to_stop_while_it_starts_it_ends_in_order(house: LiveHouse) -> None:
    worker = house.start_worker()
    wait(lambda: len(worker.processes()) >= 2, "its first lane", house.story, 20)
    assert worker.stop(timeout=10) == 0


@on_postgresql
def test_the_bell_is_emptied_between_the_event_and_its_worker(
    house: LiveHouse, redis: RedisServer, code: str
) -> None:
    citizen = a_citizen()
    worker = house.start_worker()
    house.say(citizen, code)
    house.wait_for_replies(1, citizen)
    for process in worker.processes():
        process.suspend()
    house.say(citizen, code)
    wait(lambda: house.open_rows() > 0, "the event in the inbox", house.story, 20)
    redis.flush()
    for process in worker.processes():
        process.resume()
    assert house.wait_for_replies(2, citizen) == [sentence(code)] * 2


@on_sqlite
def test_redis_is_stopped_and_started(house: LiveHouse, redis: RedisServer, code: str) -> None:
    citizen = a_citizen()
    house.start_worker()
    house.say(citizen, code)
    house.wait_for_replies(1, citizen)
    redis.stop()
    house.say(citizen, code)
    assert house.wait_for_replies(2, citizen) == [sentence(code)] * 2
    redis.start()
    house.say(citizen, code)
    assert house.wait_for_replies(3, citizen) == [sentence(code)] * 3


def test_a_storm_of_kills_loses_nothing_and_repeats_nothing(house: LiveHouse) -> None:
    asked, dice = codes(300), Random(300)
    house.feed(asked)
    workers = [house.start_worker() for _ in range(2)]
    wait(lambda: all(has_all_lanes(one) for one in workers), "two workers", house.story, 20)
    house.control("fault", name="slow", on=True, value=250)
    for place, code in enumerate(asked):
        house.say(f"storm{place % 30}", code)
        if place % 10 == 9:  # thirty times, at instants that the load decides
            kill_one(workers, parent=place % 100 == 99, dice=dice)
            workers = [w if w.returncode is None else house.start_worker() for w in workers]
            house.replies()  # read now: the sandbox forgets all but the last 500 bubbles
    house.stop_workers()
    house.control("clock", advance_seconds=31)  # webhooks that found nobody come again
    house.start_worker_later()
    wait(lambda: set(house.replies()) >= told(asked), "all replies", house.story, 60)
    house.wait_until_settled()
    assert sorted(text for text in house.replies() if text in told(asked)) == sorted(told(asked))
    assert any(row.claims > 1 for row in house.owed()), "no kill hit a message on its way"


def kill_one(workers: list[Child], parent: bool, dice: Random) -> None:
    """SIGKILL a worker's parent or one of its lanes."""
    worker = dice.choice(workers)
    lanes = [process for process in worker.processes() if process.pid != worker.pid]
    if parent or not lanes:
        worker.signal(signal.SIGKILL)
    else:
        dice.choice(lanes).kill()
    sleep(0.2)  # else every lane is dead before the first is back


def told(asked: list[str]) -> set[str]:
    return {sentence(code) for code in asked}
