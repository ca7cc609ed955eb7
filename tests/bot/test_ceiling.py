"""All workers together stay under Zalo's calls per minute, and chat replies find room."""

import sys
from collections.abc import Callable

import pytest

import bot.ceiling
from bot.ceiling import Ceiling
from tests.make import make_settings
from tests.rig.child import Child, free_port
from tests.rig.redis_server import RedisServer
from tests.rig.warm_child import WarmChild


def ceiling(redis_url: str, limit: int) -> Ceiling:
    settings = make_settings("sqlite://", redis_url=redis_url, zalo_calls_per_minute=limit)
    return Ceiling(settings)


def test_what_is_free_is_granted_and_no_more(redis_url: str) -> None:
    worker = ceiling(redis_url, 100)
    assert [worker.take(60), worker.take(60), worker.take(60)] == [60, 40, 0]
    assert worker.take(0) == 0


def test_two_workers_share_one_ceiling(redis_url: str) -> None:
    first, second = ceiling(redis_url, 100), ceiling(redis_url, 100)
    assert [first.take(70), second.take(70)] == [70, 30]


def test_bulk_goes_evenly_and_leaves_room_to_chat(redis_url: str) -> None:
    worker = ceiling(redis_url, 600)
    assert worker.take(500, "bulk") == 9  # a second's worth of 598 a minute
    assert worker.take(500, "bulk") <= 1
    assert worker.take(500, "chat") == 500


def test_chat_goes_before_bulk(redis_url: str) -> None:
    worker = ceiling(redis_url, 600)
    assert worker.take(598, "chat") == 598
    assert worker.take(10, "bulk") == 0
    assert worker.take(2, "chat") == 2


def test_bulk_yields_to_whoever_did_not_get_all(redis_url: str, redis_server: RedisServer) -> None:
    worker = ceiling(redis_url, 600)
    worker.take(600, "chat")
    assert worker.take(1, "notice") == 0  # it waits from now on
    make_all_old(redis_server)
    assert worker.take(5, "bulk") == 0
    assert worker.take(5, "notice") == 5
    assert worker.take(5, "bulk") == 5


def test_notices_yield_to_chat(redis_url: str, redis_server: RedisServer) -> None:
    worker = ceiling(redis_url, 100)
    assert worker.take(101, "chat") == 100  # one reply waits
    make_all_old(redis_server)
    assert worker.take(5, "notice") == 0
    assert worker.take(1, "chat") == 1
    assert worker.take(5, "notice") == 5


def test_what_bulk_filled_does_not_stop_notices(redis_url: str, redis_server: RedisServer) -> None:
    worker = ceiling(redis_url, 100)
    with redis_server.client() as client:  # bulk has been going for a minute
        stamp = int(client.time()[0]) * 1_000_000
        client.lpush(bot.ceiling.CALLS, *[str(stamp)] * 98)
        client.lpush(bot.ceiling.BULK, *[str(stamp)] * 98)
    assert worker.take(5, "notice") == 2
    assert worker.take(5, "chat") == 0


def make_all_old(redis_server: RedisServer) -> None:
    """What was granted so far was granted more than a minute ago."""
    with redis_server.client() as client:
        for name in (bot.ceiling.CALLS, bot.ceiling.BULK):
            client.delete(name)


def test_what_is_older_than_the_window_is_free_again(
    redis_url: str, redis_server: RedisServer
) -> None:
    worker = ceiling(redis_url, 10)
    worker.take(10)
    with redis_server.client() as client:  # six of them become older than a minute
        for place in range(4, 10):
            stamp = int(client.lindex(bot.ceiling.CALLS, place) or 0) - 61_000_000
            client.lset(bot.ceiling.CALLS, place, str(stamp))
    assert worker.take(10) == 6


def test_the_books_of_a_minute_do_not_stay(redis_url: str, redis_server: RedisServer) -> None:
    ceiling(redis_url, 10).take(5)
    with redis_server.client() as client:
        assert 0 < client.pttl(bot.ceiling.CALLS) <= 60_000


def test_processes_and_threads_together_never_pass_the_ceiling(
    redis_url: str, start_child: Callable[..., Child]
) -> None:
    command = [sys.executable, "-m", "tests.bot.ceiling_process", redis_url, "200", "2"]
    workers = [start_child(command, kind=WarmChild) for _ in range(2)]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert sum(int(worker.output()) for worker in workers) == 200


def test_a_pause_stops_every_worker(redis_url: str) -> None:
    first, second = ceiling(redis_url, 100), ceiling(redis_url, 100)
    assert second.paused() == 0
    first.pause(60)
    assert [first.take(5), second.take(5)] == [0, 0]
    assert 59 < second.paused() <= 60
    assert 59 < first.paused() <= 60


def test_a_pause_is_never_made_shorter(redis_url: str) -> None:
    worker, other = ceiling(redis_url, 100), ceiling(redis_url, 100)
    worker.pause(60)
    other.pause(1)
    assert ceiling(redis_url, 100).paused() > 59
    assert worker.paused() > 59


def test_a_pause_ends_by_itself(redis_url: str, redis_server: RedisServer) -> None:
    ceiling(redis_url, 100).pause(60)
    worker = ceiling(redis_url, 100)
    with redis_server.client() as client:
        assert client.pexpire(bot.ceiling.PAUSED, 1)
        while client.exists(bot.ceiling.PAUSED):
            pass
    assert (worker.take(5), worker.paused()) == (5, 0)


def test_a_flushed_redis_is_written_to_again(redis_url: str, redis_server: RedisServer) -> None:
    worker = ceiling(redis_url, 100)
    worker.take(10)
    with redis_server.client() as client:
        client.flushall()
        client.script_flush()
    assert worker.take(100) == 100
    worker.pause(60)
    with redis_server.client() as client:
        client.flushall()
        client.script_flush()
    assert worker.paused() > 59  # it was told so itself
    worker.pause(90)
    assert ceiling(redis_url, 100).paused() > 89


def test_without_redis_a_process_goes_on_with_a_quarter() -> None:
    alone = ceiling(f"redis://127.0.0.1:{free_port()}/0", 100)
    assert [alone.take(20), alone.take(20), alone.take(20)] == [20, 5, 0]
    bulk = ceiling("", 100)
    assert [bulk.take(60, "bulk"), bulk.take(60, "chat")] == [22, 3]


def test_a_pause_without_redis_holds_at_least_here() -> None:
    alone = ceiling(f"redis://127.0.0.1:{free_port()}/0", 100)
    alone.pause(60)
    assert (alone.take(5), alone.paused() > 59) == (0, True)


def test_when_redis_goes_away_what_was_granted_counts(
    fresh_redis: Callable[[], RedisServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fresh_redis()
    worker = ceiling(server.url, 100)
    assert worker.take(15) == 15
    server.kill()
    assert worker.take(50) == 10
    server.start()
    monkeypatch.setattr("bot.ceiling.SULK", 0.0)
    worker._sulk_until = 0.0  # two seconds later
    assert worker.take(50) == 50


def test_a_socket_file_is_an_address_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    missing = tmp_path_factory.mktemp("no") / "redis.sock"
    assert ceiling(f"unix://{missing}", 100).take(50) == 25
