"""Senders get the token that is good now, and hear at once when only a person can help."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import update

from bot.channels.channel import Again
from bot.renew import TokenSource, link, renew_if_due, renew_now, status
from bot.renewal import Renewal
from bot.runtime import Runtime
from bot.store.tables import carrier_token
from tests.bot.renewal.books import A_DAY, failure
from tests.bot.renewal.endpoint import Misbehaviour, TokenEndpoint
from tests.make import HandClock, make_runtime
from tests.rig.child import free_port
from tests.rig.postgres_server import PostgresServer


def test_without_a_pair_sending_stops_and_says_what_to_do(database_url: str) -> None:
    runtime = make_runtime(database_url)
    failed = failure(TokenSource(runtime).current)
    assert failed.again is Again.HALT
    assert "zalo link" in failed.reason
    assert renew_if_due(runtime) is Renewal.NO_TOKEN
    assert not status(runtime).linked


def test_after_a_jump_of_the_clock_the_next_message_finds_a_new_token(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    clock.move(hours=26)
    assert TokenSource(runtime).current() == "access-1"
    assert oauth.presented == ["refresh-0"]


def test_a_refused_token_is_renewed_once_for_all_threads(
    runtime: Runtime, oauth: TokenEndpoint
) -> None:
    tokens = TokenSource(runtime)
    with ThreadPoolExecutor(16) as pool:
        newer = set(pool.map(lambda _: tokens.after_refusal("access-0"), range(64)))
    assert newer == {"access-1"}
    assert oauth.presented == ["refresh-0"]
    assert tokens.current() == "access-1"


def test_a_token_that_someone_else_renewed_is_read_and_not_renewed_again(
    runtime: Runtime, oauth: TokenEndpoint
) -> None:
    tokens = TokenSource(runtime)
    assert tokens.current() == "access-0"
    renew_now(runtime)
    assert tokens.after_refusal("access-0") == "access-1"
    assert oauth.presented == ["refresh-0"]


def test_sending_goes_on_until_the_access_token_dies(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, body={"error": -14014})]
    clock.move(hours=21)
    renew_if_due(runtime)
    assert TokenSource(runtime).current() == "access-0"
    assert TokenSource(runtime).after_refusal("access-0") is None
    clock.move(hours=5)
    failed = failure(TokenSource(runtime).current)
    assert failed.again is Again.HALT
    assert "zalo link" in failed.reason
    assert len(oauth.presented) == 1


def test_while_a_dead_token_cannot_be_renewed_yet_messages_wait(
    database_url: str, clock: HandClock
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/oauth"
    away = make_runtime(database_url, clock, zalo_oauth_url=nobody)
    link(away, "access-0", "refresh-0", A_DAY)
    assert failure(lambda: TokenSource(away).after_refusal("access-0")).again is Again.LATER


def test_a_token_refused_right_after_its_renewal_is_not_renewed_at_once(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    assert TokenSource(runtime).after_refusal("access-0") == "access-1"
    assert failure(lambda: TokenSource(runtime).after_refusal("access-1")).again is Again.LATER
    assert len(oauth.presented) == 1
    clock.move(seconds=31)
    assert TokenSource(runtime).after_refusal("access-1") == "access-2"


def test_tokens_that_zalo_refuses_one_after_the_other_call_a_person(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    for number in range(10):
        assert TokenSource(runtime).after_refusal(f"access-{number}") == f"access-{number + 1}"
        clock.move(seconds=31)
    assert TokenSource(runtime).after_refusal("access-10") is None
    assert len(oauth.presented) == 10


def test_keys_that_do_not_open_the_pair_call_a_person(
    runtime: Runtime, oauth: TokenEndpoint
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(carrier_token).values(access=b"?", refresh=b"?"))
    failed = failure(TokenSource(runtime).current)
    assert (failed.again, "FIELD_KEYS" in failed.reason) == (Again.HALT, True)
    assert failure(lambda: renew_now(runtime)).again is Again.HALT
    assert oauth.presented == []


def test_a_token_stays_good_in_hand_while_the_database_is_away(
    fresh_postgres: Callable[[], PostgresServer], clock: HandClock
) -> None:
    server = fresh_postgres()
    url = server.url(server.unused_name())
    runtime = make_runtime(url, clock)
    link(runtime, "access-0", "refresh-0", A_DAY)
    tokens, stranger = TokenSource(runtime), TokenSource(runtime)
    tokens.current()
    server.stop()
    tokens._believed_until = 0.0  # five seconds later
    assert tokens.current() == "access-0"
    assert failure(stranger.current).again is Again.LATER
    assert failure(lambda: tokens.after_refusal("access-0")).again is Again.LATER


def test_a_token_is_not_read_from_the_database_for_every_message(
    runtime: Runtime, clock: HandClock
) -> None:
    tokens = TokenSource(runtime)
    tokens.current()
    link(runtime, "a2", "r2", A_DAY)
    assert tokens.current() == "access-0"
    assert tokens.after_refusal("access-0") == "a2"
