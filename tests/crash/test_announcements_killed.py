"""Those who send announcements die at any instant: nobody is told twice, nobody is lost."""

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.announcement import State
from bot.renew import link
from tests.bot.announcement_stage import Stage, make_stage
from tests.conftest import StartChild
from tests.crash.announcing import ANY_HOUR
from tests.rig.answering_server import AnsweringServer, Told
from tests.rig.child import Child, wait_until
from tests.rig.warm_child import WarmChild

PEOPLE, KILLS = 400, 8
ANSWER = {"error": 0, "message": "Success", "data": {"message_id": "m1"}}
LEASE_OVER, UNSURE_OVER = 60, 20 * 60  # seconds


@pytest.fixture
def zalo() -> Iterator[AnsweringServer]:
    """A Zalo that takes all, a little late."""
    server = AnsweringServer()
    server.told[0] = Told(json.dumps(ANSWER).encode(), late=0.01)
    yield server
    server.close()


@pytest.mark.timeout(120)
def test_a_storm_of_kills_tells_nobody_twice_and_loses_nobody(
    database_url: str, zalo: AnsweringServer, start_child: StartChild, tmp_path: Path
) -> None:
    stage: Stage = make_stage(database_url, var_dir=tmp_path, notice_hours=ANY_HOUR)
    stage.clock.moment = datetime.now(UTC)
    link(stage.runtime, "a" * 40, "r" * 40, 90_000)
    users = stage.follow(PEOPLE)
    found = stage.released()
    environ = {"VAR_DIR": str(tmp_path), "DATABASE_URL": database_url, "ZALO_OPENAPI_URL": zalo.url}

    def start(offset: int = 0) -> Child:
        program = [sys.executable, "-m", "tests.crash.announcing"]
        return start_child(program, env={**environ, "OFFSET": str(offset)}, kind=WarmChild)

    dice = random.Random(20)
    for _ in range(KILLS):
        child, goal = start(), len(zalo.asked) + 20
        wait_until(lambda goal=goal: len(zalo.asked) >= goal, "some messages")  # type: ignore[misc]
        time.sleep(dice.uniform(0, 0.03))
        child.kill9()
    for offset in (LEASE_OVER, UNSURE_OVER):
        assert start(offset).wait(timeout=60) == 0
    asked = Counter(_user(one.body) for one in zalo.asked)
    assert max(count for user, count in asked.items() if user) == 1
    rows = stage.rows(found)
    assert {row.state for row in rows} <= {"sent", "unsure"}
    untold = {row.recipient for row in rows} - asked.keys()
    assert untold <= {row.recipient for row in rows if row.state == "unsure"}
    assert len(untold) <= KILLS  # killed between a call's mark and its first byte
    assert sorted(row.recipient for row in rows) == users
    assert stage.tally(found) == stage.counted(found)
    assert stage.state(found) is State.DONE


def _user(body: bytes) -> str:
    """Whom a message went to; "" for half a request of a killed sender."""
    try:
        return str(json.loads(body)["recipient"]["user_id"])
    except ValueError:
        return ""
