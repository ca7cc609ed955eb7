"""One at a time renews, the new pair is kept before it is used, and no fault overwrites it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from bot.renew import link, renew_if_due, renew_now, status
from bot.renewal import Renewal
from bot.runtime import Runtime
from bot.store.tables import carrier_token
from tests.bot.renewal.books import A_DAY, block_writes, history, stored
from tests.bot.renewal.endpoint import PATIENCE, Misbehaviour, TokenEndpoint
from tests.make import HandClock, make_runtime
from tests.rig.child import Child, free_port
from tests.rig.postgres_server import PostgresServer


def test_workers_that_renew_at_once_present_the_refresh_token_once(
    database_url: str, runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    clock.move(hours=21)
    begin = threading.Barrier(6)

    def work(_: int) -> Renewal:
        begin.wait(PATIENCE)
        return renew_if_due(runtime)

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(work, range(6)))
    assert oauth.presented == ["refresh-0"]
    assert outcomes.count(Renewal.RENEWED) == 1
    assert stored(runtime)["refresh"] == "refresh-1"


def test_processes_that_find_a_dead_token_at_once_present_the_refresh_token_once(
    database_url: str, runtime: Runtime, oauth: TokenEndpoint, renewing: Callable[..., Child]
) -> None:
    oauth.gate.clear()
    first, second = renewing("access-0"), renewing("access-0")
    assert oauth.reached.acquire(timeout=PATIENCE)
    oauth.gate.set()
    for child in (first, second):
        assert child.wait(timeout=PATIENCE) == 0
        assert child.output() == "access-1\n"
    assert oauth.presented == ["refresh-0"]


def test_a_process_killed_with_the_new_pair_in_its_hands_leaves_a_loud_state(
    runtime: Runtime,
    oauth: TokenEndpoint,
    clock: HandClock,
    renewing: Callable[..., Child],
) -> None:
    oauth.gate.clear()
    child = renewing("access-0")
    assert oauth.reached.acquire(timeout=PATIENCE)
    end = block_writes(runtime)
    oauth.gate.set()
    assert oauth.answered.acquire(timeout=PATIENCE)
    child.kill9()
    end()
    assert status(runtime).renewing
    assert renew_if_due(runtime) is Renewal.NOT_DUE
    clock.move(seconds=31)
    assert renew_if_due(runtime) is Renewal.CONSENT_NEEDED
    assert oauth.presented == ["refresh-0", "refresh-0"]
    assert (stored(runtime)["access"], stored(runtime)["refresh"]) == ("access-0", "refresh-0")


def test_a_process_killed_before_zalo_rotated_costs_nothing(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock, renewing: Callable[..., Child]
) -> None:
    oauth.gate.clear()
    oauth.next = [Misbehaviour(rotates=False)]
    child = renewing("access-0")
    assert oauth.reached.acquire(timeout=PATIENCE)
    child.kill9()
    oauth.gate.set()
    clock.move(seconds=31)
    assert renew_if_due(runtime) is Renewal.RENEWED
    assert stored(runtime)["refresh"] == "refresh-2"


@pytest.mark.parametrize("code", [-14014, -14020, -118, "invalid_grant", -14002], ids=str)
def test_an_error_with_http_200_overwrites_nothing_and_is_not_asked_again(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock, code: object
) -> None:
    oauth.next = [Misbehaviour(rotates=False, body={"error": code, "error_name": "no"})]
    clock.move(hours=21)
    assert renew_if_due(runtime) is Renewal.CONSENT_NEEDED
    row = stored(runtime)
    assert (row["access"], row["refresh"], row["version"]) == ("access-0", "refresh-0", 1)
    clock.move(hours=1)
    assert renew_if_due(runtime) is Renewal.NOT_DUE
    assert len(oauth.presented) == 1
    seen = status(runtime)
    assert seen.consent_needed
    assert str(code) in (seen.fault or "")
    assert history(runtime)[-1] == "consent_needed"


LOST = {
    "HTTP 500": Misbehaviour(rotates=True, status=500, body="oops"),
    "cut": Misbehaviour(rotates=True),
    "no pair in it": Misbehaviour(rotates=True, body={"access_token": "", "refresh_token": ""}),
    "not JSON": Misbehaviour(rotates=True, body=["?"]),
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST.keys())
def test_a_lost_answer_is_asked_for_once_more_and_never_again(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock, lost: Misbehaviour
) -> None:
    oauth.next = [lost]
    clock.move(hours=21)
    assert renew_if_due(runtime) is Renewal.UNCLEAR
    assert renew_if_due(runtime) is Renewal.NOT_DUE  # not at once
    clock.move(seconds=16)
    assert renew_if_due(runtime) is Renewal.CONSENT_NEEDED
    clock.move(hours=1)
    assert renew_if_due(runtime) is Renewal.NOT_DUE
    assert oauth.presented == ["refresh-0", "refresh-0"]
    assert stored(runtime)["refresh"] == "refresh-0"


def test_a_lost_answer_that_changed_nothing_is_made_good_by_the_second_try(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, status=503, body="busy")]
    clock.move(hours=21)
    assert renew_if_due(runtime) is Renewal.UNCLEAR
    clock.move(seconds=16)
    assert renew_if_due(runtime) is Renewal.RENEWED
    assert status(runtime).tries == 0


def test_two_lost_answers_are_the_end(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, status=503, body="busy")] * 2
    clock.move(hours=21)
    renew_if_due(runtime)
    clock.move(seconds=16)
    assert renew_if_due(runtime) is Renewal.CONSENT_NEEDED
    clock.move(hours=1)
    assert renew_if_due(runtime) is Renewal.NOT_DUE
    assert len(oauth.presented) == 2


def test_a_host_that_is_not_reached_uses_up_no_try(
    database_url: str, oauth: TokenEndpoint, clock: HandClock
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}/oauth"
    away = make_runtime(database_url, clock, zalo_oauth_url=nobody)
    link(away, "access-0", "refresh-0", A_DAY)
    clock.move(hours=21)
    for _ in range(5):
        assert renew_if_due(away) is Renewal.NOT_REACHED
        clock.move(minutes=1)
    assert (status(away).tries, status(away).consent_needed) == (0, False)
    back = make_runtime(database_url, clock, zalo_oauth_url=oauth.url)
    assert renew_if_due(back) is Renewal.RENEWED


def test_a_pair_linked_during_a_renewal_stays(runtime: Runtime, oauth: TokenEndpoint) -> None:
    oauth.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(renew_now, runtime)
        assert oauth.reached.acquire(timeout=PATIENCE)
        link(runtime, "by-hand", "by-hand-r", A_DAY)
        oauth.gate.set()
        renewal.result(PATIENCE)
    assert stored(runtime)["access"] == "by-hand"


def test_a_renewal_that_outlived_its_lease_still_keeps_the_only_living_pair(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(renew_now, runtime)
        assert oauth.reached.acquire(timeout=PATIENCE)
        with runtime.engine.begin() as connection:  # another took the lease meanwhile
            connection.execute(update(carrier_token).values(renewer="other", tries=2))
        oauth.gate.set()
        renewal.result(PATIENCE)
    row = stored(runtime)
    assert (row["access"], row["tries"], row["state"]) == ("access-1", 0, "ok")


def test_a_new_pair_waits_in_hand_while_the_database_is_away(
    fresh_postgres: Callable[[], PostgresServer], oauth: TokenEndpoint, clock: HandClock
) -> None:
    server = fresh_postgres()
    url = server.url(server.unused_name())
    runtime = make_runtime(url, clock, zalo_oauth_url=oauth.url)
    link(runtime, "access-0", "refresh-0", A_DAY)
    clock.move(hours=21)
    oauth.gate.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(renew_if_due, runtime)
        assert oauth.reached.acquire(timeout=PATIENCE)
        server.stop()
        oauth.gate.set()
        assert oauth.answered.acquire(timeout=PATIENCE)
        server.start()
        assert renewal.result(60) is Renewal.RENEWED
    assert stored(runtime)["refresh"] == "refresh-1"
