"""The worker's parent: it keeps its lanes, and rests before it restarts one that dies at once."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.journey.live_house import LANES, LiveHouse, wait
from tests.rig.child import Child


@pytest.fixture
def house(sqlite_url: str, redis_url: str, tmp_path: Path) -> Iterator[LiveHouse]:
    """A migrated database and a Redis; no web, no sandbox."""
    house = LiveHouse(sqlite_url, redis_url, tmp_path)
    yield house
    house.close()


def lanes(worker: Child) -> set[int]:
    found = psutil.Process(worker.pid).children()
    return {one.pid for one in found if one.status() != psutil.STATUS_ZOMBIE}


def test_lanes_that_die_are_replaced_and_a_stop_is_heard_meanwhile(house: LiveHouse) -> None:
    worker = house.start_worker()
    wait(lambda: len(lanes(worker)) == len(LANES), "three lanes", house.story, 20)
    first = lanes(worker)
    for lane in first:
        psutil.Process(lane).kill()
    wait(lambda: len(lanes(worker) - first) == len(LANES), "three others", house.story, 20)
    assert worker.errors().count("worker.lane_died") == len(LANES)
    for lane in lanes(worker) - first:
        psutil.Process(lane).kill()
    assert worker.stop(timeout=10) == 0
    assert worker.processes() == []
