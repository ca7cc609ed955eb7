"""Owed messages: each reaches its citizen once, whatever the carrier and the database do."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from bot.channels.channel import Again
from bot.core.delivery import ECHO_WAIT
from bot.core.message import Outgoing
from bot.deliver import LEASE, Pump
from bot.hear import hear
from bot.store.outbox import Claim, claim
from bot.store.tables import outbox
from bot.work import LOOK_SECONDS
from tests.bot.post import Post, drain, make_pump, rows, states
from tests.conversation import House, make_house
from tests.zalo_calls import CITIZEN, echo_event, text_event

NEXT = count(1)


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def pump(house: House, post: Post) -> Iterator[Pump]:
    pump = make_pump(house.runtime, post)
    yield pump
    pump.stop()


def ask(house: House, *codes: str, user: str = CITIZEN) -> None:
    """A citizen asks for codes that nobody knows, so that each is owed a text of its own."""
    for code in codes:
        house.hear(text_event(code, user, msg_id=f"q{next(NEXT)}"))


def a_code(number: int) -> str:
    return f"H56.14-240823-{number:04}"


def die_with_all(house: House) -> None:
    """A worker claims all that is due, and is never heard of again."""
    now = house.clock()
    with house.runtime.engine.begin() as connection:
        claim(connection, Claim("chat", "zalo", 100, "a dead worker", now, now + LEASE))


# What the carrier answers


def test_a_message_that_was_taken_is_recorded_once_under_the_carriers_name(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    drain(pump)
    house.clock.move(days=2)
    drain(pump)
    [row] = rows(house.runtime)
    assert (row.state, row.carrier_id, row.due_at) == ("delivered", "z1", None)
    assert len(post.asked) == 1


def test_what_is_refused_for_now_comes_again_after_growing_pauses(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    pauses = [2, 5, 15, 30, 45, 45, 45]
    post.refuse(Again.LATER, "-200", times=len(pauses))
    drain(pump)
    for tries, pause in enumerate(pauses, start=1):
        house.clock.move(seconds=pause - 0.1)
        drain(pump)
        assert len(post.asked) == tries, f"after {pause} s"
        house.clock.move(seconds=0.1)
        drain(pump)
        assert len(post.asked) == tries + 1
    assert states(house.runtime) == ["delivered"]


@pytest.mark.parametrize("again", [Again.NEVER, Again.CLOSED])
def test_what_will_never_be_taken_is_closed_with_its_reason(
    house: House, post: Post, pump: Pump, again: Again
) -> None:
    ask(house, a_code(1), a_code(2))
    post.refuse(again, "-230")
    drain(pump)
    first, second = rows(house.runtime)
    assert (first.state, first.reason) == ("failed", "-230 as the script says")
    assert (first.due_at, second.state) == (None, "delivered")


def test_what_could_not_go_out_for_a_day_is_given_up(house: House, post: Post, pump: Pump) -> None:
    ask(house, a_code(1))
    house.clock.move(hours=24, seconds=-1)
    post.refuse(Again.LATER, "-200")
    drain(pump)
    house.clock.move(seconds=2)
    drain(pump)
    [row] = rows(house.runtime)
    assert (row.state, row.reason) == ("failed", "could not go out in time")
    assert post.taken == []


def test_a_message_that_breaks_the_code_stops_nobody_else(
    house: House, post: Post, pump: Pump
) -> None:
    for user in ("1", "2", "3"):
        ask(house, a_code(1), user=user)

    def break_down(message: Outgoing) -> None:
        raise ValueError("a limit of Zalo's is broken")

    post.script.append(break_down)
    drain(pump)
    assert sorted(states(house.runtime)) == ["delivered", "delivered", "failed"]
    assert "it broke the code: ValueError" in [row.reason for row in rows(house.runtime)]


def test_a_message_that_no_key_opens_stops_nobody_else(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1), a_code(2), a_code(3))
    middle = rows(house.runtime)[1].id
    with house.runtime.engine.begin() as connection:
        connection.execute(
            update(outbox).where(outbox.c.id == middle).values(body=b"no seal of ours")
        )
    drain(pump)
    assert states(house.runtime) == ["delivered", "failed", "delivered"]
    assert rows(house.runtime)[1].reason == "it broke the code: Unreadable"


# Lost answers


def test_a_lost_answer_is_repeated_once_and_never_twice(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    post.refuse(Again.UNSURE, times=5)
    drain(pump)
    house.clock.move(seconds=29.9)
    drain(pump)
    assert len(post.asked) == 1
    house.clock.move(seconds=0.1)
    drain(pump)
    for _ in range(10):
        house.clock.move(minutes=1)
        drain(pump)
    assert len(post.asked) == 2
    [row] = rows(house.runtime)
    assert (row.state, row.due_at) == ("unsure", None)


def test_a_lost_answer_whose_echo_came_is_not_repeated(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    post.swallow()
    drain(pump)
    house.hear(echo_event(post.taken[0], "5f0c1e77a94d3b2288c1"))
    house.clock.move(seconds=30)
    drain(pump)
    [row] = rows(house.runtime)
    assert (row.state, row.carrier_id) == ("delivered", "5f0c1e77a94d3b2288c1")
    assert len(post.asked) == 1


def test_the_echo_of_an_earlier_answer_of_the_same_words_does_not_count(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, "xin chào")
    drain(pump)
    house.hear(echo_event(post.taken[0], "z1"))
    post.refuse(Again.UNSURE)
    ask(house, "xin chào")
    drain(pump)
    house.clock.move(seconds=30)
    drain(pump)
    assert len(post.taken) == 2
    assert states(house.runtime) == ["delivered", "delivered"]


def test_one_echo_settles_one_of_two_answers_of_the_same_words(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, "xin chào", "xin chào")
    die_with_all(house)
    words = house.owed()[0]["text"]
    house.hear(echo_event(words, "echoed"))
    house.clock.moment += LEASE
    drain(pump)
    assert post.taken == [words]
    assert sorted(row.carrier_id for row in rows(house.runtime)) == ["echoed", "z1"]


def test_another_citizens_echo_does_not_count(house: House, post: Post, pump: Pump) -> None:
    ask(house, a_code(1))
    post.refuse(Again.UNSURE)
    drain(pump)
    house.hear(echo_event(post.asked[0], "e1", user="another"))
    house.clock.moment += ECHO_WAIT
    drain(pump)
    assert len(post.taken) == 1


# Dead workers


def test_a_dead_workers_claim_is_made_good_within_a_minute(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    die_with_all(house)
    house.clock.moment += LEASE - timedelta(seconds=0.1)
    drain(pump)
    assert post.asked == []
    house.clock.move(seconds=0.1)
    drain(pump)
    assert states(house.runtime) == ["delivered"]
    assert LEASE.total_seconds() + LOOK_SECONDS < 60


def test_a_dead_workers_message_that_was_echoed_is_not_sent_again(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    die_with_all(house)
    house.hear(echo_event(house.owed()[0]["text"], "e1"))
    house.clock.moment += LEASE
    drain(pump)
    assert post.asked == []
    assert [(row.state, row.carrier_id) for row in rows(house.runtime)] == [("delivered", "e1")]


def test_an_echo_that_nobody_has_heard_yet_is_waited_for(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    die_with_all(house)
    house.clock.moment += LEASE
    house.store(echo_event(house.owed()[0]["text"], "e1"))
    drain(pump)
    assert post.asked == []
    hear(house.runtime)
    house.clock.move(seconds=1)
    drain(pump)
    assert post.asked == []
    assert states(house.runtime) == ["delivered"]


def test_a_message_that_kills_every_worker_is_parked(house: House, post: Post, pump: Pump) -> None:
    ask(house, a_code(1))
    for _ in range(10):
        die_with_all(house)
        house.clock.moment += LEASE
    drain(pump)
    assert post.asked == []
    assert rows(house.runtime)[0].reason == "its worker died every time"


def test_two_workers_send_one_message_once(house: House, post: Post) -> None:
    pumps = [make_pump(house.runtime, post) for _ in range(2)]
    for number in range(20):
        ask(house, a_code(number), user=str(number))
    start = threading.Barrier(2)

    def work(pump: Pump) -> None:
        start.wait()
        drain(pump)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, pumps))
    for pump in pumps:
        pump.stop()
    assert sorted(post.asked) == sorted(reply["text"] for reply in house.owed())
    assert set(states(house.runtime)) == {"delivered"}


def test_a_worker_told_to_stop_records_what_it_sent_and_gives_the_rest_back(
    house: House, post: Post
) -> None:
    pump = make_pump(house.runtime, post, threads=1)
    begun, go_on = threading.Event(), threading.Event()

    def dawdle(_: Outgoing) -> None:
        begun.set()
        go_on.wait(10)

    post.script.append(dawdle)
    ask(house, a_code(1), a_code(2))
    ask(house, a_code(3), user="another")
    pump.turn()
    begun.wait(10)
    stopping = threading.Thread(target=pump.stop)
    stopping.start()
    while not pump._stopping:
        go_on.wait(0.001)
    go_on.set()
    stopping.join(10)
    assert len(post.asked) == 1
    assert states(house.runtime) == ["delivered", "waiting", "waiting"]
    heir = make_pump(house.runtime, post)
    drain(heir)
    heir.stop()
    assert states(house.runtime) == ["delivered"] * 3
    assert len(post.asked) == 3


# Order


def test_messages_of_one_citizen_arrive_in_the_order_they_were_owed(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, *[a_code(number) for number in range(5)])
    drain(pump)
    assert post.taken == [reply["text"] for reply in house.owed()]


def test_a_message_waits_for_the_one_before_that_is_still_on_its_way(
    house: House, post: Post, pump: Pump
) -> None:
    go_on = threading.Event()

    def dawdle(_: Outgoing) -> None:
        go_on.wait(10)

    post.script.append(dawdle)
    ask(house, a_code(1))
    pump.turn()
    ask(house, a_code(2))
    ask(house, a_code(3), user="another")
    for _ in range(5):
        pump.turn()
    assert [text for text in post.taken if a_code(3) in text] == post.taken
    go_on.set()
    drain(pump)
    own = [a_code(number) for text in post.taken for number in (1, 2) if a_code(number) in text]
    assert own == [a_code(1), a_code(2)]


@pytest.mark.parametrize("again", [Again.LATER, Again.UNSURE])
def test_a_message_that_has_to_come_again_is_not_overtaken(
    house: House, post: Post, pump: Pump, again: Again
) -> None:
    ask(house, a_code(1), a_code(2))
    post.refuse(again, "-200")
    drain(pump)
    assert post.taken == []
    house.clock.move(seconds=30)
    drain(pump)
    assert [a_code(1) in post.taken[0], a_code(2) in post.taken[1]] == [True, True]


# The database


def test_what_was_sent_while_the_database_went_away_is_recorded_later(
    house: House, post: Post, pump: Pump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.deliver.AFTER_AWAY_SECONDS", 0.0)
    engine = house.runtime.engine

    def refuse(_: object) -> None:
        raise OperationalError("BEGIN", {}, Exception("the database is away"))

    post.script.append(lambda _: event.listen(engine, "begin", refuse))
    ask(house, a_code(1))
    for _ in range(3):
        with pytest.raises(OperationalError):
            drain(pump)
    event.remove(engine, "begin", refuse)
    drain(pump)
    assert len(post.asked) == 1
    assert [row.carrier_id for row in rows(house.runtime)] == ["z1"]


def test_nothing_is_claimed_while_the_database_has_only_just_come_back(
    house: House, post: Post, pump: Pump
) -> None:
    ask(house, a_code(1))
    pump.was_away()
    pump.turn()
    assert post.asked == []
