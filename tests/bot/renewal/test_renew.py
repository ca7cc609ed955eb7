"""The pair is linked, watched, and renewed in time."""

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.channel import Again
from bot.renew import TokenSource, link, renew_if_due, renew_now, status
from bot.renewal import Renewal
from bot.runtime import Runtime
from bot.store.tables import carrier_token, carrier_token_event
from tests.bot.renewal.books import A_DAY, failure, history, stored
from tests.bot.renewal.endpoint import Misbehaviour, TokenEndpoint
from tests.make import HandClock, ListBell, make_runtime


def test_a_linked_pair_is_handed_out_and_rung_for(database_url: str) -> None:
    bell = ListBell()
    runtime = make_runtime(database_url, bell=bell)
    link(runtime, "access", "refresh", A_DAY)
    assert TokenSource(runtime).current() == "access"
    assert bell.rung == ["chat"]


def test_tokens_are_sealed_where_they_lie(runtime: Runtime) -> None:
    with runtime.engine.connect() as connection:
        tables = (carrier_token, carrier_token_event)
        raw = str([connection.execute(select(table)).all() for table in tables])
    assert "access-0" not in raw
    assert "refresh-0" not in raw
    assert "access-0" not in str(asdict(status(runtime)))


@pytest.mark.parametrize("access", ["", "two words", "mã", "line\n"])
def test_what_is_no_token_is_not_linked_and_not_repeated(runtime: Runtime, access: str) -> None:
    with pytest.raises(ValueError, match="access_token") as refused:
        link(runtime, access, "refresh", A_DAY)
    assert not access or access not in str(refused.value)
    assert stored(runtime)["access"] == "access-0"


def test_a_pair_of_unknown_age_counts_as_an_hour_old(runtime: Runtime) -> None:
    link(runtime, "a", "r")
    assert status(runtime).expires_in_seconds == 3600


def test_a_new_link_keeps_the_pair_before_it(runtime: Runtime) -> None:
    link(runtime, "a2", "r2", A_DAY)
    row = stored(runtime)
    assert (row["access"], row["previous_access"], row["previous_refresh"], row["version"]) == (
        "a2", "access-0", "refresh-0", 2,
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "outcome"), [(19.9, Renewal.NOT_DUE), (20.1, Renewal.RENEWED)])
def test_a_pair_is_renewed_at_four_fifths_of_its_life(
    runtime: Runtime, clock: HandClock, hours: float, outcome: Renewal
) -> None:
    clock.move(hours=hours)
    assert renew_if_due(runtime) is outcome


def test_a_token_of_a_long_life_is_renewed_every_month_nevertheless(
    runtime: Runtime, clock: HandClock
) -> None:
    link(runtime, "access-0", "refresh-0", 200 * 86400)
    clock.move(days=27)
    assert renew_if_due(runtime) is Renewal.NOT_DUE
    clock.move(days=2)
    assert renew_if_due(runtime) is Renewal.RENEWED


def test_a_renewal_keeps_the_pair_before_it_and_the_books(
    runtime: Runtime, clock: HandClock
) -> None:
    clock.move(hours=21)
    renew_if_due(runtime)
    row = stored(runtime)
    assert (row["access"], row["refresh"]) == ("access-1", "refresh-1")
    assert (row["previous_access"], row["previous_refresh"]) == ("access-0", "refresh-0")
    assert (row["version"], row["tries"], row["renewer"]) == (2, 0, None)
    assert history(runtime) == ["linked", "renew_begun", "renewed"]
    assert status(runtime).expires_in_seconds == A_DAY


def test_an_operator_may_renew_at_any_time(runtime: Runtime, oauth: TokenEndpoint) -> None:
    renew_now(runtime)
    assert stored(runtime)["access"] == "access-1"
    assert oauth.presented == ["refresh-0"]


def test_linking_again_ends_the_loud_state(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, body={"error": -14014})]
    clock.move(hours=21)
    renew_if_due(runtime)
    link(runtime, "a2", "r2", A_DAY)
    assert not status(runtime).consent_needed
    assert TokenSource(runtime).current() == "a2"


def test_an_operator_may_try_again_what_we_would_not(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, body={"error": -14002})] * 2
    assert failure(lambda: renew_now(runtime)).again is Again.HALT
    assert "-14002" in failure(lambda: renew_now(runtime)).reason
    renew_now(runtime)
    assert not status(runtime).consent_needed


def test_renewals_are_counted_by_outcome(
    runtime: Runtime, oauth: TokenEndpoint, clock: HandClock
) -> None:
    oauth.next = [Misbehaviour(rotates=False, body={"error": -14014})]
    clock.move(hours=21)
    renew_if_due(runtime)
    name, labels = "motcua_token_renewals_total", {"outcome": "consent_needed"}
    assert runtime.metrics.registry.get_sample_value(name, labels) == 1


def test_the_refresh_tokens_own_end_is_told(runtime: Runtime, clock: HandClock) -> None:
    clock.move(days=89)
    left = status(runtime).refresh_expires_in_seconds
    assert left == timedelta(days=1).total_seconds()
