"""The scripted story: it acts as people do, waits for the product, and says what did not come."""

import time
from typing import Any

import pytest

from tests.sandbox.conftest import StartRehearsal
from tests.sandbox.gateway_calls import esms
from tests.sandbox.rehearsal import Arrived, Product, Rehearsal

KEY = {"SANDBOX_FEED_KEY_ID": "f1", "SANDBOX_FEED_SECRET": "secret"}
RECEIVED = "TB: Ho so cua quy ong/ba (MS: {code}) da duoc tiep nhan tai Bo phan Mot cua"


def takes(arrived: Arrived) -> tuple[int, Any]:
    """A product that takes every dossier and says nothing to anyone."""
    if arrived.path != "/feeds/v1/dossiers":
        return 200, {}
    rows = arrived.event["dossiers"]
    return 200, {"results": [{"code": r["code"], "outcome": "new", "warnings": []} for r in rows]}


@pytest.fixture
def zalo(start: StartRehearsal, product: Product) -> Rehearsal:
    """A sandbox with a feed that takes everything."""
    product.answer = takes
    return start(**KEY)


def story(zalo: Rehearsal) -> Any:
    """The story as the page is told of it."""
    return zalo.get("/control/state")["story"]


def wait_for(zalo: Rehearsal, scene: int, outcome: str) -> Any:
    """The story, once this scene has come to this."""
    until = time.monotonic() + 10
    while (now := story(zalo))["scenes"][scene]["outcome"] != outcome:
        assert time.monotonic() < until, now
    return now


def outcomes(zalo: Rehearsal) -> list[str]:
    return [one["outcome"] for one in story(zalo)["scenes"]]


def test_before_it_is_played_all_scenes_are_told(zalo: Rehearsal) -> None:
    told = story(zalo)
    assert (told["state"], told["scene"], told["cast"]) == ("idle", -1, [])
    assert len(told["scenes"]) == 13
    assert all(one["title"] and one["caption"] for one in told["scenes"])


def test_the_first_scene_hands_papers_in_for_somebody_new(
    zalo: Rehearsal, product: Product
) -> None:
    product.wait(1)
    zalo.control("story", pace=0)
    told = wait_for(zalo, 0, "awaited")
    sent = product.wait(2)[-1].event["dossiers"][0]
    mai, hoa = (one for one in zalo.get("/control/state")["people"] if one["id"] in told["cast"])
    assert (sent["status"], sent["phone"]) == (2, mai["phone"])
    assert (mai["has_zalo"], hoa["has_zalo"]) == (True, False)


def test_a_message_that_fits_ends_a_scene_and_another_does_not(
    zalo: Rehearsal, product: Product
) -> None:
    product.wait(1)
    zalo.control("story", pace=0, patience=60)
    dossier = product.wait(2)[-1].event["dossiers"][0]
    esms(zalo, Phone=dossier["phone"], Content=RECEIVED.format(code="H32.01-200101-0001"))
    assert outcomes(zalo)[0] == "awaited"
    text = RECEIVED.format(code=dossier["code"])
    esms(zalo, Phone=dossier["phone"], Content=text, RequestId="r-2")
    wait_for(zalo, 0, "seen")
    product.wait(1, name="follow")


def test_what_does_not_come_is_said_so_and_may_come_late(zalo: Rehearsal, product: Product) -> None:
    product.wait(1)
    zalo.control("story", pace=0, patience=0.1)
    dossier = product.wait(2)[-1].event["dossiers"][0]
    wait_for(zalo, 0, "missing")
    esms(zalo, Phone=dossier["phone"], Content=RECEIVED.format(code=dossier["code"]))
    wait_for(zalo, 0, "seen")


def test_a_scene_without_its_message_is_left_by_hand(zalo: Rehearsal) -> None:
    zalo.control("story", pace=0, patience=0)
    wait_for(zalo, 0, "missing")
    zalo.control("story", action="next")
    wait_for(zalo, 1, "missing")
    assert outcomes(zalo)[:2] == ["skipped", "missing"]


def test_a_paused_story_goes_on_when_told(zalo: Rehearsal) -> None:
    zalo.control("story", pace=0, patience=0)
    wait_for(zalo, 0, "missing")
    assert zalo.control("story", action="pause")["story"]["state"] == "paused"
    zalo.control("story", action="next")
    wait_for(zalo, 0, "skipped")
    assert story(zalo)["scene"] == 0
    zalo.control("story", action="resume")
    wait_for(zalo, 1, "missing")


def test_a_feed_that_refuses_stops_the_story_with_its_reason(
    zalo: Rehearsal, product: Product
) -> None:
    refusal = {"results": [{"code": "x", "outcome": "refused", "why": "agency", "warnings": []}]}
    product.wait(1)
    product.answer = lambda _: (200, refusal)
    zalo.control("story")
    until = time.monotonic() + 10
    while story(zalo)["state"] != "stuck":
        assert time.monotonic() < until
    assert "refused: agency" in story(zalo)["trouble"]


def test_every_performance_has_people_of_its_own(zalo: Rehearsal) -> None:
    first = zalo.control("story", pace=0)["story"]["cast"]
    second = zalo.control("story", pace=0)["story"]["cast"]
    people = [one["id"] for one in zalo.get("/control/state")["people"]]
    assert set(second) <= set(people)
    assert not set(first) & set(people)
    assert zalo.control("story", action="stop")["story"]["state"] == "idle"


@pytest.mark.parametrize(
    ("body", "named"),
    [({"action": "sing"}, "sing"), ({"pace": -1}, "pace"), ({"patience": "long"}, "patience")],
)
def test_a_wrong_request_is_told(zalo: Rehearsal, body: Any, named: str) -> None:
    answer = zalo.http.post(f"{zalo.url}/control/story", json=body, timeout=10)
    assert answer.status_code == 400
    assert named in answer.json()["error"]


def test_without_a_feed_key_there_is_no_story(start: StartRehearsal) -> None:
    zalo = start()
    answer = zalo.http.post(f"{zalo.url}/control/story", json={}, timeout=10)
    assert answer.status_code == 400
    assert "SANDBOX_FEED_KEY_ID" in answer.json()["error"]
