"""A process dies while it renews the token pair: a used refresh token is never used on and on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.live_house import LiveHouse, wait
from tests.rig.child import Child

DUE = 72_100  # seconds: past 80 % of the pair's life
LEASE_OVER = DUE + 150  # of the renewal, and of the timed job that began it


@pytest.fixture
def house(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[LiveHouse]:
    """A sandbox and a linked pair; no web, no worker."""
    house = LiveHouse(sqlite_url, redis_url, tmp_path)
    house.start_sandbox()
    house.link()
    yield house
    house.close()


def burst(house: LiveHouse, offset: int) -> Child:
    """A worker of a later hour does what is due, the renewal too."""
    return house.start("bot", "work", "--burst", CLOCK_OFFSET_SECONDS=str(offset))


def renewals_begun(house: LiveHouse) -> int:
    with house.runtime.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT tries FROM carrier_token").scalar_one()
    return int(rows)


def presented(house: LiveHouse) -> int:
    """How often Zalo was shown a refresh token, and answered or would have."""
    log = house.http.get(f"{house.sandbox}/control/requests", timeout=10).json()["requests"]
    return sum(one["path"].startswith("/oauth/") for one in log)


def doctor(house: LiveHouse, offset: int) -> dict[str, tuple[str, str]]:
    child = house.start("bot", "doctor", "--json", CLOCK_OFFSET_SECONDS=str(offset))
    child.wait()
    return {one["what"]: (one["level"], one["why"]) for one in json.loads(child.output())}


def test_killed_before_zalo_was_reached_the_next_one_renews(house: LiveHouse) -> None:
    with house.fault("oauth_timeout_before", value=3):
        first = burst(house, DUE)
        wait(lambda: renewals_begun(house) == 1, "a renewal under way", house.story, 20)
        first.kill9()
    assert burst(house, LEASE_OVER).wait() == 0
    assert renewals_begun(house) == 0  # a new pair stands there
    assert doctor(house, LEASE_OVER)["zalo.token"][0] == "ok"


def test_killed_before_the_new_pair_was_stored_a_person_is_called(house: LiveHouse) -> None:
    linked = pair_issued_at(house)
    with house.fault("oauth_timeout_after", value=3):
        first = burst(house, DUE)
        wait(lambda: pair_issued_at(house) != linked, "Zalo's new pair", house.story, 20)
        first.kill9()
    second = burst(house, LEASE_OVER)
    assert second.wait() == 0
    assert "zalo.consent_needed" in second.errors()
    wait(lambda: presented(house) == 2, "one use and one retry", house.story, 20)
    level, why = doctor(house, LEASE_OVER)["zalo.token"]
    assert (level, "consent" in why) == ("fail", True)
    for hours in (1, 2):
        assert burst(house, LEASE_OVER + 3600 * hours).wait() == 0
    assert presented(house) == 2


def pair_issued_at(house: LiveHouse) -> str:
    """When Zalo issued the pair that is good now."""
    state = house.http.get(f"{house.sandbox}/control/state", timeout=10).json()
    return str(state["tokens"]["issued_at"])
