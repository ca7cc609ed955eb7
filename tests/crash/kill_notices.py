"""Kills the processes that send notices, again and again: python -m tests.crash.kill_notices.

Notices go by a template to their phones; one whose answer was lost with its process goes by SMS
once its time is over. Prints one JSON object: what was owed, taken, told twice, lost.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.agencies import add_agency
from bot.core.snapshot import FeedDossier, Procedure, Ticks
from bot.database import AWAY, reading
from bot.notify import build_notifier
from bot.register import register_dossiers
from bot.renew import link
from bot.runtime import Runtime, build_runtime
from bot.settings import Hours, Settings, TemplateSetting
from bot.store.feed_keys import FeedKey
from bot.store.notice_tables import attempt, notice
from tests.crash.kill_carrier import FORK, Carrier, TakenText
from tests.make import fresh_schema, make_settings
from tests.rig.child import die_with_parent

KEY = FeedKey("fk-kill", "H32", all_agencies=False)
BY_ZALO = Ticks(zalo=True, sms=True)
THREADS, LANES = 4, 2  # few threads: a kill takes few notices along, so that many kills find some
PAST_UNSURE, PAST_AGAIN, PAST_ALL = 16 * 60, 33 * 60, 73 * 3600
LONGEST_PAUSE = 1.0  # seconds between two kills where nothing moves any more
SHARE = 0.8  # of the kills, while templates go; the rest while SMS do


@dataclass(slots=True)
class House:
    """One database, one carrier, and lanes that come and go."""

    settings: Settings
    carrier: Carrier
    lanes: list[ForkProcess] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(20))
    kills: int = 0

    def open(self, lanes: int, offset: int) -> None:
        """Start lanes whose clock is shifted by so many seconds."""
        shifted = self.settings.model_copy(update={"clock_offset_seconds": offset})
        self.lanes = [_started(shifted) for _ in range(lanes)]

    def kill_one(self, offset: int) -> None:
        """SIGKILL one lane amid its work; another one takes its place."""
        place = self.dice.randrange(len(self.lanes))
        time.sleep(self.dice.uniform(0, 0.02))
        lane = self.lanes[place]
        assert lane.pid is not None
        os.kill(lane.pid, signal.SIGKILL)
        lane.join()
        self.kills += 1
        shifted = self.settings.model_copy(update={"clock_offset_seconds": offset})
        self.lanes[place] = _started(shifted)

    def close(self) -> None:
        """Let the lanes finish what they have begun."""
        for lane in self.lanes:
            lane.terminate()
        for lane in self.lanes:
            lane.join()
        self.lanes = []

    def count(self, *where: Any) -> int:
        """How many notices there are of this kind."""
        runtime = build_runtime(self.settings, service=False)
        with reading(runtime.engine) as connection:
            found = connection.execute(select(func.count(notice.c.id)).where(*where)).scalar_one()
        runtime.engine.dispose()
        return int(found)


def _started(settings: Settings) -> ForkProcess:
    process: ForkProcess = FORK.Process(target=_lane, args=(settings,), daemon=True)
    process.start()
    return process


def _lane(settings: Settings) -> None:
    """A process that sends notices until it is told to stop, or killed."""
    die_with_parent()
    stopping: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: stopping.append(number))
    notifier = build_notifier(build_runtime(settings, pool_size=2, service=False), THREADS)
    while not stopping:
        with suppress(*AWAY):
            if not notifier.turn():
                time.sleep(0.01)
    notifier.stop()


def owe(runtime: Runtime, count: int, notify: Ticks = BY_ZALO) -> None:
    """So many dossiers are received, each of another citizen."""
    add_agency(runtime, "H32", "Sở Nông nghiệp và Môi trường", sms_name="So NNMT")
    link(runtime, "access", "refresh", 90_000)
    told = [
        FeedDossier(
            code=f"000.00.17.H32-26{1122 + number // 10_000:04}-{number % 10_000:04}",
            agency="H32",
            procedure=Procedure("1.004873", "Đăng ký biến động đất đai"),
            step="Tiếp nhận",
            status=2,
            changed_at=runtime.now(),
            phone=f"0905{number:06}",
            notify=notify,
        )
        for number in range(count)
    ]
    results = register_dossiers(runtime, KEY, told)
    assert not [one for one in results if one.why], results[:3]


def storm(house: House, notices: int, kills: int) -> None:
    """Kill lanes evenly over the run, first while templates go, then while SMS do."""
    untried = (notice.c.state == "waiting", notice.c.claim.is_(None))
    _phase(house, 0, int(kills * SHARE), notices)
    while house.count(*untried):
        time.sleep(0.1)
    house.close()
    unsure = house.count(notice.c.state != "sent")
    _phase(house, PAST_UNSURE, kills - house.kills, unsure)
    house.close()
    for offset in (PAST_AGAIN, PAST_ALL):
        house.open(1, offset)
        due = notice.c.due_at <= datetime.now(UTC) + timedelta(seconds=offset)
        while house.count(due):
            time.sleep(0.1)
        house.close()


def _phase(house: House, offset: int, kills: int, texts: int) -> None:
    """So many kills, one each time that another share of the texts was taken."""
    house.open(LANES, offset)
    before = house.carrier.taken.value
    for number in range(kills):
        # Some are never taken: those that a kill met before they had left.
        goal, until = before + texts * 0.8 * number / kills, time.monotonic() + LONGEST_PAUSE
        while house.carrier.taken.value < goal and time.monotonic() < until:
            time.sleep(0.002)
        house.kill_one(offset)


def judge(house: House, taken: Sequence[TakenText]) -> dict[str, Any]:
    """What became of the notices, by the carrier's own books against ours."""
    runtime = build_runtime(house.settings, service=False)
    with reading(runtime.engine) as connection:
        notices = connection.execute(select(notice)).all()
        attempts = connection.execute(select(attempt)).all()
    runtime.engine.dispose()
    owners = {row.request_id: row.notice_id for row in attempts}
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for text in taken:
        texts[owners[text.request]].append(text.way)
    unsure = {row.notice_id for row in attempts if row.state == "unsure"}
    lost = [row for row in notices if row.id not in texts and row.id not in unsure]
    doubled = {number for number, ways in texts.items() if len(ways) > 1}
    return {
        "notices": len(notices),
        "kills": house.kills,
        "taken": dict(Counter(text.way for text in taken)),
        "states": dict(Counter(row.state for row in notices)),
        "open": sum(row.due_at is not None for row in notices),
        "lost": len(lost),
        "untold_and_marked_unsure": sum(row.id not in texts for row in notices) - len(lost),
        "twice": len(doubled),
        "twice_not_marked": len(doubled - unsure),
        "twice_by_request": _repeated([text.request for text in taken]),
        "twice_by_words": _repeated([(text.way, text.phone, text.text) for text in taken]),
        "answers_lost": sum(row.state == "unsure" for row in attempts),
        "answers_nobody_knows": sum(row.state == "sending" for row in attempts),
    }


def _repeated(things: Sequence[Any]) -> int:
    return sum(count > 1 for count in Counter(things).values())


def main(arguments: Sequence[str]) -> None:
    """Run once and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.kill_notices", description=__doc__)
    parser.add_argument("--notices", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--database", default="", help="an empty database; default: SQLite")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="kill-notices-") as folder:
        carrier = Carrier()
        settings = make_settings(
            given.database or f"sqlite:///{Path(folder) / 'bot.db'}",
            var_dir=Path(folder),
            notice_hours=Hours(day_time.min, day_time.max),
            zalo_business_url=f"{carrier.url}/zbs",
            zalo_templates={"received": TemplateSetting(id="7", params={"ma": "{code}"})},
            sms_gateway="esms",
            esms_url=f"{carrier.url}/sms",
        )
        fresh_schema(settings.database_url)
        runtime = build_runtime(settings, service=False)
        owe(runtime, given.notices)
        runtime.engine.dispose()
        house = House(settings, carrier)
        began = time.monotonic()
        storm(house, given.notices, given.kills)
        seconds = round(time.monotonic() - began, 1)
        print(json.dumps({**judge(house, carrier.close()), "seconds": seconds}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
