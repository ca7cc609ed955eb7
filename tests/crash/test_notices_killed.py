"""Those who send notices die at any instant: none is lost, none comes twice without being marked.

The whole storm of the issue takes minutes: python -m tests.crash.kill_notices --notices 20000
--kills 500. Here a smaller one runs on each database.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from bot.core.snapshot import Ticks
from bot.database import reading
from bot.store.notice_tables import attempt, notice
from bot.work import NICENESS
from tests.conftest import StartChild
from tests.crash.kill_notices import owe
from tests.journey.live_house import LiveHouse, has_all_lanes, wait
from tests.rig.answering_server import AnsweringServer, Asked, Told
from tests.rig.tree import CHECKOUT

NOTICES, KILLS = 1_000, 30


@pytest.mark.timeout(180)
def test_a_storm_of_kills_loses_no_notice(database_url: str, start_child: StartChild) -> None:
    program = [sys.executable, "-m", "tests.crash.kill_notices"]
    given = ["--notices", str(NOTICES), "--kills", str(KILLS), "--database", database_url]
    child = start_child([*program, *given], cwd=CHECKOUT)
    assert child.wait(timeout=150) == 0, child.errors()[-3000:]
    found: dict[str, Any] = json.loads(child.output()[child.output().index("{") :])
    assert (found["notices"], found["kills"]) == (NOTICES, KILLS)
    assert (found["lost"], found["open"], found["answers_nobody_knows"]) == (0, 0, 0), found
    assert (found["twice_by_request"], found["twice_by_words"]) == (0, 0), found
    assert found["twice_not_marked"] == 0, found
    # Only a kill between a call's mark and its first byte leaves somebody untold.
    assert found["untold_and_marked_unsure"] <= 1, found
    assert set(found["states"]) <= {"sent", "unsure"}, found
    assert found["answers_lost"] > 0, "no kill hit a notice on its way"
    assert found["taken"]["template_phone"] + found["taken"]["sms"] >= NOTICES * 0.9, found


@pytest.fixture
def gateway() -> Iterator[AnsweringServer]:
    """An SMS gateway that takes all, a little late."""
    server = AnsweringServer()
    server.told[0] = Told(b'{"CodeResult":"100","SMSID":"1"}', late=0.02)
    yield server
    server.close()


@pytest.fixture
def house(
    sqlite_url: str, redis_url: str, tmp_path: Path, gateway: AnsweringServer
) -> Iterator[LiveHouse]:
    """Dossiers whose citizens ticked SMS alone, and no process yet."""
    house = LiveHouse(sqlite_url, redis_url, tmp_path)
    house.environ |= {
        "NOTICE_HOURS": "00:00-23:59:59.999999",
        "SMS_GATEWAY": "esms",
        "ESMS_URL": f"{gateway.url}/sms",
        "ESMS_API_KEY": "key",
        "ESMS_SECRET_KEY": "secret",
    }
    yield house
    house.close()
    house.runtime.engine.dispose()


def test_the_worker_s_own_lane_is_killed_and_comes_back(
    house: LiveHouse, gateway: AnsweringServer
) -> None:
    worker = house.start_worker()
    wait(lambda: has_all_lanes(worker), "a worker with its lanes", house.story, 30)
    owe(house.runtime, 800, Ticks(zalo=False, sms=True))
    for _ in range(3):
        goal = len(gateway.asked) + 20
        wait(partial(_has_taken, gateway, goal), f"{goal} texts", house.story, 30)
        lanes = [one for one in worker.processes() if one.nice() == NICENESS["notice"]]
        psutil.wait_procs([_killed(lane) for lane in lanes], timeout=5)
    wait(lambda: _waiting(house) == 0, "every notice tried", house.story, 60)
    worker.stop()
    # What the killed lanes had claimed and not begun goes once their leases are over.
    worker = house.start_worker_later("60")
    wait(lambda: _untried(house) == 0, "every notice sent", house.story, 60)
    worker.stop()
    house.start_worker_later(str(73 * 3600))
    wait(lambda: _still_open(house) == 0, "every notice closed", house.story, 30)
    asked = Counter(_request(one) for one in gateway.asked if one.body)
    assert max(asked.values()) == 1
    with reading(house.runtime.engine) as connection:
        rows = connection.execute(
            select(notice.c.state, attempt.c.state, attempt.c.request_id)
            .join(attempt, attempt.c.notice_id == notice.c.id)
            .order_by(notice.c.id)
        ).all()
    assert len(rows) == 800
    assert {(state, tried) for state, tried, _ in rows} == {("sent", "sent"), ("unsure", "unsure")}
    assert {request for _, tried, request in rows if tried == "sent"} <= asked.keys()


def _has_taken(gateway: AnsweringServer, count: int) -> bool:
    return len(gateway.asked) >= count


def _request(asked: Asked) -> str:
    """Our name of an SMS; a sender that is killed may leave half a request."""
    try:
        return str(json.loads(asked.body)["RequestId"])
    except ValueError:
        return asked.body.decode("latin-1")


def _killed(process: psutil.Process) -> psutil.Process:
    process.kill()
    return process


def _waiting(house: LiveHouse) -> int:
    return _count(house, notice.c.state == "waiting", notice.c.claim.is_(None))


def _untried(house: LiveHouse) -> int:
    """Those that no sender has handed over, or that a slow gateway holds up on a busy machine."""
    return _count(house, notice.c.state.in_(("waiting", "held")))


def _still_open(house: LiveHouse) -> int:
    return _count(house, notice.c.due_at.is_not(None))


def _count(house: LiveHouse, *where: Any) -> int:
    with reading(house.runtime.engine) as connection:
        return len(connection.execute(select(notice.c.id).where(*where)).all())
