"""A channel that does not work is held for everybody, and tried again with one message."""

import pytest
import redis

from bot.channels.channel import Again
from bot.core.message import Outgoing
from bot.database import reading
from bot.deliver import Pump
from bot.hold import LONGEST
from bot.store.channel_states import Held, held_channels
from tests.bot.post import Post, drain, make_pump, states
from tests.conversation import House, make_house
from tests.zalo_calls import text_event


@pytest.fixture
def house(database_url: str) -> House:
    return make_house(database_url)


@pytest.fixture(autouse=True)
def _every_look_is_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.hold.LOOK_EVERY", 0.0)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def pumps(house: House, post: Post) -> list[Pump]:
    """Two workers."""
    return [make_pump(house.runtime, post) for _ in range(2)]


def ask(house: House, citizens: int, first: int = 0) -> None:
    for number in range(first, first + citizens):
        house.hear(text_event("xin chào", str(number), msg_id=f"m{number}"))


def work(pumps: list[Pump]) -> None:
    """Every worker looks what there is to do."""
    for pump in pumps:
        drain(pump)


def held(house: House) -> Held | None:
    with reading(house.runtime.engine) as connection:
        return held_channels(connection).get("zalo")


def test_our_account_at_fault_holds_the_channel_for_everybody_and_calls_a_person(
    house: House, post: Post, pumps: list[Pump]
) -> None:
    ask(house, 1)
    post.refuse(Again.HALT, "-204")
    work(pumps)
    ask(house, 5, first=1)
    work(pumps)
    assert len(post.asked) == 1
    state = held(house)
    assert state is not None
    assert state.loud
    assert state.since == house.clock()


def test_a_held_channel_is_tried_with_one_message_by_one_worker(
    house: House, post: Post, pumps: list[Pump]
) -> None:
    ask(house, 6)
    post.refuse(Again.HALT, "-204", times=20)
    work(pumps)
    before = len(post.asked)
    for tries in range(1, 4):
        house.clock.moment += LONGEST
        work(pumps)
        work(pumps)
        assert len(post.asked) == before + tries


def test_a_try_under_way_keeps_everybody_else_waiting(
    house: House, post: Post, pumps: list[Pump]
) -> None:
    ask(house, 6)
    post.refuse(Again.HALT, "-204", times=6)
    work(pumps)
    post.script.clear()
    house.clock.moment += LONGEST
    before, inside = len(post.asked), []

    def look_around(_: Outgoing) -> None:
        inside.append([pumps[1].turn(), len(post.asked) - before])

    post.script.append(look_around)
    pumps[0].turn()
    assert inside == [[False, 1]]


@pytest.mark.parametrize("way_back", ["taken", "judged"])
def test_one_success_frees_the_channel_for_everybody(
    house: House, post: Post, pumps: list[Pump], way_back: str
) -> None:
    ask(house, 8)
    post.refuse(Again.HALT, "-204", times=8)
    work(pumps)
    post.script.clear()
    if way_back == "judged":
        post.refuse(Again.NEVER, "-227")
    house.clock.moment += LONGEST
    work(pumps[:1])
    assert held(house) is None
    work(pumps)
    house.clock.moment += LONGEST
    work(pumps)
    lost = ["failed"] if way_back == "judged" else []
    assert sorted(states(house.runtime)) == ["delivered"] * (8 - len(lost)) + lost


@pytest.mark.parametrize(
    ("again", "code"),
    [(Again.LATER, ""), (Again.UNSURE, ""), (Again.UNSURE, "HTTP 502"), (Again.LATER, "HTTP 404")],
    ids=["not reached", "no answer", "a broken server", "somebody else's server"],
)
def test_three_failures_of_the_way_in_a_row_hold_the_channel(
    house: House, post: Post, pumps: list[Pump], again: Again, code: str
) -> None:
    post.refuse(again, code, times=3)
    for number in range(3):
        assert held(house) is None
        ask(house, 1, first=number)
        work(pumps[:1])
    state = held(house)
    assert state is not None
    assert not state.loud
    ask(house, 1, first=3)
    work(pumps)
    assert len(post.asked) == 3


def test_two_failures_and_a_success_hold_nothing(
    house: House, post: Post, pumps: list[Pump]
) -> None:
    for number in range(3):
        post.refuse(Again.LATER, times=2)
        ask(house, 3, first=10 * number)
        work(pumps[:1])
    assert held(house) is None


def test_one_citizens_refusals_hold_nobody_elses_channel(
    house: House, post: Post, pumps: list[Pump]
) -> None:
    post.refuse(Again.CLOSED, "-230", times=5)
    ask(house, 6)
    work(pumps[:1])
    assert held(house) is None
    assert sorted(states(house.runtime)) == ["delivered"] + ["failed"] * 5


def test_a_long_outage_loses_no_reply(house: House, post: Post, pumps: list[Pump]) -> None:
    ask(house, 6)
    post.refuse(Again.LATER, times=1000)
    for _ in range(30):
        work(pumps)
        house.clock.move(minutes=1)
    post.script.clear()
    for _ in range(60):
        house.clock.move(seconds=1)
        work(pumps)
    assert set(states(house.runtime)) == {"delivered"}
    assert len(post.taken) == 6


def test_too_many_calls_pause_every_worker(sqlite_url: str, redis_url: str, post: Post) -> None:
    house = make_house(sqlite_url)
    pumps = [make_pump(house.runtime, post, redis_url) for _ in range(2)]
    ask(house, 1)
    post.refuse(Again.PAUSE, "-32")
    work(pumps[:1])
    ask(house, 5, first=1)
    house.clock.move(seconds=5)
    work(pumps)
    assert len(post.asked) == 1
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    work(pumps[1:])
    assert len(post.taken) == 6
